"""Logging in, being known by the token, and all that ends it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from sqlalchemy import delete, func, select, update

from houston.audit import Actor, ActorKind
from houston.credentials import Passwords, SigningKeys, Tokens
from houston.database import AuditEvent, Binding, Database, LoginAttempt, Session, Team, TeamMember, User
from houston.errors import TooOftenError, UnauthenticatedError
from houston.people import Asker, Askers, NewUser, SigningIn, add_user, attempts
from houston.roles import Permission, Place, Roles
from tests.houston.statements import statements

Run = Callable[[Callable[[Database], Coroutine[Any, Any, Any]]], Any]
OPERATOR = Actor(ActorKind.OPERATOR)
PASSWORD = "lovelace"
CHEAP = Passwords(memory=64, rounds=1)
TOKENS = Tokens(SigningKeys([generate_private_key(public_exponent=65537, key_size=2048)]), "test")
WRONG = "^the user name or the password is wrong$"
NOT_VALID = r"^the token is not valid \(any more\); log in again$"
WORKSPACE, DEPLOYMENT = UUID(int=1), UUID(int=2)
READ = Permission("deployment.config.get")


class Clock:
    """A time that stands until somebody moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 29, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


class World:
    """A database with Ada, who administers it, and what lets people in."""

    def __init__(self, database: Database) -> None:
        self.database, self.clock = database, Clock()
        self.askers = Askers(TOKENS, Roles(), now=self.clock)

    async def begin(self) -> World:
        await self.add("ada@example.com", "lovelace")
        return self

    async def add(self, email: str, password: str | None, *, verified: bool = True) -> UUID:
        kept = CHEAP.hash(password) if password else None
        async with self.database.writing() as session:
            user, _ = await add_user(session, NewUser(email, password_hash=kept, verified=verified), OPERATOR)
            return user.id

    async def token(self, name: str = "ada@example.com", password: str = PASSWORD, passwords: Passwords = CHEAP) -> str:
        door = SigningIn(self.database, passwords, TOKENS, lasts=timedelta(hours=24), now=self.clock)
        return (await door.by_password(name, password)).token

    async def asker(self, token: str) -> Asker:
        async with self.database.reading() as session:
            return await self.askers.of_token(session, token)

    async def do(self, *statements: Any) -> None:
        async with self.database.writing() as session:
            for each in statements:
                await session.execute(each)

    async def count(self, table: Any) -> int:
        async with self.database.reading() as session:
            return await session.scalar(select(func.count()).select_from(table)) or 0


def within(run: Run, steps: Callable[[World], Awaitable[Any]]) -> Any:
    async def whole(database: Database) -> Any:
        return await steps(await World(database).begin())

    return run(whole)


def test_who_logs_in_is_known_by_the_token(run: Run) -> None:
    async def steps(world: World) -> tuple[str, bool, datetime | None]:
        asker = await world.asker(await world.token(" ADA@example.com"))
        async with world.database.reading() as session:
            login = await session.scalar(select(User.last_login_at))
        return asker.name, asker.grant.permits(Permission("system.iam.update"), Place()), login

    assert within(run, steps) == ("ada@example.com", True, datetime(2026, 11, 29, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("ada@example.com", "lovelace "),
        ("ada@example.com", ""),
        ("ada@example.com", "\ud83d"),
        ("bob@example.com", "lovelace"),
        ("", ""),
        ("\0", "\0" * 300),
        ("\ud83d", "lovelace"),
        ("sso@example.com", ""),
        ("sso@example.com", "nobody's"),
    ],
)
def test_an_unknown_name_and_a_wrong_password_look_the_same(run: Run, name: str, password: str) -> None:
    async def steps(world: World) -> int:
        await world.add("sso@example.com", None)
        with pytest.raises(UnauthenticatedError, match=WRONG):
            await world.token(name, password)
        return await world.count(Session)

    assert within(run, steps) == 0


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("pending", "^the e-mail address is not confirmed yet; a mail says how$"),
        ("blocked", "^this user is blocked; ask an administrator$"),
    ],
)
def test_only_the_right_password_learns_why_nobody_may_come_in(run: Run, status: str, why: str) -> None:
    async def steps(world: World) -> None:
        await world.do(update(User).values(status=status))
        with pytest.raises(UnauthenticatedError, match=why):
            await world.token()
        with pytest.raises(UnauthenticatedError, match=WRONG):
            await world.token(password="wrong one")

    within(run, steps)


