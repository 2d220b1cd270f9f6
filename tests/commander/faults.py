"""Writers that are killed: at every call of the write path, or at random times; and what must hold afterwards.

``python -m tests.commander.faults --kills 2000 --seed 7`` runs longer than the tests do. A trial is known by its seed.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import commander
from commander.changes import Change, Create, Edit, Remove, Target
from commander.writer import Applied, Writer
from generator.charts import ChartSource
from generator.edit import Set
from tests.commander.fleets import DAILY, FILES, change, generated, rendered_state, writer
from tests.commander.repositories import bare, fsck, git
from tests.desired.repositories import DEPLOYMENT
from tests.render.tiny_chart import tiny_chart

_COMMANDER = str(Path(commander.__file__).parent)


def workload(rng: random.Random) -> list[list[Change]]:
    """Batches of changes of a few deployments; keys say their place."""
    batches: list[list[Change]] = []
    there = {DAILY}
    for batch in range(rng.randrange(2, 5)):
        changes = []
        for number in range(rng.randrange(1, 4)):
            target = Target("dev", rng.choice(["etl", "ml"]), rng.choice("abcd"))
            target = next((each for each in there if each.release == target.release), target)
            if target not in there:
                there.add(target)
                operation: Any = Create(target, DEPLOYMENT)
            elif rng.random() < 0.2 and target != DAILY:
                there.discard(target)
                operation = Remove(target, at_once=True)
            else:
                operation = Edit(target, (Set(("values", "labels", "number"), f"n{batch}-{number}"),))
            changes.append(change(f"{batch}-{number}", operation))
        batches.append(changes)
    return batches


@dataclass(frozen=True)
class Trial:
    """``point`` counts calls until the kill; None kills after ``seconds``."""

    seed: int
    point: int | None
    seconds: float = 0.0

    def __str__(self) -> str:
        return f"seed {self.seed}, {f'call {self.point}' if self.point is not None else f'{self.seconds:.4f} s'}"


def run(trial: Trial, folder: Path, prepared: Path, chart: ChartSource) -> bool:
    """One trial in a copy of a repository; whether the kill came before the end. Raises ``AssertionError``."""
    repository = folder / "repository.git"
    shutil.rmtree(repository, ignore_errors=True)
    shutil.copytree(prepared, repository)
    batches = workload(random.Random(trial.seed))
    acknowledged, killed = _killed(trial, repository, chart, batches)
    check(repository, chart, folder, batches, acknowledged, str(trial))
    return killed


def _killed(
    trial: Trial, repository: Path, chart: ChartSource, batches: list[list[Change]]
) -> tuple[dict[str, str], bool]:
    """The keys that a child acknowledged, with their commits, before it was killed."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        _child(trial, repository, chart, batches, write)
    os.close(write)
    if trial.point is None:
        time.sleep(trial.seconds)  # this is what is tried: a kill at any time
        os.kill(child, signal.SIGKILL)
    with os.fdopen(read) as stream:
        lines = stream.read().splitlines()
    _, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status)
    assert killed or os.WEXITSTATUS(status) == 0, f"{trial}: the child failed"
    return dict(line.split(" ", 1) for line in lines if line.count(" ") == 1), killed


def _child(trial: Trial, repository: Path, chart: ChartSource, batches: list[list[Change]], write: int) -> NoReturn:
    code = 1
    try:
        if trial.point is not None:
            sys.setprofile(_killer(trial.point))
        made = writer(repository, chart)
        for batch in batches:
            for asked, outcome in zip(batch, made.apply(batch), strict=True):
                assert isinstance(outcome, Applied), outcome
                os.write(write, f"{asked.key} {outcome.revision}\n".encode())
        code = 0
    finally:
        os._exit(code)


def _killer(point: int) -> Callable[[FrameType, str, Any], None]:
    """Ends the process at the nth call, or return of a call, in Commander's own code: before and after everything that
    Python or libgit2 does for it."""
    left = point

    def profile(frame: FrameType, _event: str, _argument: Any) -> None:
        nonlocal left
        if frame.f_code.co_filename.startswith(_COMMANDER):
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return profile


def events(trial: Trial, folder: Path, prepared: Path, chart: ChartSource) -> int:
    """How many points there are for a trial's seed."""
    repository = folder / "counted.git"
    shutil.copytree(prepared, repository)
    count = 0

    def profile(frame: FrameType, _event: str, _argument: Any) -> None:
        nonlocal count
        count += frame.f_code.co_filename.startswith(_COMMANDER)

    sys.setprofile(profile)
    try:
        made = writer(repository, chart)
        for batch in workload(random.Random(trial.seed)):
            made.apply(batch)
    finally:
        sys.setprofile(None)
    made.tracker.store.close()
    return count


def check(
    repository: Path,
    chart: ChartSource,
    folder: Path,
    batches: list[list[Change]],
    acknowledged: dict[str, str],
    trial: str,
) -> None:
    """Git finds nothing wrong; nothing acknowledged is lost; sent again, every change is there once."""
    fsck(repository)
    commits = git(repository, "rev-list", "main").splitlines()
    assert set(acknowledged.values()) <= set(commits), f"{trial}: an acknowledged change is lost"
    again: Writer = writer(repository, chart)
    for batch in batches:
        for asked, outcome in zip(batch, again.apply(batch), strict=True):
            assert isinstance(outcome, Applied), f"{trial}: {asked.key}: {outcome}"
            if asked.key in acknowledged:
                assert outcome == Applied(acknowledged[asked.key], repeated=True), trial
    again.tracker.store.close()
    keys = [key for key in git(repository, "log", "--format=%(trailers:key=Change-Id,valueonly)").splitlines() if key]
    assert sorted(keys) == sorted(asked.key for batch in batches for asked in batch), f"{trial}: not each once"
    tree = folder / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    assert rendered_state(repository) == generated(repository, chart, tree), trial
    left = [path.name for path in repository.rglob("*") if path.name.startswith("tmp_") or path.name.endswith(".lock")]
    assert left == [], f"{trial}: {left}"


def prepare(folder: Path, chart: ChartSource) -> Path:
    """A repository that is rendered."""
    repository = bare(folder, FILES)
    first = writer(repository, chart)
    first.follow()
    first.tracker.store.close()
    return repository


def main() -> int:
    """The longer command."""
    parser = argparse.ArgumentParser(prog="python -m tests.commander.faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=1000, help="how many trials end in a kill")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="the first trial's seed")
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        chart = tiny_chart(folder / "chart")
        prepared = prepare(folder, chart)
        kills, seed = 0, arguments.seed
        while kills < arguments.kills:
            rng = random.Random(seed)
            by_time = rng.random() < 0.5
            trial = Trial(seed, None, rng.uniform(0, 0.2)) if by_time else Trial(seed, rng.randrange(5000))
            kills += run(trial, folder / "work", prepared, chart)
            seed += 1
            if seed % 100 == 0:
                print(f"{kills} kills in {seed - arguments.seed} trials", flush=True)
    print(f"{kills} kills in {seed - arguments.seed} trials: nothing lost, nothing doubled")
    return 0


if __name__ == "__main__":
    sys.exit(main())
