"""Writers that are killed: at every call of the write path, at random times, or while a git works for them; with the
truth here or at a remote; and what must hold afterwards.

``python -m tests.commander.faults --kills 2000 --seed 7`` runs longer than the tests do. A trial is known by its seed:
``--kills 1 --seed N`` does that one again (where time decides what a kill meets, it may have to be tried some times).
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, Literal, NoReturn, TypeAlias

import commander
from commander.changes import Change, Create, Edit, Remove, Target
from commander.git import Remote, Store, StoreError, locks, program, store, tidying
from commander.writer import Applied, Failed, Tracker, Writer
from generator.charts import ChartSource
from generator.edit import Set
from tests.commander.fleets import DAILY, FILES, change, generated, rendered_state
from tests.commander.repositories import MAIN, PERSON, bare, fsck, git
from tests.desired.repositories import DEPLOYMENT
from tests.render.tiny_chart import tiny_chart

_COMMANDER = str(Path(commander.__file__).parent)
_COUNTS = 6
#: Longer than any git of a trial takes.
_ENDED = 60.0

Profile: TypeAlias = Callable[[FrameType, str, Any], None]
#: Where the truth is.
Place: TypeAlias = Literal["local", "remote"]
#: Who is killed while a git works: the one who started it, that git (and not what it started), or all of them.
Victim: TypeAlias = Literal["commander", "git", "all"]


@dataclass(frozen=True)
class Kill:
    """At the nth ``call`` of Commander's code, after so many ``seconds``, or so many after the nth ``git`` began."""

    call: int | None = None
    git: int | None = None
    seconds: float = 0.0
    victim: Victim = "commander"


@dataclass(frozen=True)
class Trial:
    """One Commander after the other is killed, each of which does the same changes; the last one is not."""

    seed: int
    place: Place
    kills: tuple[Kill, ...]

    def __str__(self) -> str:
        return f"seed {self.seed}: {self.place}, {', '.join(map(str, self.kills))}"


def drawn(seed: int) -> Trial:
    """The trial of a seed."""
    rng = random.Random(seed)
    place: Place = rng.choice(["local", "remote", "remote"])
    kills = tuple(_kill(rng, place, first=number == 0) for number in range(rng.choice([1, 1, 2, 3])))
    return Trial(seed, place, kills)


def _kill(rng: random.Random, place: Place, *, first: bool) -> Kill:
    match rng.choice(["call", "time", "git"] if first else ["start", "call", "git"]):
        case "start":
            return Kill(call=rng.randrange(120))  # what the one before left is being removed
        case "call":
            return Kill(call=rng.randrange(4000))
        case "time":
            return Kill(seconds=rng.uniform(0, 0.2 if place == "local" else 0.4))
        case _:
            victim: Victim = rng.choice(["commander", "git", "all"])
            return Kill(git=rng.randrange(4 if place == "local" else 12), seconds=rng.uniform(0, 0.03), victim=victim)


@dataclass(frozen=True)
class Prepared:
    """Repositories that trials begin with: ``remote`` is the truth of some, and ``local`` of others."""

    folder: Path

    @property
    def local(self) -> Path:
        return self.folder / "repository.git"

    @property
    def remote(self) -> Path:
        return self.folder / "remote.git"


def prepare(folder: Path, chart: ChartSource) -> Prepared:
    """Repositories that are rendered."""
    prepared = Prepared(folder)
    bare(folder, FILES)
    first = made(prepared, "local", chart)
    first.follow()
    first.tracker.store.close()
    shutil.copytree(prepared.local, prepared.remote)
    return prepared


def made(at: Prepared, place: Place, chart: ChartSource) -> Writer:
    """A Commander."""
    opened = Store(at.local, MAIN)
    truth = Remote(opened, str(at.remote), seconds=20, patience=10) if place == "remote" else None
    tracker = Tracker(opened, truth=truth, chart=chart, processes=1)
    return Writer(tracker, name="Commander", email="commander@example.com", clock=lambda: 1_700_000_000)


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


def run(trial: Trial, folder: Path, prepared: Prepared, chart: ChartSource) -> int:
    """One trial in a copy of the repositories; how many kills came before the end. Raises ``AssertionError``."""
    at = Prepared(folder / "trial")
    shutil.rmtree(at.folder, ignore_errors=True)
    shutil.copytree(prepared.folder, at.folder)
    batches = workload(random.Random(trial.seed))
    acknowledged: dict[str, str] = {}
    kills = 0
    for kill in trial.kills:
        told, killed = _killed(trial, kill, at, chart, batches)
        for key, commit in told.items():
            assert acknowledged.setdefault(key, commit) == commit, f"{trial}: {key} was done twice"
        kills += killed
    check(trial, at, chart, folder, batches, acknowledged)
    return kills


