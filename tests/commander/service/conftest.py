"""One service for the tests that only ask and change; what they need of their own they create."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from commander.client import Client
from tests.commander.fleets import FILES
from tests.commander.repositories import bare
from tests.commander.service.processes import Service, serving


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bare repository that the module's service has."""
    return bare(tmp_path_factory.mktemp("fleet"), FILES)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, fleet: Path) -> Iterator[Service]:
    """Serves the fleet to whoever may open its socket."""
    with serving(tmp_path_factory.mktemp("service"), fleet) as running:
        yield running


@pytest.fixture(scope="module")
def commander(service: Service) -> Iterator[Client]:
    """A client of the service."""
    with service.client() as client:
        yield client
