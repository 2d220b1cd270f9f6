"""Events: written with what they tell of, found again by what they are about."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from houston.audit import Actor, ActorKind, Event, On, Result, Search, Tag, lines, record, search
from houston.database import Database
from houston.errors import InvalidError
from houston.roles import Level, Reach

Run = Callable[[Callable[[Database], Coroutine[Any, Any, Any]]], Any]
NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
ADA = Actor(ActorKind.USER, UUID(int=1), "ada@example.com", "10.0.0.1")
BOB = Actor(ActorKind.USER, UUID(int=2), "bob@example.com")
ORDERS = On(Level.DEPLOYMENT, UUID(int=11), "dev/etl/orders", UUID(int=10))
ETL = On(Level.WORKSPACE, UUID(int=10), "dev/etl", UUID(int=10))
OF_ORDERS = [Tag.DEPLOYMENT_CREATE, Tag.DEPLOYMENT_DELETE, Tag.DEPLOYMENT_UPDATE]
EVENTS = [
    Event(Tag.USER_LOGIN, ADA, at=NOON),
    Event(Tag.WORKSPACE_CREATE, ADA, ETL, revision="c1", at=NOON + timedelta(minutes=1)),
    Event(Tag.DEPLOYMENT_CREATE, BOB, ORDERS, Result.DONE, "c2", {"executor": "x"}, NOON + timedelta(minutes=2)),
    Event(Tag.DEPLOYMENT_DELETE, BOB, ORDERS, Result.REFUSED, at=NOON + timedelta(minutes=2)),
    Event(Tag.DEPLOYMENT_UPDATE, ADA, ORDERS, revision="c3", at=NOON + timedelta(minutes=3)),
]  # fmt: skip


#: A time that has no form in UTC.
EARLY = base64.urlsafe_b64encode(f"0001-01-01T00:00:00+14:00 {UUID(int=1)}".encode()).decode()


async def fill(database: Database) -> None:
    async with database.writing() as session:
        for each in EVENTS:
            record(session, each, NOON)


def found(run: Run, what: Search) -> list[str]:
    async def steps(database: Database) -> list[str]:
        await fill(database)
        async with database.reading() as session:
            return [each.tag for each in (await search(session, what)).events]

    result: list[str] = run(steps)
    return sorted(result)


def test_what_was_written_comes_back_the_newest_first(run: Run) -> None:
    async def steps(database: Database) -> list[Event]:
        await fill(database)
        async with database.reading() as session:
            return list((await search(session, Search())).events)

    events = run(steps)
    assert sorted(events, key=lambda each: (each.at, each.tag), reverse=True) == sorted(
        EVENTS, key=lambda each: (each.at or NOON, each.tag), reverse=True
    )
    assert [each.at for each in events] == sorted((each.at or NOON for each in EVENTS), reverse=True)


@pytest.mark.parametrize(
    ("what", "tags"),
    [
        (Search(actor=BOB.id), [Tag.DEPLOYMENT_CREATE, Tag.DEPLOYMENT_DELETE]),
        (Search(place=ETL.id), [Tag.WORKSPACE_CREATE]),
        (Search(result=Result.REFUSED), [Tag.DEPLOYMENT_DELETE]),
        (Search(tags=(Tag.USER_LOGIN, Tag.DEPLOYMENT_UPDATE)), [Tag.DEPLOYMENT_UPDATE, Tag.USER_LOGIN]),
        (Search(since=NOON + timedelta(minutes=3)), [Tag.DEPLOYMENT_UPDATE]),
        (Search(until=NOON + timedelta(minutes=1)), [Tag.USER_LOGIN]),
        (Search(reach=Reach()), []),
        (Search(reach=Reach(workspaces=frozenset({ETL.id}))), [*OF_ORDERS, Tag.WORKSPACE_CREATE]),
        (Search(reach=Reach(deployments=frozenset({ORDERS.id}))), OF_ORDERS),
        (Search(reach=Reach(workspaces=frozenset({UUID(int=99)}))), []),
        (Search(actor=UUID(int=99)), []),
    ],
)
def test_a_search_narrows(run: Run, what: Search, tags: list[Tag]) -> None:
    assert found(run, what) == tags


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_pages_have_each_event_once_also_of_one_moment(run: Run, size: int) -> None:
    async def steps(database: Database) -> list[str]:
        await fill(database)
        tags, cursor = [], ""
        async with database.reading() as session:
            while True:
                page = await search(session, Search(), size=size, cursor=cursor)
                tags += [each.tag for each in page.events]
                if not (cursor := page.next):
                    return tags

    assert sorted(run(steps)) == sorted(each.tag for each in EVENTS)


@pytest.mark.parametrize(
    ("size", "cursor"), [(0, ""), (102, ""), (10, "x"), (10, "eA=="), (10, "é"), (10, "MjAyNiB4"), (10, EARLY)]
)
def test_a_page_that_can_t_be_is_refused(run: Run, size: int, cursor: str) -> None:
    async def steps(database: Database) -> None:
        async with database.reading() as session:
            await search(session, Search(), size=size, cursor=cursor)

    with pytest.raises(InvalidError, match=r"^a page has 1 to 101 events$|^this is no cursor of a page of events$"):
        run(steps)


def test_an_export_has_all_as_lines_of_json(run: Run) -> None:
    async def steps(database: Database) -> list[dict[str, Any]]:
        await fill(database)
        async with database.writing() as session:
            for number in range(2100):
                record(session, Event(Tag.USER_LOGIN, BOB, at=NOON - timedelta(seconds=number // 3)), NOON)
        return [json.loads(each) async for each in lines(database, Search())]

    all_lines = run(steps)
    assert len(all_lines) == 2105
    assert all_lines[0] == {
        "at": "2026-11-29T12:03:00+00:00",
        "tag": "deployment:update",
        "result": "done",
        "actor": {"kind": "user", "id": str(ADA.id), "name": "ada@example.com", "address": "10.0.0.1"},
        "on": {
            "level": "deployment",
            "id": str(ORDERS.id),
            "name": "dev/etl/orders",
            "workspace": str(ETL.id),
        },
        "revision": "c3",
        "details": {},
    }


def test_names_that_no_database_takes_are_kept_as_far_as_they_can_be(run: Run) -> None:
    strange = Actor(ActorKind.NOBODY, None, "\0\ud83d" + "x" * 400, "y" * 100)

    async def steps(database: Database) -> Event:
        async with database.writing() as session:
            record(session, Event(Tag.USER_LOGIN, strange, result=Result.REFUSED), NOON)
        async with database.reading() as session:
            return (await search(session, Search())).events[0]

    event = run(steps)
    assert event.actor == Actor(ActorKind.NOBODY, None, "\ufffd?" + "x" * 318, "y" * 64)


def test_an_event_of_a_newer_version_is_told_as_it_is(run: Run) -> None:
    async def steps(database: Database) -> Event:
        async with database.writing() as session:
            record(session, Event("rocket:launch", ADA, at=NOON), NOON)
        async with database.reading() as session:
            return (await search(session, Search())).events[0]

    assert run(steps) == Event("rocket:launch", ADA, at=NOON)


def test_an_event_comes_back_from_plain_data() -> None:
    for each in EVENTS:
        assert Event.from_json(json.loads(json.dumps(each.as_json())), each.at) == each
