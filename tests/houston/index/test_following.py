"""The index has what git has: after each change, after a stop, after a rewritten history, in both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from commander.client import AsyncClient, Connection, new_id
from commander.client import operations as ops
from commander.proto.v1 import commander_pb2 as pb
from houston.database import Binding, Database, Deployment, Environment, IndexState, User, Workspace
from houston.index import Follower, deployment_id, environment_id, workspace_id
from houston.index.rows import row_of
from tests.commander.fleets import FILES
from tests.commander.repositories import bare, git
from tests.commander.service.processes import Service, serving
from tests.desired.repositories import DEPLOYMENT, WORKSPACE

pytestmark = pytest.mark.slow

Run = Callable[[Callable[[Database], Coroutine[Any, Any, Any]]], Any]
TABLES = {pb.KIND_ENVIRONMENT: Environment, pb.KIND_WORKSPACE: Workspace, pb.KIND_DEPLOYMENT: Deployment}
SECONDS = 30.0


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return bare(tmp_path / "fleet", FILES)


@pytest.fixture
def service(tmp_path: Path, repository: Path) -> Iterator[Service]:
    with serving(tmp_path / "service", repository) as running:
        yield running


@dataclass
class World:
    """A database, the Commander that it follows, and the commits that were told to listeners."""

    database: Database
    commander: AsyncClient
    told: list[str] = field(default_factory=list)

    async def indexed(self, session: AsyncSession, commit: pb.Entry) -> None:
        assert session.in_transaction()
        self.told.append(commit.change_id)

    def follower(self) -> Follower:
        return Follower(self.database, self.commander, [self])

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        """Follow beside what happens inside."""

        async def follow() -> None:
            async for _ in self.follower().follow():
                pass

        task = asyncio.create_task(follow())
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


def test_the_index_has_what_git_has_and_follows_each_change(run: Run, service: Service) -> None:
    async def steps(world: World) -> Any:
        async with world.following():
            head = (await world.commander.status()).revision
            await world.until(head)
            await world.same()
            begun = [world.told.copy(), await world.one(select(Deployment.created_at))]
            for operation in (
                ops.create("dev/ml/models", DEPLOYMENT),
                ops.relabel("dev/ml/models", "Models of all"),
                ops.hibernate("dev/ml/models"),
                ops.move("dev/ml/models", "etl"),
                ops.create("dev/third", WORKSPACE),
                # Defaults of all that is inside.
                ops.edit("dev", ops.merge_values({"airflowVersion": "3.1.3", "executor": "LocalExecutor"}, "defaults")),
                ops.edit("dev/etl", ops.set_value("defaults.executor", "CeleryExecutor")),
                ops.delete("dev/etl/models"),
                ops.undelete("dev/etl/models"),
                ops.remove("dev/etl/models", at_once=True),
                ops.remove("dev/third", at_once=True),
            ):
                await world.change(operation)
                await world.same()
            return [*begun, len(world.told), (await world.one(select(Deployment))).executor]

    assert within(run, service, steps) == [[], None, 11, "CeleryExecutor"]


def test_ids_follow_from_names_and_outlive_a_move(run: Run, service: Service) -> None:
    async def steps(world: World) -> None:
        async with world.following():
            await world.change(ops.create("dev/ml/models", DEPLOYMENT), ops.move("dev/etl/daily", "ml"))
        assert set(await world.all(select(Deployment.id))) == {
            deployment_id("dev", "models"),
            deployment_id("dev", "daily"),
        }
        assert set(await world.all(select(Deployment.workspace_id))) == {workspace_id("dev", "ml")}
        assert await world.all(select(Environment.id)) == [environment_id("dev")]

    within(run, service, steps)


def test_times_are_those_of_commits(run: Run, service: Service) -> None:
    async def steps(world: World) -> list[Any]:
        async def times() -> tuple[datetime, datetime]:
            row = await world.one(select(Deployment).where(Deployment.release == "models"))
            return row.created_at, row.updated_at

        async with world.following():
            await world.change(ops.create("dev/ml/models", DEPLOYMENT))
            made, _ = first = await times()
            await asyncio.sleep(1.1)  # times of commits have whole seconds
            await world.change(ops.relabel("dev/ml/models", "Models"))
        second = await times()
        await world.follower().rebuild()
        near = abs(datetime.now(UTC) - made) < timedelta(minutes=5)
        return [near, first[0] == first[1], second[0] == made, second[1] > made, await times() == second]

    assert within(run, service, steps) == [True] * 5


def test_a_follower_goes_on_where_the_last_one_was(run: Run, service: Service) -> None:
    async def steps(world: World) -> int:
        async with world.following():
            await world.change(ops.create("dev/ml/models", DEPLOYMENT))
        for label in ("One", "Two"):
            await world.apply(ops.relabel("dev/ml/models", label))
        last = await world.apply(ops.relabel("dev/ml/models", "Three"))
        async with world.following():
            await world.until(last)
        await world.same()
        return len(world.told)

    assert within(run, service, steps) == 4


def test_roles_go_with_what_is_removed_and_a_namesake_begins_without(run: Run, service: Service) -> None:
    """Also where it was removed and made again while nobody followed."""

    async def steps(world: World) -> list[str]:
        async with world.following():
            await world.change(ops.create("dev/third", WORKSPACE), ops.create("dev/third/models", DEPLOYMENT))
        await world.give("WORKSPACE_ADMIN", "workspace", workspace_id("dev", "third"))
        await world.give("DEPLOYMENT_ADMIN", "deployment", deployment_id("dev", "models"))
        await world.give("DEPLOYMENT_VIEWER", "deployment", deployment_id("dev", "daily"))
        await world.apply(ops.remove("dev/third/models", at_once=True), ops.remove("dev/third", at_once=True))
        last = await world.apply(ops.create("dev/third", WORKSPACE), ops.create("dev/third/models", DEPLOYMENT))
        async with world.following():
            await world.until(last)
        await world.same()
        return await world.all(select(Binding.role))

    assert within(run, service, steps) == ["DEPLOYMENT_VIEWER"]


def test_roles_stay_with_what_leaves_a_workspace_that_is_removed_at_once(run: Run, service: Service) -> None:
    async def steps(world: World) -> list[str]:
        async with world.following():
            await world.change(ops.create("dev/third", WORKSPACE), ops.create("dev/third/models", DEPLOYMENT))
            await world.give("DEPLOYMENT_ADMIN", "deployment", deployment_id("dev", "models"))
            await world.change(ops.move("dev/third/models", "ml"), ops.remove("dev/third", at_once=True))
        await world.same()
        return await world.all(select(Binding.role))

    assert within(run, service, steps) == ["DEPLOYMENT_ADMIN"]


def test_an_index_that_is_made_anew_is_the_same_and_forgets_what_is_gone(run: Run, service: Service) -> None:
    async def steps(world: World) -> list[str]:
        async with world.following():
            await world.change(ops.create("dev/ml/models", DEPLOYMENT), ops.create("dev/ml/other", DEPLOYMENT))
        for name in ("models", "other"):
            await world.give(f"{name.upper()}", "deployment", deployment_id("dev", name))
        await world.apply(ops.remove("dev/ml/models", at_once=True), ops.move("dev/ml/other", "etl"))
        await world.follower().rebuild()
        await world.same()
        return await world.all(select(Binding.role))

    assert within(run, service, steps) == ["OTHER"]


def test_a_rewritten_history_is_read_anew(run: Run, service: Service, repository: Path) -> None:
    async def steps(world: World) -> None:
        first = (await world.commander.status()).revision
        async with world.following():
            await world.change(ops.create("dev/ml/models", DEPLOYMENT))
            await world.same()
            # Somebody takes the branch back by force.
            git(repository, "update-ref", "refs/heads/main", first)
            await world.until(first)
            await world.same()
        assert await world.all(select(Deployment.release)) == ["daily"]

    within(run, service, steps)


def test_what_is_wrong_with_a_file_is_in_the_index(
    run: Run, service: Service, repository: Path, tmp_path: Path
) -> None:
    async def steps(world: World) -> Any:
        async with world.following():
            await world.until((await world.commander.status()).revision)
            git(tmp_path, "clone", "--quiet", str(repository), "work")
            file = tmp_path / "work/environments/dev/workspaces/etl/deployments/daily.yaml"
            file.write_text(file.read_text() + "values: {scheduler: {replicas: many}}\n")
            person = ("-c", "user.name=Ada Person", "-c", "user.email=ada@example.com")
            git(tmp_path / "work", *person, "commit", "--quiet", "--all", "--message", "by hand")
            git(tmp_path / "work", "push", "--quiet")
            async with asyncio.timeout(SECONDS):
                while not (found := await world.one(select(Deployment.problems))):
                    await asyncio.sleep(0.02)
            return found

    (problem, *_) = within(run, service, steps)
    assert problem["file"].endswith("daily.yaml")
    assert "replicas" in problem["path"]
