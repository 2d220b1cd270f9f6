"""Changes of git: asked for, kept, done once, and answered when the index has them.

    row of the request ──> Commander ──> commit ──watch──> index: rows, audit, end of the request, in one transaction

A caller who asks again with the same key finds the row, and the same change is sent with the same id: Commander does it
once, and answers as before. What nobody asks for again is looked for in git by the next start, and ends as it is there.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import cast
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from commander.client import AsyncClient, CommanderError, ConflictError, MissingError, RefusedError, RejectedError
from commander.client import operations as ops
from commander.proto.v1 import commander_pb2 as pb
from houston.audit import Event, Result, record
from houston.database import Database, IndexState, Request, inserting
from houston.errors import HoustonError, InvalidError, TakenError, UnavailableError

#: Seconds that an answer waits for the index to have a commit that is done.
PATIENCE = 10.0
_POLL = 0.05
_PAGE = 100
#: What clocks of two machines may differ.
_CLOCKS = timedelta(minutes=5)
_KEY = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_NEVER = "it was not done: Houston was ended before Commander had it; ask again, with a new key"
#: Seconds in which the watch tells of a commit, unless it will not.
_USUAL = 1.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A change that somebody asked for, and may ask for again under the same ``key``.

    ``event`` is what the audit is told when it is done; its actor is the asker. ``email`` is for the commit's author.
    """

    operations: Sequence[pb.Operation]
    key: str
    event: Event
    email: str
    reason: str = ""
    expected: Mapping[str, str] = field(default_factory=dict)

    @property
    def asker(self) -> UUID:
        """Whose key it is."""
        if self.event.actor.id is None:
            raise ValueError("a change without an asker")
        return self.event.actor.id


@dataclass(frozen=True, slots=True)
class Changed:
    """It is done, and the index has it. ``repeated``: by an earlier call with this key."""

    revision: str
    repeated: bool


