"""Events written beside what they tell of."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from houston.audit.events import Event
from houston.database import ADDRESS, AuditEvent, kept
from houston.database.changes import FROM, PLACE


def record(session: AsyncSession, event: Event, now: datetime) -> None:
    """Write an event in this transaction, at its own time, or ``now``."""
    session.add(
        AuditEvent(
            at=event.at or now,
            tag=str(event.tag),
            result=event.result.value,
            actor_kind=event.actor.kind.value,
            actor_id=event.actor.id,
            actor_name=kept(event.actor.name, ADDRESS),
            level=event.on.level.value,
            place_id=event.on.id,
            workspace_id=event.on.workspace,
            place_name=kept(event.on.name, PLACE),
            address=kept(event.actor.address, FROM),
            revision=event.revision,
            details=dict(event.details),
        )
    )
