"""Both databases, for all tests of Houston that need one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import pytest

from houston.database import Database, upgrade
from tests.bootstrapper import servers
from tests.bootstrapper.servers import Postgres
from tests.commander.fleets import FILES
from tests.commander.repositories import bare
from tests.commander.service.processes import Service, serving

T = TypeVar("T")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs a database, and the wire contract's hundreds of cases, are not for each quick check."""
    for item in items:
        if "houston" in item.path.parts and (
            "url" in getattr(item, "fixturenames", ()) or "contract" in item.path.parts
        ):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server of PostgreSQL for all tests of a process."""
    with servers.running() as found:
        yield found


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A small fleet in a bare repository."""
    return bare(tmp_path / "fleet", FILES)


@pytest.fixture
def service(tmp_path: Path, repository: Path) -> Iterator[Service]:
    """A Commander that has it."""
    with serving(tmp_path / "service", repository) as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'houston.sqlite'}"
    server: Postgres = request.getfixturevalue("postgres")
    name = f"houston_{uuid4().hex}"
    server.sql(f"CREATE DATABASE {name}")
    return server.url().removesuffix("postgres") + name


@pytest.fixture
def run(url: str) -> Callable[[Callable[[Database], Coroutine[Any, Any, T]]], T]:
    """Runs something that is given a database with this version's tables, in an event loop of its own."""

    def do(what: Callable[[Database], Coroutine[Any, Any, T]]) -> T:
        async def whole() -> T:
            async with Database(url) as database:
                await upgrade(database)
                return await what(database)

        return asyncio.run(whole())

    return do
