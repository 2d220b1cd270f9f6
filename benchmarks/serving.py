"""Commander as it serves: many callers at a time, its start, its memory, and what fifty thousand commits do to it."""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from commander.changes import Actor, Change, Edit, Target
from commander.git import Store
from commander.writer import Applied, Queue, Tracker, Workers, Writer, collect_rarely
from generator.edit import Set

BRANCH = "refs/heads/main"
ACTOR = Actor("Ada Person", "ada@example.com")
_MEMORY = ("values", "scheduler", "resources", "requests", "memory")
_BATCH = 64
_START = """\
import json, sys, time
began = time.perf_counter()
from pathlib import Path
from commander.git import Store
from commander.writer import Tracker, Writer
from generator.derived import keep_in
cache = Path(sys.argv[2])
keep_in(cache)
writer = Writer(Tracker(Store(Path(sys.argv[1]), "refs/heads/main"), cache=cache), name="C", email="c@example.com")
writer.follow()
seconds = time.perf_counter() - began
writer.tracker.keep_records()
writer.tracker.store.close()
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(json.dumps({"seconds": seconds, "mebibytes": int(status["VmRSS"].split()[0]) // 1024}))
"""


@dataclass(frozen=True)
class Latency:
    """Milliseconds; ``worst`` is the 99th of a hundred."""

    median: float
    worst: float

    @classmethod
    def of(cls, seconds: list[float]) -> Latency:
        """Of what was measured."""
        found = sorted(each * 1000 for each in seconds)
        return cls(statistics.median(found), found[min(len(found) - 1, len(found) * 99 // 100)])


@dataclass(frozen=True)
class Load:
    """``callers`` each wait for their change before they send the next; ``cpu`` is what one change takes of all
    processes, in milliseconds."""

    name: str
    callers: int
    changes_a_second: float
    latency: Latency
    cpu: float

    def as_json(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True)
class Start:
    """A process of its own, from its first line until it could take a change."""

    name: str
    seconds: float
    mebibytes: int

    def as_json(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True)
class History:
    """One change at a time after so many commits, in a repository that is kept in shape as in service; ``cpu`` is
    what one takes of this process, in milliseconds."""

    name: str
    commits: int
    latency: Latency
    cpu: float
    mebibytes: float
    packs: int

    def as_json(self) -> dict[str, object]:
        return asdict(self)


@contextmanager
def writing(repository: Path, cache: Path, workers: Workers | None = None) -> Iterator[Writer]:
    """A writer that has followed."""
    writer = Writer(
        Tracker(Store(repository, BRANCH), cache=cache),
        name="Commander",
        email="commander@example.com",
        workers=workers,
    )
    writer.follow()
    try:
        yield writer
    finally:
        writer.close()
        writer.tracker.store.close()


def drawing(writer: Writer, seed: int) -> Iterator[Change]:
    """Changes of a scheduler's memory, each of a deployment drawn by chance."""
    rng = random.Random(seed)
    names = sorted(writer.tracker.snapshot.desired.places.deployments)
    for number in range(sys.maxsize):
        edits = (Set(_MEMORY, f"{rng.randrange(1, 999)}Mi"),)
        yield Change(f"{seed}-{number}", ACTOR, (Edit(Target(*rng.choice(names)), edits),))


def done(writer: Writer, changes: list[Change]) -> None:
    """All of them in one batch."""
    for outcome in writer.apply(changes):
        if not isinstance(outcome, Applied):
            raise TypeError(f"not applied: {outcome}")


def measure_start(name: str, repository: Path, cache: Path) -> Start:
    """Start a Commander and end it; it leaves its records."""
    command = [sys.executable, "-c", _START, str(repository), str(cache)]
    found = subprocess.run(command, check=True, capture_output=True, text=True)
    return Start(name, **json.loads(found.stdout))


def measure_load(name: str, repository: Path, cache: Path, callers: dict[int, int]) -> Iterator[Load]:
    """``callers`` gives how many changes so many callers send together."""
    workers = Workers(cache=cache)
    with writing(repository, cache, workers) as writer:
        collect_rarely()
        draw = drawing(writer, 1)
        workers.begin()  # in service they begin when many callers come
        while not workers.are_ready:
            workers.wait(60)
        done(writer, [next(draw) for _ in range(_BATCH)])
        queue = Queue(writer)
        for number, changes in callers.items():
            yield _load(name, queue, workers, [[next(draw) for _ in range(changes // number)] for _ in range(number)])
        queue.close()


def _load(name: str, queue: Queue, workers: Workers, sent: list[list[Change]]) -> Load:
    together = threading.Barrier(len(sent))

    def call(changes: list[Change]) -> list[float]:
        together.wait()
        times = []
        for change in changes:
            began = time.perf_counter()
            outcome = queue.submit(change).result()
            times.append(time.perf_counter() - began)
            if not isinstance(outcome, Applied):
                raise TypeError(f"not applied: {outcome}")
        return times

    cpu, began = _cpu(workers), time.perf_counter()
    with ThreadPoolExecutor(len(sent)) as pool:
        times = [each for found in pool.map(call, sent) for each in found]
    seconds, cpu = time.perf_counter() - began, _cpu(workers) - cpu
    return Load(name, len(sent), len(times) / seconds, Latency.of(times), cpu * 1000 / len(times))


def _cpu(workers: Workers) -> float:
    """Seconds of this process and the workers, as far as the system tells them of others."""
    found = time.process_time()
    for process in workers.processes:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        found += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return found


def measure_history(
    repository: Path, cache: Path, commits: int, single: Callable[[Writer, Iterator[Change]], Latency]
) -> Iterator[History]:
    """One change at a time before and after ``commits`` more.

    These are made in batches, of mail addresses, and the repository is tidied after each batch as the queue does it.
    """
    workers = Workers(cache=cache)
    with writing(repository, cache, workers) as writer:
        collect_rarely()
        draw = drawing(writer, 2)
        yield _history("a new repository", writer, lambda: single(writer, draw))
        workers.begin()
        many = _addresses(writer)
        for _ in range(commits // _BATCH):
            done(writer, [next(many) for _ in range(_BATCH)])
            writer.tidy()
        yield _history(f"after {commits:,} commits", writer, lambda: single(writer, draw))


def _addresses(writer: Writer) -> Iterator[Change]:
    rng = random.Random(3)
    names = sorted(writer.tracker.snapshot.desired.places.deployments)
    for number in range(sys.maxsize):
        edits = (Set(("alertEmails",), [f"a{number}@example.com"]),)
        yield Change(f"address-{number}", ACTOR, (Edit(Target(*rng.choice(names)), edits),))


def _history(name: str, writer: Writer, single: Callable[[], Latency]) -> History:
    path, before = writer.tracker.store.path, len(writer.tracker.done)
    cpu = time.process_time()
    latency = single()
    cpu = (time.process_time() - cpu) * 1000 / (len(writer.tracker.done) - before)
    size = sum(each.stat().st_size for each in path.rglob("*") if each.is_file())
    packs = sum(1 for _ in (path / "objects" / "pack").glob("*.pack"))
    return History(name, len(writer.tracker.done), latency, cpu, size / 1024 / 1024, packs)


def print_serving(figures: list[Load | Start | History]) -> None:
    """Tables."""
    loads = [each for each in figures if isinstance(each, Load)]
    if loads:
        print(f"\n{'':34}  {'callers':>7}  {'changes/s':>9}  {'median':>10}  {'99th':>10}  {'CPU of one':>10}")
    for load in loads:
        print(
            f"{load.name:34}  {load.callers:7}  {load.changes_a_second:9.0f}  {load.latency.median:7.1f} ms"
            f"  {load.latency.worst:7.1f} ms  {load.cpu:7.2f} ms"
        )
    starts = [each for each in figures if isinstance(each, Start)]
    if starts:
        print(f"\n{'':48}  {'start':>8}  {'memory':>9}")
    for start in starts:
        print(f"{start.name:48}  {start.seconds:6.2f} s  {start.mebibytes:5} MiB")
    histories = [each for each in figures if isinstance(each, History)]
    if histories:
        print(f"\n{'':28}  {'median':>9}  {'99th':>9}  {'CPU of one':>10}  {'repository':>10}  {'packs':>5}")
    for each in histories:
        print(
            f"{each.name:28}  {each.latency.median:6.2f} ms  {each.latency.worst:6.2f} ms"
            f"  {each.cpu:7.2f} ms  {each.mebibytes:6.0f} MiB  {each.packs:5}"
        )
