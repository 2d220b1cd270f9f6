"""What all tables share: names of constraints, times, ids."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import DateTime, MetaData, Uuid
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

#: Characters of an e-mail address (RFC 5321: 64 before the @, 255 behind it), and so of a user's name.
ADDRESS = 320
#: The place of what holds everywhere; workspaces and deployments have other ids.
SYSTEM = UUID(int=0)

#: A migration can only change what it can name.
_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """A time, always in UTC and aware of it, also in SQLite, which knows no zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Raises ``ValueError`` for a time that does not say in which zone it is."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The same time, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Base(DeclarativeBase):
    """All tables."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = {datetime: Moment, UUID: Uuid}  # noqa: RUF012 - SQLAlchemy reads it off the class


def kept(text: str, most: int) -> str:
    """A text as a column of ``most`` characters takes it, in any database: without halves of characters and zeros."""
    return text[:most].encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


def new_id() -> Any:
    """The column of a random id."""
    return mapped_column(primary_key=True, default=uuid4)


def utc() -> datetime:
    """Now, as it is kept."""
    return datetime.now(UTC)


class Dated:
    """When a row was made, and when changed."""

    created_at: Mapped[datetime] = mapped_column(default=utc)
    updated_at: Mapped[datetime] = mapped_column(default=utc, onupdate=utc)
