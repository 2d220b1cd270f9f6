"""Users: made once, the first of them as the administrator of all."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from houston.audit import Actor, Event, Tag, record
from houston.database import Binding, Email, User, UserStatus, utc
from houston.errors import InvalidError, TakenError
from houston.people.addresses import address_of

_NAME = 200
#: Who administers the whole system.
ADMINISTRATOR = "SYSTEM_ADMIN"


@dataclass(frozen=True, slots=True)
class NewUser:
    """Somebody who is to be a user. Without a ``password_hash`` a provider of identities has to let them in."""

    email: str
    full_name: str = ""
    password_hash: str | None = None
    #: Whether the address is known to be theirs.
    verified: bool = False


async def add_user(session: AsyncSession, new: NewUser, by: Actor) -> tuple[User, bool]:
    """Add a user, in somebody's name; whether it is the first one, who has become administrator of the system.

    The first one is active at once, others when their address is verified. Of two that come first together one is.
    Raises ``InvalidError`` for an address or name that is none, ``TakenError`` where somebody has the address.
    """
    address = address_of(new.email)
    if len(new.full_name) > _NAME or any(ord(letter) < 32 for letter in new.full_name):
        raise InvalidError(f"a name has {_NAME} characters at most, on one line")
    first = await _is_first(session)
    if await session.scalar(select(Email.id).where(Email.address == address)) or await session.scalar(
        select(User.id).where(User.username == address)
    ):
        raise TakenError(f"there is a user with the address {address}")
    active = first or new.verified
    user = User(
        username=address,
        full_name=new.full_name.strip(),
        status=UserStatus.ACTIVE if active else UserStatus.PENDING,
        password_hash=new.password_hash,
        emails=[Email(address=address, verified=active, is_primary=True)],
    )
    session.add(user)
    try:
        await session.flush()
    except IntegrityError:
        # Somebody who came at the same time.
        raise TakenError(f"there is a user with the address {address}") from None
    record(session, Event(Tag.USER_ADD, by, details={"user": str(user.id), "name": address, "first": first}), utc())
    if first:
        session.add(Binding(role=ADMINISTRATOR, level="system", user_id=user.id))
        await session.flush()
    return user, first


async def _is_first(session: AsyncSession) -> bool:
    """Whether there is nobody yet. Then nobody else is added before this transaction ends."""
    if await session.scalar(select(User.id).limit(1)):
        return False
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE"))
    return not await session.scalar(select(func.count(User.id)))
