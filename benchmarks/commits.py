"""One durable change by Commander's write path, and many at a time; beside it the same change by git and by GitPython.

The peers edit a work tree of the same repository and commit what was rendered: the least that somebody does who has no
Commander. They don't render, and don't sync the disk.
"""

from __future__ import annotations

import random
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from git import Actor as GitActor
from git import Repo

from benchmarks.fleet import write_fleet
from benchmarks.measure import Result, against
from commander.changes import Actor, Change, Edit, Target
from commander.git import Store
from commander.writer import Applied, Tracker, Writer
from generator.edit import Set

_BRANCH = "refs/heads/main"
_ACTOR = Actor("Ada Person", "ada@example.com")
_MEMORY = ("values", "scheduler", "resources", "requests", "memory")


@dataclass(frozen=True)
class _Latency:
    median: float
    worst: float
    """The 99th of a hundred."""


def measure_commits(size: int, changes: int = 200) -> list[Result]:
    """A fleet of ``size`` deployments; ``changes`` of its scheduler's memory, each of a deployment drawn by chance."""
    results = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        repository = _repository(folder, size)
        with _writer(repository, folder / "cache") as (writer, seconds):
            results.append(_seconds(f"{size} deployments: start, nothing rendered", seconds))
            writer.tracker.keep_records()
        with _writer(repository, folder / "cache") as (writer, seconds):
            results.append(_seconds(f"{size} deployments: start", seconds))
            draw = _drawing(writer, size)
            single = _measure(changes, lambda: _applied(writer, [next(draw)]))
            mine = Result(f"{size} deployments: one durable change", single.median, single.worst)
            peers = list(_peers(folder, repository, writer, draw))
            results += [*(against(mine, peer) for peer in peers), *peers]
            for batch in (8, 64):
                started = time.perf_counter()
                for _ in range(max(2, changes // batch)):
                    _applied(writer, [next(draw) for _ in range(batch)])
                each = (time.perf_counter() - started) * 1000 / (max(2, changes // batch) * batch)
                results.append(Result(f"{size} deployments: a change in a batch of {batch}", each, each))
    return results


def print_commits(results: list[Result]) -> None:
    """A table; ``worst`` of one change is the 99th of a hundred."""
    width = max(len(each.name) for each in results)
    print(f"\n{'':{width}}  {'median':>12}  {'worst':>12}  {'peer / this':>11}")
    for each in results:
        ratio = f"{each.ratio:.1f}x {each.peer}" if each.ratio is not None else ""
        print(f"{each.name:{width}}  {each.median:9.2f} ms  {each.best:9.2f} ms  {ratio}")


def _repository(folder: Path, size: int) -> Path:
    tree, bare = folder / "fleet", folder / "fleet.git"
    write_fleet(tree, size)
    who = ("-c", "user.name=x", "-c", "user.email=x@example.com")
    for command in (["init", "--initial-branch=main"], ["add", "."], [*who, "commit", "-m", "A fleet"]):
        _git(tree, *command)
    _git(folder, "clone", "--bare", str(tree), str(bare))
    shutil.rmtree(tree)
    return bare


@contextmanager
def _writer(repository: Path, cache: Path) -> Iterator[tuple[Writer, float]]:
    started = time.perf_counter()
    tracker = Tracker(Store(repository, _BRANCH), cache=cache)
    writer = Writer(tracker, name="Commander", email="commander@example.com")
    writer.follow()
    try:
        yield writer, time.perf_counter() - started
    finally:
        tracker.store.close()


def _drawing(writer: Writer, size: int) -> Iterator[Change]:
    rng = random.Random(size)
    names = sorted(writer.tracker.snapshot.desired.places.deployments)
    number = 0
    while True:
        number += 1
        edits = (Set(_MEMORY, f"{rng.randrange(1, 999)}Mi"),)
        yield Change(f"{size}-{number}", _ACTOR, (Edit(Target(*rng.choice(names)), edits),))


def _applied(writer: Writer, changes: list[Change]) -> None:
    for outcome in writer.apply(changes):
        if not isinstance(outcome, Applied):
            raise TypeError(f"not applied: {outcome}")


def _peers(folder: Path, repository: Path, writer: Writer, draw: Iterator[Change]) -> Iterator[Result]:
    """A work tree in which the files of a change by Commander are written once more with other contents."""
    tree = folder / "tree"
    _git(folder, "clone", "--quiet", str(repository), str(tree))
    before = writer.tracker.revision
    _applied(writer, [next(draw)])
    paths = [path for path, _ in writer.tracker.store.changed(before, writer.tracker.revision)]

    def edit() -> None:
        for path in paths:
            with (tree / path).open("a", encoding="utf-8") as stream:
                stream.write("# once more\n")

    def by_git() -> None:
        edit()
        _git(tree, "add", "--", *paths)
        _git(tree, "-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "--quiet", "-m", "A change")

    found = _measure(5, by_git)
    yield Result("git add, git commit in a work tree", found.median, found.worst)
    who = GitActor("x", "x@example.com")

    def by_gitpython() -> None:
        edit()
        with Repo(tree) as repo:
            repo.index.add(paths)
            repo.index.commit("A change", author=who, committer=who)

    found = _measure(5, by_gitpython)
    yield Result("GitPython's index", found.median, found.worst)


def _measure(times: int, work: Callable[[], object]) -> _Latency:
    work()
    found = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        found.append((time.perf_counter() - started) * 1000)
    found.sort()
    return _Latency(statistics.median(found), found[min(len(found) - 1, len(found) * 99 // 100)])


def _seconds(name: str, seconds: float) -> Result:
    return Result(name, seconds * 1000, seconds * 1000)


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", folder, *arguments], check=True, capture_output=True)
