"""Who follows the commits of a branch has what the branch has, whatever people merge and push by force."""

from __future__ import annotations

import weakref
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commander.changes import Create, Edit, Move, Operation, Remove, Target
from commander.git import Repository
from commander.reading import Event, Reading, RevisionGoneError, index
from generator.charts import ChartSource
from generator.edit import Set
from tests.commander.fleets import DAILY, DEV, ETL, FILES, ML, change, writer
from tests.commander.reading_branches import Branch, told
from tests.commander.repositories import MAIN, bare
from tests.desired.repositories import DEPLOYMENT

POD = "rendered/dev/workspaces/etl/daily/scheduler.yaml"


@pytest.fixture
def branch(repository: Path) -> Branch:
    return Branch(repository)


def test_each_commit_tells_what_it_changed(repository: Path, chart: ChartSource) -> None:
    by = writer(repository, chart)
    by.follow()
    reading = Reading(repository, MAIN)
    since = reading.tip()
    weekly, there = Target("dev", "ml", "weekly"), Target("dev", "ml", "daily")
    operations: list[Operation] = [
        Create(weekly, DEPLOYMENT),
        Edit(DAILY, (Set(("values", "scheduler", "replicas"), 2),)),
        Edit(ML, (Set(("label",), "ML"),)),
        Edit(DEV, (Set(("defaults",), {"executor": "LocalExecutor"}),)),
        Move(DAILY, "ml"),
        Remove(weekly, at_once=True),
    ]
    for number, operation in enumerate(operations):
        by.apply([change(f"k{number}", operation, reason="so")])
    events = list(reading.events_after(since))
    assert [event.commit.key for event in events] == [f"k{number}" for number in range(6)]
    assert [told(event) for event in events] == [
        ["changed dev/ml rendered", "created dev/ml/weekly desired rendered"],
        ["changed dev/etl/daily desired rendered"],
        ["changed dev/ml desired rendered"],
        [
            "changed dev desired",
            "changed dev/etl/daily rendered",
            "changed dev/ml/weekly rendered",
        ],
        ["changed dev/etl rendered", "changed dev/ml rendered", f"moved {DAILY} -> {there} desired rendered"],
        ["changed dev/ml rendered", "removed dev/ml/weekly desired rendered"],
    ]
    assert [event.before for event in events] == [since, *(event.commit.revision for event in events[:-1])]
    assert (events[0].commit.author.name, events[0].commit.reason) == ("Ada Person", "so")
    assert reading.event(events[1].commit.revision) == events[1]


def test_nothing_happens_after_the_tip_and_all_after_the_first(branch: Branch) -> None:
    begin = branch.tip
    reading = branch.reading()
    assert list(reading.events_after(begin)) == []
    made = [branch.push({POD: str(number)}) for number in range(4)]
    assert [event.commit.revision for event in reading.events_after(begin)] == made
    assert [event.commit.revision for event in reading.events_after(begin[:8], made[1])] == made[:2]
    assert told(reading.event(begin)) == [
        "created dev desired",
        "created dev/etl desired",
        "created dev/etl/daily desired",
        "created dev/ml desired",
    ]


def test_a_revision_that_the_branch_does_not_have_is_told_at_once(branch: Branch) -> None:
    begin = branch.tip
    lost = branch.push({POD: "1"})
    branch.move(branch.commit(begin, {POD: "2"}))
    reading = branch.reading()
    for revision in (lost, "0" * 40, "main", ""):
        with pytest.raises(RevisionGoneError, match=r"hint: .*list anew, and follow from the tip on"):
            reading.events_after(revision)
    with pytest.raises(RevisionGoneError, match="does not follow from"):
        reading.events_after(branch.tip, begin)


def test_a_reader_notices_that_history_is_rewritten_while_it_follows(branch: Branch) -> None:
    begin = branch.tip
    lost = branch.push({POD: "1"})
    reading = branch.reading()
    assert reading.contains(lost)
    branch.move(begin)
    assert not reading.contains(lost)
    assert list(reading.events_after(begin)) == []
    with pytest.raises(RevisionGoneError):
        reading.events_after(lost)


def test_the_first_event_makes_up_for_a_merge_around_what_was_seen(branch: Branch) -> None:
    """A person merges main into a branch of theirs, and pushes that: main's first parent is their commit."""
    begin = branch.tip
    seen = branch.push({DAILY.file: DEPLOYMENT + "# ours\n"})
    theirs = branch.commit(begin, {ML.file: FILES[ML.file] + "# theirs\n"})
    merged = branch.merge(theirs, seen)
    branch.move(merged)
    events = list(branch.reading().events_after(seen))
    assert [(event.before, event.commit.revision, told(event)) for event in events] == [
        (seen, theirs, ["changed dev/etl/daily desired", "changed dev/ml desired"]),
        (theirs, merged, ["changed dev/etl/daily desired"]),
    ]
    assert events[1].commit.parents == 2


