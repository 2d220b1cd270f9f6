"""A snapshot in memory: after any change it is what a full run makes, and a refused change leaves no trace."""

from __future__ import annotations

import copy
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from generator.charts import ChartSource
from generator.engine import plan_repository
from generator.engine.snapshot import Edits, Known, Snapshot, Step
from generator.errors import ProblemsError
from generator.worktree import digest, read_files
from tests.desired.repositories import DEPLOYMENT, ENVIRONMENT, WORKSPACE, write
from tests.engine import test_incremental as incremental
from tests.render.tiny_chart import tiny_chart

DEV, PRODUCTION = "environments/dev", "environments/production"
ETL, ML = f"{DEV}/workspaces/etl", f"{DEV}/workspaces/ml"
FILES = {
    f"{DEV}/environment.yaml": ENVIRONMENT + "gitops: {repository: https://git.example.com/x.git}\n",
    f"{ETL}/workspace.yaml": WORKSPACE,
    f"{ML}/workspace.yaml": WORKSPACE,
    f"{ETL}/deployments/a.yaml": DEPLOYMENT,
    f"{ETL}/deployments/b.yaml": DEPLOYMENT,
    f"{ML}/deployments/c.yaml": DEPLOYMENT,
}
WRONG = DEPLOYMENT + "values: {executer: LocalExecutor}\n"


@pytest.fixture(scope="module")
def chart(tmp_path_factory: pytest.TempPathFactory) -> ChartSource:
    return tiny_chart(tmp_path_factory.mktemp("chart"))


class Fleet:
    """A snapshot, and rendered state as its steps left it."""

    def __init__(self, chart: ChartSource, files: Mapping[str, str] | None = None, processes: int = 1) -> None:
        self.chart = chart
        self.snapshot = Snapshot(chart=chart, processes=processes)
        self.tree: dict[str, bytes] = {}
        self.change(FILES if files is None else files)

    def change(self, edits: Mapping[str, str | None], **options: Any) -> Step:
        data: Edits = {path: text.encode() if text is not None else None for path, text in edits.items()}
        step = self.snapshot.change(data, **options)
        assert not step.written.keys() & set(step.removed)
        for path in step.removed:
            del self.tree[path]
        assert all(self.tree.get(path) != data for path, data in step.written.items())
        self.tree |= step.written
        assert self.snapshot.present == {path: digest(data) for path, data in self.tree.items()}
        return step

    def full(self, root: Path) -> dict[str, bytes]:
        """What a full run makes of the same desired state."""
        for path, data in self.snapshot.desired.contents.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        return dict(plan_repository(root, chart=self.chart).files)


def state(snapshot: Snapshot) -> Any:
    """All that a snapshot knows; groups that have become empty don't count."""
    desired = snapshot.desired
    groups = [{key: each for key, each in group.items() if each} for group in
              (desired._of_environment, desired._of_workspace, snapshot.holders._holders)]  # fmt: skip
    return copy.deepcopy(
        [desired.contents, desired.names, desired._environments, desired._workspaces, desired._deployments, groups,
         snapshot.present, snapshot.deployments, snapshot.argocd, snapshot.wrong, snapshot.holders._held]
    )  # fmt: skip


def everything(snapshot: Snapshot) -> list[str]:
    return [str(problem) for problems in snapshot.wrong.values() for problem in problems]


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("seed", range(6))
def test_random_edits(tmp_path: Path, chart: ChartSource, seed: int, processes: int) -> None:
    rng = random.Random(seed)
    root = tmp_path / "repository"
    for name in incremental.ENVIRONMENTS:
        write(root, {f"environments/{name}/environment.yaml": incremental.text_of_environment(rng)})
        for workspace in incremental.WORKSPACES:
            text = incremental.text_of_workspace(rng)
            write(root, {f"environments/{name}/workspaces/{workspace}/workspace.yaml": text})
    fleet = Fleet(chart, {}, processes)
    edits = [each for each in incremental.EDITS if each is not incremental.touch_output]
    for _ in range(15):
        for _ in range(rng.choice([1, 2])):
            rng.choice(edits)(root, rng)
        files, before = read_files(root)[0], fleet.snapshot.desired.contents
        changed = {
            path: files.get(path) for path in files.keys() | before.keys() if files.get(path) != before.get(path)
        }
        was = state(fleet.snapshot)
        step = fleet.change({path: data.decode() if data is not None else None for path, data in changed.items()})
        assert fleet.tree == incremental.full(root, chart)
        assert {"/".join(name) for name in step.rendered} == {
            incremental.owner(path) for path in step.written if "/argocd/" not in path
        }
        if rng.random() < 0.3:
            now = state(fleet.snapshot)
            fleet.snapshot.take_back(step)
            assert state(fleet.snapshot) == was
            again = fleet.snapshot.change(changed)
            assert (again.written, again.removed) == (step.written, step.removed)
            assert state(fleet.snapshot) == now