class Changing:
    """Sends changes to Commander; hears from the index (as its ``Listener``) which are done.

    ``caller`` is the name by which Commander knows Houston, which begins the ids of its changes in git; empty, where it
    knows no callers. ``patience`` are the seconds that an answer waits for the index.
    """

    def __init__(
        self,
        database: Database,
        commander: AsyncClient,
        *,
        now: Callable[[], datetime],
        caller: str = "",
        patience: float = PATIENCE,
    ) -> None:
        self._database, self._commander, self._now, self._patience = database, commander, now, patience
        self._own = f"{caller}:" if caller else ""

    async def do(self, asked: Asked) -> Changed:
        """Do a change, once for all calls with its key, and wait until the index has it.

        Raises ``InvalidError`` and ``TakenError`` for what can't be, the same at each call; ``UnavailableError`` where
        it is not known yet whether it is done: the same call may be sent again.
        """
        request, is_new = await self._kept(asked)
        sent = await self._send(request) if request.state == "open" else ""
        return Changed(await self._ended(request.id, sent), not is_new)

    async def resume(self, older_than: timedelta) -> int:
        """End what was asked for long ago and never ended; how many rows. Nothing is done that was not done by then:
        newer changes may have come since, and whoever asked may have lost the right to.

        Raises ``UnavailableError`` where Commander can't be reached.
        """
        begun = Request.begun_at <= self._now() - older_than
        async with self._database.reading() as session:
            statement = select(Request).where(Request.state == "open", begun).order_by(Request.begun_at)
            found = list(await session.scalars(statement))
        for request in found:
            revision = await self._in_git(request)
            async with self._database.writing() as session:
                if revision:
                    await self._end(session, request.id, revision=revision)
                else:
                    refusal = {"code": InvalidError.code, "message": _NEVER}
                    await self._end(session, request.id, refusal=refusal)
        return len(found)

    async def _in_git(self, request: Request) -> str:
        """The commit of a request, looked for in what was changed since it began; empty: there is none."""
        target = pb.Change.FromString(request.change).operations[0].target
        around = pb.Target(environment=target.environment)
        history, since = pb.ListHistoryRequest(target=around, page_size=_PAGE), request.begun_at - _CLOCKS
        try:
            while True:
                page = await self._commander.history(history)
                for entry in page.entries:
                    if entry.change_id == f"{self._own}{request.id.hex}":
                        return entry.revision
                    if entry.time.ToDatetime(tzinfo=UTC) < since:
                        return ""
                if not page.next_page_token:
                    return ""
                history.page_token = page.next_page_token
        except MissingError:
            return ""
        except CommanderError as error:
            raise UnavailableError(f"Commander can't say what became of it: {error}") from None

    async def indexed(self, session: AsyncSession, commit: pb.Entry) -> None:
        """The index has a commit: end the request that it is of. Other callers may use any id under their own names."""
        if not commit.change_id.startswith(self._own):
            return
        try:
            key = UUID(hex=commit.change_id.removeprefix(self._own))
        except ValueError:
            return
        await self._end(session, key, revision=commit.revision)

    async def _kept(self, asked: Asked) -> tuple[Request, bool]:
        """The row of what is asked for; whether it is new."""
        if not _KEY.fullmatch(asked.key):
            raise InvalidError("a key has 1 to 128 letters, digits and . _ : -")
        change = pb.Change(
            actor=pb.Actor(name=asked.event.actor.name, email=asked.email),
            reason=asked.reason,
            operations=asked.operations,
            expectations=[
                pb.Expectation(target=ops.target(name), revision=each) for name, each in sorted(asked.expected.items())
            ],
        )
        data = change.SerializeToString(deterministic=True)
        # Who asks may be called otherwise by now, and say why in other words.
        what = pb.Change(operations=change.operations, expectations=change.expectations)
        digest = sha256(what.SerializeToString(deterministic=True)).hexdigest()
        row = {
            "id": uuid4(),
            "asker_id": asked.asker,
            "key": asked.key,
            "digest": digest,
            "change": data,
            "event": asked.event.as_json(),
            "state": "open",
            "revision": "",
            "begun_at": self._now(),
        }
        async with self._database.writing() as session:
            # Of calls that come together one writes the row, and the others find it.
            await session.execute(inserting(session, Request).values(row).on_conflict_do_nothing())
            by_key = select(Request).where(Request.asker_id == asked.asker, Request.key == asked.key)
            found = (await session.scalars(by_key)).one()
        if found.digest != digest:
            raise InvalidError("this key was used for another change; a new change needs a new key")
        return found, found.id == row["id"]

    async def _send(self, request: Request) -> str:
        """Its commit; empty, when it is refused."""
        change = pb.Change.FromString(request.change)
        try:
            done = await self._commander.apply(
                change.operations,
                id=request.id.hex,
                reason=change.reason,
                actor=(change.actor.name, change.actor.email),
                expected={ops.target_text(each.target): each.revision for each in change.expectations},
            )
            return done.revision
        except (RefusedError, MissingError, ConflictError, RejectedError) as error:
            refusal = {"code": _kind(error).code, "message": str(error)}
            async with self._database.writing() as session:
                await self._end(session, request.id, refusal=refusal)
            return ""
        except CommanderError as error:
            raise UnavailableError(f"Commander can't do it now: {error}") from None

    async def _end(
        self, session: AsyncSession, key: UUID, *, revision: str = "", refusal: dict[str, str] | None = None
    ) -> None:
        """End a request and tell the audit; nothing, where that was done before.

        A commit ends a refused one, too: sent twice, a change may be refused once and done once.
        """
        states = ("open", "refused") if revision else ("open",)
        found = await session.scalar(
            select(Request).where(Request.id == key, Request.state.in_(states)).with_for_update()
        )
        if found is None:
            return
        now = self._now()
        found.state, found.revision, found.refusal = ("refused" if refusal else "done"), revision, refusal
        found.ended_at, found.change = now, b""
        event = Event.from_json(found.event)
        if refusal:
            details = {**event.details, "refusal": refusal["message"]}
            event = replace(event, result=Result.REFUSED, details=details)
        record(session, replace(event, revision=revision), now)

    async def _ended(self, key: UUID, sent: str) -> str:
        """Wait until a request has ended; its commit. ``sent``: the one that Commander told."""
        begun = time.monotonic()
        look = begun + _USUAL
        while time.monotonic() < begun + self._patience:
            async with self._database.reading() as session:
                found = (await session.scalars(select(Request).where(Request.id == key))).one()
            if found.state == "refused":
                raise _refusal(found.refusal or {})
            if found.state == "done":
                return found.revision
            if sent and time.monotonic() > look:
                if await self._is_indexed(sent):
                    async with self._database.writing() as session:
                        await self._end(session, key, revision=sent)
                    continue
                look = time.monotonic() + _USUAL
            await asyncio.sleep(_POLL)
        raise UnavailableError(
            "the change is done, and is not in the index yet; ask again with the same key to know its commit"
        )

    async def _is_indexed(self, revision: str) -> bool:
        """Whether the index has a commit that it told nobody of, since it was made anew behind it."""
        async with self._database.reading() as session:
            indexed = await session.scalar(select(IndexState.revision))
        try:
            newest = (await self._commander.status()).revision
            watch = cast(AsyncGenerator[pb.WatchResponse, None], self._commander.watch(revision))
            async with asyncio.timeout(_USUAL), aclosing(watch) as news:
                async for response in news:
                    seen = response.event.commit.revision or response.bookmark.revision
                    if seen == indexed:
                        return True
                    if seen == newest:
                        return False
        except (CommanderError, TimeoutError):
            return False
        return False


def _kind(error: CommanderError) -> type[HoustonError]:
    return TakenError if isinstance(error, ConflictError) else InvalidError


def _refusal(kept: Mapping[str, str]) -> HoustonError:
    kind = TakenError if kept.get("code") == TakenError.code else InvalidError
    return kind(kept.get("message", ""))
