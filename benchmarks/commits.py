"""One durable change by Commander's write path; beside it the same change by git and by GitPython. Many at a time, the
start, and the latency after many commits are in ``serving``.

The peers edit a work tree of the same repository and commit what was rendered: the least that somebody does who has no
Commander. They don't render, and don't sync the disk.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from git import Actor as GitActor
from git import Repo

from benchmarks.fleet import write_fleet
from benchmarks.measure import Result, against
from benchmarks.service import measure_service
from benchmarks.serving import (
    History,
    Latency,
    Load,
    Start,
    done,
    drawing,
    measure_history,
    measure_load,
    measure_start,
    writing,
)
from commander.changes import Change
from commander.writer import Writer, collect_rarely

#: Callers, and how many changes they send together.
_CALLERS = {1: 200, 8: 960, 64: 2560}
_SMALL = 100


def measure_commits(size: int, changes: int = 200) -> tuple[list[Result], list[Load | Start | History]]:
    """A fleet of ``size`` deployments; ``changes`` of its scheduler's memory, each of a deployment drawn by chance."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        repository, cache = _repository(folder, size), folder / "cache"
        starts = [
            measure_start(f"{size} deployments: start, {what}", repository, cache)
            for what in ("nothing rendered", "with records")
        ]
        with writing(repository, cache) as writer:
            collect_rarely()
            draw = drawing(writer, size)
            single = _single(writer, draw, changes)
            mine = Result(f"{size} deployments: one durable change", single.median, single.worst)
            peers = list(_peers(folder, repository, writer, draw))
            results = [*(against(mine, peer) for peer in peers), *peers]
        loads = list(measure_load(f"{size} deployments", repository, cache, _CALLERS))
        loads += measure_service(f"{size} deployments", repository, folder / "service", _CALLERS)
    return results, [*loads, *starts]


def measure_commits_later(commits: int, changes: int = 200) -> list[Load | Start | History]:
    """The latency of a small fleet, at first and after so many commits."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        repository, cache = _repository(folder, _SMALL), folder / "cache"
        measure_start("", repository, cache)
        found: list[Load | Start | History] = []
        found += measure_history(repository, cache, commits, lambda writer, draw: _single(writer, draw, changes))
        found.append(measure_start(f"{_SMALL} deployments, {commits:,} commits: start", repository, cache))
        return found


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


def _single(writer: Writer, draw: Iterator[Change], changes: int) -> Latency:
    """One at a time; between them the repository is tidied where it is time, as the queue does it."""
    return _measure(changes, lambda: done(writer, [next(draw)]), writer.tidy)


def _peers(folder: Path, repository: Path, writer: Writer, draw: Iterator[Change]) -> Iterator[Result]:
    """A work tree in which the files of a change by Commander are written once more with other contents."""
    tree = folder / "tree"
    writer.tracker.store.tidy(wait=True)  # what is just being tidied can't be cloned
    _git(folder, "clone", "--quiet", str(repository), str(tree))
    before = writer.tracker.revision
    done(writer, [next(draw)])
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


def _measure(times: int, work: Callable[[], object], between: Callable[[], object] = tuple) -> Latency:
    work()
    found = []
    for _ in range(times):
        between()
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return Latency.of(found)


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", folder, *arguments], check=True, capture_output=True)
