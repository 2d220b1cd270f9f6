"""The index has what git has: after each change, after a stop, after a rewritten history, in both databases."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from commander.client import operations as ops
from houston.database import Binding, Deployment, Environment, IndexState
from houston.index import LateFollowerError, deployment_id, environment_id, workspace_id
from tests.commander.repositories import git
from tests.commander.service.processes import Service
from tests.desired.repositories import DEPLOYMENT, WORKSPACE
from tests.houston.worlds import SECONDS, Run, World, within

pytestmark = pytest.mark.slow


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
            await world.until((await world.commander.status()).revision)
            await world.change(ops.create("dev/ml/models", DEPLOYMENT))
            made, _ = first = await times()
            # Times of commits have whole seconds.
            async with asyncio.timeout(SECONDS):
                for number in count():
                    await world.change(ops.relabel("dev/ml/models", f"Models {number}"))
                    if (await times())[1] > made:
                        break
        second = await times()
        await world.follower().rebuild()
        near = abs(datetime.now(UTC) - made) < timedelta(minutes=5)
        return [near, first[0] == first[1], second[0] == made, second[1] > made, await times() == second]

    assert within(run, service, steps) == [True] * 5


def test_a_follower_goes_on_where_the_last_one_was(run: Run, service: Service) -> None:
    async def steps(world: World) -> int:
        async with world.following():
            await world.until((await world.commander.status()).revision)
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


def test_what_came_and_went_while_nobody_followed_is_no_hindrance(run: Run, service: Service) -> None:
    async def steps(world: World) -> None:
        async with world.following():
            await world.until((await world.commander.status()).revision)
        await world.apply(ops.create("dev/third", WORKSPACE), ops.create("dev/third/models", DEPLOYMENT))
        await world.apply(ops.edit("dev/third", ops.set_value("defaults.executor", "LocalExecutor")))
        last = await world.apply(ops.remove("dev/third/models", at_once=True), ops.remove("dev/third", at_once=True))
        async with world.following():
            await world.until(last)
        await world.same()

    within(run, service, steps)


def pushed(repository: Path, folder: Path, files: dict[str, str | None], name: str = "work") -> None:
    """Somebody's push by hand; ``None`` removes a file."""
    if not (folder / name).exists():
        git(folder, "clone", "--quiet", str(repository), name)
    git(folder / name, "pull", "--quiet", "--rebase")
    for path, text in files.items():
        file = folder / name / path
        if text is None:
            file.unlink()
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
    git(folder / name, "add", "--all")
    person = ("-c", "user.name=Ada Person", "-c", "user.email=ada@example.com")
    git(folder / name, *person, "commit", "--quiet", "--message", "by hand")
    git(folder / name, "push", "--quiet")


async def like_git(world: World) -> None:
    """Until the index has what git has."""
    async with asyncio.timeout(SECONDS):
        while await world.indexed_rows() != await world.rows_of_git():
            await asyncio.sleep(0.1)


def test_a_deployment_that_was_pushed_before_its_workspace_comes_with_it(
    run: Run, service: Service, repository: Path, tmp_path: Path
) -> None:
    async def steps(world: World) -> list[str]:
        async with world.following():
            await world.until((await world.commander.status()).revision)
            pushed(repository, tmp_path, {"environments/dev/workspaces/third/deployments/early.yaml": DEPLOYMENT})
            pushed(repository, tmp_path, {"environments/dev/workspaces/third/workspace.yaml": WORKSPACE})
            await like_git(world)
        return await world.all(select(Deployment.release).order_by(Deployment.release))

    assert within(run, service, steps) == ["daily", "early"]


def test_a_workspace_that_is_taken_away_and_put_back_by_hand_costs_no_roles(
    run: Run, service: Service, repository: Path, tmp_path: Path
) -> None:
    async def steps(world: World) -> list[str]:
        async with world.following():
            await world.until((await world.commander.status()).revision)
            await world.give("DEPLOYMENT_ADMIN", "deployment", deployment_id("dev", "daily"))
            for text in (None, WORKSPACE):
                pushed(repository, tmp_path, {"environments/dev/workspaces/etl/workspace.yaml": text})
            await like_git(world)
        return await world.all(select(Binding.role))

    assert within(run, service, steps) == ["DEPLOYMENT_ADMIN"]


def test_of_two_files_of_one_name_the_removal_of_one_leaves_the_other(
    run: Run, service: Service, repository: Path, tmp_path: Path
) -> None:
    second = "environments/dev/workspaces/ml/deployments/daily.yaml"

    async def steps(world: World) -> list[Any]:
        async with world.following():
            await world.until((await world.commander.status()).revision)
            await world.give("DEPLOYMENT_ADMIN", "deployment", deployment_id("dev", "daily"))
            pushed(repository, tmp_path, {second: DEPLOYMENT})
            pushed(repository, tmp_path, {"environments/dev/workspaces/etl/deployments/daily.yaml": None})
            await like_git(world)
        return [await world.one(select(Deployment.workspace_id)), await world.all(select(Binding.role))]

    assert within(run, service, steps) == [workspace_id("dev", "ml"), ["DEPLOYMENT_ADMIN"]]


def test_texts_that_no_database_takes_stop_nothing(
    run: Run, service: Service, repository: Path, tmp_path: Path
) -> None:
    long = "x" * 900
    text = DEPLOYMENT + f'label: "a\\0b {long}"\nvalues: {{executor: "{long}", airflowVersion: "{long}"}}\n'

    async def steps(world: World) -> Any:
        async with world.following():
            await world.until((await world.commander.status()).revision)
            pushed(repository, tmp_path, {"environments/dev/workspaces/ml/deployments/odd.yaml": text})
            await world.change(ops.relabel("dev/etl/daily", "Goes on"))
        await world.follower().rebuild()
        return await world.one(select(Deployment.label).where(Deployment.release == "daily"))

    assert within(run, service, steps) == "Goes on"


def test_a_follower_that_was_overtaken_writes_nothing(run: Run, service: Service) -> None:
    async def steps(world: World) -> Any:
        await world.follower().rebuild()
        late = world.follower().follow()
        assert await anext(late)
        await world.apply(ops.relabel("dev/etl/daily", "One"))
        async with world.following():
            last = await world.change(ops.relabel("dev/etl/daily", "Two"))
        with pytest.raises(LateFollowerError, match=r"^another follower has written behind"):
            async for _ in late:
                pass
        await world.same()
        return await world.one(select(IndexState.revision)) == last

    assert within(run, service, steps)


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
            wrong = DEPLOYMENT + "values: {scheduler: {replicas: many}}\n"
            pushed(repository, tmp_path, {"environments/dev/workspaces/etl/deployments/daily.yaml": wrong})
            async with asyncio.timeout(SECONDS):
                while not (found := await world.one(select(Deployment.problems))):
                    await asyncio.sleep(0.02)
            return found

    (problem, *_) = within(run, service, steps)
    assert problem["file"].endswith("daily.yaml")
    assert "replicas" in problem["path"]
