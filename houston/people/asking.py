"""Who asks: a token in, an asker with all that one may do out, by one statement of SQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, true, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from houston.credentials import BadTokenError, Tokens
from houston.database import Binding, Session, TeamMember, User, UserStatus
from houston.errors import UnauthenticatedError
from houston.roles import Binding as RoleBinding
from houston.roles import Grant, Level, Place, Roles


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and what they may do. ``session`` is what their token stands for."""

    user: UUID
    name: str
    session: UUID
    grant: Grant


class Askers:
    """Knows askers by their tokens. Roles that are given or taken away count from the next question on."""

    def __init__(self, tokens: Tokens, roles: Roles, *, now: Callable[[], datetime]) -> None:
        self._tokens, self._roles, self._now = tokens, roles, now

    async def of_token(self, session: AsyncSession, token: str) -> Asker:
        """Whoever shows this token. Raises ``UnauthenticatedError``: the session has ended, or never was."""
        try:
            shown = self._tokens.check(token, self._now().timestamp())
        except BadTokenError:
            raise UnauthenticatedError("the token is not valid (any more); log in again") from None
        given = select(Binding.role, Binding.level, Binding.place_id)
        # One for each index: a database can't use both for one condition.
        teams = given.join(TeamMember, TeamMember.team_id == Binding.team_id).where(TeamMember.user_id == shown.user)
        roles = union_all(given.where(Binding.user_id == shown.user), teams).subquery()
        rows = (
            await session.execute(
                select(User.id, User.username, roles)
                .join(Session, Session.user_id == User.id)
                .outerjoin(roles, true())
                .where(Session.id == shown.id, User.id == shown.user, User.status == UserStatus.ACTIVE)
            )
        ).all()
        if not rows:
            raise UnauthenticatedError("the token is not valid (any more); log in again")
        # The one row of somebody without bindings has none in it.
        bindings = [_binding(row.role, row.level, row.place_id) for row in rows if row.role]
        return Asker(rows[0].id, rows[0].username, shown.id, self._roles.grant(bindings, is_user=True))


def _binding(role: str, level: str, place: UUID) -> RoleBinding:
    match Level(level):
        case Level.SYSTEM:
            return RoleBinding(role, Place())
        case Level.WORKSPACE:
            return RoleBinding(role, Place(workspace=place))
        case Level.DEPLOYMENT:
            return RoleBinding(role, Place(deployment=place))
