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
from houston.database import Binding, Deployment, Environment, Workspace, inserting, kept
from houston.database.fleet import DESCRIPTION, IMAGE, LABEL, SHORT
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
        "label": kept(item.label, LABEL),
        "description": kept(item.description, DESCRIPTION),
        "revision": item.revision,
        "deleted_at": _moment(item.deleted_at),
        "problems": _problems(item),
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


def _problems(item: pb.Item) -> list[dict[str, Any]]:
    return [
        {
            key: kept(value, DESCRIPTION) if isinstance(value, str) else value
            for key, value in MessageToDict(each).items()
        }
        for each in item.problems
    ]


def _effective(item: pb.Item) -> dict[str, Any]:
    """What the files around a deployment's own have a say in."""
    airflow = item.airflow
    return {
        "runtime_version": kept(airflow.runtime_version, SHORT),
        "airflow_version": kept(airflow.airflow_version, SHORT),
        "executor": kept(airflow.executor, SHORT),
        "image_repository": kept(airflow.image_repository, IMAGE),
        "image_tag": kept(airflow.image_tag, IMAGE),
        "image_digest": kept(airflow.image_digest, IMAGE),
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
    """Write what deployments run and what is wrong with them, of those that the index has; where they are and what they
    are called stays."""
    found = {
        (key := id_of(item.target)): {"id": key, "problems": _problems(item), **_effective(item)} for item in items
    }
    for some in _portions(list(found)):
        known = await session.scalars(select(Deployment.id).where(Deployment.id.in_(some)))
        if rows := [found[key] for key in known]:
            await session.execute(update(Deployment), rows)


async def take_out(session: AsyncSession, table: Table, ids: Iterable[UUID]) -> None:
    """Remove rows with all that is inside, and the roles that were given at them; those inside are told of, too."""
    for some in _portions(list(ids)):
        await session.execute(delete(Binding).where(Binding.place_id.in_(some)))
        await session.execute(delete(table).where(table.id.in_(some)))


async def elsewhere(session: AsyncSession, target: pb.Target) -> bool:
    """Whether the index has a deployment of this name in another workspace: people can push two files of one name."""
    found = await session.scalar(select(Deployment.workspace_id).where(Deployment.id == id_of(target)))
    return found is not None and found != workspace_id(target.environment, target.workspace)


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
