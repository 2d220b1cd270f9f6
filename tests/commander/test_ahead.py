"""What is done for a change before its turn has come, and by which processes: with them or without, it is the same."""

from __future__ import annotations

import os
import random
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from commander.changes import Change, Create, Delete, Edit, Move, Operation, Remove, Target, applied
from commander.git import Store, blob_name
from commander.writer import Applied, Conflict, Outcome, Queue, Refused, Tracker, Workers, Writer
from commander.writer.ahead import Maker, Task, task_of
from generator.airflow.chart import airflow_chart
from generator.charts import ChartSource
from generator.edit import Set
from generator.engine.snapshot import Snapshot
from tests.commander.fleets import DAILY, DEV, ETL, FILES, ML, change, generated, rendered_state
from tests.commander.repositories import MAIN, bare, fsck, git
from tests.desired.repositories import DEPLOYMENT

SCALED = Edit(DAILY, (Set(("values", "scheduler", "replicas"), 2),))
TEXT = "# A remark.\n" + DEPLOYMENT + "values:\n  executor: LocalExecutor # ours\n"
NEW = Target("dev", "etl", "new")


@pytest.fixture
def snapshot(chart: ChartSource) -> Snapshot:
    made = Snapshot(chart=chart, digest=blob_name, processes=1)
    made.change({path: text.encode() for path, text in FILES.items() if path != "README.md"})
    return made


