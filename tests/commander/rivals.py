"""Two Commanders and a person with plain git at one remote, for a while; and what must hold afterwards.

``python -m tests.commander.rivals --minutes 3 --seed 7`` tells the figures. The seed decides what everybody tries, time
who is first.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from commander.changes import Change, Create, Edit, Operation, Remove, Target
from commander.git import Remote, Store
from commander.writer import Applied, Failed, Outcome, Queue, Tracker, Writer
from generator.charts import ChartSource
from generator.edit import Set
from tests.commander.fleets import DAILY, FILES, change, desired_state, generated, rendered_state
from tests.commander.repositories import MAIN, bare, fsck, git
from tests.desired.repositories import DEPLOYMENT
from tests.render.tiny_chart import tiny_chart

_CALLERS = 3
_SHARED = [Target("dev", workspace, f"shared-{name}") for workspace in ("etl", "ml") for name in "ab"]
_HAND = [Target("dev", "ml", f"hand-{name}") for name in "abc"]
_BROKEN = "kind: Nothing\n"
#: Seconds that a person takes at most from one push to the next edit.
_THINKING = 1.0
#: Times that one thing is tried before somebody is said to starve.
_TRIES = 60


@dataclass
class Told:
    """What one Commander's callers heard: ``commits`` of acknowledged changes by key, how many outcomes of each kind,
    and the seconds that each took. ``labels`` must be in files of their own at the end (None: it is gone)."""

    commits: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str | None] = field(default_factory=dict)
    outcomes: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Result:
    """How it went."""

    acknowledged: int
    outcomes: Counter[str]
    seconds: list[float]
    pushes: int
    merges: int
    broken: int
    gave_up: int
    commits: int
    duration: float

    def __str__(self) -> str:
        ordered = sorted(self.seconds)
        median, late = statistics.median(ordered), ordered[int(len(ordered) * 0.99)]
        return (
            f"{self.acknowledged} changes acknowledged ({self.acknowledged / self.duration:.1f} a second, median"
            f" {median * 1000:.0f} ms, 99th {late * 1000:.0f} ms) of {dict(self.outcomes)}; a person pushed"
            f" {self.pushes} times, {self.merges} merges and {self.broken} broken files among them, and gave up"
            f" {self.gave_up} times;"
            f" {self.commits} commits: all there once, the branch only ever went forward, rendered state is right"
        )


def rivalry(folder: Path, chart: ChartSource, seconds: float, seed: int) -> Result:
    """Let them go at it. Raises ``AssertionError``."""
    (folder / "remote").mkdir(parents=True)
    remote = bare(folder / "remote", FILES)
    git(remote, "config", "core.logAllRefUpdates", "true")
    until = time.monotonic() + seconds
    children = [_fork(lambda who=who: _commander(folder, remote, chart, who, until, seed)) for who in "ab"]  # type: ignore[misc]
    person = Person(folder / "clone", remote, random.Random(seed))
    try:
        person.work(until)
    finally:
        codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    assert codes == [0, 0]
    if person.gave_up:
        print(f"the person gave up; git said: {person.gave_up[-1]}")
    person.mend()
    told = [_read(folder / f"{who}.json") for who in "ab"]
    return _check(folder, remote, chart, told, person, seconds)


# --- the two Commanders ----------------------------------------------------------------------------------------------


def _fork(work: Callable[[], None]) -> int:
    child = os.fork()
    if child == 0:
        _in_child(work)
    return child


def _in_child(work: Callable[[], None]) -> NoReturn:
    code = 1
    try:
        work()
        code = 0
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
    finally:
        os._exit(code)


def opened(folder: Path, remote: Path, chart: ChartSource, who: str) -> Writer:
    """A Commander with a local repository of its own."""
    local = folder / f"{who}.git"
    if not local.exists():
        subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", local], check=True)
    store = Store(local, MAIN)
    tracker = Tracker(store, truth=Remote(store, str(remote)), chart=chart, processes=1)
    return Writer(tracker, name=f"Commander {who}", email="commander@example.com")


def _commander(folder: Path, remote: Path, chart: ChartSource, who: str, until: float, seed: int) -> None:
    queue = Queue(opened(folder, remote, chart, who), poll=0.1)
    told = Told()
    names = [f"{who}{number}" for number in range(_CALLERS)]
    callers = [Caller(queue, name, told, random.Random(f"{seed}{name}")) for name in names]
    threads = [threading.Thread(target=caller.work, args=(until,)) for caller in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    queue.close()
    wrong = [caller.wrong for caller in callers if caller.wrong]
    assert wrong == [], wrong
    parts = {"commits": told.commits, "labels": told.labels, "outcomes": told.outcomes, "seconds": told.seconds}
    (folder / f"{who}.json").write_text(json.dumps(parts))


def _read(path: Path) -> Told:
    parts = json.loads(path.read_text())
    return Told(parts["commits"], parts["labels"], Counter(parts["outcomes"]), parts["seconds"])


class Caller:
    """One of those who ask a Commander for changes, some of deployments of its own, some of others'."""

    def __init__(self, queue: Queue, name: str, told: Told, rng: random.Random) -> None:
        self.wrong = ""
        self._queue, self._name, self._told, self._rng = queue, name, told, rng
        self._mine = [Target("dev", "etl", f"{name}-{number}") for number in range(2)]
        self._number = 0

    def work(self, until: float) -> None:
        """Until time is over."""
        try:
            while time.monotonic() < until:
                self._step()
        except BaseException as error:
            self.wrong = f"{self._name}: {type(error).__name__}: {error}"

    def _step(self) -> None:
        self._number += 1
        key, rng = f"{self._name}-{self._number}", self._rng
        if rng.random() < 0.3:
            target = rng.choice(_SHARED)
            asked: Sequence[Operation] = [Create(target, DEPLOYMENT), _label(target, key), Remove(target, at_once=True)]
            self._ask(change(key, rng.choice(asked)))
            return
        target = rng.choice(self._mine)
        there = self._told.labels.get(target.file) is not None
        operation: Operation
        label: str | None
        if not there:
            operation, label = Create(target, DEPLOYMENT + f"label: {key}\n"), key
        elif rng.random() < 0.15:
            operation, label = Remove(target, at_once=True), None
        else:
            operation, label = _label(target, key), key
        outcome = self._ask(change(key, operation))
        assert isinstance(outcome, Applied), outcome
        self._told.labels[target.file] = label

    def _ask(self, asked: Change) -> Any:
        """What a caller does: the same key again, as long as it makes sense; sometimes also without need."""
        outcome: Outcome | None = None
        begun = time.monotonic()
        for _ in range(_TRIES):
            outcome = self._queue.submit(asked).result()
            told = f": {outcome.reason[-60:]}" if isinstance(outcome, Failed) else ""
            self._told.outcomes[type(outcome).__name__ + told] += 1
            if isinstance(outcome, Applied):
                if not outcome.repeated:
                    self._told.seconds.append(time.monotonic() - begun)
                known = self._told.commits.setdefault(asked.key, outcome.revision)
                assert known == outcome.revision, f"{asked.key} was done twice"
                if self._rng.random() < 0.05:
                    assert self._queue.submit(asked).result() == Applied(known, repeated=True)
            if not (isinstance(outcome, Failed) and outcome.retry):
                return outcome
        raise AssertionError(f"{asked.key} starves: {outcome}")


