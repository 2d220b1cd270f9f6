"""What was asked for, and what was done by whom."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from houston.database.base import ADDRESS, Base, new_id

#: Characters of the name of a place, and of an address in the network.
PLACE, FROM = 200, 64


class Request(Base):
    """A change of git that somebody asked for. It is kept before Commander is called, under the asker's own key.

    ``id`` is also the change's at Commander, which does it once. ``change`` is the whole change as it is sent, so that
    it can be sent again; it is emptied when it is done, as it may be large. ``event`` is what the audit is told then.
    """

    __tablename__ = "requests"
    __table_args__ = (
        UniqueConstraint("asker_id", "key"),
        CheckConstraint("state IN ('open', 'done', 'refused')", name="state"),
        Index("ix_requests_open", "begun_at", postgresql_where="state = 'open'", sqlite_where="state = 'open'"),
    )

    id: Mapped[UUID] = new_id()
    asker_id: Mapped[UUID]
    key: Mapped[str] = mapped_column(String(128))
    digest: Mapped[str] = mapped_column(String(64))
    change: Mapped[bytes] = mapped_column(LargeBinary)
    event: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(16), default="open")
    revision: Mapped[str] = mapped_column(String(64), default="")
    refusal: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class AuditEvent(Base):
    """Something that somebody did, or was refused. Names are kept as they were by then."""

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix_audit_events_at_id", "at", "id"),
        Index("ix_audit_events_place_id_at", "place_id", "at"),
        Index("ix_audit_events_workspace_id_at", "workspace_id", "at"),
        Index("ix_audit_events_actor_id_at", "actor_id", "at"),
    )

    id: Mapped[UUID] = new_id()
    at: Mapped[datetime]
    tag: Mapped[str] = mapped_column(String(64))
    result: Mapped[str] = mapped_column(String(16))
    actor_kind: Mapped[str] = mapped_column(String(32))
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str] = mapped_column(String(ADDRESS))
    level: Mapped[str] = mapped_column(String(16))
    place_id: Mapped[UUID]
    #: That of the place itself or around it; of the system, none.
    workspace_id: Mapped[UUID | None]
    place_name: Mapped[str] = mapped_column(String(PLACE))
    address: Mapped[str] = mapped_column(String(FROM))
    revision: Mapped[str] = mapped_column(String(64))
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
