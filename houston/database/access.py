"""Which roles were given to whom, who is logged in, and who tries to be."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from houston.database.base import SYSTEM, Base, Dated, new_id


class Binding(Dated, Base):
    """A user or a team has a role at a place.

    ``place_id`` is that of a workspace or a deployment, which git decides about, so no key of a table holds it:
    bindings go when the place does. It is never null, so that two of the same are seen to be the same.
    """

    __tablename__ = "bindings"
    __table_args__ = (
        CheckConstraint("(user_id IS NULL) <> (team_id IS NULL)", name="holder"),
        CheckConstraint("level IN ('system', 'workspace', 'deployment')", name="level"),
        UniqueConstraint("user_id", "role", "place_id"),
        UniqueConstraint("team_id", "role", "place_id"),
        Index("ix_bindings_place_id", "place_id"),
    )

    id: Mapped[UUID] = new_id()
    role: Mapped[str] = mapped_column(String(64))
    level: Mapped[str] = mapped_column(String(16))
    place_id: Mapped[UUID] = mapped_column(default=SYSTEM)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))


class Session(Base):
    """Somebody is logged in, until it ends by itself or is ended. Its token names it."""

    __tablename__ = "sessions"

    id: Mapped[UUID] = new_id()
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)


class LoginAttempt(Base):
    """How often somebody tried to log in under a name, since the last success. ``key`` is the name's digest."""

    __tablename__ = "login_attempts"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(index=True)