def _killed(
    trial: Trial, kill: Kill, at: Prepared, chart: ChartSource, batches: list[list[Change]]
) -> tuple[dict[str, str], bool]:
    """The keys that a child acknowledged, with their commits, and whether a kill came before its end."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        _child(trial, kill, at, chart, batches, write)
    os.close(write)
    if kill.call is None and kill.git is None:
        time.sleep(kill.seconds)  # this is what is tried: a kill at any time
        os.kill(child, signal.SIGKILL)
    with os.fdopen(read) as stream:
        lines = stream.read().splitlines()
    _, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status)
    assert killed or os.WEXITSTATUS(status) == 0, f"{trial}: the child failed"
    if killed and trial.place == "remote":
        # The kill may have met the person, or the git that takes pushes at the remote. Their lock there is nothing that
        # a Commander may remove, or could on another machine: who runs the remote does.
        _await_end(at.folder)
        Store(at.remote, MAIN).close()
        (at.remote / f"{MAIN}.lock").unlink(missing_ok=True)
    told = dict(line.split(" ", 1) for line in lines if line.count(" ") == 1)
    return told, killed or "killed" in lines


def _child(
    trial: Trial, kill: Kill, at: Prepared, chart: ChartSource, batches: list[list[Change]], write: int
) -> NoReturn:
    code = 1
    try:
        if kill.git is not None:
            _kill_at_git(kill, lambda: os.write(write, b"killed\n"))
        _work(at, trial.place, chart, batches, write, _killer(kill.call) if kill.call is not None else None)
        code = 0
    except AssertionError as error:
        print(error, file=sys.stderr, flush=True)
    finally:
        os._exit(code)


def _work(
    at: Prepared, place: Place, chart: ChartSource, batches: list[list[Change]], write: int, profile: Profile | None
) -> None:
    """Batches, with what a person pushes before some of them, and the repository put in shape; ``profile`` hears of
    every call."""
    store._MANY_PACKS = 2  # packs are put together as often as can be
    truth = at.remote if place == "remote" else at.local
    _push(truth, 0)
    sys.setprofile(profile)
    writer = made(at, place, chart)
    for number, batch in enumerate(batches):
        for asked, outcome in zip(batch, writer.apply(batch), strict=True):
            assert isinstance(outcome, Applied), outcome
            os.write(write, f"{asked.key} {outcome.revision}\n".encode())
        with suppress(StoreError):  # of a git that was killed
            writer.tidy()
        if number == 1:
            sys.setprofile(None)
            _push(truth, 1)
            sys.setprofile(profile)
    writer.tracker.store.close()
    sys.setprofile(None)


def _push(repository: Path, number: int) -> None:
    """A person leaves something unrendered; every Commander of a trial finds it pushed once."""
    theirs = Store(repository, MAIN)
    target = Target("dev", "ml", f"person-{number}")
    tip = theirs.tip()
    assert tip is not None
    if target.file not in dict(theirs.files(tip, "environments")):
        draft = theirs.draft(tip)
        draft.commit({target.file: DEPLOYMENT.encode()}, f"By hand {number}\n", PERSON, PERSON)
        theirs.write(draft)
        theirs.move(tip, draft.tip)
    theirs.close()


def _kill_at_git(kill: Kill, say: Callable[[], object]) -> None:
    """Kill somebody some time after the nth git was started."""
    original, left = program.start_git, kill.git or 0

    def starting(*arguments: Any, **named: Any) -> Any:
        nonlocal left
        process = original(*arguments, **named)
        left -= 1
        if left == -1:
            threading.Thread(target=strike, args=(process.pid,), daemon=True).start()
        return process

    def strike(pid: int) -> None:
        time.sleep(kill.seconds)  # this is what is tried, too
        with suppress(ProcessLookupError):
            if kill.victim == "all":
                os.killpg(pid, signal.SIGKILL)
            elif kill.victim == "git":
                os.kill(pid, signal.SIGKILL)
                say()
        if kill.victim != "git":
            os.kill(os.getpid(), signal.SIGKILL)

    for module in (program, tidying):
        module.start_git = starting  # type: ignore[attr-defined]


def _killer(point: int) -> Profile:
    """Ends the process at the nth call, or return of a call, in Commander's own code: before and after everything that
    Python, libgit2 or git does for it."""
    left = point

    def profile(frame: FrameType, _event: str, _argument: Any) -> None:
        nonlocal left
        if frame.f_code.co_filename.startswith(_COMMANDER):
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return profile


def events(seed: int, place: Place, folder: Path, prepared: Prepared, chart: ChartSource) -> int:
    """How many calls there are at least in the workload of a seed. What is done beside it makes some more."""
    return min(_count(seed, place, folder, prepared, chart) for _ in range(_COUNTS))


def _count(seed: int, place: Place, folder: Path, prepared: Prepared, chart: ChartSource) -> int:
    at = Prepared(folder / "counted")
    shutil.rmtree(at.folder, ignore_errors=True)
    shutil.copytree(prepared.folder, at.folder)
    count, many = 0, store._MANY_PACKS

    def profile(frame: FrameType, _event: str, _argument: Any) -> None:
        nonlocal count
        count += frame.f_code.co_filename.startswith(_COMMANDER)

    gc.collect()  # what ended before this, and is taken apart now, would be counted as calls
    gc.disable()
    with Path(os.devnull).open("wb") as nowhere:
        try:
            _work(at, place, chart, workload(random.Random(seed)), nowhere.fileno(), profile)
        finally:
            store._MANY_PACKS = many
            gc.enable()
    return count


def check(
    trial: Trial,
    at: Prepared,
    chart: ChartSource,
    folder: Path,
    batches: list[list[Change]],
    acknowledged: dict[str, str],
) -> None:
    """Git finds nothing wrong; nothing acknowledged is lost; sent again, every change is there once."""
    truth = at.remote if trial.place == "remote" else at.local
    commits = git(truth, "rev-list", "main").splitlines()
    assert set(acknowledged.values()) <= set(commits), f"{trial}: an acknowledged change is lost"
    # A git that outlived its Commander may still be at work.
    again = made(at, trial.place, chart)
    for batch in batches:
        for asked, outcome in zip(batch, _insisting(again, batch), strict=True):
            assert isinstance(outcome, Applied), f"{trial}: {asked.key}: {outcome}"
            if asked.key in acknowledged:
                assert outcome == Applied(acknowledged[asked.key], repeated=True), trial
    again.tracker.store.close()
    _await_end(at.folder)
    keys = [
        key for key in git(truth, "log", "--format=%(trailers:key=Change-Id,valueonly)", "main").splitlines() if key
    ]
    assert sorted(keys) == sorted(asked.key for batch in batches for asked in batch), f"{trial}: not each once"
    with an_hour_later():
        last = made(at, trial.place, chart)
    last.follow()
    assert last.tracker.problems == []
    last.tracker.store.close()
    for repository in (at.local, truth):
        fsck(repository)
    assert git(at.local, "rev-parse", "main") == git(truth, "rev-parse", "main"), trial
    tree = folder / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    assert rendered_state(truth) == generated(truth, chart, tree), trial
    left = [path.name for path in at.local.rglob("*") if path.name.startswith(("tmp_", ".tmp-"))]
    left += [path.name for path in at.local.rglob("*") if path.suffix in {".lock", ".keep", ".commander"}]
    assert left == [], f"{trial}: {left}"


def _insisting(writer: Writer, batch: list[Change]) -> list[Any]:
    """What a caller does who is told to try again."""
    outcomes: list[Any] = []
    for _ in range(5):
        outcomes = list(writer.apply(batch))
        if not any(isinstance(each, Failed) and each.retry for each in outcomes):
            break
    return outcomes


@contextmanager
def an_hour_later() -> Iterator[None]:
    """What nobody uses is known to be left behind."""
    old, locks._VERY_OLD = locks._VERY_OLD, -1.0
    try:
        yield
    finally:
        locks._VERY_OLD = old


def _await_end(folder: Path) -> None:
    """Until no git is at work in a folder any more, and none that is dying has a file there open."""
    until, wanted = time.monotonic() + _ENDED, os.fsencode(folder)
    while any(wanted in _told_of(process) or _has_open(process, folder) for process in Path("/proc").glob("[0-9]*")):
        assert time.monotonic() < until, "a git does not end"
        threading.Event().wait(0.005)


def _has_open(process: Path, folder: Path) -> bool:
    """Whether a process, other than this one, has a file below a folder open."""
    if process.name == str(os.getpid()):
        return False
    with suppress(OSError):
        for each in (process / "fd").iterdir():
            with suppress(OSError):  # closed just now
                if each.readlink().is_relative_to(folder):
                    return True
    return False


def _told_of(process: Path) -> bytes:
    """The arguments and the environment of a git; nothing of others."""
    try:
        command = (process / "cmdline").read_bytes()
        return command + (process / "environ").read_bytes() if b"git" in command.partition(b"\0")[0] else b""
    except OSError:
        return b""


def main() -> int:
    """The longer command."""
    parser = argparse.ArgumentParser(prog="python -m tests.commander.faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=1000, help="how many kills there are to be")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="the first trial's seed")
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        chart = tiny_chart(folder / "chart")
        (folder / "prepared").mkdir()
        prepared = prepare(folder / "prepared", chart)
        kills, seed = 0, arguments.seed
        while kills < arguments.kills:
            try:
                kills += run(drawn(seed), folder, prepared, chart)
            except BaseException:
                print(f"after {kills} kills: {drawn(seed)}", flush=True)
                raise
            seed += 1
            if seed % 50 == 0:
                print(f"{kills} kills in {seed - arguments.seed} trials", flush=True)
    print(f"{kills} kills in {seed - arguments.seed} trials: nothing lost, nothing doubled")
    return 0


if __name__ == "__main__":
    sys.exit(main())
