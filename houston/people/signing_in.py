"""Logging in with a password, and out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import selectinload

from houston import credentials
from houston.credentials import Passwords, Tokens, Verdict
from houston.database import Database, Email, Session, User, UserStatus
from houston.errors import UnauthenticatedError
from houston.people import attempts

_LONGEST = 320


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

    async def by_password(self, name: str, password: str) -> SignedIn:
        """Log in as the owner of an address or a user name.

        An unknown name and a wrong password look and last the same. Raises ``UnauthenticatedError``, or
        ``TooOftenError`` after several attempts.
        """
        name = _kept(name)
        async with self._database.writing() as session:
            await attempts.begin(session, name, self._now())
        async with self._database.reading() as session:
            found = await session.scalar(
                select(User).outerjoin(Email).where((Email.address == name) | (User.username == name)).limit(1)
            )
        verdict = await asyncio.to_thread(self._passwords.verify, found.password_hash if found else None, password)
        if found is None or verdict is Verdict.WRONG:
            raise UnauthenticatedError("the user name or the password is wrong")
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
        return SignedIn(user, self._tokens.sign(_session(row)))

    async def out(self, session_id: UUID) -> None:
        """End a session before its time; its token is worth nothing from now on."""
        async with self._database.writing() as session:
            await session.execute(delete(Session).where(Session.id == session_id))


def _kept(name: str) -> str:
    """A name as it may be asked for: what no database takes is in no name that it has."""
    return (
        name[:_LONGEST].strip().lower().encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
    )


def _session(row: Session) -> credentials.Session:
    return credentials.Session(row.user_id, row.id, int(row.begins_at.timestamp()), int(row.ends_at.timestamp()))


def _refuse_others(status: str) -> None:
    """Only who knew the password learns that."""
    if status == UserStatus.PENDING:
        raise UnauthenticatedError("the e-mail address is not confirmed yet; a mail says how")
    if status != UserStatus.ACTIVE:
        raise UnauthenticatedError("this user is blocked; ask an administrator")
