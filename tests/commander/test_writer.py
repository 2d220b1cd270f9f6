"""The write path: one change, one commit, desired and rendered state together; others push, and it goes on."""

from __future__ import annotations

import errno
import os
import subprocess
import threading
import tracemalloc
from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest

from commander.changes import Change, Create, Edit, Move, Operation, Remove, Target
from commander.git import blob_name
from commander.writer import (
    Applied,
    BusyError,
    ClosedError,
    Conflict,
    Failed,
    Outcome,
    Queue,
    Refused,
    Tracker,
    Workers,
    Writer,
)
from commander.writer.ahead import Made
from commander.writer.done import Doings
from generator.charts import ChartSource
from generator.dialect import Release
from generator.edit import Set, Unset
from generator.engine.snapshot import Snapshot
from generator.errors import ProblemsError
from tests.commander.fleets import (
    DAILY,
    DEV,
    ETL,
    ML,
    change,
    desired_state,
    generated,
    rendered_state,
    writer,
)  # fmt: skip
from tests.commander.repositories import PERSON, bare, contents, fsck, git, store
from tests.desired.repositories import DEPLOYMENT, WORKSPACE

SCALED = Edit(DAILY, (Set(("values", "scheduler", "replicas"), 2),))


@pytest.fixture
def following(repository: Path, chart: ChartSource) -> Writer:
    made = writer(repository, chart)
    made.follow()
    return made


def push(repository: Path, changes: dict[str, bytes | None], message: str = "By hand\n") -> str:
    """Somebody else moves the branch."""
    theirs = store(repository)
    tip = theirs.tip()
    assert tip is not None
    draft = theirs.draft(tip)
    draft.commit(changes, message, PERSON, PERSON)
    theirs.write(draft)
    theirs.move(tip, draft.tip)
    return draft.tip


def subjects(repository: Path) -> list[str]:
    return git(repository, "log", "--format=%s").splitlines()


def applied(outcomes: Sequence[object]) -> list[str]:
    assert all(isinstance(each, Applied) for each in outcomes), outcomes
    return [each.revision for each in outcomes if isinstance(each, Applied)]


def test_what_nobody_rendered_is_rendered_when_it_starts(tmp_path: Path, repository: Path, chart: ChartSource) -> None:
    first = git(repository, "rev-parse", "main")
    writer(repository, chart).follow()
    assert subjects(repository) == [f"Render what {first[:12]} left unrendered", "begin"]
    assert rendered_state(repository) == generated(repository, chart, tmp_path / "tree")
    assert contents(repository)["README.md"] == "Ours."


def test_a_start_where_all_is_rendered_writes_nothing(repository: Path, chart: ChartSource, following: Writer) -> None:
    tip = git(repository, "rev-parse", "main")
    writer(repository, chart).follow()
    assert git(repository, "rev-parse", "main") == tip


def test_a_change_is_a_commit_with_both_states(
    tmp_path: Path, repository: Path, chart: ChartSource, following: Writer
) -> None:
    (revision,) = applied(following.apply([change("one", SCALED, reason="More work\nat night")]))
    assert git(repository, "rev-parse", "main") == revision
    assert desired_state(repository)[DAILY.file].decode() == DEPLOYMENT + "values:\n  scheduler:\n    replicas: 2\n"
    assert rendered_state(repository) == generated(repository, chart, tmp_path / "tree")
    assert git(repository, "diff", "--name-only", "main~1", "main").splitlines() == [
        DAILY.file,
        "rendered/dev/values/etl/daily.yaml",
        "rendered/dev/workspaces/etl/daily/scheduler.yaml",
    ]
    message = git(repository, "log", "-1", "--format=%an <%ae>, %cn%n%B")
    code = following.tracker.snapshot.code
    asked = change("one", SCALED, reason="More work\nat night")
    assert message == (
        "Ada Person <ada@example.com>, Commander\n"
        "dev/etl/daily: set values.scheduler.replicas\n\n"
        f"Change-Id: one\nChange-Digest: {asked.digest}\nActor: Ada Person <ada@example.com>\n"
        f"Reason: More work at night\nChart-Digest: {code}"
    )
    fsck(repository)


