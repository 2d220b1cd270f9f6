"""Processes that work on changes before their turn comes. They only ever save time.

One that dies, hangs or fails costs the time that its work takes here; another is begun in its place. They begin when
many changes come, and they are no forks: the process that writes has threads and open repositories.
"""

from __future__ import annotations

import os
import pickle
import socket
import struct
import subprocess
import sys
from collections.abc import Iterable
from multiprocessing.connection import Connection, wait
from pathlib import Path

from commander.changes import Change
from commander.writer.ahead import Made, Task, maker_code, task_of
from generator.engine.snapshot import Snapshot

#: So many changes that come in company are worth the second of work that it takes to begin.
_WORTH = 64
_COMPANY = 4
#: One process that writes keeps so many busy.
_MOST = 4
#: Tasks that one has before it: enough for the time in which nobody sends any, because the disk is waited for.
_AHEAD = 8
#: The system takes so much without waiting for the other end, so that no two wait for each other.
_BYTES_AHEAD = 64 * 1024
#: Seconds after which one that does not answer is given up.
_PATIENCE = 10
_LOSSES = 10
_PROGRAM = """\
import sys
sys.path[:] = sys.argv[3:]
from commander.writer.worker import work
work(int(sys.argv[1]), sys.argv[2])
"""


class _Job:
    """A change that is expected. ``worker`` is who has it now; when it was sent and nobody has it, it is done."""

    def __init__(self, change: Change) -> None:
        self.change = change
        self.paths = {each.target.file for each in change.operations}
        self.task: Task | None = None
        self.made: Made | None = None
        self.worker: _Worker | None = None


class _Worker:
    def __init__(self, cache: Path | None) -> None:
        mine, theirs = socket.socketpair()
        with theirs:
            for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
                mine.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", _PATIENCE, 0))
            number = theirs.fileno()
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-c", _PROGRAM, str(number), os.fspath(cache or ""), *sys.path],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[number],
                process_group=0,  # Ctrl-C is for the parent, which still has to finish what waits
            )
        self.line = Connection(mine.detach())
        self.is_ready = False
        self.jobs: dict[int, _Job] = {}
        self.sizes: dict[int, int] = {}

    def has_room(self) -> bool:
        return self.is_ready and len(self.jobs) < _AHEAD

    def takes(self, size: int) -> bool:
        return not self.jobs or sum(self.sizes.values()) + size <= _BYTES_AHEAD

    def send(self, number: int, job: _Job, data: bytes) -> None:
        """Raises ``OSError``."""
        self.line.send_bytes(data)
        self.jobs[number], self.sizes[number] = job, len(data)
        job.worker = self

    def receive(self) -> None:
        """Take one answer. Raises ``OSError`` or ``EOFError``, and ``ValueError`` where it is none of ours."""
        if not self.is_ready:
            if self.line.recv() != maker_code():
                raise ValueError("the process has other code")
            self.is_ready = True
            return
        number, made = self.line.recv()
        job = self.jobs.pop(number)
        del self.sizes[number]
        job.made, job.worker = made, None

    def end(self) -> None:
        for job in self.jobs.values():
            job.worker = None
        self.jobs.clear()
        self.line.close()
        self.process.kill()  # it has nothing that could be lost
        self.process.wait()


