"""Events written beside what they tell of."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from houston.audit.events import Event
from houston.database import AuditEvent

#: What the columns hold.
_NAME, _PLACE, _ADDRESS = 320, 200, 64


def record(session: AsyncSession, event: Event, now: datetime) -> None:
    """Write an event in this transaction, at its own time, or ``now``."""
    session.add(
        AuditEvent(
            at=event.at or now,
            tag=event.tag.value,
            result=event.result.value,
            actor_kind=event.actor.kind.value,
            actor_id=event.actor.id,
            actor_name=_kept(event.actor.name, _NAME),
            level=event.on.level.value,
            place_id=event.on.id,
            place_name=_kept(event.on.name, _PLACE),
            address=_kept(event.actor.address, _ADDRESS),
            revision=event.revision,
            details=dict(event.details),
        )
    )


def _kept(text: str, most: int) -> str:
    """Names may be anything that somebody typed."""
    return text[:most].encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
