"""Events given back: searched, a page at a time, or all as lines of JSON."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from houston.audit.events import Actor, ActorKind, Event, On, Result, Tag, known
from houston.database import AuditEvent, Database
from houston.database.base import Moment
from houston.errors import InvalidError
from houston.roles import Level, Reach

LARGEST_PAGE = 101
_EXPORTED = 1000
_EVERYWHERE = Reach(everywhere=True)


@dataclass(frozen=True, slots=True)
class Search:
    """Narrows what is found; what is left out does not. ``reach``: only of places inside, and none of the system: of
    workspaces with their deployments, and of deployments."""

    tags: tuple[Tag, ...] = ()
    actor: UUID | None = None
    place: UUID | None = None
    result: Result | None = None
    since: datetime | None = None
    until: datetime | None = None
    reach: Reach = _EVERYWHERE


@dataclass(frozen=True, slots=True)
class Page:
    """Events, the newest first; ``next`` is the cursor of the page behind, empty on the last one."""

    events: tuple[Event, ...]
    next: str


async def search(session: AsyncSession, what: Search, *, size: int = 50, cursor: str = "") -> Page:
    """A page of events. Raises ``InvalidError`` for a size or a cursor that can't be."""
    if not 1 <= size <= LARGEST_PAGE:
        raise InvalidError(f"a page has 1 to {LARGEST_PAGE} events")
    statement = _narrowed(what)
    if cursor:
        at, last = _place(cursor)
        statement = statement.where(_behind(at, last))
    statement = statement.order_by(AuditEvent.at.desc(), AuditEvent.id.desc()).limit(size + 1)
    rows = list(await session.scalars(statement))
    more = len(rows) > size
    return Page(tuple(map(_event, rows[:size])), _cursor(rows[size - 1]) if more else "")


async def lines(database: Database, what: Search) -> AsyncIterator[str]:
    """All events that are found, the newest first, each as a line of JSON with its time; for other systems to keep."""
    at, last = None, UUID(int=0)
    while True:
        statement = _narrowed(what)
        if at is not None:
            statement = statement.where(_behind(at, last))
        statement = statement.order_by(AuditEvent.at.desc(), AuditEvent.id.desc()).limit(_EXPORTED)
        async with database.reading() as session:
            rows = list(await session.scalars(statement))
        for row in rows:
            yield json.dumps({"at": row.at.isoformat(), **_event(row).as_json()}, ensure_ascii=False, sort_keys=False)
        if len(rows) < _EXPORTED:
            return
        at, last = rows[-1].at, rows[-1].id


def _narrowed(what: Search) -> Select[AuditEvent]:
    conditions: list[Any] = []
    if what.tags:
        conditions.append(AuditEvent.tag.in_([each.value for each in what.tags]))
    if what.actor is not None:
        conditions.append(AuditEvent.actor_id == what.actor)
    if what.place is not None:
        conditions.append(AuditEvent.place_id == what.place)
    if what.result is not None:
        conditions.append(AuditEvent.result == what.result.value)
    if what.since is not None:
        conditions.append(AuditEvent.at >= what.since)
    if what.until is not None:
        conditions.append(AuditEvent.at < what.until)
    if not what.reach.everywhere:
        conditions.append(
            AuditEvent.workspace_id.in_(what.reach.workspaces) | AuditEvent.place_id.in_(what.reach.deployments)
        )
    return select(AuditEvent).where(*conditions)


def _behind(at: datetime, last: UUID) -> ColumnElement[bool]:
    return tuple_(AuditEvent.at, AuditEvent.id) < tuple_(literal(at, Moment), literal(last, Uuid))


def _event(row: AuditEvent) -> Event:
    event = Event(
        known(row.tag),
        Actor(ActorKind(row.actor_kind), row.actor_id, row.actor_name, row.address),
        On(Level(row.level), row.place_id, row.place_name, row.workspace_id),
        Result(row.result),
        row.revision,
        row.details,
    )
    return replace(event, at=row.at)


def _cursor(row: AuditEvent) -> str:
    return base64.urlsafe_b64encode(f"{row.at.isoformat()} {row.id}".encode()).decode()


def _place(cursor: str) -> tuple[datetime, UUID]:
    try:
        at, _, last = base64.b64decode(cursor, altchars=b"-_", validate=True).decode().partition(" ")
        moment = datetime.fromisoformat(at)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC), UUID(last)
    except (ValueError, OverflowError, binascii.Error):
        raise InvalidError("this is no cursor of a page of events") from None
