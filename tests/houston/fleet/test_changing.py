"""Changes are done once and answered when the index has them, whoever is killed in between."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from commander.client import AsyncClient, Connection
from commander.client import operations as ops
from commander.service import digest_of, new_token
from houston.audit import Event, Result, Tag
from houston.database import AuditEvent, Database, Deployment, Request, utc
from houston.errors import InvalidError, TakenError, UnavailableError
from houston.fleet import Asked, Changing
from tests.commander.repositories import git
from tests.commander.service.processes import Service, serving
from tests.houston.fleet.changer import ADA, asked
from tests.houston.worlds import Run, World, within

pytestmark = pytest.mark.slow


def changing(world: World, patience: float = 30.0) -> Changing:
    """That hears from the world's follower."""
    made = Changing(world.database, world.commander, now=utc, patience=patience)
    world.listeners.append(made)
    return made


def other(key: str, *operations: Any, **more: Any) -> Asked:
    return Asked(operations, key, Event(Tag.DEPLOYMENT_UPDATE, ADA), "ada@example.com", **more)


def changes_of(repository: Path) -> list[str]:
    """The commits of Ada's changes; another one is Commander's own, which rendered what was there."""
    return git(
        repository, "log", "--format=%H", "--author=ada@example.com", "--grep=^Reason: change", "main"
    ).splitlines()


async def audit(world: World) -> list[tuple[str, str, str, str]]:
    rows = await world.all(select(AuditEvent).order_by(AuditEvent.at))
    return [(each.tag, each.result, each.place_name, each.revision) for each in rows]


def test_a_change_is_answered_when_it_is_in_the_index_and_the_audit(run: Run, service: Service) -> None:
    async def steps(world: World) -> Any:
        changes = changing(world)
        async with world.following():
            done = await changes.do(asked(1))
            await world.same()
            assert await audit(world) == [("deployment:create", "done", "dev/ml/made-1", done.revision)]
            row = await world.one(select(Request))
            found = await world.one(select(Deployment.id).where(Deployment.release == "made-1"))
            return done.repeated, row.state, row.change, found

    repeated, state, change, found = within(run, service, steps)
    assert (repeated, state, change, found) == (False, "done", b"", asked(1).event.on.id)


def test_the_same_key_is_the_same_change_also_side_by_side(run: Run, service: Service, repository: Path) -> None:
    async def steps(world: World) -> Any:
        changes = changing(world)
        async with world.following():
            together = await asyncio.gather(*(changes.do(asked(1)) for _ in range(4)), return_exceptions=True)
            later = await changes.do(asked(1))
            return together, later, len(await audit(world))

    together, later, events = within(run, service, steps)
    assert {each.revision for each in together} == {later.revision}
    assert (later.repeated, events) == (True, 1)
    assert changes_of(repository) == [together[0].revision]


def test_a_key_stands_for_one_change(run: Run, service: Service) -> None:
    async def steps(world: World) -> None:
        changes = changing(world)
        async with world.following():
            await changes.do(asked(1))
            with pytest.raises(InvalidError, match=r"^this key was used for another change; "):
                await changes.do(other("key-1", ops.relabel("dev/etl/daily", "Daily")))

    within(run, service, steps)


def test_a_refusal_is_kept_told_again_and_in_the_audit(run: Run, service: Service) -> None:
    async def steps(world: World) -> Any:
        changes = changing(world)
        wrong = other("wrong", ops.edit("dev/etl/daily", ops.set_value("values.scheduler.replicas", "many")))
        said = []
        for _ in range(2):
            with pytest.raises(InvalidError) as raised:
                await changes.do(wrong)
            said.append(str(raised.value))
        assert said[0] == said[1]
        row = await world.one(select(AuditEvent))
        return said[0], row.result, row.details["refusal"] == said[0], len(await audit(world))

    said, result, told, events = within(run, service, steps)
    assert "replicas" in said
    assert (result, told, events) == (Result.REFUSED, True, 1)


def test_what_somebody_else_changed_is_a_conflict(run: Run, service: Service) -> None:
    async def steps(world: World) -> None:
        changes = changing(world)
        with pytest.raises(TakenError):
            await changes.do(other("old", ops.relabel("dev/etl/daily", "Daily"), expected={"dev/etl/daily": "0" * 40}))

    within(run, service, steps)


def test_without_a_follower_the_answer_says_that_it_is_done(run: Run, service: Service) -> None:
    async def steps(world: World) -> Any:
        with pytest.raises(UnavailableError, match=r"^the change is done, and is not in the index yet; ask again"):
            await changing(world, patience=0.3).do(asked(1))
        async with world.following():
            return await changing(world).do(asked(1))

    assert within(run, service, steps).repeated is True


def test_an_index_that_is_made_anew_ends_what_it_takes_along(run: Run, service: Service) -> None:
    """The watch does not tell of commits that were there before it."""

    async def steps(world: World) -> Any:
        with pytest.raises(UnavailableError):
            await changing(world, patience=0.3).do(asked(1))
        await world.follower().rebuild()
        done = await changing(world).do(asked(1))
        return await audit(world) == [("deployment:create", "done", "dev/ml/made-1", done.revision)]

    assert within(run, service, steps)


