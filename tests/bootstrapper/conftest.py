"""A real API server and a real PostgreSQL for all tests here; those that use them run one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from tests.bootstrapper import servers
from tests.bootstrapper.releases import Release
from tests.bootstrapper.servers import Postgres
from tests.cluster import programs
from tests.cluster.api import Api
from tests.cluster.processes import Processes, free_ports
from tests.cluster.starting import Ports, Start


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Who asks for the servers is slow."""
    for item in items:
        if {"api", "server"} & set(getattr(item, "fixturenames", ())) and "bootstrapper" in item.path.parts:
            item.add_marker(pytest.mark.slow)
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(900))  # the first may have to build the API server


@pytest.fixture(scope="session")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """An administrator's client of a Kubernetes control plane, without Argo CD."""
    state = tmp_path_factory.mktemp("kubernetes")
    for each in ("etcd", "pki", "tmp"):
        (state / each).mkdir()
    with Processes(state / "logs") as processes:
        ports = Ports(*free_ports(len(fields(Ports))))
        start = Start(state, programs.folder(), processes, ports, 120, "info")
        start.control_plane()
        yield start.client


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    """The newest PostgreSQL."""
    with servers.running() as found:
        yield found


@pytest.fixture
def release(api: Api, server: Postgres, tmp_path: Path) -> Callable[..., Release]:
    """Makes releases: values of the chart in, an installed release out."""

    def make(values: dict[str, Any] | None = None, **more: Any) -> Release:
        return Release(api, tmp_path, values or {}, more.pop("server_url", server.url()), **more).install()

    return make