def test_a_hash_of_older_costs_is_made_anew(run: Run) -> None:
    async def steps(world: World) -> tuple[bool, str]:
        async def kept() -> str:
            async with world.database.reading() as session:
                return await session.scalar(select(User.password_hash)) or ""

        before = await kept()
        await world.token(passwords=Passwords(memory=128, rounds=1))
        after = await kept()
        await world.token(passwords=Passwords(memory=128, rounds=1))
        return before == after, after.split("$")[3]

    assert within(run, steps) == (False, "m=128,t=1,p=1")


def test_guessing_has_to_wait_longer_each_time_and_the_owner_not_for_ever(run: Run) -> None:
    async def steps(world: World) -> list[int]:
        waits = []
        for _ in range(attempts.FREE):
            with pytest.raises(UnauthenticatedError, match=WRONG):
                await world.token(password="wrong one")
        for _ in range(12):
            with pytest.raises(TooOftenError, match=r"^too many attempts to log in; try again in") as raised:
                await world.token()
            waits.append(raised.value.seconds)
            world.clock.move(seconds=raised.value.seconds)
            with pytest.raises(UnauthenticatedError, match=WRONG):
                await world.token(password="wrong one")
        world.clock.move(minutes=15)
        await world.token()
        with pytest.raises(UnauthenticatedError, match=WRONG):
            await world.token(password="wrong one")
        await world.token()
        return waits

    assert within(run, steps) == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


def test_guessing_in_parallel_gains_nothing(run: Run) -> None:
    async def steps(world: World) -> list[str]:
        tried = await asyncio.gather(*(world.token(password=f"guess {n}") for n in range(20)), return_exceptions=True)
        return sorted(type(each).__name__ for each in tried)

    assert within(run, steps) == ["TooOftenError"] * 15 + ["UnauthenticatedError"] * 5


def test_names_that_nobody_has_are_counted_too_and_not_kept(run: Run) -> None:
    """People type passwords into the wrong field."""

    async def steps(world: World) -> tuple[list[str], int]:
        for _ in range(attempts.FREE):
            with pytest.raises(UnauthenticatedError):
                await world.token("my secret", "lovelace")
        with pytest.raises(TooOftenError):
            await world.token("my secret", "lovelace")
        async with world.database.reading() as session:
            keys = list(await session.scalars(select(LoginAttempt.key)))
        world.clock.move(days=1, seconds=1)
        async with world.database.writing() as session:
            return keys, await attempts.forget(session, world.clock())

    keys, forgotten = within(run, steps)
    assert (len(keys), forgotten) == (1, 1)
    assert "secret" not in keys[0]


def test_the_audit_is_told_of_logins_and_not_what_was_typed(run: Run) -> None:
    async def steps(world: World) -> list[tuple[str, str, str]]:
        await world.do(delete(AuditEvent))
        door = SigningIn(world.database, CHEAP, TOKENS, lasts=timedelta(hours=24), now=world.clock)
        for name, password in (("ada@example.com", "wrong one"), ("my secret", "wrong one")):
            world.clock.move(seconds=1)
            with pytest.raises(UnauthenticatedError):
                await door.by_password(name, password, "10.0.0.1")
        world.clock.move(seconds=1)
        token = (await door.by_password("ada@example.com", "lovelace", "10.0.0.1")).token
        world.clock.move(seconds=1)
        await door.out((await world.asker(token)).session, "10.0.0.1")
        await door.out(UUID(int=5), "10.0.0.1")
        async with world.database.reading() as session:
            rows = (await session.scalars(select(AuditEvent).order_by(AuditEvent.at))).all()
        assert {each.address for each in rows} == {"10.0.0.1"}
        return [(each.tag, each.result, each.actor_name) for each in rows]

    assert within(run, steps) == [
        ("user:login", "refused", "ada@example.com"),
        ("user:login", "refused", ""),
        ("user:login", "done", "ada@example.com"),
        ("user:logout", "done", "ada@example.com"),
    ]


