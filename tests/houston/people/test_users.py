"""Users: made once, the first as administrator."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from sqlalchemy import select

from houston.audit import Actor, ActorKind
from houston.database import AuditEvent, Binding, Database, Email, User
from houston.errors import InvalidError, TakenError
from houston.people import NewUser, add_user, address_of

OPERATOR = Actor(ActorKind.OPERATOR, name="ops")
Run = Callable[[Callable[[Database], Coroutine[Any, Any, Any]]], Any]


async def added(database: Database, *people: NewUser) -> list[tuple[str, str, bool]]:
    found = []
    for each in people:
        async with database.writing() as session:
            user, first = await add_user(session, each, OPERATOR)
            found.append((user.username, user.status, first))
    return found


def test_the_first_is_active_and_administers_and_others_confirm_their_address(run: Run) -> None:
    async def steps(database: Database) -> tuple[Any, Any, Any]:
        made = await added(
            database, NewUser("Ada@Example.com"), NewUser("bob@example.com"), NewUser("eve@example.com", verified=True)
        )
        async with database.reading() as session:
            roles = (await session.execute(select(User.username, Binding.role, Binding.level).join(Binding))).all()
            columns = (Email.address, Email.verified, Email.is_primary)
            mails = (await session.execute(select(*columns).order_by(Email.address))).all()
        return made, [tuple(each) for each in roles], [tuple(each) for each in mails]

    assert run(steps) == (
        [
            ("ada@example.com", "active", True),
            ("bob@example.com", "pending", False),
            ("eve@example.com", "active", False),
        ],
        [("ada@example.com", "SYSTEM_ADMIN", "system")],
        [("ada@example.com", True, True), ("bob@example.com", False, True), ("eve@example.com", True, True)],
    )


def test_whoever_comes_twice_at_once_is_there_once(run: Run) -> None:
    async def steps(database: Database) -> list[str]:
        await added(database, NewUser("first@example.com"))
        together = (added(database, NewUser("ada@example.com")) for _ in range(4))
        done = await asyncio.gather(*together, return_exceptions=True)
        return sorted(type(each).__name__ for each in done)

    assert run(steps) == ["TakenError", "TakenError", "TakenError", "list"]


def test_the_audit_is_told_who_was_added_by_whom(run: Run) -> None:
    async def steps(database: Database) -> Any:
        await added(database, NewUser("ada@example.com"))
        async with database.reading() as session:
            event = (await session.scalars(select(AuditEvent))).one()
        return event.tag, event.actor_kind, event.actor_name, event.details["name"], event.details["first"]

    assert run(steps) == ("user:add", "operator", "ops", "ada@example.com", True)


def test_of_many_who_come_first_together_one_is(run: Run) -> None:
    async def steps(database: Database) -> tuple[int, int]:
        made = await asyncio.gather(*(added(database, NewUser(f"{number}@example.com")) for number in range(8)))
        async with database.reading() as session:
            return sum(first for ((_, _, first),) in made), len((await session.scalars(select(Binding.id))).all())

    assert run(steps) == (1, 1)


@pytest.mark.parametrize("again", ["ada@example.com", "ADA@EXAMPLE.COM", " ada@example.com "])
def test_an_address_has_one_owner_however_it_is_written(run: Run, again: str) -> None:
    async def steps(database: Database) -> None:
        await added(database, NewUser("ada@example.com"), NewUser(again))

    with pytest.raises(TakenError, match=r"^there is a user with the address ada@example\.com$"):
        run(steps)


@pytest.mark.parametrize(
    ("new", "why"),
    [
        (NewUser("ada"), "'ada' is no e-mail address: An email address must have an @-sign."),
        (NewUser(""), "'' is no e-mail address: An email address must have an @-sign."),
        (NewUser("a@" + "b" * 400), "an e-mail address has 320 characters at most"),
        (NewUser("a@example.com\nBcc: all@example.com"), "is no e-mail address"),
        (NewUser("ada@example.com", full_name="x" * 201), "a name has 200 characters at most, on one line"),
        (NewUser("ada@example.com", full_name="Ada\nLovelace"), "a name has 200 characters at most, on one line"),
    ],
)
def test_what_is_no_address_or_name_is_refused(run: Run, new: NewUser, why: str) -> None:
    with pytest.raises(InvalidError) as raised:
        run(lambda database: added(database, new))
    assert why in str(raised.value)


def test_addresses_look_the_same_in_any_form() -> None:
    """A letter with its accent may be one character or two."""
    composed, apart = "rené@example.com", "rene\u0301@EXAMPLE.com"
    assert address_of(composed) == address_of(apart) == "rené@example.com"
