"""What callers ask for waits here, and is written in batches by one thread: the more wait, the larger a batch."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from itertools import islice

from commander.changes import Change
from commander.git import MovedError, StoreError
from commander.writer.outcome import Failed, Outcome
from commander.writer.writer import Writer

#: Changes in one batch. More would make callers wait for those before them longer than for the disk.
_BATCH = 64
_WAITING = 10_000


class BusyError(Exception):
    """Too many changes wait; try again later."""


class ClosedError(Exception):
    """No more changes are taken."""


class Queue:
    """Runs a writer in a thread of its own until it is closed.

    ``poll`` is after how many seconds without work it looks what others pushed; ``trouble`` hears what went wrong where
    no caller waits.
    """

    def __init__(
        self,
        writer: Writer,
        *,
        most_waiting: int = _WAITING,
        poll: float | None = None,
        trouble: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._poll, self._trouble = poll, trouble
        self._writer = writer
        writer.coming = self._coming
        self._waiting: queue.Queue[tuple[Change, Future[Outcome]] | None] = queue.Queue(most_waiting)
        self._closed = threading.Event()
        self._guard = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="commander-writer", daemon=True)
        self._thread.start()

    def submit(self, change: Change) -> Future[Outcome]:
        """What will become of a change. Raises ``BusyError`` or ``ClosedError``."""
        future: Future[Outcome] = Future()
        with self._guard:
            if self._closed.is_set():
                raise ClosedError
            try:
                self._waiting.put_nowait((change, future))
            except queue.Full:
                raise BusyError from None
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

    def _run(self) -> None:
        ended = False
        while not ended:
            batch: list[tuple[Change, Future[Outcome]]] = []
            try:
                item = self._waiting.get(timeout=self._poll)
            except queue.Empty:
                self._tell(self._writer.look)
                continue
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
                self._do(batch)
                self._tell(self._writer.tidy)
        self._tell(self._writer.tracker.keep_records)

    def _tell(self, work: Callable[[], None]) -> None:
        """Do what no caller waits for."""
        try:
            work()
        except (StoreError, MovedError, OSError) as error:
            self._trouble(str(error))
        except Exception as error:  # a defect must not end the one thread that writes
            self._trouble(f"a defect of Commander: {type(error).__name__}: {error}")

    def _coming(self) -> list[Change]:
        """Those that wait, as far as anybody can use that."""
        with self._waiting.mutex:
            return [item[0] for item in islice(self._waiting.queue, _BATCH) if item is not None]

    def _do(self, batch: list[tuple[Change, Future[Outcome]]]) -> None:
        wanted = [(change, future) for change, future in batch if future.set_running_or_notify_cancel()]
        outcomes: list[Outcome]
        try:
            outcomes = self._writer.apply([change for change, _ in wanted])
        except Exception as error:
            outcomes = [Failed(f"a defect of Commander: {type(error).__name__}: {error}")] * len(wanted)
        for (_, future), outcome in zip(wanted, outcomes, strict=True):
            future.set_result(outcome)
