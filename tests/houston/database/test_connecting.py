"""Transactions that behave alike in SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from houston.database import SYSTEM, Binding, Database, DatabaseUrlError, Email, Team, User, upgrade

Run = Callable[[Callable[[Database], Coroutine[Any, Any, Any]]], Any]


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "this is no address of a database; allowed are sqlite:///FILE and postgresql://..."),
        ("houston.sqlite", "this is no address of a database; allowed are sqlite:///FILE and postgresql://..."),
        ("mysql://root:word@db/houston", "'mysql' is no database of Houston's; allowed are sqlite and postgresql"),
        ("sqlite://", "a database of SQLite needs a file: sqlite:///FILE"),
        ("postgresql://a:word@db", "the address has no name of a database: postgresql://USER@HOST/NAME"),
        ("postgresql://a:word@db:port/x", "this is no address of a database; allowed are sqlite:///FILE and postgresql://..."),
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_refused_without_its_password(url: str, why: str) -> None:
    with pytest.raises(DatabaseUrlError) as raised:
        Database(url)
    assert str(raised.value) == why


def test_a_folder_for_sqlite_is_made(tmp_path: Path) -> None:
    async def made() -> None:
        async with Database(f"sqlite:///{tmp_path / 'new' / 'houston.sqlite'}") as database:
            await upgrade(database)

    asyncio.run(made())
    assert (tmp_path / "new" / "houston.sqlite").exists()


def test_what_raises_is_undone(run: Run) -> None:
    async def steps(database: Database) -> int:
        async def fail() -> None:
            async with database.writing() as session:
                session.add(User(username="ada"))
                await session.flush()
                raise KeyError

        with pytest.raises(KeyError):
            await fail()
        async with database.reading() as session:
            return await session.scalar(select(func.count(User.id))) or 0

    assert run(steps) == 0


def test_writers_wait_for_each_other_and_lose_nothing(run: Run) -> None:
    """Each reads before it writes, which SQLite would refuse half way if it did not know before."""

    async def steps(database: Database) -> set[str]:
        async with database.writing() as session:
            session.add(User(username="counter", full_name="0"))

        async def count() -> None:
            async with database.writing() as session:
                user = await session.scalar(select(User).with_for_update())
                assert user is not None
                user.full_name = str(int(user.full_name) + 1)

        await asyncio.gather(*(count() for _ in range(20)))
        async with database.reading() as session:
            return set(await session.scalars(select(User.full_name)))

    assert run(steps) == {"20"}


def test_times_come_back_in_utc_whatever_zone_they_were_said_in(run: Run) -> None:
    there = datetime(2026, 11, 29, 23, 30, 0, 123456, tzinfo=timezone(timedelta(hours=5, minutes=30)))

    async def steps(database: Database) -> tuple[datetime | None, datetime]:
        async with database.writing() as session:
            session.add(User(username="ada", last_login_at=there))
        async with database.reading() as session:
            user = await session.scalar(select(User))
            assert user is not None
            return user.last_login_at, user.created_at

    login, created = run(steps)
    assert (login, login.tzinfo) == (there, UTC)
    assert timedelta(0) <= datetime.now(UTC) - created < timedelta(minutes=5)


def test_a_time_without_a_zone_is_a_defect(run: Run) -> None:
    async def steps(database: Database) -> None:
        async with database.writing() as session:
            session.add(User(username="ada", last_login_at=datetime(2026, 11, 29)))  # noqa: DTZ001

    with pytest.raises(StatementError, match="has no time zone"):
        run(steps)


def person(name: str, *addresses: tuple[str, bool]) -> User:
    emails = [Email(address=address, is_primary=primary) for address, primary in addresses]
    return User(id=uuid4(), username=name, emails=emails)


ADA = UUID(int=7)


def admin(level: str = "system") -> Binding:
    return Binding(role="SYSTEM_ADMIN", level=level, user_id=ADA)


@pytest.mark.parametrize(
    "rows",
    [
        lambda: [person("ada", ("a@example.com", True)), person("bob", ("a@example.com", True))],
        lambda: [person("ada", ("a@example.com", True), ("b@example.com", True))],
        lambda: [User(username="ada"), User(username="ada")],
        lambda: [User(username="ada", status="asleep")],
        lambda: [Email(address="a@example.com", user_id=ADA)],
        lambda: [Team(name="red"), Team(name="red")],
        lambda: [Binding(role="SYSTEM_ADMIN", level="system")],
        lambda: [User(id=ADA, username="ada"), *(admin() for _ in "ab")],
        lambda: [User(id=ADA, username="ada"), admin("world")],
    ],
    ids=[
        "an address of two people", "two first addresses", "a name of two people", "another status",
        "an address of nobody", "two teams of a name", "a role of nobody", "a role twice", "another level",
    ],
)  # fmt: skip
def test_what_must_not_be_is_refused_by_both(run: Run, rows: Callable[[], list[Any]]) -> None:
    async def steps(database: Database) -> None:
        async with database.writing() as session:
            session.add_all(rows())

    with pytest.raises(IntegrityError):
        run(steps)


def test_with_somebody_go_addresses_roles_and_nothing_of_others(run: Run) -> None:
    async def steps(database: Database) -> tuple[list[str], list[UUID | None]]:
        ada, bob = (
            person("ada", ("a@example.com", True)),
            person("bob", ("b@example.com", True), ("c@example.com", False)),
        )
        async with database.writing() as session:
            session.add_all([ada, bob])
            await session.flush()
            session.add_all(Binding(role="SYSTEM_ADMIN", level="system", user_id=each.id) for each in (ada, bob))
        async with database.writing() as session:
            await session.execute(text("DELETE FROM users WHERE username = 'ada'"))
        async with database.reading() as session:
            addresses = list(await session.scalars(select(Email.address).order_by(Email.address)))
            holders = list(await session.scalars(select(Binding.user_id)))
            assert set(await session.scalars(select(Binding.place_id))) == {SYSTEM}
        return addresses, [None if each == bob.id else each for each in holders]

    assert run(steps) == (["b@example.com", "c@example.com"], [None])
