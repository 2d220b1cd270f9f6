"""The write path and the reads, as the service's handlers ask them: without blocking the event loop."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from commander.changes import Change
from commander.git import StoreError
from commander.proto.v1 import commander_pb2 as pb
from commander.reading import NotFoundError, Reading
from commander.service.encoding import entry_message, problem_message, target_message
from commander.service.failures import ConflictedError, DefectError, RejectedError, UnavailableError
from commander.service.moves import Moves, happened
from commander.writer import Applied, Conflict, Failed, Previewed, Queue, Refused
from generator.errors import Problem, ProblemsError

R = TypeVar("R")

#: Threads that read. They wait for the disk, or for each other's turn with the interpreter.
_READERS = 6
_QUICK_READERS = 2
#: Seconds that a read waits for a commit that is not here yet.
_PATIENCE = 10.0
_FIRST_WAIT = 0.5
_HEX = re.compile(r"[0-9a-f]{7,40}\Z")


class Asking:
    """Puts changes to the queue and questions to the readers; outcomes that are no success are raised."""

    def __init__(self, queue: Queue, reading: Reading, moves: Moves) -> None:
        self.queue, self.reading, self.moves = queue, reading, moves
        self._loop = asyncio.get_running_loop()
        self._looking: asyncio.Future[None] | None = None
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="commander-reader")
        self._quick = ThreadPoolExecutor(_QUICK_READERS, thread_name_prefix="commander-quick-reader")

    def close(self) -> None:
        """End the readers' threads."""
        for each in (self._readers, self._quick):
            each.shutdown(cancel_futures=True)

    # --- reads ---------------------------------------------------------------------------------------------------

    async def quickly(self, work: Callable[[Reading], R]) -> R:
        """Ask what is known in no time: whoever asks for much holds it up for nobody."""
        return await self._loop.run_in_executor(self._quick, lambda: work(self.reading))

    async def read(self, work: Callable[[Reading], R], at_least: str = "") -> R:
        """Ask what there is, not before a commit is seen here.

        Raises what ``Reading`` raises, and ``UnavailableError`` when the commit does not come in time.
        """
        if at_least:
            await self._see(at_least)
        return await self.in_thread(lambda: work(self.reading))

    async def in_thread(self, work: Callable[[], R]) -> R:
        """Do what would hold up the event loop."""
        return await self._loop.run_in_executor(self._readers, work)

    async def sees(self, revision: str) -> bool:
        """Whether a commit is here, when it was looked once what others have pushed."""
        if await self._has(revision):
            return True
        await self._look()
        return await self._has(revision)

    async def _see(self, revision: str) -> None:
        if _HEX.match(revision) is None:
            found = f"'{revision[:80]}' is no commit"
            raise ProblemsError([Problem(found, path="at_least", allowed="7 to 40 hex digits")])
        wait = _FIRST_WAIT
        try:
            async with asyncio.timeout(_PATIENCE):
                while True:
                    move = self.moves.next
                    if await self.sees(revision):
                        return
                    await happened(move, wait)
                    # Each look is a call to the remote, in the time of those who write.
                    wait *= 2
        except TimeoutError:
            raise UnavailableError(f"the commit {revision[:40]} is not here (yet)") from None

    async def _has(self, revision: str) -> bool:
        return await self.quickly(lambda reading: reading.contains(revision))

    async def _look(self) -> None:
        """Look what others pushed; those who ask while somebody looks hear of the same look."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.wrap_future(self.queue.look())
        await asyncio.shield(self._looking)

    # --- changes -------------------------------------------------------------------------------------------------

    async def apply(self, change: Change) -> Applied:
        """Do a change. Raises ``ProblemsError``, ``ConflictedError``, ``UnavailableError``, ``RejectedError``."""
        outcome = await asyncio.wrap_future(self.queue.submit(change))
        if isinstance(outcome, Applied):
            return outcome
        raise await self._error(change, outcome)

    async def preview(self, change: Change) -> Previewed:
        """Try a change. Raises as ``apply`` does."""
        outcome = await asyncio.wrap_future(self.queue.preview(change))
        if isinstance(outcome, Previewed):
            return outcome
        raise await self._error(change, outcome)

    async def _error(self, change: Change, outcome: Refused | Conflict | Failed) -> Exception:
        match outcome:
            case Refused(problems):
                return ProblemsError(problems)
            case Conflict(problem):
                return ConflictedError(await self._conflict(change, problem))
            case Failed(defect=BaseException() as defect):
                # Its trace is in the log.
                error = DefectError(str(outcome.reason))
                error.__cause__ = defect
                return error
            case Failed(reason, retry):
                return UnavailableError(reason) if retry else RejectedError(reason)

    async def _conflict(self, change: Change, problem: Problem) -> pb.Conflict:
        """What a change ran into, with the commit that made it so."""
        message = pb.Conflict(problem=problem_message(problem))
        target = next((each for each in change.expected if each.file == problem.file), None)
        if target is None:
            return message
        message.target.CopyFrom(target_message(target))
        message.expected = change.expected[target]
        with contextlib.suppress(NotFoundError, StoreError):
            found = await self.read(lambda reading: reading.get(target))
            message.found = found.item.revision
        with contextlib.suppress(NotFoundError, StoreError):
            page = await self.read(lambda reading: reading.history(target, page_size=1))
            if page.items:
                message.by.CopyFrom(entry_message(page.items[0]))
        return message
