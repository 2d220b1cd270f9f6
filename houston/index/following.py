"""The one writer of the index: follows Commander's watch, from the commit that the index has, in order.

All that a commit changes, and the commit itself, are written in one transaction. So an index is whole whenever its
follower is killed, and the next one goes on behind the last commit; rows that are newer than that are written again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Protocol, TypeAlias, cast
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from commander.client import AsyncClient, CommanderError, MissingError, RejectedError
from commander.client import operations as ops
from commander.proto.v1 import commander_pb2 as pb
from houston.database import Database, Deployment, Environment, IndexState, Workspace, inserting
from houston.index.rows import TABLES, Table, elsewhere, id_of, outside, put, refresh, table_of, take_out

_PAGE = 500
#: Seconds until Commander is asked again after it could not be reached.
_AGAIN = 1.0


News: TypeAlias = AsyncGenerator[pb.WatchResponse, None]


class Listener(Protocol):
    """Who has something to write in the transaction in which the index takes a commit."""

    async def indexed(self, session: AsyncSession, commit: pb.Entry) -> None:
        """The commit's rows are written. May be told twice of one commit."""


class LateFollowerError(Exception):
    """Another follower has written meanwhile."""


class Follower:
    """Writes the index. Of several, the one that was overtaken writes nothing, and reads anew where the index is."""

    def __init__(self, database: Database, commander: AsyncClient, listeners: Sequence[Listener] = ()) -> None:
        self._database, self._commander, self._listeners = database, commander, listeners

    async def run(self, troubled: Callable[[Exception], None]) -> None:
        """Follow for ever, also while Commander or the database is away for a time; ``troubled`` hears why nothing is
        followed."""
        while True:
            try:
                async for _ in self.follow():
                    pass
            except (CommanderError, SQLAlchemyError, LateFollowerError) as error:
                troubled(error)
                await asyncio.sleep(_AGAIN)

    async def follow(self) -> AsyncIterator[str]:
        """Keep the index as git is; gives each commit that it has, for ever.

        When it has what was there at the beginning, all of it is read once more: Commander may be another one by now,
        which knows other versions and finds other things wrong. It begins anew where the index is empty or history was
        rewritten. Raises ``CommanderError`` when Commander can't be reached, and ``LateFollowerError``; what was
        written stays, and following goes on from there.
        """
        revision = await self._revision()
        first = (await self._commander.status()).revision
        while True:
            if revision is None or revision == first:
                first, revision = "", await self.rebuild()
                yield revision
            try:
                async with aclosing(cast(News, self._commander.watch(revision))) as news:
                    async for response in news:
                        if response.HasField("event"):
                            await self._take(response.event, revision)
                        elif response.bookmark.revision != revision:
                            async with self._database.writing() as session:
                                await self._keep(session, revision, response.bookmark.revision)
                        revision = response.event.commit.revision or response.bookmark.revision
                        yield revision
                        if revision == first:
                            break
            except RejectedError:
                revision = None

    async def rebuild(self) -> str:
        """Make the index anew from what git has now; the commit. Times that it knows of what is still there stay.

        What is gone loses the roles that were given there. A thing that was removed and made again while nobody
        followed can't be told from the one before, so it keeps them.
        """
        before = await self._revision()
        # The inner ones first, so that what they are in is newer. What changes meanwhile comes with the watch, which
        # begins at the oldest page.
        revision, items = "", dict[UUID, pb.Item]()
        for kind in (pb.KIND_DEPLOYMENT, pb.KIND_WORKSPACE, pb.KIND_ENVIRONMENT):
            found, first = await self._all(pb.ListRequest(kind=kind, page_size=_PAGE, at_least=revision))
            revision = revision or first
            items |= {id_of(item.target): item for item in found}
        gone = await self._gone(items)
        async with self._database.writing() as session:
            await self._keep(session, before, revision)
            await put(session, await self._placed(session, items.values()))
            for table in TABLES:
                await take_out(session, table, gone[table])
        return revision

    async def _gone(self, items: dict[UUID, pb.Item]) -> dict[Table, list[UUID]]:
        """What the index has and git has not. Lists may miss what moves while they are read, so it is asked for."""
        gone: dict[Table, list[UUID]] = {table: [] for table in TABLES}
        for target in await self._targets():
            if (key := id_of(target)) not in items:
                if (found := await self._found(target)) is not None:
                    items[key] = found
                else:
                    gone[table_of(target)].append(key)
        return gone

    async def _found(self, target: pb.Target) -> pb.Item | None:
        """A thing as git has it now, a deployment in whichever workspace."""
        if target.release:
            within, words = pb.Target(environment=target.environment), pb.Filter(words=target.release)
            request = pb.ListRequest(kind=pb.KIND_DEPLOYMENT, within=within, filter=words, page_size=_PAGE)
            found, _ = await self._all(request)
            return next((each for each in found if each.target.release == target.release), None)
        try:
            return (await self._commander.get(ops.target_text(target))).item
        except MissingError:
            return None

    async def _targets(self) -> list[pb.Target]:
        """All that the index has."""
        inner = select(Environment.name, Workspace.name).join_from(Workspace, Environment)
        deployments = inner.add_columns(Deployment.release).join(Deployment, Deployment.workspace_id == Workspace.id)
        async with self._database.reading() as session:
            rows = [
                *(await session.execute(select(Environment.name))).all(),
                *(await session.execute(inner)).all(),
                *(await session.execute(deployments)).all(),
            ]
        return [ops.target("/".join(row)) for row in rows]

    @staticmethod
    async def _placed(session: AsyncSession, items: Iterable[pb.Item]) -> list[pb.Item]:
        """Those whose environment and workspace are known, the outer first; a later commit tells of the others."""
        ordered = sorted(items, key=lambda item: TABLES.index(table_of(item.target)))
        known = {id_of(item.target) for item in ordered}
        for table in (Environment, Workspace):
            known |= set(await session.scalars(select(table.id)))
        return [item for item in ordered if known.issuperset(outside(item.target))]

    async def _take(self, event: pb.Event, before: str) -> None:
        commit, time = event.commit, event.commit.time.ToDatetime(tzinfo=UTC)
        items: list[pb.Item] = []
        times: dict[UUID, dict[str, datetime]] = {}
        gone: list[pb.Target] = []
        refreshed: list[pb.Item] = []
        for change in event.changes:
            if change.fate == "removed":
                gone.append(change.target)
            elif change.desired or change.fate != "changed":
                items.append(await self._as_of(change.target, commit.revision))
                made = {"created_at": time} if change.fate == "created" else {}
                times[id_of(change.target)] = {**made, "updated_at": time}
                if not change.target.release:
                    inside = await self._inside(change.target, commit.revision)
                    # What somebody pushed before the workspace that it is in becomes known with it.
                    (items if change.fate == "created" else refreshed).extend(inside)
                if change.HasField("old_target"):
                    gone.append(change.old_target)
        there = {id_of(item.target) for item in items}
        async with self._database.writing() as session:
            await self._keep(session, before, commit.revision)
            # What has moved is out of its workspace before that goes.
            await put(session, await self._placed(session, items), times)
            await refresh(session, refreshed)
            for target in gone:
                if id_of(target) not in there and not (target.release and await elsewhere(session, target)):
                    await take_out(session, table_of(target), [id_of(target)])
            for listener in self._listeners:
                await listener.indexed(session, commit)

    async def _as_of(self, target: pb.Target, revision: str) -> pb.Item:
        """A thing as a commit has it, with what Commander knows to be wrong with it, if its file is the same by now."""
        name = ops.target_text(target)
        try:
            newest = await self._commander.get(name, at_least=revision)
        except MissingError:
            newest = pb.GetResponse()
        if newest.revision == revision:
            return newest.item
        item = (await self._commander.get(name, at=revision)).item
        if item.revision == newest.item.revision and not item.problems:
            item.problems.extend(newest.item.problems)
        return item

    async def _inside(self, target: pb.Target, revision: str) -> list[pb.Item]:
        """Deployments whose defaults come from a file that changed, as they are by now; none, where that is gone."""
        request = pb.ListRequest(kind=pb.KIND_DEPLOYMENT, within=target, page_size=_PAGE, at_least=revision)
        try:
            return (await self._all(request))[0]
        except MissingError:
            return []

    async def _all(self, request: pb.ListRequest) -> tuple[list[pb.Item], str]:
        """The items of all pages, and the commit of the first."""
        items: list[pb.Item] = []
        first = ""
        while True:
            page = await self._commander.list(request)
            items += page.items
            first = first or page.revision
            if not page.next_page_token:
                return items, first
            request.page_token = page.next_page_token

    async def _revision(self) -> str | None:
        async with self._database.reading() as session:
            return await session.scalar(select(IndexState.revision))

    @staticmethod
    async def _keep(session: AsyncSession, before: str | None, revision: str) -> None:
        """The index is at a commit from now on, if it is still at the one that the follower knows."""
        first = inserting(session, IndexState).values(id=1, revision=revision).on_conflict_do_nothing()
        moved = update(IndexState).where(IndexState.revision == before).values(revision=revision)
        statement = (moved if before else first).returning(IndexState.id)
        if (await session.execute(statement)).first() is None:
            raise LateFollowerError(f"another follower has written behind {before or 'the beginning'}")
