"""What others push, however wrong, costs nobody what is rendered, also when Commander starts anew meanwhile."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from commander.changes import Actor, Create, Edit, Target, trailers_of
from commander.git import Identity, MovedError, Store, StoreError
from commander.reading import Reading
from commander.writer import Applied, Failed, Previewed, Refused, Tracker, Writer, tracking
from generator.charts import ChartSource
from generator.edit import Set
from generator.errors import Problem, ProblemsError
from tests.commander.fleets import ADA, DAILY, DEV, ETL, FILES, ML, change, generated, rendered_state, writer
from tests.commander.repositories import MAIN, bare, fsck, git
from tests.commander.test_writer import push
from tests.desired.repositories import DEPLOYMENT, WORKSPACE

HOURLY = Target("dev", "ml", "hourly")
BROKEN: dict[str, dict[str, bytes | None]] = {
    "a deployment": {DAILY.file: b"kind: Deployment\n"},
    "a deployment that is too large": {DAILY.file: DEPLOYMENT.encode() + b"#" * 2_000_000},
    "a workspace": {ETL.file: b"kind: Nothing\n"},
    "an environment": {DEV.file: b"kind: Nothing\n"},
    "a workspace whose file is gone": {ETL.file: None},
    "an environment whose file is gone": {DEV.file: None},
}


@pytest.fixture
def repository(tmp_path: Path, chart: ChartSource) -> Path:
    made = bare(tmp_path, {**FILES, HOURLY.file: DEPLOYMENT})
    writer(made, chart).follow()
    return made


def label(target: Target, text: str) -> Edit:
    return Edit(target, (Set(("label",), text),))


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize("name", BROKEN)
def test_what_is_rendered_stays_while_something_is_wrong(
    tmp_path: Path, repository: Path, chart: ChartSource, name: str, kept: bool
) -> None:
    cache = tmp_path / "cache"
    running = writer(repository, chart, cache)
    running.follow()
    if kept:
        running.tracker.keep_records()
    before = rendered_state(repository)
    push(repository, BROKEN[name])
    running.follow()
    assert rendered_state(repository) == before
    assert running.tracker.problems
    # One that starts now knows no more than the branch, and perhaps the records.
    started = writer(repository, chart, cache)
    started.follow()
    assert rendered_state(repository) == before
    assert {problem.file for problem in started.tracker.problems} == {
        problem.file for problem in running.tracker.problems
    }
    # When it is mended, all is as if nothing had been.
    push(repository, {path: FILES[path].encode() for path in BROKEN[name]})
    started.follow()
    assert started.tracker.problems == []
    assert rendered_state(repository) == generated(repository, chart, tmp_path / "tree") == before


def test_a_version_that_refuses_what_an_older_one_rendered_removes_nothing(
    tmp_path: Path, repository: Path, chart: ChartSource
) -> None:
    before = rendered_state(repository)

    newer = replace(
        chart,
        metadata=replace(chart.metadata, version="9.9.9"),
        rules=lambda _: [Problem("no longer supported", path="executor")],
    )
    started = writer(repository, newer, tmp_path / "cache")
    started.follow()
    assert rendered_state(repository) == before
    assert {problem.file for problem in started.tracker.problems} == {DAILY.file, HOURLY.file}


def test_the_others_of_a_workspace_go_on(tmp_path: Path, repository: Path, chart: ChartSource) -> None:
    running = writer(repository, chart)
    running.follow()
    push(repository, {DAILY.file: b"kind: Deployment\n"})
    new = Target("dev", "etl", "new")
    (outcome,) = running.apply([change("new", Create(new, DEPLOYMENT))])
    assert isinstance(outcome, Applied)
    applications = rendered_state(repository)["rendered/dev/argocd/workspaces/etl.yaml"].decode()
    assert applications.count("kind: Application\n") == 2


def test_a_workspace_that_waits_for_a_deployment_is_mended_by_it(repository: Path, chart: ChartSource) -> None:
    running = writer(repository, chart)
    running.follow()
    window = "argocd: {syncWindows: [{kind: deny, schedule: '* * * * *', duration: 1h, deployments: [late]}]}\n"
    push(repository, {ETL.file: (WORKSPACE + window).encode()})
    (other,) = running.apply([change("other", label(DAILY, "Other"))])
    assert isinstance(other, Applied)
    assert [problem.file for problem in running.tracker.problems] == [ETL.file]
    (late,) = running.apply([change("late", Create(Target("dev", "etl", "late"), DEPLOYMENT))])
    assert isinstance(late, Applied)
    assert running.tracker.problems == []


def test_one_that_waits_for_a_name_gets_it_from_one_that_was_never_rendered(
    tmp_path: Path, repository: Path, chart: ChartSource
) -> None:
    running = writer(repository, chart)
    running.follow()
    taken = "namespace: mine\n"
    first, second = Target("dev", "etl", "y"), Target("dev", "ml", "z")
    push(repository, {first.file: (DEPLOYMENT + taken + "values: {airflowVersion: 0.0.1}\n").encode()})
    running.follow()
    push(repository, {second.file: (DEPLOYMENT + taken).encode()})
    running.follow()
    push(repository, {first.file: None})
    running.follow()
    assert running.tracker.problems == []
    assert rendered_state(repository) == generated(repository, chart, tmp_path / "tree")


def test_an_environment_that_is_removed_in_two_pushes(repository: Path, chart: ChartSource) -> None:
    running = writer(repository, chart)
    running.follow()
    push(repository, {DEV.file: None})
    running.follow()
    everything = dict.fromkeys((ETL.file, ML.file, DAILY.file, HOURLY.file))
    push(repository, everything, "Enough\n\nPrune-All: dev\n")
    running.follow()
    assert running.tracker.problems == []
    assert rendered_state(repository) == {}


@pytest.mark.parametrize("start", [True, False])
def test_files_in_the_way_and_folders_without_end_stop_nobody(
    tmp_path: Path, repository: Path, chart: ChartSource, start: bool
) -> None:
    running = writer(repository, chart)
    running.follow()
    folder = "rendered/dev/workspaces/etl/daily"
    there = [path for path in rendered_state(repository) if path.startswith(f"{folder}/")]
    deep = f"environments/{'x/' * 30}y.yaml"
    push(repository, {**dict.fromkeys(there), folder: b"in the way", deep: b"a: b\n"})
    if start:
        running = writer(repository, chart)
    (outcome,) = running.apply([change("one", label(HOURLY, "Hourly"))])
    assert isinstance(outcome, Applied), outcome
    assert [problem.file.startswith("environments/x/x/") for problem in running.tracker.problems] == [True]
    push(repository, {deep: None})
    running.follow()
    assert rendered_state(repository) == generated(repository, chart, tmp_path / "tree")


@pytest.mark.parametrize(
    "actor", [Actor("Ada \udcff", ADA.email), Actor("A" * 5_000_000, ADA.email), Actor(" ", ADA.email), Actor("A", "x")]
)
def test_an_actor_that_no_commit_can_have(actor: Actor) -> None:
    with pytest.raises(ProblemsError):
        replace(change("one", label(DAILY, "x")), actor=actor)


def test_values_that_no_file_can_have() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    for value in (deep, float("nan"), {1, 2}, "\udcff"):
        with pytest.raises(ProblemsError):
            _ = change("one", Edit(DAILY, (Set(("values", "labels", "a"), value),)))


class Busy:
    """Somebody else is first, so many times."""

    def __init__(self, store: Store, times: int) -> None:
        self._store, self.left = store, times
        self.number = 0
        self.retried: Callable[[], None] = lambda: None

    def tip(self) -> str | None:
        return self._store.tip()

    def look(self) -> None:
        pass

    def publish(self, old: str, new: str) -> None:
        if self.left:
            self.left -= 1
            self.number += 1
            push(self._store.path, {"README.md": f"{self.number}\n".encode()}, f"First {self.number}\n")
            raise MovedError(self._store.tip())
        self._store.move(old, new)


def busy(repository: Path, chart: ChartSource, times: int) -> tuple[Writer, list[float]]:
    store = Store(repository, MAIN)
    tracker = Tracker(store, truth=Busy(store, times), chart=chart, processes=1)
    waits: list[float] = []
    made = Writer(tracker, name="Commander", email="c@example.com", wait=waits.append, chance=lambda: 0.5)
    return made, waits


@pytest.mark.parametrize("times", [1, 3])
def test_others_that_are_first_are_waited_for_longer_and_longer(
    tmp_path: Path, repository: Path, chart: ChartSource, times: int
) -> None:
    made, waits = busy(repository, chart, times)
    good, wrong = change("one", label(DAILY, "One")), change("two", Edit(DAILY, (Set(("nothing",), 1),)))
    outcomes = made.apply([good, wrong])
    assert isinstance(outcomes[0], Applied)
    assert isinstance(outcomes[1], Refused)
    assert waits == [0.01 * 2**number for number in range(times)]
    assert git(repository, "log", "--format=%s", f"-{times + 1}", "main").splitlines() == [
        "dev/etl/daily: set label",
        *(f"First {number}" for number in range(times, 0, -1)),
    ]
    assert rendered_state(repository) == generated(repository, chart, tmp_path / "tree")


def test_others_that_never_stop_are_told(repository: Path, chart: ChartSource) -> None:
    made, waits = busy(repository, chart, 1000)
    assert made.apply([change("one", label(DAILY, "One"))]) == [
        Failed("others moved the branch all the time; try again", retry=True)
    ]
    assert len(waits) == 30
    assert max(waits) <= 1.0


def test_rendering_what_others_left_is_tried_again_too(repository: Path, chart: ChartSource, tmp_path: Path) -> None:
    made, _ = busy(repository, chart, 0)
    made.follow()
    push(repository, {DAILY.file: (DEPLOYMENT + "values: {labels: {team: one}}\n").encode()})
    truth = made.tracker.truth
    assert isinstance(truth, Busy)
    truth.left = 2
    made.follow()
    assert rendered_state(repository) == generated(repository, chart, tmp_path / "tree")


def test_a_link_is_still_told_when_following_was_tried_twice(repository: Path, chart: ChartSource) -> None:
    made, _ = busy(repository, chart, 0)
    made.follow()
    theirs = Store(repository, MAIN)
    tip = theirs.tip()
    assert tip is not None
    person = Identity("Ada", "ada@example.com", 1)
    draft = theirs.draft(tip)
    draft.commit({DAILY.file: b"#" * 2_000_000, HOURLY.file: DEPLOYMENT.encode() + b"label: L\n"}, "x", person, person)
    theirs.write(draft)
    theirs.move(tip, draft.tip)
    truth = made.tracker.truth
    assert isinstance(truth, Busy)
    truth.left = 1
    push(repository, {"rendered/dev/values/ml/hourly.yaml": None})
    made.follow()
    assert [str(problem).splitlines()[0] for problem in made.tracker.problems] == [
        f"{DAILY.file}: is larger than 1,048,576 bytes"
    ]


def push_in(repository: Path, encoding: str, message: bytes, *parents: str) -> str:
    """A commit with the files of main, whose message is said to be in some encoding."""
    setting = ["-c", f"i18n.commitEncoding={encoding}", "-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    above = [part for parent in (parents or ("main",)) for part in ("-p", parent)]
    done = subprocess.run(
        ["git", "-C", repository, *setting, "commit-tree", *above, "main^{tree}"],
        input=message, check=True, capture_output=True,
    )  # fmt: skip
    commit = done.stdout.decode().strip()
    git(repository, "update-ref", MAIN, commit)
    return commit


@pytest.mark.parametrize("start", [True, False])
@pytest.mark.parametrize("encoding", ["utf8x", "ascii", "utf-16", "zlib"])
def test_the_encoding_that_a_commit_says_stops_nobody(
    repository: Path, chart: ChartSource, encoding: str, start: bool
) -> None:
    running = writer(repository, chart)
    running.follow()
    pushed = push_in(repository, encoding, "Schön \N{SNOWMAN}\n".encode() + b"\xff\n")
    push_in(repository, encoding, b"Merge\n", pushed, pushed + "^")
    fsck(repository)
    if start:
        running = writer(repository, chart)
        running.follow()
    (outcome,) = running.apply([change("one", label(DAILY, "One"))])
    assert isinstance(outcome, Applied), outcome
    assert Reading(repository, MAIN).event(pushed).commit.subject == "Schön \N{SNOWMAN}"
    assert running.tracker.store.message(pushed).startswith("Schön \N{SNOWMAN}\n\N{REPLACEMENT CHARACTER}")


def test_a_defect_that_a_commit_of_others_meets_is_told_with_the_commit(
    repository: Path, chart: ChartSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = writer(repository, chart)
    running.follow()
    odd = push(repository, {}, "Odd\n")
    push(repository, {}, "Even\n")
    original = trailers_of
    with monkeypatch.context() as patched:
        patched.setattr(tracking, "trailers_of", lambda text: 1 / 0 if text == "Odd\n" else original(text))
        for one in (running, writer(repository, chart)):
            with pytest.raises(StoreError, match=f"commit {odd} can't be followed: .*ZeroDivisionError") as caught:
                one.follow()
            assert isinstance(caught.value.defect, ZeroDivisionError)
        (failed,) = running.apply([change("one", label(DAILY, "One"))])
        started = writer(repository, chart)
        for each in (failed, started.preview(change("one", label(DAILY, "One")))):
            assert isinstance(each, Failed)
            assert isinstance(each.defect, ZeroDivisionError)
    # Who began meanwhile is none the worse for it.
    assert isinstance(started.preview(change("one", label(DAILY, "One"))), Previewed)
    assert isinstance(running.apply([change("one", label(DAILY, "One"))])[0], Applied)


def test_changes_that_others_did_are_known_only_while_their_commits_are(repository: Path, chart: ChartSource) -> None:
    """Also where what they left unrendered could not be published."""
    made, _ = busy(repository, chart, 0)
    made.follow()
    before = git(repository, "rev-parse", "main")
    theirs = push(
        repository,
        {DAILY.file: (DEPLOYMENT + "label: Theirs\n").encode()},
        "By another\n\nChange-Id: theirs\nChange-Digest: 0\n",
    )
    truth = made.tracker.truth
    assert isinstance(truth, Busy)
    truth.left = 1000
    assert isinstance(made.apply([change("one", label(HOURLY, "One"))])[0], Failed)
    assert made.tracker.done.find("theirs") is None
    truth.left = 2
    assert isinstance(made.apply([change("one", label(HOURLY, "One"))])[0], Applied)
    known = made.tracker.done.find("theirs")
    assert known is not None
    assert known.commit == theirs
    assert known.is_of("0")
    git(repository, "update-ref", MAIN, before)
    made.follow()
    assert made.tracker.done.find("theirs") is made.tracker.done.find("one") is None