def test_files_that_are_nobodys_change_nothing(branch: Branch) -> None:
    nobody = (
        "README.md",
        "environments/dev/notes.txt",
        "environments/Dev/environment.yaml",
        "rendered/Dev/x/y.yaml",
        "rendered/x",
    )
    assert told(branch.reading().event(branch.push(dict.fromkeys(nobody, "x")))) == []
    whose = {
        "rendered/dev/platform/x.yaml": "changed dev rendered",
        "rendered/dev/argocd/root.yaml": "changed dev rendered",
        "rendered/dev/argocd/workspaces/etl.yaml": "changed dev/etl rendered",
        "rendered/dev/values/etl/daily.yaml": "changed dev/etl/daily rendered",
        POD: "changed dev/etl/daily rendered",
    }
    for path, line in whose.items():
        assert told(branch.reading().event(branch.push({path: "x"}))) == [line]


_PATHS = st.sampled_from([DAILY.file, ETL.file, Target("dev", "ml", "daily").file, Target("dev", "ml", "x").file, POD])
_CHANGES = st.dictionaries(_PATHS, st.sampled_from([None, "1", "2", "3"]), min_size=1, max_size=3)
_STEPS = st.lists(st.tuples(_CHANGES, st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=7)


@given(_STEPS, st.integers(0, 9))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_who_follows_events_is_where_the_branch_is(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Any], begin: int
) -> None:
    """Commits on random earlier ones, some merged; a picture of any of them is brought to the last by its events."""
    branch = Branch(bare(tmp_path_factory.mktemp("x"), FILES))
    commits = [branch.tip]
    for changes, base, other in steps:
        made = branch.commit(commits[base % len(commits)], changes)
        commits.append(made)
        if other % 2:
            commits.append(branch.merge(made, commits[other % len(commits)]))
    branch.move(commits[-1])
    reading = branch.reading()
    since = commits[begin % len(commits)]
    if not reading.contains(since):
        with pytest.raises(RevisionGoneError):
            reading.events_after(since)
        return
    store = Repository(branch.repository, MAIN)
    desired, rendered = _picture(store, since)
    for event in reading.events_after(since):
        desired_now, rendered_now = _picture(store, event.commit.revision)
        _apply(event, desired, desired_now, rendered, rendered_now)
        assert (desired, rendered) == (desired_now, rendered_now)
    assert (desired, rendered) == _picture(store, branch.tip)


def _picture(store: Repository, commit: str) -> tuple[dict[str, str], dict[str, str]]:
    """Files' names by target, of desired and of rendered state."""
    files = {path: entry.name for path, entry in store.files(commit)}
    targets = [DEV, ETL, ML, DAILY, Target("dev", "ml", "daily"), Target("dev", "ml", "x")]
    desired = {str(each): files[each.file] for each in targets if each.file in files}
    return desired, {str(DAILY): files[POD]} if POD in files else {}


def _apply(
    event: Event,
    desired: dict[str, str],
    desired_now: dict[str, str],
    rendered: dict[str, str],
    rendered_now: dict[str, str],
) -> None:
    """Do what an event says, and only that."""
    for each in event.changes:
        name = str(each.target)
        for old in filter(None, [each.old_target]):
            assert desired.pop(str(old))
            if each.rendered:
                _take(str(old), rendered, rendered_now)
        if each.desired:
            assert {"created": name not in desired, "moved": name not in desired}.get(each.fate, name in desired)
            _take(name, desired, desired_now)
        if each.rendered:
            _take(name, rendered, rendered_now)


def _take(name: str, picture: dict[str, str], now: dict[str, str]) -> None:
    picture.pop(name, None)
    if name in now:
        picture[name] = now[name]


def test_those_who_read_slowly_keep_no_repository_open(branch: Branch, monkeypatch: pytest.MonkeyPatch) -> None:
    begin = branch.tip
    made = [branch.push({"README.md": f"{number}\n"}) for number in range(3)]
    opened: list[Repository] = []

    def opening(*arguments: Any, **more: Any) -> Repository:
        opened.append(Repository(*arguments, **more))
        return opened[-1]

    monkeypatch.setattr(index, "Repository", opening)
    reading = branch.reading()
    slow = [reading.events_after(begin) for _ in range(20)]
    assert [next(each).commit.revision for each in slow] == [made[0]] * 20
    assert len(opened) == 1
    assert [event.commit.revision for event in slow[0]] == made[1:]


def test_repositories_that_nobody_uses_are_not_kept_without_end(branch: Branch) -> None:
    pool = index.Repositories(branch.repository, MAIN)
    with ExitStack() as used:
        kept = [weakref.ref(used.enter_context(pool.one())) for _ in range(30)]
    assert sum(each() is not None for each in kept) == 8
