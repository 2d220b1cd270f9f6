"""Watch: commits as they come, from any commit on, each with what it changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice

from commander.proto.v1 import commander_pb2 as pb
from commander.reading import Event, Reading, RevisionGoneError
from commander.service.asking import Asking
from commander.service.callers import Caller
from commander.service.encoding import event_message
from commander.service.failures import TooManyError
from commander.service.metrics import Metrics
from commander.service.moves import happened
from commander.writer import ClosedError
from generator.errors import Problem

#: Seconds without a commit after which a bookmark is sent, so that a broken line is noticed.
_QUIET = 30.0
#: Events that are read at a time: a watcher that is slow holds no more in memory.
_CHUNK = 50
_MOST, _MOST_OF_ONE = 1000, 200


class Watching:
    """Serves all watchers. Each reads git for itself, so none can hold up another, or the write path."""

    def __init__(self, asking: Asking, metrics: Metrics) -> None:
        self._asking, self._metrics = asking, metrics
        self._open: Counter[str] = Counter()
        self._closed = False
        self._renewed = 0

    def close(self) -> None:
        """End all watches; who watches resumes elsewhere from the last commit seen."""
        self._closed = True
        self._asking.moves.tell()

    def renew(self) -> None:
        """Callers may have other rights by now: end the watches that are open. Who watches begins anew, and is asked
        again who it is."""
        self._renewed += 1
        self._asking.moves.tell()

    async def watch(self, caller: Caller, since: str) -> AsyncIterator[pb.WatchResponse]:
        """Of a caller that is held to environments, what happens in those. Raises what ``Reading.events_after`` raises,
        ``TooManyError``, and ``ClosedError`` when the service stops."""
        with self.counted(caller) as goes_on:
            if since and not await self._asking.sees(since):
                what = f"the branch does not have the commit {since[:40]}"
                hint = "its history was rewritten, or this never was a part of it: list anew, and watch from the tip on"
                raise RevisionGoneError(Problem(what, hint=hint))
            seen = await self._asking.read(lambda reading: reading.resolve(since))
            yield _bookmark(seen)
            bookmarked = seen
            while goes_on():
                move = self._asking.moves.next
                tip = await self._asking.quickly(Reading.tip)
                if tip != seen:
                    async for event in self._events(seen, tip):
                        if not goes_on():
                            return
                        if (shown := _shown(event, caller.environments)) is not None:
                            yield pb.WatchResponse(event=event_message(shown))
                        seen = event.commit.revision
                elif not await happened(move, _QUIET) or seen != bookmarked:
                    yield _bookmark(seen)
                    bookmarked = seen

    async def _events(self, since: str, until: str) -> AsyncIterator[Event]:
        events = await self._asking.read(lambda reading: reading.events_after(since, until))
        while chunk := await self._asking.read(lambda _: list(islice(events, _CHUNK))):
            for event in chunk:
                yield event

    @contextmanager
    def counted(self, caller: Caller) -> Iterator[Callable[[], bool]]:
        """One more watch is open, and goes on as long as what this gives says so. Raises ``TooManyError``, and
        ``ClosedError`` at the end of a watch when the service stops."""
        if self._open.total() >= _MOST or self._open[caller.name] >= _MOST_OF_ONE:
            raise TooManyError("too many watches are open")
        self._open[caller.name] += 1
        self._metrics.watchers.inc()
        began = self._renewed
        try:
            yield lambda: not self._closed and self._renewed == began
        finally:
            self._open[caller.name] -= 1
            self._metrics.watchers.dec()
        if self._closed:
            raise ClosedError


def _shown(event: Event, places: Collection[str] | None) -> Event | None:
    """What a watcher is told of a commit; None: it did nothing in the places that there are for it."""
    if places is None:
        return event
    changes = tuple(each for each in event.changes if each.target.environment in places)
    return replace(event, changes=changes) if changes else None


def _bookmark(revision: str) -> pb.WatchResponse:
    return pb.WatchResponse(bookmark=pb.Bookmark(revision=revision))
