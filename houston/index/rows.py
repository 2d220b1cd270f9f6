"""Items of Commander as rows of the index, and rows put in and taken out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

from google.protobuf.json_format import MessageToDict
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from commander.proto.v1 import commander_pb2 as pb
from houston.database import Binding, Deployment, Environment, Workspace, inserting
from houston.database.fleet import LABEL
from houston.index.ids import deployment_id, environment_id, workspace_id

T = TypeVar("T")
Table: TypeAlias = type[Environment] | type[Workspace] | type[Deployment]
#: Outer before inner: rows refer to the ones that they are in.
TABLES: tuple[Table, ...] = (Environment, Workspace, Deployment)
#: SQLite takes 32,766 values in a statement.
_ROWS = 1000


def table_of(target: pb.Target) -> Table:
    """Which kind of thing it is."""
    return Deployment if target.release else Workspace if target.workspace else Environment


def id_of(target: pb.Target) -> UUID:
    """Its id."""
    if target.release:
        return deployment_id(target.environment, target.release)
    if target.workspace:
        return workspace_id(target.environment, target.workspace)
    return environment_id(target.environment)


def outside(target: pb.Target) -> tuple[UUID, ...]:
    """What it is in."""
    around = [environment_id(target.environment)] if target.workspace else []
    if target.release:
        around.append(workspace_id(target.environment, target.workspace))
    return tuple(around)


def row_of(item: pb.Item) -> dict[str, Any]:
    """The columns of an item, but for when it was made and changed."""
    target = item.target
    row: dict[str, Any] = {
        "id": id_of(target),
        "label": item.label[:LABEL],
        "description": item.description,
        "revision": item.revision,
        "deleted_at": _moment(item.deleted_at),
        "problems": [MessageToDict(each) for each in item.problems],
    }
    if table_of(target) is Environment:
        return {**row, "name": target.environment}
    row["environment_id"] = environment_id(target.environment)
    if table_of(target) is Workspace:
        return {**row, "name": target.workspace}
    return {
        **row,
        "workspace_id": workspace_id(target.environment, target.workspace),
        "release": target.release,
        **_effective(item),
    }


def _effective(item: pb.Item) -> dict[str, Any]:
    """What the files around a deployment's own have a say in."""
    airflow = item.airflow
    return {
        "runtime_version": airflow.runtime_version,
        "airflow_version": airflow.airflow_version,
        "executor": airflow.executor,
        "image_repository": airflow.image_repository,
        "image_tag": airflow.image_tag,
        "image_digest": airflow.image_digest,
        "hibernating": airflow.hibernating,
    }


async def put(
    session: AsyncSession, items: Iterable[pb.Item], times: Mapping[UUID, Mapping[str, datetime]] | None = None
) -> None:
    """Write rows, new or known. ``times`` are ``created_at`` and ``updated_at`` by id; what is left out stays."""
    times = times or {}
    found: dict[Table, list[dict[str, Any]]] = {table: [] for table in TABLES}
    for item in items:
        row = row_of(item)
        found[table_of(item.target)].append({**row, **times.get(row["id"], {})})
    for table, rows in found.items():
        for group in _alike(rows):
            for some in _portions(group):
                statement = inserting(session, table).values(some)
                changed = {key: statement.excluded[key] for key in group[0] if key not in ("id", "created_at")}
                await session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=changed))


async def refresh(session: AsyncSession, items: Iterable[pb.Item]) -> None:
    """Write what deployments run, of those that the index has; where they are and what they are called stays."""
    found = {id_of(item.target): {"id": id_of(item.target), **_effective(item)} for item in items}
    for some in _portions(list(found)):
        known = await session.scalars(select(Deployment.id).where(Deployment.id.in_(some)))
        if rows := [found[key] for key in known]:
            await session.execute(update(Deployment), rows)


async def take_out(session: AsyncSession, table: Table, ids: Iterable[UUID]) -> None:
    """Remove rows, all that is inside, and the roles that were given at any of them."""
    for some in _portions(list(ids)):
        places = [select(table.id).where(table.id.in_(some))]
        if table is Environment:
            places += [select(each.id).where(each.environment_id.in_(some)) for each in (Workspace, Deployment)]
        elif table is Workspace:
            places.append(select(Deployment.id).where(Deployment.workspace_id.in_(some)))
        for each in places:
            await session.execute(delete(Binding).where(Binding.place_id.in_(each)))
        await session.execute(delete(table).where(table.id.in_(some)))


def _portions(whole: list[T]) -> Iterator[list[T]]:
    """Parts that a statement can have."""
    for start in range(0, len(whole), _ROWS):
        yield whole[start : start + _ROWS]


def _alike(rows: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Rows that have the same columns, together; the last one of an id alone, as one statement takes no id twice."""
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in {row["id"]: row for row in rows}.values():
        groups.setdefault(tuple(row), []).append(row)
    return list(groups.values())


def _moment(text: str) -> datetime | None:
    """A time as files have it. What is none is a problem of the file, which says so itself."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
