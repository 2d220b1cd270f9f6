"""Attempts to log in, counted before a password is looked at, so that guessing in parallel gains nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from houston.database import LoginAttempt, inserting
from houston.errors import TooOftenError

#: So many in a row cost nothing; then each waits twice as long as the one before.
FREE = 5
LONGEST = timedelta(minutes=15)
#: After so long without one, all is forgotten.
MEMORY = timedelta(days=1)


async def begin(session: AsyncSession, name: str, now: datetime) -> None:
    """Count an attempt to log in as ``name``, whether there is such a user or not.

    Raises ``TooOftenError`` while a wait is on; such an attempt is not counted, so a wait ends.
    """
    key = _key(name)
    # The row is there and nobody else's from here on, whoever forgets it at the same time.
    row = inserting(session, LoginAttempt).values(key=key, count=0, last_at=now)
    row = row.on_conflict_do_update(index_elements=["key"], set_={"count": LoginAttempt.count})
    count, last_at = (await session.execute(row.returning(LoginAttempt.count, LoginAttempt.last_at))).one()
    before = 0 if now - last_at > MEMORY else count
    left = last_at + _wait(before) - now
    if left > timedelta(0):
        seconds = -(-left // timedelta(seconds=1))
        raise TooOftenError(f"too many attempts to log in; try again in {seconds} seconds", seconds)
    await session.execute(update(LoginAttempt).where(LoginAttempt.key == key).values(count=before + 1, last_at=now))


async def succeed(session: AsyncSession, name: str) -> None:
    """Forget the attempts of one who has logged in."""
    await session.execute(delete(LoginAttempt).where(LoginAttempt.key == _key(name)))


async def forget(session: AsyncSession, now: datetime) -> int:
    """Remove what is too old to count; how many rows."""
    old = LoginAttempt.last_at < now - MEMORY
    count = await session.scalar(select(func.count()).where(old)) or 0
    await session.execute(delete(LoginAttempt).where(old))
    return count


def _wait(count: int) -> timedelta:
    if count < FREE:
        return timedelta(0)
    return min(LONGEST, timedelta(seconds=2 ** min(count - FREE, 20)))


def _key(name: str) -> str:
    """People type passwords into the wrong field, so the name itself is not kept."""
    return sha256(name.strip().lower().encode("utf-8", "surrogatepass")).hexdigest()