def test_no_other_caller_ends_a_change_of_houston_s(run: Run, tmp_path: Path, repository: Path) -> None:
    """Though it uses the same id: each caller has ids of its own."""
    tokens = {name: new_token() for name in ("houston", "other")}
    rights = "rights: [write], mayNameActors: true"
    callers = tmp_path / "callers.yaml"
    callers.write_text(
        "callers:\n"
        + "".join(
            f"- {{name: {name}, email: {name}@example.com, {rights}, tokens: ['{digest_of(token)}']}}\n"
            for name, token in tokens.items()
        )
    )

    async def steps(database: Database) -> Any:
        with serving(tmp_path / "guarded", repository, "--callers", str(callers)) as guarded:
            async with (
                AsyncClient(Connection(guarded.address, token=tokens["houston"])) as commander,
                AsyncClient(Connection(guarded.address, token=tokens["other"])) as other,
            ):
                world = World(database, commander)
                changes = Changing(database, commander, now=utc, caller="houston", patience=0.3)
                world.listeners.append(changes)
                with pytest.raises(UnavailableError):
                    await changes.do(asked(1))
                request = await world.one(select(Request.id))
                await world.follower().rebuild()
                theirs = await other.apply([ops.relabel("dev/etl/daily", "Theirs")], id=request.hex, reason="theirs")
                async with world.following():
                    await world.until(theirs.revision)
                    states = [await world.one(select(Request.state))]
                    ours = await Changing(database, commander, now=utc, caller="houston", patience=30).do(asked(2))
                return states, ours.revision != theirs.revision

    assert run(steps) == (["open"], True)


def test_while_commander_is_away_nothing_is_lost_or_done_later(
    run: Run, service: Service, tmp_path: Path, repository: Path
) -> None:
    """Who asks again is served; what nobody asks for again may be out of date by then, and is refused."""

    async def steps(world: World) -> Any:
        service.stop()
        hasty = AsyncClient(Connection(service.address, seconds=0.5, reach_seconds=0.5))
        quick = Changing(world.database, hasty, now=utc)
        for number in (1, 2):
            with pytest.raises(UnavailableError, match=r"^Commander can't do it now: "):
                await quick.do(asked(number))
        with pytest.raises(UnavailableError, match=r"^Commander can't say what became of it: "):
            await quick.resume(timedelta(0))
        with serving(tmp_path / "service", repository):
            async with world.following():
                changes = changing(world)
                again = await changes.do(asked(1))
                assert await changes.resume(timedelta(0)) == 1
                with pytest.raises(InvalidError, match=r"^it was not done: Houston was ended before Commander had it"):
                    await changes.do(asked(2))
            return again.repeated, [each[1] for each in await audit(world)]

    assert within(run, service, steps) == (True, ["done", "refused"])
    assert len(changes_of(repository)) == 1


def test_what_was_done_and_never_answered_is_found_in_git(run: Run, service: Service) -> None:
    async def steps(world: World) -> Any:
        with pytest.raises(UnavailableError):
            await changing(world, patience=0.3).do(asked(1))
        await world.apply(ops.relabel("dev/etl/daily", "Later"))
        assert await changing(world).resume(timedelta(0)) == 1
        return [each[1] for each in await audit(world)], (await changing(world).do(asked(1))).repeated

    assert within(run, service, steps) == (["done"], True)


def test_a_commit_ends_a_change_that_was_refused_at_another_try(run: Run, service: Service) -> None:
    async def steps(world: World) -> Any:
        changes = changing(world, patience=0.3)
        await world.follower().rebuild()
        with pytest.raises(UnavailableError):
            await changes.do(asked(1))
        # As if a second sending of it had been refused.
        async with world.database.writing() as session:
            await session.execute(update(Request).values(state="refused", refusal={"message": "no"}))
        async with world.following():
            await world.until((await world.commander.status()).revision)
        return await world.one(select(Request.state))

    assert within(run, service, steps) == "done"


@pytest.mark.parametrize("key", ["", "a b", "x" * 129, "nul\0", "é"])
def test_a_key_that_can_t_be_is_refused(run: Run, service: Service, key: str) -> None:
    async def steps(world: World) -> None:
        await changing(world).do(other(key, ops.relabel("dev/etl/daily", "Daily")))

    with pytest.raises(InvalidError, match=r"^a key has 1 to 128 letters, digits and \. _ : -$"):
        within(run, service, steps)


def test_kills_lose_nothing_and_double_nothing(run: Run, service: Service, url: str, repository: Path) -> None:
    """A process that changes and follows is killed again and again; what it answered stays, what it began ends once."""
    chance = random.Random(7)
    answered: dict[int, str] = {}
    first = 0
    run(_nothing)
    for _ in range(8):
        command = [sys.executable, "-m", "tests.houston.fleet.changer", url, service.address, str(first), "40"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        # Some lines after its start, somewhere between two of them.
        for _ in range(chance.randint(1, 12)):
            _take(process.stdout.readline(), answered)
        process.kill()
        for line in process.communicate()[0].splitlines():
            _take(line, answered)
        first = max(answered, default=-1) + 1
    last = [sys.executable, "-m", "tests.houston.fleet.changer", url, service.address, str(first), "1"]
    for line in subprocess.run(last, check=True, capture_output=True, text=True).stdout.splitlines():
        _take(line, answered)

    async def steps(world: World) -> Any:
        async with world.following():
            await world.until((await world.commander.status()).revision)
        await world.same()
        rows = await world.all(select(Request))
        assert {each.state for each in rows} <= {"done", "refused"}
        done = {int(each.key[4:]): each.revision for each in rows if each.state == "done"}
        return done, await audit(world)

    kept, events = within(run, service, steps)
    assert answered.items() <= kept.items()
    assert sorted(event[3] for event in events if event[1] == "done") == sorted(kept.values())
    assert sorted(changes_of(repository)) == sorted(kept.values())
    assert len(kept) > 20


async def _nothing(_: Any) -> None:
    """The tables are made, before anybody comes."""


def _take(line: str, answered: dict[int, str]) -> None:
    words = line.split()
    # The line that it was killed in may be cut.
    if len(words) == 2 and words[0] != "resumed" and len(words[1]) == 40:
        answered[int(words[0])] = words[1]