def test_a_change_renders_what_it_affects_alone(chart: ChartSource) -> None:
    fleet = Fleet(chart)
    step = fleet.change({f"{ETL}/deployments/a.yaml": DEPLOYMENT + "values: {labels: {team: one}}\n"})
    assert step.rendered == (("dev", "etl", "a"),)
    folder = "rendered/dev/workspaces/etl/a"
    assert sorted(step.written) == ["rendered/dev/values/etl/a.yaml", f"{folder}/config.yaml"]


def test_a_new_deployment_and_one_that_goes(chart: ChartSource) -> None:
    fleet = Fleet(chart)
    step = fleet.change({f"{ML}/deployments/d.yaml": DEPLOYMENT, f"{ETL}/deployments/a.yaml": None})
    assert sorted(step.written) == [
        "rendered/dev/argocd/workspaces/etl.yaml",
        "rendered/dev/argocd/workspaces/ml.yaml",
        "rendered/dev/values/ml/d.yaml",
        *(f"rendered/dev/workspaces/ml/d/{name}.yaml" for name in ("config", "namespace", "scheduler")),
    ]
    assert step.removed == (
        "rendered/dev/values/etl/a.yaml",
        *(f"rendered/dev/workspaces/etl/a/{name}.yaml" for name in ("config", "namespace", "scheduler")),
    )