def test_operations_of_a_change_are_done_together(
    tmp_path: Path, repository: Path, chart: ChartSource, following: Writer
) -> None:
    new = Target("dev", "new")
    nightly = Target("dev", "new", "nightly")
    applied(
        following.apply(
            [
                change(
                    "all",
                    Create(new, WORKSPACE + "label: New\n"),
                    Create(nightly, DEPLOYMENT),
                    Edit(nightly, (Set(("label",), "Nightly"),)),
                    Move(DAILY, "new"),
                    Remove(ML, at_once=True),
                )
            ]
        )
    )
    assert sorted(desired_state(repository)) == [
        DEV.file,
        ETL.file,
        "environments/dev/workspaces/new/deployments/daily.yaml",
        nightly.file,
        new.file,
    ]
    assert rendered_state(repository) == generated(repository, chart, tmp_path / "tree")
    assert subjects(repository)[0] == (
        "dev/new: new workspace; dev/new/nightly: new deployment; dev/new/nightly: set label; dev/etl/dail..."
    )


REFUSED: dict[str, tuple[Operation, str]] = {
    "what is not there": (
        Edit(Target("dev", "etl", "dayly"), (Set(("label",), "x"),)),
        "environments/dev/workspaces/etl/deployments/dayly.yaml: there is no deployment 'dev/etl/dayly'\n"
        "  hint: did you mean 'environments/dev/workspaces/etl/deployments/daily.yaml'?",
    ),
    "what is there already": (
        Create(DAILY, DEPLOYMENT),
        f"{DAILY.file}: the deployment 'dev/etl/daily' is there already",
    ),
    "a setting that there is not": (
        Edit(DAILY, (Set(("values", "executer"), "LocalExecutor"),)),
        f"{DAILY.file}:6:3: values.executer: there is no such setting\n  hint: did you mean 'executor'?",
    ),
    "unsetting what is not set": (Edit(DAILY, (Unset(("label",)),)), f"{DAILY.file}:1:1: label: is not in this file"),
    "a workspace with deployments": (
        Remove(ETL, at_once=True),
        f"{ETL.file}: the workspace 'dev/etl' is not empty: 1 deployment (dev/etl/daily)\n"
        "  hint: remove these before, or in the same change",
    ),
    "a text that is no YAML": (
        Create(Target("dev", "etl", "x"), "a: [\n"),
        "environments/dev/workspaces/etl/deployments/x.yaml:2:1: ",
    ),
    "a workspace that is moved": (
        Move(ETL, "x"),
        "dev/etl is no deployment\n  allowed: a deployment; only these are moved",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_change_leaves_no_trace_and_harms_no_other(
    repository: Path, chart: ChartSource, tmp_path: Path, following: Writer, name: str
) -> None:
    operation, message = REFUSED[name]
    good = [change("before", SCALED), change("after", Edit(DAILY, (Set(("label",), "After"),)))]
    outcomes = following.apply([good[0], change("wrong", operation), good[1]])
    refused = outcomes[1]
    assert isinstance(refused, Refused)
    assert "\n".join(map(str, refused.problems)).startswith(message)
    applied([outcomes[0], outcomes[2]])
    assert subjects(repository)[:2] == ["dev/etl/daily: set label", "dev/etl/daily: set values.scheduler.replicas"]
    assert rendered_state(repository) == generated(repository, chart, tmp_path / "tree")


def test_a_key_is_one_change_however_often_it_is_sent(repository: Path, chart: ChartSource, following: Writer) -> None:
    asked = change("one", SCALED)
    first, again = following.apply([asked, asked])
    assert isinstance(first, Applied)
    assert again == Applied(first.revision, repeated=True)
    assert following.apply([asked]) == [Applied(first.revision, repeated=True)]
    # Another Commander, or this one after a crash, knows it from the commits.
    assert writer(repository, chart).apply([asked]) == [Applied(first.revision, repeated=True)]
    assert len(subjects(repository)) == 3


def test_a_key_is_not_taken_for_another_change(following: Writer) -> None:
    applied(following.apply([change("one", SCALED)]))
    (refused,) = following.apply([change("one", Remove(DAILY, at_once=True))])
    assert isinstance(refused, Refused)
    assert "the key 'one' is that of another change" in str(refused.problems[0])


def test_a_reason_cannot_forge_a_trailer(repository: Path, chart: ChartSource, following: Writer) -> None:
    forged = "x\n\nChange-Id: forged\nChange-Digest: 0\n"
    applied(following.apply([change("one", SCALED, reason=forged)]))
    assert_only_one_is_known(repository, chart)


def assert_only_one_is_known(repository: Path, chart: ChartSource) -> None:
    made = writer(repository, chart)
    made.follow()
    assert len(made.tracker.done) == 1
    assert made.tracker.done.find("one") is not None


def test_expected_revisions(repository: Path, following: Writer) -> None:
    seen = {DAILY: blob_name(DEPLOYMENT.encode())}
    outcomes = following.apply(
        [change("one", SCALED, expected=seen), change("two", Remove(DAILY, at_once=True), expected=seen)]
    )
    assert isinstance(outcomes[0], Applied)
    conflict = outcomes[1]
    assert isinstance(conflict, Conflict)
    now = blob_name(desired_state(repository)[DAILY.file])
    assert str(conflict.problem) == (
        f"{DAILY.file}: dev/etl/daily is at revision {now}\n  allowed: revision {seen[DAILY]}\n"
        "  hint: read it again, and ask for the change of what is there now"
    )
    gone = Target("dev", "etl", "gone")
    (conflict,) = following.apply([change("three", SCALED, expected={gone: "1234"})])
    assert isinstance(conflict, Conflict)
    assert "dev/etl/gone is not there any more" in str(conflict.problem)
    (conflict,) = following.apply([change("four", SCALED, expected={DAILY: ""})])
    assert isinstance(conflict, Conflict)
    assert "dev/etl/daily is there already" in str(conflict.problem)


def test_two_writers_of_different_deployments_never_conflict(
    tmp_path: Path, repository: Path, chart: ChartSource, following: Writer
) -> None:
    applied(following.apply([change("new", Create(Target("dev", "ml", "hourly"), DEPLOYMENT))]))
    other = writer(repository, chart)
    other.follow()
    hourly = Edit(Target("dev", "ml", "hourly"), (Set(("label",), "Hourly"),))
    for number in range(4):
        applied(following.apply([change(f"a{number}", Edit(DAILY, (Set(("label",), f"Daily {number}"),)))]))
        applied(other.apply([change(f"b{number}", Edit(hourly.target, (Set(("label",), f"Hourly {number}"),)))]))
    assert len(subjects(repository)) == 2 + 1 + 8
    assert rendered_state(repository) == generated(repository, chart, tmp_path / "tree")
    fsck(repository)


def test_what_a_person_pushed_is_rendered_and_changes_go_on(
    tmp_path: Path, repository: Path, chart: ChartSource, following: Writer
) -> None:
    pushed = push(repository, {DAILY.file: (DEPLOYMENT + "values: {labels: {team: one}}\n").encode()})
    applied(following.apply([change("one", SCALED)]))
    assert subjects(repository)[:3] == [
        "dev/etl/daily: set values.scheduler.replicas",
        f"Render what {pushed[:12]} left unrendered",
        "By hand",
    ]
    assert "team: one" in desired_state(repository)[DAILY.file].decode()
    assert rendered_state(repository) == generated(repository, chart, tmp_path / "tree")


def test_rendered_state_that_a_person_changed_is_put_right(
    tmp_path: Path, repository: Path, chart: ChartSource, following: Writer
) -> None:
    wanted = rendered_state(repository)
    config, values = "rendered/dev/workspaces/etl/daily/config.yaml", "rendered/dev/values/etl/daily.yaml"
    push(
        repository,
        {
            config: b"mine",
            values: None,
            "rendered/dev/workspaces/etl/gone/config.yaml": wanted[config],
            "rendered/dev/mine.yaml": b"mine\n",
        },
    )
    following.follow()
    assert rendered_state(repository) == {**wanted, "rendered/dev/mine.yaml": b"mine\n"}
    assert list(following.tracker.snapshot.unowned()) == ["rendered/dev/mine.yaml"]


def test_a_wrong_file_that_a_person_pushed_stops_nobody_else(
    tmp_path: Path, repository: Path, chart: ChartSource, following: Writer
) -> None:
    applied(following.apply([change("new", Create(Target("dev", "ml", "hourly"), DEPLOYMENT))]))
    push(repository, {DAILY.file: b"kind: Deployment\n", "environments/dev/workspaces/link.yaml": None})
    outcomes = following.apply(
        [change("mine", SCALED), change("other", Edit(Target("dev", "ml", "hourly"), (Set(("label",), "Hourly"),)))]
    )
    assert isinstance(outcomes[0], Refused)
    assert isinstance(outcomes[1], Applied)
    assert [problem.file for problem in following.tracker.problems] == [DAILY.file]
    push(repository, {DAILY.file: DEPLOYMENT.encode()})
    applied(following.apply([change("again", SCALED)]))
    assert following.tracker.problems == []
    assert rendered_state(repository) == generated(repository, chart, tmp_path / "tree")


def test_links_that_a_person_pushed_are_told_and_not_followed(repository: Path, following: Writer) -> None:
    tip = git(repository, "rev-parse", "main")
    entries = git(repository, "ls-tree", "-r", tip)
    rows = entries.replace(f"100644 blob {blob_name(DEPLOYMENT.encode())}\t{DAILY.file}",
                           f"120000 blob {blob_name(DEPLOYMENT.encode())}\t{DAILY.file}") + "\n"  # fmt: skip
    made = {**os.environ, "GIT_INDEX_FILE": str(repository / "index")}

    def with_index(*command: str, text: str = "") -> str:
        done = subprocess.run(
            ["git", "-C", repository, *command], input=text, text=True, check=True, capture_output=True, env=made
        )
        return done.stdout.strip()

    with_index("update-index", "--index-info", text=rows)
    tree = with_index("write-tree")
    who = ("-c", "user.name=x", "-c", "user.email=x@x")
    commit = git(repository, *who, "commit-tree", "-p", tip, "-m", "A link", tree)
    git(repository, "update-ref", "refs/heads/main", commit)
    following.follow()
    assert [str(problem) for problem in following.tracker.problems] == [
        f"{DAILY.file}: is a symbolic link\n  allowed: a regular file"
    ]


def test_history_that_was_rewritten_is_followed(repository: Path, chart: ChartSource, following: Writer) -> None:
    before = git(repository, "rev-parse", "main")
    applied(following.apply([change("one", SCALED)]))
    git(repository, "update-ref", "refs/heads/main", before)
    (again,) = following.apply([change("one", SCALED)])
    assert isinstance(again, Applied)
    assert not again.repeated
    assert subjects(repository)[0] == "dev/etl/daily: set values.scheduler.replicas"


def test_changes_of_a_merged_branch_are_known(repository: Path, chart: ChartSource, following: Writer) -> None:
    base = git(repository, "rev-parse", "main")
    applied(following.apply([change("one", SCALED)]))
    theirs = git(repository, "rev-parse", "main")
    who = ("-c", "user.name=x", "-c", "user.email=x@x")
    mine = git(repository, *who, "commit-tree", "-p", base, "-m", "mine", f"{base}^{{tree}}")
    merged = git(repository, *who, "commit-tree", "-p", mine, "-p", theirs, "-m", "merge", f"{theirs}^{{tree}}")
    git(repository, "update-ref", "refs/heads/main", merged)
    assert_only_one_is_known(repository, chart)


def test_records_spare_rendering_at_the_next_start(
    tmp_path: Path, repository: Path, chart: ChartSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = writer(repository, chart, tmp_path / "cache")
    first.follow()
    first.tracker.keep_records()
    rendered: list[str] = []
    original = type(chart).render

    def counting(source: ChartSource, values: Any, release: Release, without: Collection[str]) -> Any:
        rendered.append(release.name)
        return original(source, values, release, without)

    monkeypatch.setattr(type(chart), "render", counting)
    again = writer(repository, chart, tmp_path / "cache")
    again.follow()
    assert rendered == []
    applied(again.apply([change("one", SCALED)]))
    assert rendered == ["daily"]


def test_a_disk_that_cannot_be_written_is_told_and_the_next_change_works(
    repository: Path, following: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("commander.git.store.write_pack", full)
        assert following.apply([change("one", SCALED)]) == [
            Failed("the repository cannot be written: No space left on device", retry=True)
        ]
    (done,) = following.apply([change("one", SCALED)])
    assert isinstance(done, Applied)
    assert not done.repeated


def test_a_repository_without_the_branch_is_told(tmp_path: Path, chart: ChartSource) -> None:
    repository = bare(tmp_path)
    git(repository, "update-ref", "-d", "refs/heads/main")
    (failed,) = writer(repository, chart).apply([change("one", SCALED)])
    assert isinstance(failed, Failed)
    assert failed.reason.endswith("there is no branch refs/heads/main; push a first commit")


WRONG_CHANGES: dict[str, tuple[dict[str, Any], str]] = {
    "no key": ({"key": ""}, "the key of a change is ''"),
    "a key of lines": ({"key": "a\nb"}, r"the key of a change is 'a\nb'"),
    "no operations": ({"operations": ()}, "a change of 0 operations"),
    "a long reason": ({"reason": "x" * 3000}, "a reason of 3,000 characters"),
}


@pytest.mark.parametrize("name", WRONG_CHANGES)
def test_what_can_be_no_change(name: str) -> None:
    parts, message = WRONG_CHANGES[name]
    with pytest.raises(ProblemsError) as refused:
        replace(change("k", SCALED), **parts)
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize("text", ["", "a/b/c/d", "a//b", "../x", "dev/etl/Daily", "x" * 200, "dev/etl/a b", "dev/..\n"])
def test_names_that_no_target_has(text: str) -> None:
    with pytest.raises(ProblemsError):
        Target.parse(text)


def test_callers_in_many_threads_each_get_their_own_commit(
    tmp_path: Path, repository: Path, chart: ChartSource, following: Writer
) -> None:
    queue = Queue(following)
    results: dict[str, object] = {}

    def call(caller: int) -> None:
        for number in range(5):
            target = Target("dev", "etl", f"r{caller}")
            operation = Create(target, DEPLOYMENT) if number == 0 else Edit(target, (Set(("label",), f"L{number}"),))
            key = f"{caller}-{number}"
            results[key] = queue.submit(change(key, operation)).result()

    threads = [threading.Thread(target=call, args=(caller,)) for caller in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    queue.close()
    commits = applied(list(results.values()))
    assert len(set(commits)) == 40
    assert set(commits) == set(git(repository, "rev-list", "main").splitlines()[:40])
    assert rendered_state(repository) == generated(repository, chart, tmp_path / "tree")
    with pytest.raises(ClosedError):
        queue.submit(change("late", SCALED))


def test_a_full_queue_says_so(following: Writer) -> None:
    begun, go_on = threading.Event(), threading.Event()
    original = following.apply

    def slow(changes: object) -> object:
        begun.set()
        go_on.wait(30)
        return original(changes)  # type: ignore[arg-type]

    following.apply = slow  # type: ignore[method-assign, assignment]
    queue = Queue(following, most_waiting=2)
    first = queue.submit(change("first", SCALED))
    assert begun.wait(30)
    waiting = [queue.submit(change(f"w{number}", SCALED)) for number in range(2)]
    with pytest.raises(BusyError):
        queue.submit(change("one-too-many", SCALED))
    go_on.set()
    applied([each.result() for each in (first, *waiting)])
    queue.close()


def test_a_defect_while_nobody_waits_does_not_end_the_queue(following: Writer) -> None:
    told: list[tuple[str, BaseException | None]] = []

    def broken() -> None:
        raise RuntimeError("broken")

    following.tidy = broken  # type: ignore[method-assign]
    queue = Queue(following, trouble=lambda text, defect: told.append((text, defect)))
    applied([queue.submit(change(key, SCALED)).result(timeout=60) for key in ("one", "two")])
    queue.close()
    assert {text for text, _ in told} == {"a defect of Commander: RuntimeError: broken"}
    assert all(isinstance(defect, RuntimeError) and defect.__traceback__ for _, defect in told)


def test_a_disk_that_is_full_is_no_defect(following: Writer) -> None:
    told: list[BaseException | None] = []

    def full() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    following.tidy = full  # type: ignore[method-assign]
    queue = Queue(following, trouble=lambda _, defect: told.append(defect))
    applied([queue.submit(change("one", SCALED)).result(timeout=60)])
    queue.close()
    assert told == [None]


@pytest.mark.parametrize("place", ["one change", "all changes", "a preview"])
def test_a_defect_is_there_for_those_who_mend_it(
    following: Writer, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    def broken(*_: object, **__: object) -> NoReturn:
        raise RuntimeError("broken")

    if place == "all changes":
        following.apply = broken  # type: ignore[method-assign]
    else:
        monkeypatch.setattr("commander.writer.writer.applied", broken)
    queue = Queue(following)
    asked: Future[Any] = (queue.preview if place == "a preview" else queue.submit)(change("one", SCALED))
    failed = asked.result(timeout=60)
    queue.close()
    assert failed == Failed("a defect of Commander: RuntimeError: broken")
    assert isinstance(failed.defect, RuntimeError)
    assert failed.defect.__traceback__ is not None
    assert "RuntimeError(" not in repr(failed)


def test_a_full_queue_that_closes_keeps_nobody_waiting(following: Writer) -> None:
    begun, go_on = threading.Event(), threading.Event()
    original = following.apply

    def slow(changes: Sequence[Change]) -> list[Outcome]:
        begun.set()
        assert go_on.wait(30)
        return original(changes)

    following.apply = slow  # type: ignore[method-assign]
    queue = Queue(following, most_waiting=1)
    first = queue.submit(change("first", SCALED))
    assert begun.wait(30)
    waiting = queue.submit(change("second", SCALED))
    closing = threading.Thread(target=queue.close)
    closing.start()
    said: list[type[Exception]] = []

    def late() -> None:
        while not said or said[-1] is BusyError:
            try:
                queue.submit(change("late", SCALED))
            except (BusyError, ClosedError) as error:
                said.append(type(error))

    asking = threading.Thread(target=late)
    asking.start()
    asking.join(10)
    was_told = said[-1:] == [ClosedError]
    go_on.set()
    for each in (asking, closing):
        each.join(30)
    assert was_told
    applied([first.result(0), waiting.result(0)])


class BrokenWorkers(Workers):
    """Their work can't even be sent."""

    def __init__(self, where: str) -> None:
        super().__init__(1, worth=1_000_000)
        self.where = where

    def expect(self, changes: Iterable[Change], snapshot: Snapshot) -> None:
        if self.where == "expect":
            raise TypeError("cannot pickle this")
        super().expect(changes, snapshot)

    def take(self, change: Change, snapshot: Snapshot) -> Made | None:
        if self.where == "take":
            raise TypeError("cannot pickle this")
        return super().take(change, snapshot)


@pytest.mark.parametrize("where", ["expect", "take"])
def test_a_defect_of_those_who_work_ahead_fails_no_change(repository: Path, chart: ChartSource, where: str) -> None:
    tracker = Tracker(store(repository), chart=chart, processes=1)
    made = Writer(tracker, name="Commander", email="c@example.com", workers=BrokenWorkers(where))
    told: list[tuple[str, BaseException | None]] = []
    made.trouble = lambda text, defect: told.append((text, defect))
    applied(made.apply([change(f"k{number}", Edit(DAILY, (Set(("label",), f"{number}"),))) for number in range(3)]))
    assert {text for text, _ in told} == {
        "changes are not worked on ahead: a defect of Commander: TypeError: cannot pickle this"
    }
    assert isinstance(told[0][1], TypeError)


def test_what_is_known_of_all_changes_takes_little_memory() -> None:
    done = Doings()
    number = 20_000
    tracemalloc.start()
    try:
        for each in range(number):
            done.add(f"9a1c0f2e-0000-4000-8000-{each:012}", f"{each:040x}", f"{each:032x}")
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(done) == number
    assert size / number < 260
    found = done.find("9a1c0f2e-0000-4000-8000-000000000007")
    assert found is not None
    assert (found.commit, found.is_of(f"{7:032x}"), found.is_of(f"{8:032x}")) == (f"{7:040x}", True, False)


def test_a_queue_that_ends_keeps_the_records(tmp_path: Path, repository: Path, chart: ChartSource) -> None:
    queue = Queue(writer(repository, chart, tmp_path / "cache"))
    applied([queue.submit(change("one", SCALED)).result(timeout=60)])
    queue.close()
    assert len(list((tmp_path / "cache").rglob("units.json"))) == 1