def _label(target: Target, text: str) -> Edit:
    return Edit(target, (Set(("label",), text),))


# --- the person ------------------------------------------------------------------------------------------------------


class Person:
    """Edits files by hand and pushes: sometimes a broken one, sometimes a merge. ``files`` is what must be there,
    ``gave_up`` what git said when others were first too many times."""

    def __init__(self, clone: Path, remote: Path, rng: random.Random) -> None:
        self.files: dict[str, str] = {}
        self._said = ""
        self.gave_up: list[str] = []
        self.pushes = self.merges = self.broken = 0
        self._clone, self._rng = clone, rng
        subprocess.run(["git", "clone", "--quiet", remote, clone], check=True)
        for name, value in {"user.name": "Ada", "user.email": "ada@example.com", "rerere.enabled": "false"}.items():
            self._git("config", name, value)

    def work(self, until: float) -> None:
        """Until time is over."""
        number = 0
        while time.monotonic() < until:
            number += 1
            self._edit(number)
            time.sleep(self._rng.uniform(0, _THINKING))

    def mend(self) -> None:
        """Nothing broken is left after that."""
        for target in _HAND:
            self._put({target.file: DEPLOYMENT + "label: Mended\n"}, "Mended")

    def _edit(self, number: int) -> None:
        target = self._rng.choice(_HAND)
        kind = self._rng.random()
        if kind < 0.15:
            self.broken += self._put({target.file: _BROKEN + f"# {number}\n"}, f"Broken {number}")
        elif kind < 0.3:
            self._merge(target, number)
        elif kind < 0.4:
            self._put({"README.md": f"{number}\n", target.file: None}, f"Removed {number}")
        elif kind < 0.5:
            # A file that Commanders write, too; who loses does it again, or lets it be.
            self._put({DAILY.file: DEPLOYMENT + f"label: By hand {number}\n"}, f"Daily {number}", track=False)
        else:
            self._put({target.file: DEPLOYMENT + f"label: By hand {number}\n"}, f"By hand {number}")

    def _put(self, files: dict[str, str | None], message: str, *, track: bool = True) -> bool:
        """Commit and push; whether something was pushed."""
        self._update()
        self._write(files)
        if not self._commit(message):
            return False
        return self._push(files if track else {})

    def _merge(self, target: Target, number: int) -> None:
        """A branch of an older commit, merged into what is there now."""
        self._update()
        self._git("checkout", "--quiet", "-B", "feature", f"HEAD~{self._rng.randrange(3)}", check=False)
        text = DEPLOYMENT + f"label: Merged {number}\n"
        self._write({target.file: text})
        committed = self._commit(f"Feature {number}")
        self._git("checkout", "--quiet", "main")
        if committed and self._git("merge", "--quiet", "--no-ff", "-m", f"Merge {number}", "feature", check=False):
            self.merges += self._push({target.file: text})
        else:
            self._git("merge", "--abort", check=False)

    def _push(self, files: dict[str, str | None]) -> bool:
        for _ in range(_TRIES):
            if self._git("push", "--quiet", "origin", "main", check=False):
                self.pushes += 1
                for path, text in files.items():
                    if text is None:
                        self.files.pop(path, None)
                    else:
                        self.files[path] = text
                return True
            how = self._rng.choice(["--rebase=merges", "--no-rebase"])
            if not self._git("pull", "--quiet", "--no-edit", how, "origin", "main", check=False):
                self._git("rebase", "--abort", check=False)
                self._git("merge", "--abort", check=False)
                return False
        self.gave_up.append(self._said)
        return False

    def _update(self) -> None:
        self._git("fetch", "--quiet", "origin")
        self._git("checkout", "--quiet", "-f", "main")
        self._git("reset", "--quiet", "--hard", "origin/main")

    def _write(self, files: dict[str, str | None]) -> None:
        for path, text in files.items():
            if text is None:
                (self._clone / path).unlink(missing_ok=True)
            else:
                (self._clone / path).parent.mkdir(parents=True, exist_ok=True)
                (self._clone / path).write_text(text)

    def _commit(self, message: str) -> bool:
        self._git("add", "--all")
        return self._git("commit", "--quiet", "-m", message, check=False)

    def _git(self, *arguments: str, check: bool = True) -> bool:
        done = subprocess.run(["git", "-C", self._clone, *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == 0 or not check, f"git {arguments[0]}: {done.stderr}"
        if done.returncode and arguments[0] == "push":
            self._said = done.stderr
        return done.returncode == 0


# --- what must hold --------------------------------------------------------------------------------------------------


def _check(folder: Path, remote: Path, chart: ChartSource, told: list[Told], person: Person, duration: float) -> Result:
    for who in "ab":
        last = opened(folder, remote, chart, who)
        last.look()
        assert last.tracker.problems == []
        assert last.tracker.revision == git(remote, "rev-parse", "main")
        last.tracker.store.close()
        fsck(folder / f"{who}.git")
    fsck(remote)
    rows = git(remote, "log", "--format=%H %(trailers:key=Change-Id,valueonly,separator=)", "main").splitlines()
    found = [(key, commit) for commit, _, key in (row.partition(" ") for row in rows) if key]
    acknowledged = {key: commit for each in told for key, commit in each.commits.items()}
    assert sorted(found) == sorted(acknowledged.items())
    for row in (remote / "logs/refs/heads/main").read_text().splitlines():
        old, new, *_ = row.split()
        git(remote, "merge-base", "--is-ancestor", old, new)
    desired = {path: data.decode() for path, data in desired_state(remote).items()}
    by_hand = {path: text for path, text in desired.items() if "/hand-" in path}
    assert by_hand == {path: text for path, text in person.files.items() if "/hand-" in path}
    for path, label in (item for each in told for item in each.labels.items()):
        assert (path in desired) == (label is not None), path
        assert label is None or desired[path] == DEPLOYMENT + f"label: {label}\n"
    assert rendered_state(remote) == generated(remote, chart, folder / "tree")
    outcomes = sum((each.outcomes for each in told), Counter[str]())
    seconds = [each for one in told for each in one.seconds]
    return Result(
        len(acknowledged),
        outcomes,
        seconds,
        person.pushes,
        person.merges,
        person.broken,
        len(person.gave_up),
        len(rows),
        duration,
    )


def main() -> int:
    """The longer command."""
    parser = argparse.ArgumentParser(prog="python -m tests.commander.rivals", description=__doc__)
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    folder = Path(tempfile.mkdtemp())
    print(rivalry(folder, tiny_chart(folder / "chart"), arguments.minutes * 60, arguments.seed))
    shutil.rmtree(folder)  # only when all is well: else it is looked at
    return 0


if __name__ == "__main__":
    sys.exit(main())
