"""What callers ask for waits here, and is written in batches by one thread: the more wait, the larger a batch."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from commander.changes import Change
from commander.git import MovedError, StoreError
from commander.writer.outcome import Applied, Failed, Outcome, Preview, defect_told
from commander.writer.writer import Writer

#: Changes in one batch. More would make callers wait for those before them longer than for the disk.
_BATCH = 64
_WAITING = 10_000


class BusyError(Exception):
    """Too many changes wait; try again later."""


class ClosedError(Exception):
    """No more changes are taken."""


@dataclass(frozen=True, slots=True)
class _Do:
    change: Change
    future: Future[Outcome]


@dataclass(frozen=True, slots=True)
class _Try:
    change: Change
    future: Future[Preview]


@dataclass(frozen=True, slots=True)
class _Look:
    future: Future[None]


_Asked: TypeAlias = _Do | _Try | _Look


class Queue:
    """Runs a writer in a thread of its own until it is closed.

    ``poll`` is after how many seconds it looks what others pushed, with work or without, unless a batch was written
    meanwhile. ``trouble`` hears what went wrong where no caller waits, with the exception where that is a defect of
    Commander; ``moved`` each commit that the branch is at anew. Both are called in that thread. ``problems`` is what is
    wrong with files that others pushed; any thread may look at it.
    """

    def __init__(
        self,
        writer: Writer,
        *,
        most_waiting: int = _WAITING,
        poll: float | None = None,
        trouble: Callable[[str, BaseException | None], None] = lambda _, __: None,
        moved: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._poll, self._trouble, self._moved = poll, trouble, moved
        self._writer = writer
        writer.coming, writer.trouble = self._coming, trouble
        writer.tracker.snapshot.processes = 1  # from now on there are threads, so it may not fork
        self._told = writer.tracker.revision
        self.problems = tuple(writer.tracker.problems)
        # Without a bound of its own: None, which ends it, is always taken.
        self._waiting: queue.Queue[_Asked | None] = queue.Queue()
        self._most = most_waiting
        self._looked = time.monotonic()
        self._closed = threading.Event()
        self._away: Failed | None = None
        self._guard = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="commander-writer", daemon=True)
        self._thread.start()

    def submit(self, change: Change) -> Future[Outcome]:
        """What will become of a change. Raises ``BusyError`` or ``ClosedError``."""
        future: Future[Outcome] = Future()
        self._put(_Do(change, future))
        return future

    def preview(self, change: Change) -> Future[Preview]:
        """What would become of a change after those that wait. Raises ``BusyError`` or ``ClosedError``."""
        future: Future[Preview] = Future()
        self._put(_Try(change, future))
        return future

    def look(self) -> Future[None]:
        """Done when it is known what others pushed until now. The future, too, raises ``StoreError`` or ``OSError``.

        Raises ``BusyError`` or ``ClosedError``.
        """
        future: Future[None] = Future()
        self._put(_Look(future))
        return future

    def __len__(self) -> int:
        """How many wait."""
        return self._waiting.qsize()

    def close(self) -> None:
        """Take no more, do what waits, and end."""
        with self._guard:
            if not self._closed.is_set():
                self._closed.set()
                self._waiting.put(None)
        self._thread.join()

    def _put(self, asked: _Asked) -> None:
        with self._guard:
            if self._closed.is_set():
                raise ClosedError
            if self._waiting.qsize() >= self._most:
                raise BusyError
            self._waiting.put(asked)

    # --- the thread ----------------------------------------------------------------------------------------------

    def _run(self) -> None:
        ended = False
        while not ended:
            batch: list[_Asked] = []
            try:
                item = self._waiting.get(timeout=self._left())
            except queue.Empty:
                self._look_around()
                continue
            # Previews, and changes that are refused, come without end and tell nothing of others.
            if self._left() == 0 and not self._closed.is_set():
                self._look_around()
            while item is not None:
                batch.append(item)
                if len(batch) == _BATCH:
                    break
                try:
                    item = self._waiting.get_nowait()
                except queue.Empty:
                    break
            ended = item is None
            if batch:
                self._do_all(batch)
                self._tell(self._writer.tidy)
        self._tell(self._writer.tracker.keep_records)

    def _left(self) -> float | None:
        """Seconds until it has to be looked; None: it never has to."""
        return None if self._poll is None else max(0.0, self._looked + self._poll - time.monotonic())

    def _look_around(self) -> None:
        self._tell(self._writer.look)
        # Also when that failed: those who wait must not wait for a remote that is away before each batch.
        self._looked = time.monotonic()
        self._tell(self._tell_moved)
        self._tell(self._writer.tidy)  # what was begun is heard of, also while nobody asks for anything

    def _tell(self, work: Callable[[], None]) -> None:
        """Do what no caller waits for."""
        try:
            work()
        except StoreError as error:
            self._trouble(str(error), error.defect)
        except (MovedError, OSError) as error:
            self._trouble(str(error), None)
        except Exception as error:  # a defect must not end the one thread that writes
            self._trouble(defect_told(error), error)

    def _coming(self) -> list[Change]:
        """Those that wait, as far as anybody can use that."""
        with self._waiting.mutex:
            return [each.change for each in islice(self._waiting.queue, _BATCH) if isinstance(each, _Do)]

    def _tell_moved(self) -> None:
        revision = self._writer.tracker.revision
        if revision != self._told:
            self._told = revision
            self.problems = tuple(self._writer.tracker.problems)
            self._moved(revision)

    def _do_all(self, batch: list[_Asked]) -> None:
        wanted = [each for each in batch if each.future.set_running_or_notify_cancel()]
        self._look([each for each in wanted if isinstance(each, _Look)])
        outcomes = self._do([each for each in wanted if isinstance(each, _Do)])
        # Whoever hears that a change is done finds it when reading.
        self._tell(self._tell_moved)
        for asked, outcome in outcomes:
            asked.future.set_result(outcome)
        for each in wanted:
            if isinstance(each, _Try):
                self._try(each)

    def _do(self, asked: list[_Do]) -> Iterable[tuple[_Do, Outcome]]:
        if not asked:
            return ()
        outcomes: Sequence[Outcome]
        if self._closed.is_set() and self._away is not None:
            # What a remote that is away keeps from ending must not do so once for each batch.
            outcomes = [self._away] * len(asked)
        else:
            outcomes = self._written([each.change for each in asked])
            if any(isinstance(each, Applied) and not each.repeated for each in outcomes):
                self._looked = time.monotonic()  # they are on top of all that others did
        failures = [each for each in outcomes if isinstance(each, Failed) and each.retry]
        self._away = failures[0] if failures and len(failures) == len(asked) else None
        return zip(asked, outcomes, strict=True)

    def _written(self, changes: Sequence[Change]) -> Sequence[Outcome]:
        try:
            return self._writer.apply(changes)
        except Exception as error:
            return [Failed.by_defect(error)] * len(changes)

    def _try(self, asked: _Try) -> None:
        try:
            asked.future.set_result(self._writer.preview(asked.change))
        except Exception as error:
            asked.future.set_result(Failed.by_defect(error))

    def _look(self, asked: list[_Look]) -> None:
        if not asked:
            return
        failed: Exception | None = None
        try:
            self._writer.look()
            self._looked = time.monotonic()
        except Exception as error:
            failed = error
        for each in asked:
            if failed is None:
                each.future.set_result(None)
            else:
                each.future.set_exception(failed)