REFUSED: dict[str, tuple[dict[str, str | None], str]] = {
    "a wrong deployment": (
        {f"{ETL}/deployments/a.yaml": WRONG},
        f"{ETL}/deployments/a.yaml:3:10: values.executer: there is no such setting",
    ),
    "one wrong among others": (
        {
            f"{ML}/deployments/new.yaml": DEPLOYMENT,
            f"{ETL}/deployments/a.yaml": WRONG,
            f"{ETL}/deployments/b.yaml": None,
        },
        f"{ETL}/deployments/a.yaml:3:10: values.executer: there is no such setting",
    ),
    "a workspace whose deployments stay": (
        {f"{ETL}/workspace.yaml": None},
        f"{ETL}/workspace.yaml: is missing, but there are files of a workspace 'etl'",
    ),
    "an environment whose workspaces stay": (
        {f"{DEV}/environment.yaml": None},
        f"{DEV}/environment.yaml: is missing, but there are files of an environment 'dev'",
    ),
    "a deployment without a workspace": (
        {f"{DEV}/workspaces/new/deployments/x.yaml": DEPLOYMENT},
        f"{DEV}/workspaces/new/workspace.yaml: is missing, but there are files of a workspace 'new'",
    ),
    "a release name that is taken": (
        {f"{ML}/deployments/a.yaml": DEPLOYMENT},
        f"{ML}/deployments/a.yaml:1:1: the release name 'a' is also that of {ETL}/deployments/a.yaml",
    ),
    "a namespace that is taken": (
        {f"{ML}/deployments/c.yaml": DEPLOYMENT + "namespace: stargit-a\n"},
        f"{ML}/deployments/c.yaml:3:1: namespace: the namespace 'stargit-a' is also that of {ETL}/deployments/a.yaml",
    ),
    "an environment that makes all wrong": (
        {f"{DEV}/environment.yaml": ENVIRONMENT + "defaults: {executor: SequentialExecutor}\n"},
        f'{DEV}/environment.yaml:5:12: defaults.executor: "SequentialExecutor" is not allowed',
    ),
    "a file in no place": ({f"{ETL}/more.yaml": ""}, f"{ETL}/more.yaml: is in a place that Stargit does not read"),
    "a sync window of one that goes": (
        {
            f"{ML}/workspace.yaml": WORKSPACE
            + "argocd: {syncWindows: [{kind: deny, schedule: '* * * * *', duration: 1h, deployments: [nobody]}]}\n"
        },
        f"{ML}/workspace.yaml:3:88: argocd.syncWindows[0].deployments[0]: "
        "there is no deployment 'nobody' in this workspace",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_leaves_no_trace(chart: ChartSource, name: str) -> None:
    edits, message = REFUSED[name]
    fleet = Fleet(chart)
    before = state(fleet.snapshot)
    with pytest.raises(ProblemsError) as refused:
        fleet.change(edits)
    assert str(refused.value).splitlines()[0] == message
    assert state(fleet.snapshot) == before
    # And the next change is as if nothing had been.
    fleet.change({f"{ML}/deployments/d.yaml": DEPLOYMENT})


def test_a_wrong_file_that_was_taken_stays_as_it_was_rendered(chart: ChartSource, tmp_path: Path) -> None:
    fleet = Fleet(chart)
    before = dict(fleet.tree)
    step = fleet.change({f"{ETL}/deployments/a.yaml": WRONG}, lenient=True)
    assert (fleet.tree, step.written, step.removed) == (before, {}, ())
    assert [str(problem).splitlines()[0] for problem in step.problems] == [
        f"{ETL}/deployments/a.yaml:3:10: values.executer: there is no such setting"
    ]
    assert list(fleet.snapshot.wrong) == [f"{ETL}/deployments/a.yaml"]
    # The others go on, one in the same workspace too.
    assert fleet.change({f"{ETL}/deployments/b.yaml": None, f"{ML}/deployments/d.yaml": DEPLOYMENT}).rendered
    with pytest.raises(ProblemsError, match="executer"):
        fleet.change({f"{ETL}/deployments/a.yaml": WRONG + "# again\n"})
    fleet.change({f"{ETL}/deployments/a.yaml": DEPLOYMENT + "label: Mended\n"})
    assert fleet.snapshot.wrong == {}
    assert fleet.tree == fleet.full(tmp_path)


def test_a_wrong_environment_stops_its_own_deployments_alone(chart: ChartSource, tmp_path: Path) -> None:
    more = {
        f"{PRODUCTION}/environment.yaml": ENVIRONMENT,
        f"{PRODUCTION}/workspaces/etl/workspace.yaml": WORKSPACE,
        f"{PRODUCTION}/workspaces/etl/deployments/p.yaml": DEPLOYMENT,
    }
    fleet = Fleet(chart, {**FILES, **more})
    before = dict(fleet.tree)
    fleet.change({f"{DEV}/environment.yaml": "kind: Nothing\n"}, lenient=True)
    assert fleet.tree == before
    changed = DEPLOYMENT + "values: {labels: {team: one}}\n"
    with pytest.raises(ProblemsError, match=r"environments/dev/environment\.yaml"):
        fleet.change({f"{ETL}/deployments/a.yaml": changed})
    assert fleet.change({f"{PRODUCTION}/workspaces/etl/deployments/p.yaml": changed}).rendered
    fleet.change({f"{DEV}/environment.yaml": FILES[f"{DEV}/environment.yaml"]})
    assert everything(fleet.snapshot) == []
    assert fleet.tree == fleet.full(tmp_path)


def test_of_two_with_one_namespace_the_second_waits_for_the_first_to_go(chart: ChartSource, tmp_path: Path) -> None:
    fleet = Fleet(chart)
    taken = DEPLOYMENT + "namespace: stargit-a\n"
    step = fleet.change({f"{ML}/deployments/z.yaml": taken}, lenient=True)
    assert step.written == {}
    assert [problem.file for problem in step.problems] == [f"{ML}/deployments/z.yaml"]
    step = fleet.change({f"{ETL}/deployments/a.yaml": None})
    assert ("dev", "ml", "z") in step.rendered
    assert fleet.snapshot.wrong == {}
    assert fleet.tree == fleet.full(tmp_path)


def test_a_workspace_that_lacks_its_file_is_told_until_it_is_gone(chart: ChartSource) -> None:
    fleet = Fleet(chart)
    path = f"{DEV}/workspaces/new/deployments/x.yaml"
    fleet.change({path: DEPLOYMENT}, lenient=True)
    assert list(fleet.snapshot.wrong) == [f"{DEV}/workspaces/new/workspace.yaml"]
    fleet.change({path: None})
    assert fleet.snapshot.wrong == {}


TOUCHED = ("workspaces/etl/a/config.yaml", "values/etl/a.yaml", "argocd/workspaces/etl.yaml", "argocd/root.yaml")


@pytest.mark.parametrize("path", TOUCHED)
@pytest.mark.parametrize("data", [None, b"by hand"])
def test_rendered_files_that_somebody_changed_are_made_again(chart: ChartSource, path: str, data: bytes | None) -> None:
    fleet = Fleet(chart)
    path = f"rendered/dev/{path}"
    wanted = fleet.tree[path]
    if data is None:
        del fleet.tree[path]
    else:
        fleet.tree[path] = data
    step = fleet.change({}, present={path: digest(data) if data is not None else None})
    assert step.written == {path: wanted}


def test_files_of_nobody_are_told(chart: ChartSource) -> None:
    fleet = Fleet(chart)
    fleet.tree["rendered/dev/mine.yaml"] = b"mine"
    step = fleet.change({}, present={"rendered/dev/mine.yaml": digest(b"mine")})
    assert (step.written, step.removed) == ({}, ())
    assert list(fleet.snapshot.unowned()) == ["rendered/dev/mine.yaml"]


def test_records_of_an_earlier_time_spare_rendering(chart: ChartSource) -> None:
    first = Fleet(chart)
    again = Snapshot(chart=chart, processes=1)
    files: Edits = dict(first.snapshot.desired.contents)
    step = again.change(files, present=first.snapshot.present, known=Known(first.snapshot.code, first.snapshot.units))
    assert (step.written, step.removed, step.rendered) == ({}, (), ())
    assert state(again) == state(first.snapshot)
    # Of a deployment that changed meanwhile, and of a rendered file that did, the records don't hold.
    path = "rendered/dev/workspaces/ml/c/config.yaml"
    again = Snapshot(chart=chart, processes=1)
    files = {**files, f"{ETL}/deployments/a.yaml": (DEPLOYMENT + "values: {labels: {team: one}}\n").encode()}
    step = again.change(
        files,
        present={**first.snapshot.present, path: "another"},
        known=Known(first.snapshot.code, first.snapshot.units),
    )
    assert step.rendered == (("dev", "etl", "a"), ("dev", "ml", "c"))
    assert path in step.written


def test_names_of_contents_are_those_that_are_asked_for(chart: ChartSource) -> None:
    snapshot = Snapshot(chart=chart, processes=1, digest=lambda data: f"{len(data)} bytes")
    step = snapshot.change({path: text.encode() for path, text in FILES.items()})
    assert snapshot.present == {path: f"{len(data)} bytes" for path, data in step.written.items()}


def _random_file(rng: random.Random) -> tuple[str, str | None]:
    """A file of desired state as somebody may push it: good, wrong, waiting for another, or gone."""
    workspace = rng.choice(["etl", "ml"])
    folder = f"{DEV}/workspaces/{workspace}"
    gitops = "gitops: {repository: https://git.example.com/x.git}\n"
    window = "argocd: {syncWindows: [{kind: deny, schedule: '* * * * *', duration: 1h, deployments: [etl-a]}]}\n"
    match rng.randrange(8):
        case 0:
            return f"{DEV}/environment.yaml", rng.choice([None, "kind: Nothing\n", ENVIRONMENT, ENVIRONMENT + gitops])
        case 1:
            return f"{folder}/workspace.yaml", rng.choice([None, "a: [\n", WORKSPACE, WORKSPACE, WORKSPACE + window])
        case _:
            path = f"{folder}/deployments/{workspace}-{rng.choice('abc')}.yaml"
            good = [DEPLOYMENT, DEPLOYMENT + f"values: {{labels: {{number: n{rng.randrange(3)}}}}}\n"]
            taken = DEPLOYMENT + "namespace: taken\n"
            return path, rng.choice([None, *good, *good, taken, WRONG, taken + "values: {airflowVersion: 0.0.1}\n"])


@pytest.mark.parametrize("seed", range(40))
def test_a_new_snapshot_finds_nothing_to_do_whatever_was_pushed(chart: ChartSource, tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    fleet = Fleet(chart)
    for _ in range(20):
        edits = dict(_random_file(rng) for _ in range(rng.choice([1, 1, 1, 2, 3])))
        fleet.change(edits, lenient=True)
        fresh = Snapshot(chart=chart, processes=1)
        files: Edits = dict(fleet.snapshot.desired.contents)
        step = fresh.change(files, present=fleet.snapshot.present, is_generated=lambda _: True, lenient=True)
        assert (step.written, step.removed) == ({}, ())
        assert fresh.wrong.keys() == fleet.snapshot.wrong.keys()
    others = dict.fromkeys(fleet.snapshot.desired.contents.keys() - FILES.keys())
    fleet.change({**others, **FILES}, lenient=True)
    assert fleet.snapshot.wrong == {}
    assert fleet.tree == fleet.full(tmp_path)