class Workers:
    """Not for several threads at a time. ``number`` of processes is by default that of the cores that may be used, and
    at most four; ``cache`` is the folder of the user's own things (``generator.derived``). They begin after ``worth``
    changes that came in company. ``taken`` is how many changes they have done the work for.
    """

    def __init__(self, number: int | None = None, *, cache: Path | None = None, worth: int = _WORTH) -> None:
        self.number = min(_cores(), _MOST) if number is None else number
        self._cache = cache
        self._worth = worth
        maker_code()  # of the code that this process has, not of what may lie there later
        self._workers: list[_Worker] = []
        self.taken = 0
        self._losses = 0
        self._sent = 0
        self._jobs: dict[int, _Job] = {}
        #: Those that were sent to nobody yet, in the order in which they are expected.
        self._waiting: dict[int, _Job] = {}

    @property
    def processes(self) -> tuple[int, ...]:
        """The numbers of the processes that there are."""
        return tuple(worker.process.pid for worker in self._workers)

    @property
    def are_ready(self) -> bool:
        """Whether all have begun."""
        return len(self._workers) == self.number and all(worker.is_ready for worker in self._workers)

    def expect(self, changes: Iterable[Change], snapshot: Snapshot) -> None:
        """What will be asked for, in this order; what was expected before, and is not among it, no more.

        Begins processes when that is worth it.
        """
        if not self.number:
            return
        jobs = {id(change): self._jobs.get(id(change)) or _Job(change) for change in changes}
        if self._worth > 0 and len(jobs) >= _COMPANY:
            self._worth -= sum(1 for each in jobs if each not in self._jobs)
        self._jobs = jobs
        self._waiting = {each: job for each, job in jobs.items() if job.task is None}
        if self._worth <= 0 and self._losses < _LOSSES:
            self.begin()
        self.go_on(snapshot)

    def go_on(self, snapshot: Snapshot) -> None:
        """Take what is ready, and let no process be without work."""
        self.wait(0)
        self._send(snapshot)

    def wait(self, seconds: float) -> bool:
        """Take what is ready; whether there was anything within this time."""
        ready = wait([worker.line for worker in self._workers], seconds) if self._workers else []
        for line in ready:
            self._receive(line)
        return bool(ready)

    def take(self, change: Change, snapshot: Snapshot) -> Made | None:
        """What was made for a change, if it holds now; waits for it if somebody is just working on it."""
        job = self._jobs.pop(id(change), None)
        if job is None:
            return None
        self._waiting.pop(id(change), None)
        while (worker := job.worker) is not None:
            if not self.wait(_PATIENCE):
                self._lose(worker)
            self._send(snapshot)
        if job.made is None or job.task is None or not job.task.holds(snapshot.desired.contents):
            return None
        self.taken += 1
        return job.made

    def give_up(self) -> None:
        """After a defect: nothing is expected any more, and all processes end. Others are begun, but not for ever."""
        self._losses += 1
        self.close()

    def close(self) -> None:
        """End all processes."""
        for worker in self._workers:
            worker.end()
        self._workers.clear()
        self._jobs.clear()
        self._waiting.clear()

    def begin(self) -> None:
        """Begin the processes that are missing; until they are ready it goes on without."""
        try:
            while len(self._workers) < self.number:
                self._workers.append(_Worker(self._cache))
        except OSError:  # no memory, no more processes: it goes on without
            self._losses += 1

    def _send(self, snapshot: Snapshot) -> None:
        if len(self._jobs) < 2:
            return  # who is alone is faster here
        if not self._waiting or not any(worker.has_room() for worker in self._workers):
            return
        before: set[str] = set()
        for job in self._jobs.values():
            if job.task is not None:
                before |= job.paths
        for key, job in list(self._waiting.items()):
            rooms = [worker for worker in self._workers if worker.has_room()]
            if not rooms:
                return
            if before.isdisjoint(job.paths):
                # Else it would be made of what is another's to change first.
                del self._waiting[key]
                self._send_one(min(rooms, key=lambda worker: len(worker.jobs)), job, snapshot)
            before |= job.paths

    def _send_one(self, worker: _Worker, job: _Job, snapshot: Snapshot) -> None:
        job.task = task_of(job.change, snapshot)
        if job.task is None:
            return
        self._sent += 1
        data = pickle.dumps((self._sent, job.task), pickle.HIGHEST_PROTOCOL)
        if not worker.takes(len(data)):
            return
        try:
            worker.send(self._sent, job, data)
        except OSError:
            self._lose(worker)

    def _receive(self, line: object) -> None:
        worker = next((each for each in self._workers if each.line is line), None)
        if worker is None:
            return
        try:
            worker.receive()
        except Exception:  # whatever it sent, it is nothing that can be used
            self._lose(worker)

    def _lose(self, worker: _Worker) -> None:
        if worker in self._workers:
            self._workers.remove(worker)
            self._losses += 1
            worker.end()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
