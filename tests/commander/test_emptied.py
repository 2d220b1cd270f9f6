"""Who pushes the end of all deployments of an environment is asked first; all others are served meanwhile."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from commander.changes import Create, Edit, Remove, Target
from commander.writer import Applied, Refused, Writer
from generator.charts import ChartSource
from generator.edit import Set
from tests.commander.fleets import DAILY, DEV, ETL, FILES, ML, change, generated, rendered_state, writer
from tests.commander.repositories import bare, git
from tests.commander.test_writer import push
from tests.desired.repositories import DEPLOYMENT, WORKSPACE

HOURLY = Target("dev", "ml", "hourly")
PROD, PROD_ETL, PROD_DAILY = Target("prod"), Target("prod", "etl"), Target("prod", "etl", "daily")
ALL = {
    **FILES,
    HOURLY.file: DEPLOYMENT,
    PROD.file: FILES[DEV.file],
    PROD_ETL.file: WORKSPACE,
    PROD_DAILY.file: DEPLOYMENT,
}
DEPLOYMENTS: dict[str, bytes | None] = dict.fromkeys([DAILY.file, HOURLY.file])
#: What somebody with a part of a checkout commits.
EMPTIED: dict[str, dict[str, bytes | None]] = {
    "deployments": DEPLOYMENTS,
    "everything": {**DEPLOYMENTS, **dict.fromkeys([DEV.file, ETL.file, ML.file])},
    "deployments and a workspace": {**DEPLOYMENTS, ETL.file: None, ML.file: b"kind: Nothing\n"},
}


@pytest.fixture
def repository(tmp_path: Path, chart: ChartSource) -> Path:
    made = bare(tmp_path, ALL)
    writer(made, chart).follow()
    return made


@pytest.fixture
def running(repository: Path, chart: ChartSource) -> Writer:
    made = writer(repository, chart)
    made.follow()
    return made


def label(target: Target, text: str) -> Edit:
    return Edit(target, (Set(("label",), text),))


def back(files: dict[str, bytes | None]) -> dict[str, bytes | None]:
    return {path: ALL[path].encode() for path in files}


@pytest.mark.parametrize("name", EMPTIED)
def test_what_is_rendered_waits_and_all_is_well_when_the_files_are_back(
    tmp_path: Path, repository: Path, chart: ChartSource, running: Writer, name: str
) -> None:
    before = rendered_state(repository)
    pushed = push(repository, EMPTIED[name])
    running.follow()
    assert rendered_state(repository) == before
    (problem,) = running.tracker.problems
    assert str(problem) == (
        f"environments/dev: all 2 deployments were removed by commit {pushed[:12]}; what is rendered stays as it is,"
        " and nothing here is changed\n"
        "  allowed: deployments, or a commit with the trailer 'Prune-All: dev'\n"
        "  hint: push the files again, or: git commit --allow-empty -m 'Remove all' --trailer 'Prune-All: dev'"
    )
    # Others are served, and it still is so for one who starts now.
    (outcome,) = running.apply([change("other", label(PROD_DAILY, "Other"))])
    assert isinstance(outcome, Applied)
    push(repository, {"README.md": b"And on.\n"})
    for each in (running, writer(repository, chart)):
        each.follow()
        assert each.tracker.problems == [problem]
        refused, _ = each.apply(
            [change("new", Create(Target("dev", "etl", "new"), DEPLOYMENT)), change("x", Remove(ML, at_once=True))]
        )
        assert isinstance(refused, Refused)
        if not {DEV.file, ETL.file} & EMPTIED[name].keys():
            assert refused.problems == (problem,)
    after = {path: data for path, data in rendered_state(repository).items() if path.startswith("rendered/dev/")}
    assert after == {path: data for path, data in before.items() if path.startswith("rendered/dev/")}
    push(repository, back(EMPTIED[name]))
    for each in (running, writer(repository, chart)):
        each.follow()
        assert each.tracker.problems == []
        assert rendered_state(repository) == generated(repository, chart, tmp_path / "tree")
    assert isinstance(running.apply([change("again", label(DAILY, "Again"))])[0], Applied)
    assert rendered_state(repository) == generated(repository, chart, tmp_path / "tree")


@pytest.mark.parametrize("start", [False, True])
@pytest.mark.parametrize("at_once", [False, True])
@pytest.mark.parametrize("name", ["deployments", "everything"])
def test_who_says_so_is_believed(
    tmp_path: Path, repository: Path, chart: ChartSource, running: Writer, name: str, at_once: bool, start: bool
) -> None:
    word = "Enough\n\nWe move elsewhere.\n\nPrune-All: dev\nSigned-off-by: Ada <ada@example.com>\n"
    if not at_once:
        push(repository, EMPTIED[name])
        running.follow()
        push(repository, {"README.md": b"Another.\n"}, "Another\n\nPrune-All: prod\n")
        running.follow()
        assert running.tracker.problems != []
    push(repository, EMPTIED[name] if at_once else {"README.md": b"x"}, word)
    if start:
        running = writer(repository, chart)
    running.follow()
    assert running.tracker.problems == []
    left = rendered_state(repository)
    assert {path for path in left if path.startswith("rendered/dev/workspaces/")} == set()
    assert left == generated(repository, chart, tmp_path / "tree")


def test_a_word_of_an_earlier_time_is_for_that_time(repository: Path, running: Writer) -> None:
    push(repository, DEPLOYMENTS, "Enough\n\nPrune-All: dev\n")
    running.follow()
    push(repository, back(DEPLOYMENTS))
    running.follow()
    push(repository, DEPLOYMENTS)
    running.follow()
    assert [problem.file for problem in running.tracker.problems] == ["environments/dev"]


def test_a_word_in_what_is_merged_is_heard(repository: Path, chart: ChartSource, running: Writer) -> None:
    base = git(repository, "rev-parse", "main")
    pushed = push(repository, DEPLOYMENTS, "Enough\n\nPrune-All: dev\n")
    who = ("-c", "user.name=x", "-c", "user.email=x@x")
    merge = git(repository, *who, "commit-tree", "-p", base, "-p", pushed, "-m", "Merge", f"{pushed}^{{tree}}")
    git(repository, "update-ref", "refs/heads/main", merge)
    running.follow()
    assert running.tracker.problems == []
    assert not any(path.startswith("rendered/dev/workspaces/") for path in rendered_state(repository))


def test_commander_s_own_removals_are_meant(
    tmp_path: Path, repository: Path, chart: ChartSource, running: Writer
) -> None:
    for number, target in enumerate((DAILY, HOURLY, ETL, ML, DEV)):
        assert isinstance(running.apply([change(f"k{number}", Remove(target, at_once=True))])[0], Applied)
    started = writer(repository, chart)
    started.follow()
    assert started.tracker.problems == []
    assert rendered_state(repository) == generated(repository, chart, tmp_path / "tree")
    assert not any(path.startswith("rendered/dev/") for path in rendered_state(repository))


def test_who_removes_what_is_rendered_too_has_said_enough(repository: Path, running: Writer) -> None:
    gone = dict.fromkeys(path for path in rendered_state(repository) if path.startswith("rendered/dev/"))
    push(repository, {**DEPLOYMENTS, **gone})
    running.follow()
    assert running.tracker.problems == []


def test_a_file_of_somebody_else_keeps_no_environment(repository: Path, running: Writer) -> None:
    push(repository, {"rendered/dev/workspaces/etl/mine/notes.yaml": b"mine\n"})
    for target in (DAILY, HOURLY):
        running.apply([change(target.release, Remove(target, at_once=True))])
    push(repository, {"README.md": b"x"})
    running.follow()
    assert running.tracker.problems == []


def test_the_hint_is_a_command_that_works(tmp_path: Path, repository: Path, running: Writer) -> None:
    push(repository, DEPLOYMENTS)
    running.follow()
    (problem,) = running.tracker.problems
    command = problem.hint.partition(", or: ")[2]
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", repository, clone], check=True)
    who = "git -c user.name=x -c user.email=x@x "
    subprocess.run(["sh", "-c", who + command.removeprefix("git ")], cwd=clone, check=True, capture_output=True)
    subprocess.run(["git", "push", "--quiet"], cwd=clone, check=True)
    running.follow()
    assert running.tracker.problems == []