OPERATIONS: dict[str, tuple[Operation, ...]] = {
    "an edit": (SCALED,),
    "a new one": (Create(NEW, TEXT),),
    "a new one that is edited": (Create(NEW, TEXT), Edit(NEW, (Set(("label",), "New"),))),
    "one that goes": (Remove(DAILY, at_once=True),),
    "one that moves": (Move(DAILY, "ml"), Edit(Target("dev", "ml", "daily"), (Set(("label",), "Moved"),))),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_what_is_made_ahead_is_what_is_made_in_turn(chart: ChartSource, snapshot: Snapshot, name: str) -> None:
    asked = change("one", *OPERATIONS[name])
    task = task_of(asked, snapshot)
    assert task is not None
    assert task.holds(snapshot.desired.contents)
    made = Maker(chart).made(task)
    assert made is not None
    edits = applied(asked, snapshot.desired.contents, blob_name, now=0.0)
    assert made.edits == edits
    assert len(made.prepared) == sum(data is not None for data in edits.values())
    step = snapshot.change(edits)
    snapshot.take_back(step)
    again = snapshot.change(made.edits, prepared=made.prepared)
    assert (again.written, again.removed, again.rendered) == (step.written, step.removed, step.rendered)


def test_what_is_more_than_some_deployments_is_done_in_turn(snapshot: Snapshot) -> None:
    assert task_of(change("a", Edit(ETL, (Set(("label",), "x"),))), snapshot) is None
    assert task_of(change("b", Create(Target("dev", "none", "x"), TEXT)), snapshot) is None
    many = [Create(Target("dev", "etl", f"r{number}"), TEXT) for number in range(9)]
    assert task_of(change("c", *many), snapshot) is None
    assert task_of(change("d", SCALED, expected={DEV: "0" * 40}), snapshot) is None
    assert task_of(change("e", Delete(DAILY)), snapshot) is None


def test_what_is_around_must_still_be_the_same(chart: ChartSource, snapshot: Snapshot) -> None:
    """A workspace that is deleted meanwhile refuses edits inside of it."""
    task = task_of(change("one", SCALED), snapshot)
    assert task is not None
    contents = snapshot.desired.contents
    deleted = contents[ETL.file] + b'deletedAt: "2026-11-28T00:00:00Z"\n'
    assert not task.holds({**contents, ETL.file: deleted})


def test_a_task_does_not_hold_when_its_files_are_others(snapshot: Snapshot) -> None:
    task = task_of(change("one", SCALED), snapshot)
    created = task_of(change("two", Create(NEW, TEXT)), snapshot)
    assert task is not None
    assert created is not None
    snapshot.change({DAILY.file: TEXT.encode(), NEW.file: TEXT.encode()})
    assert not task.holds(snapshot.desired.contents)
    assert not created.holds(snapshot.desired.contents)


@pytest.mark.parametrize(
    "asked",
    [
        change("none", Edit(NEW, (Set(("label",), "x"),))),
        change("there", Create(DAILY, TEXT)),
        change("conflict", SCALED, expected={DAILY: "0" * 40}),
    ],
    ids=lambda each: each.key,
)
def test_nothing_is_made_of_what_cannot_be_done(chart: ChartSource, snapshot: Snapshot, asked: Change) -> None:
    task = task_of(asked, snapshot)
    assert task is not None
    assert Maker(chart).made(task) is None


def test_files_that_were_not_given_are_not_taken_for_missing(chart: ChartSource, snapshot: Snapshot) -> None:
    task = task_of(change("one", SCALED), snapshot)
    assert task is not None
    other = Task(change("two", Create(NEW, TEXT)), task.files, task.around, task.records)
    assert Maker(chart).made(other) is None


# --- processes ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the processes keep the compiled chart, so that it is compiled once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def workers(cache: Path) -> Iterator[Workers]:
    made = Workers(2, cache=cache, worth=0)
    yield made
    made.close()


def on(folder: Path, workers: Workers | None, files: dict[str, str]) -> Writer:
    """A writer of the chart that the processes have, too; they have begun."""
    folder.mkdir()
    tracker = Tracker(Store(bare(folder, files), MAIN), processes=1)
    made = Writer(
        tracker, name="Commander", email="commander@example.com", clock=lambda: 1_700_000_000, workers=workers
    )
    made.follow()
    if workers is not None:
        begin(workers)
    return made


def begin(workers: Workers) -> None:
    workers.begin()
    while not workers.are_ready:
        assert workers.wait(60)
        assert workers.processes


def mixed(seed: int, count: int) -> list[Change]:
    """Changes of all kinds, some of which are wrong, some of the same few deployments."""
    rng = random.Random(seed)
    targets = [Target("dev", workspace, f"{workspace}-{number}") for workspace in ("etl", "ml") for number in range(12)]
    changes: list[Change] = []
    for number in range(count):
        target = rng.choice(targets)
        operations: list[Operation] = [
            Create(target, TEXT),
            Edit(target, (Set(("values", "scheduler", "replicas"), rng.randrange(1, 4)),)),
            Edit(target, (Set(("values", "scheduler", "replicas"), rng.choice([2, "many"])),)),
            Edit(target, (Set(("label",), f"Label {rng.randrange(3)}"),)),
            Remove(target, at_once=True),
            Move(target, "ml" if target.workspace == "etl" else "etl"),
        ]
        operation = rng.choice(operations)
        if rng.random() < 0.04:  # what was made of deployments in it before holds no more
            operation = Edit(rng.choice([ETL, ML, DEV]), (Set(("label",), f"Label {number}"),))
        expected = {target: "0" * 40} if rng.random() < 0.05 else {}
        changes.append(change(f"{seed}-{number}", operation, expected=expected))
        if rng.random() < 0.05:
            changes.append(rng.choice(changes))
    return changes


FLEET = FILES | {
    Target("dev", workspace, f"{workspace}-{number}").file: TEXT for workspace in ("etl", "ml") for number in range(8)
}


@pytest.mark.slow
def test_commits_are_the_same_with_and_without_processes(tmp_path: Path, workers: Workers) -> None:
    """To the byte: their names are those of all that is in them."""
    alone, helped = on(tmp_path / "alone", None, FLEET), on(tmp_path / "helped", workers, FLEET)
    changes, kinds = mixed(1, 150), set[type]()
    for start in range(0, len(changes), 30):
        batch, after = changes[start : start + 30], changes[start + 30 :]
        helped.coming = lambda after=after: after[:20]  # type: ignore[misc]
        expected = alone.apply(batch)
        assert helped.apply(batch) == expected
        kinds |= {type(each) for each in expected}
    assert kinds == {Applied, Conflict, Refused}
    assert workers.taken > 5
    fsck(tmp_path / "helped" / "repository.git")


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_a_process_that_dies_or_hangs_costs_no_change(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, how: signal.Signals
) -> None:
    monkeypatch.setattr("commander.writer.workers._PATIENCE", 1)
    workers = Workers(2, cache=cache, worth=0)
    helped = on(tmp_path / "helped", workers, FLEET)
    changes = mixed(3, 60)
    first = workers.processes
    victims = list(first)
    calls = 0

    def coming() -> Sequence[Change]:
        nonlocal calls
        calls += 1
        if calls > 1 and victims:  # now it has tasks
            os.kill(victims.pop(), how)
        return ()

    helped.coming = coming
    outcomes = helped.apply(changes)
    assert set(workers.processes).isdisjoint(first)
    workers.close()
    assert outcomes == on(tmp_path / "alone", None, FLEET).apply(changes)


@pytest.mark.slow
def test_a_process_of_other_code_is_not_asked(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files of an update may lie there while the old Commander still runs."""
    workers = Workers(1, cache=cache)
    helped = on(tmp_path / "helped", None, FLEET)
    monkeypatch.setattr("commander.writer.workers.maker_code", lambda: "other")
    workers.begin()
    assert workers.wait(60)
    assert workers.processes == ()
    assert isinstance(helped.apply([change("one", SCALED)])[0], Applied)


_PARENT = """\
import sys
import threading
from pathlib import Path
from commander.writer import Workers
workers = Workers(2, cache=Path(sys.argv[1]))
workers.begin()
while not workers.are_ready:
    workers.wait(60)
print(*workers.processes, flush=True)
sys.stdin.read()
"""


@pytest.mark.slow
def test_processes_end_with_the_one_that_began_them(cache: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _PARENT, cache], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        handles = [os.pidfd_open(int(number)) for number in parent.stdout.readline().split()]
        parent.kill()
    assert len(handles) == 2
    for handle in handles:
        assert select.select([handle], [], [], 60)[0]
        os.close(handle)


@pytest.mark.slow
def test_callers_in_many_threads_with_processes(tmp_path: Path, workers: Workers) -> None:
    queue = Queue(on(tmp_path / "helped", workers, FLEET))
    outcomes: list[Outcome] = []

    def call(caller: int) -> None:
        for number in range(6):
            target = Target("dev", "etl", f"r{caller % 6}-{number // 2}")
            operation = Create(target, TEXT) if number % 2 == 0 else Edit(target, (Set(("label",), f"{caller}"),))
            outcomes.append(queue.submit(change(f"{caller}-{number}", operation)).result())

    threads = [threading.Thread(target=call, args=(caller,)) for caller in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    queue.close()
    repository = tmp_path / "helped" / "repository.git"
    assert (
        sum(isinstance(each, Applied) for each in outcomes) == int(git(repository, "rev-list", "--count", "main")) - 2
    )
    assert rendered_state(repository) == generated(repository, airflow_chart(), tmp_path / "tree")
    assert workers.taken > 5
