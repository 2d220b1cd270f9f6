"""Users, their e-mail addresses, and the teams that they are in."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from houston.database.base import ADDRESS, Base, Dated, new_id


class UserStatus(StrEnum):
    """Whether somebody may log in; the words are the API's."""

    ACTIVE = "active"
    #: The address is not confirmed yet.
    PENDING = "pending"
    BLOCKED = "blocked"


class User(Dated, Base):
    """A person. ``username`` is what the API shows, an address at first; people log in by any address of theirs."""

    __tablename__ = "users"
    __table_args__ = (CheckConstraint("status IN ('active', 'pending', 'blocked')", name="status"),)

    id: Mapped[UUID] = new_id()
    username: Mapped[str] = mapped_column(String(ADDRESS), unique=True)
    full_name: Mapped[str] = mapped_column(String(200), default="")
    status: Mapped[str] = mapped_column(String(16), default=UserStatus.PENDING)
    #: ``None``: only a provider of identities lets this person in.
    password_hash: Mapped[str | None] = mapped_column(String(256))
    last_login_at: Mapped[datetime | None]

    emails: Mapped[list[Email]] = relationship(back_populates="user", cascade="all, delete-orphan", lazy="raise")


class Email(Base):
    """An address, in small letters, of one person. One of a person's is the one that mail goes to."""

    __tablename__ = "emails"
    __table_args__ = (
        Index(
            "uq_emails_primary", "user_id", unique=True,
            postgresql_where="is_primary", sqlite_where="is_primary",
        ),
    )  # fmt: skip

    id: Mapped[UUID] = new_id()
    address: Mapped[str] = mapped_column(String(ADDRESS), unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    verified: Mapped[bool] = mapped_column(default=False)
    is_primary: Mapped[bool] = mapped_column(default=False)

    user: Mapped[User] = relationship(back_populates="emails", lazy="raise")


class Team(Dated, Base):
    """People who are given roles together. ``provider`` is who says who is in it: empty is Houston itself."""

    __tablename__ = "teams"
    __table_args__ = (UniqueConstraint("provider", "name"),)

    id: Mapped[UUID] = new_id()
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(String(1000), default="")
    provider: Mapped[str] = mapped_column(String(200), default="")


class TeamMember(Base):
    """Somebody is in a team."""

    __tablename__ = "team_members"

    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