def test_a_token_is_worth_nothing_after_its_session(run: Run) -> None:
    async def steps(world: World) -> str:
        first, second = await world.token(), await world.token()
        door = SigningIn(world.database, CHEAP, TOKENS, lasts=timedelta(hours=24), now=world.clock)
        await door.out((await world.asker(first)).session)
        with pytest.raises(UnauthenticatedError, match=NOT_VALID):
            await world.asker(first)
        name = (await world.asker(second)).name
        world.clock.move(hours=24)
        with pytest.raises(UnauthenticatedError, match=NOT_VALID):
            await world.asker(second)
        return name

    assert within(run, steps) == "ada@example.com"


@pytest.mark.parametrize("status", ["blocked", "pending", None])
def test_who_is_blocked_or_gone_is_not_known_any_more(run: Run, status: str | None) -> None:
    async def steps(world: World) -> None:
        token = await world.token()
        await world.do(update(User).values(status=status) if status else delete(User))
        with pytest.raises(UnauthenticatedError, match=NOT_VALID):
            await world.asker(token)

    within(run, steps)


def test_a_token_of_one_person_names_no_session_of_another(run: Run) -> None:
    async def steps(world: World) -> None:
        bob = await world.add("bob@example.com", "builder bob")
        token = await world.token()
        await world.do(update(Session).values(user_id=bob))
        with pytest.raises(UnauthenticatedError, match=NOT_VALID):
            await world.asker(token)

    within(run, steps)


def test_roles_of_one_s_own_and_of_teams_come_together_by_one_statement(run: Run) -> None:
    async def steps(world: World) -> tuple[list[bool], int]:
        bob = await world.add("bob@example.com", "builder bob")
        other = await world.add("eve@example.com", "eavesdropper")
        team, empty = Team(id=UUID(int=9), name="red"), Team(id=UUID(int=10), name="blue")
        async with world.database.writing() as session:
            session.add_all([team, empty])
            await session.flush()
            session.add(TeamMember(team_id=team.id, user_id=bob))
            session.add(Binding(role="DEPLOYMENT_VIEWER", level="deployment", place_id=DEPLOYMENT, user_id=bob))
            session.add(Binding(role="WORKSPACE_VIEWER", level="workspace", place_id=WORKSPACE, team_id=team.id))
            session.add(Binding(role="SYSTEM_ADMIN", level="system", team_id=empty.id))
            session.add(Binding(role="WORKSPACE_ADMIN", level="workspace", place_id=WORKSPACE, user_id=other))
        token = await world.token("bob@example.com", "builder bob")
        with statements() as asked:
            grant = (await world.asker(token)).grant
        return [
            grant.permits(READ, Place(WORKSPACE, DEPLOYMENT)),
            grant.permits(READ, Place(WORKSPACE, UUID(int=3))),
            grant.permits(Permission("workspace.config.get"), Place(WORKSPACE)),
            grant.permits(Permission("workspace.iam.update"), Place(WORKSPACE)),
            grant.permits(Permission("system.users.get"), Place()),
            grant.permits(Permission("system.workspace.create"), Place()),
        ], len(asked)

    assert within(run, steps) == ([True, False, True, False, False, True], 1)


def test_a_role_that_is_taken_away_counts_at_once(run: Run) -> None:
    async def steps(world: World) -> list[bool]:
        token, ask = await world.token(), Permission("system.users.get")
        before = (await world.asker(token)).grant.permits(ask, Place())
        await world.do(delete(Binding))
        return [before, (await world.asker(token)).grant.permits(ask, Place())]

    assert within(run, steps) == [True, False]
