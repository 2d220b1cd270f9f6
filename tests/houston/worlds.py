"""A database, and the Commander whose commits it follows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from commander.client import AsyncClient, Connection, new_id
from commander.proto.v1 import commander_pb2 as pb
from houston.database import Binding, Database, Deployment, Environment, IndexState, User, Workspace
from houston.index import Follower, Listener
from houston.index.rows import row_of
from tests.commander.service.processes import Service

Run = Callable[[Callable[[Database], Coroutine[Any, Any, Any]]], Any]
TABLES = {pb.KIND_ENVIRONMENT: Environment, pb.KIND_WORKSPACE: Workspace, pb.KIND_DEPLOYMENT: Deployment}
SECONDS = 30.0


@dataclass
class World:
    """A database, the Commander that it follows, and the commits that were told to listeners."""

    database: Database
    commander: AsyncClient
    told: list[str] = field(default_factory=list)
    listeners: list[Listener] = field(default_factory=list)

    async def indexed(self, session: AsyncSession, commit: pb.Entry) -> None:
        assert session.in_transaction()
        self.told.append(commit.change_id)

    def follower(self) -> Follower:
        return Follower(self.database, self.commander, [self, *self.listeners])

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        """Follow beside what happens inside."""

        task = asyncio.create_task(self.follower().run(lambda error: print("troubled:", repr(error)[:600])))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def apply(self, *operations: pb.Operation) -> str:
        """A change; its commit."""
        return (await self.commander.apply(operations, id=new_id(), reason="a test")).revision

    async def until(self, revision: str) -> None:
        """Until the index has a commit."""
        async with asyncio.timeout(SECONDS):
            while await self.one(select(IndexState.revision)) != revision:
                await asyncio.sleep(0.02)

    async def change(self, *operations: pb.Operation) -> str:
        """A change, as far as the index."""
        revision = await self.apply(*operations)
        await self.until(revision)
        return revision

    async def one(self, statement: Any) -> Any:
        async with self.database.reading() as session:
            return await session.scalar(statement)

    async def all(self, statement: Any) -> list[Any]:
        async with self.database.reading() as session:
            return list(await session.scalars(statement))

    async def indexed_rows(self) -> dict[Any, dict[str, Any]]:
        """All that the index has, but for times."""
        found = {}
        for table in TABLES.values():
            for row in await self.all(select(table)):
                columns = {each.name: getattr(row, each.name) for each in table.__table__.columns}
                found[row.id] = {
                    key: value for key, value in columns.items() if key not in ("created_at", "updated_at")
                }
        return found

    async def rows_of_git(self) -> dict[Any, dict[str, Any]]:
        """All that git has, as rows."""
        found = {}
        for kind in TABLES:
            for item in (await self.commander.list(pb.ListRequest(kind=kind, page_size=500))).items:
                found[row_of(item)["id"]] = row_of(item)
        return found

    async def same(self) -> None:
        assert await self.indexed_rows() == await self.rows_of_git()

    async def give(self, role: str, level: str, place: Any) -> None:
        """Somebody new has a role there."""
        async with self.database.writing() as session:
            user = User(username=f"{role}-{place}")
            session.add(user)
            await session.flush()
            session.add(Binding(role=role, level=level, place_id=place, user_id=user.id))


def within(run: Run, service: Service, steps: Callable[[World], Coroutine[Any, Any, Any]]) -> Any:
    async def whole(database: Database) -> Any:
        async with AsyncClient(Connection(service.address, seconds=SECONDS)) as commander:
            return await steps(World(database, commander))

    return run(whole)
