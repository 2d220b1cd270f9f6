"""One cluster for all tests that ask for it; they run one after the other, beside all the rest."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.harness import Cluster, attached, running

#: Often enough that what Argo CD forgot to look at is found within a test's patience.
_POLLING = 60
_SECONDS = 900  # of one test, the first of which may have to build some of the programs


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Who asks for the cluster is slow; ``tests/conftest.py`` sees to it that there is one for all."""
    for item in items:
        if "cluster" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(_SECONDS))


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A control plane with Argo CD; that of ``CLUSTER_STATE``, if somebody keeps one running."""
    if state := os.environ.get("CLUSTER_STATE"):
        yield attached(Path(state))
        return
    with running(tmp_path_factory.mktemp("cluster"), polling_seconds=_POLLING) as started:
        yield started
