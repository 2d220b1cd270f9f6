"""Logging in with a password, and out."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import selectinload

from houston import credentials
from houston.audit import Actor, ActorKind, Event, Result, Tag, record
from houston.credentials import Passwords, Tokens, Verdict
from houston.database import ADDRESS, Database, Email, Session, User, UserStatus, kept
from houston.errors import UnauthenticatedError
from houston.people import attempts


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody, and the token of the new session."""

    user: User
    token: str


class SigningIn:
    """Lets people in. ``lasts`` is how long a session does; ``now`` gives the time, in UTC."""

    def __init__(
        self,
        database: Database,
        passwords: Passwords,
        tokens: Tokens,
        *,
        lasts: timedelta,
        now: Callable[[], datetime],
    ) -> None:
        self._database, self._passwords, self._tokens = database, passwords, tokens
        self._lasts, self._now = lasts, now

    async def by_password(self, name: str, password: str, address: str = "") -> SignedIn:
        """Log in as the owner of an e-mail address or a user name; ``address`` is where from, for the audit.

        An unknown name and a wrong password look and last the same. Raises ``UnauthenticatedError``, or
        ``TooOftenError`` after several attempts.
        """
        name = _kept(name)
        async with self._database.writing() as session:
            await attempts.begin(session, name, self._now())
        async with self._database.reading() as session:
            found = await session.scalar(select(User).join(Email).where(Email.address == name)) or await session.scalar(
                select(User).where(User.username == name)
            )
        verdict = await asyncio.to_thread(self._passwords.verify, found.password_hash if found else None, password)
        if found is None or verdict is Verdict.WRONG:
            await self._tell_refused(found, address)
            raise UnauthenticatedError("the user name or the password is wrong")
        if found.status != UserStatus.ACTIVE:
            await self._tell_refused(found, address)
        _refuse_others(found.status)
        renewed = await asyncio.to_thread(self._passwords.hash, password) if verdict is Verdict.OUTDATED else None
        async with self._database.writing() as session:
            user = await session.scalar(
                select(User).where(User.id == found.id).options(selectinload(User.emails)).with_for_update()
            )
            # Between both transactions somebody may have been blocked, or the password changed.
            if user is None or user.password_hash != found.password_hash:
                raise UnauthenticatedError("the user name or the password is wrong")
            _refuse_others(user.status)
            await attempts.succeed(session, name)
            now = self._now()
            user.password_hash = renewed or user.password_hash
            user.last_login_at = now
            row = Session(id=uuid4(), user_id=user.id, begins_at=now, ends_at=now + self._lasts)
            session.add(row)
            record(session, Event(Tag.USER_LOGIN, _actor(user, address)), now)
        return SignedIn(user, self._tokens.sign(_session(row)))

    async def out(self, session_id: UUID, address: str = "") -> None:
        """End a session before its time; its token is worth nothing from now on."""
        async with self._database.writing() as session:
            user = await session.scalar(select(User).join(Session).where(Session.id == session_id))
            if user is not None:
                await session.execute(delete(Session).where(Session.id == session_id))
                record(session, Event(Tag.USER_LOGOUT, _actor(user, address)), self._now())

    async def _tell_refused(self, user: User | None, address: str) -> None:
        """Of a name that nobody has, no more than that: people type passwords into the wrong field."""
        actor = _actor(user, address) if user else Actor(ActorKind.NOBODY, address=address)
        async with self._database.writing() as session:
            record(session, Event(Tag.USER_LOGIN, actor, result=Result.REFUSED), self._now())


def _actor(user: User, address: str) -> Actor:
    return Actor(ActorKind.USER, user.id, user.username, address)


def _kept(name: str) -> str:
    """A name as it may be asked for: what no database takes is in no name that it has."""
    return unicodedata.normalize("NFC", kept(name, ADDRESS).strip().lower())


def _session(row: Session) -> credentials.Session:
    return credentials.Session(row.user_id, row.id, int(row.begins_at.timestamp()), int(row.ends_at.timestamp()))


def _refuse_others(status: str) -> None:
    """Only who knew the password learns that."""
    if status == UserStatus.PENDING:
        raise UnauthenticatedError("the e-mail address is not confirmed yet; a mail says how")
    if status != UserStatus.ACTIVE:
        raise UnauthenticatedError("this user is blocked; ask an administrator")
