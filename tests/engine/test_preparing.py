"""What was rendered ahead is taken where it is of what is at hand, and then nobody can tell; else it is not taken."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from generator.charts import ChartSource
from generator.engine.gitops import FactTexts, argocd_digest
from generator.engine.preparing import Prepared, Preparer, Sources
from generator.engine.snapshot import Snapshot
from generator.worktree import digest, read_files
from tests.desired.repositories import DEPLOYMENT, ENVIRONMENT, WORKSPACE, write
from tests.engine import test_incremental as incremental
from tests.engine.test_snapshot import ETL, FILES, Fleet, state
from tests.render.tiny_chart import tiny_chart

A = ("dev", "etl", "a")
ENVIRONMENT_TEXT = FILES["environments/dev/environment.yaml"].encode()
FILE = f"{ETL}/deployments/a.yaml"
LABELLED = DEPLOYMENT + "values: {labels: {team: one}}\n"


@pytest.fixture(scope="module")
def chart(tmp_path_factory: pytest.TempPathFactory) -> ChartSource:
    return tiny_chart(tmp_path_factory.mktemp("chart"))


def prepared(preparer: Preparer, snapshot: Snapshot, files: Mapping[str, bytes]) -> list[Prepared]:
    """All deployments of these files, each beside what the snapshot has of it."""
    found = []
    for path, data in files.items():
        parts = path.split("/")
        environment = files.get(f"environments/{parts[1]}/environment.yaml")
        workspace = files.get("/".join([*parts[:4], "workspace.yaml"]))
        if "deployments" in parts and environment is not None and workspace is not None:
            name = (parts[1], parts[3], parts[5].removesuffix(".yaml"))
            known = snapshot.deployments.get("/".join(name))
            made = preparer.prepare(name, Sources(environment, workspace, data), known)
            found += [made] if made is not None else []
    return found


@pytest.mark.parametrize("seed", range(4))
def test_with_what_was_prepared_any_step_is_the_same_step(tmp_path: Path, chart: ChartSource, seed: int) -> None:
    rng = random.Random(seed)
    root = tmp_path / "repository"
    for name in incremental.ENVIRONMENTS:
        write(root, {f"environments/{name}/environment.yaml": incremental.text_of_environment(rng)})
        for workspace in incremental.WORKSPACES:
            text = incremental.text_of_workspace(rng)
            write(root, {f"environments/{name}/workspaces/{workspace}/workspace.yaml": text})
    preparer = Preparer(digest, chart)
    alone, helped = (Snapshot(chart=chart, processes=1) for _ in range(2))
    edits = [each for each in incremental.EDITS if each is not incremental.touch_output]
    taken, stale = 0, list[Prepared]()
    for _ in range(15):
        for _ in range(rng.choice([1, 2])):
            rng.choice(edits)(root, rng)
        files, before = read_files(root)[0], alone.desired.contents
        changed = {
            path: files.get(path) for path in files.keys() | before.keys() if files.get(path) != before.get(path)
        }
        made = prepared(preparer, helped, dict(files))
        # Of a deployment that comes twice the later is looked at: what is of an earlier time must not be taken.
        given = [*made, *(each for each in stale if rng.random() < 0.2)]
        step, other = alone.change(changed), helped.change(changed, prepared=given)
        assert (other.written, other.removed, other.rendered) == (step.written, step.removed, step.rendered)
        assert state(helped) == state(alone)
        taken += len({each.done.name for each in made} & set(step.rendered))
        stale = made
    assert taken


def test_a_prepared_deployment_is_not_rendered_again(chart: ChartSource, monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = Fleet(chart)
    sources = Sources(ENVIRONMENT_TEXT, WORKSPACE.encode(), LABELLED.encode())
    made = Preparer(digest, chart).prepare(A, sources, fleet.snapshot.deployments["dev/etl/a"])
    assert made is not None
    assert sorted(made.done.differing) == [
        "rendered/dev/values/etl/a.yaml",
        "rendered/dev/workspaces/etl/a/config.yaml",
    ]

    def nobody(*_: object) -> None:
        raise AssertionError("rendered again")

    monkeypatch.setattr("generator.engine.fleet.render_unit", nobody)
    assert fleet.change({FILE: LABELLED}, prepared=[made]).rendered == (A,)


@pytest.mark.parametrize("wrong", ["code", "inputs", "files"])
def test_what_is_of_something_else_is_not_taken(chart: ChartSource, wrong: str, tmp_path: Path) -> None:
    fleet = Fleet(chart)
    sources = Sources(ENVIRONMENT.encode(), WORKSPACE.encode(), LABELLED.encode())
    if wrong != "inputs":
        sources = replace(sources, environment=ENVIRONMENT_TEXT)
    made = Preparer(digest, chart).prepare(A, sources, fleet.snapshot.deployments["dev/etl/a"])
    assert made is not None
    outcome = replace(
        made.done.outcome, files={} if wrong == "files" else dict.fromkeys(made.done.differing, b"nonsense")
    )
    made = Prepared("other" if wrong == "code" else made.code, replace(made.done, outcome=outcome))
    fleet.change({FILE: LABELLED}, prepared=[made])
    assert fleet.tree == fleet.full(tmp_path)


def test_nothing_is_prepared_of_what_is_wrong_and_the_next_is_prepared_all_the_same(chart: ChartSource) -> None:
    preparer = Preparer(digest, chart)
    environment, workspace = ENVIRONMENT.encode(), WORKSPACE.encode()
    for wrong in (
        Sources(b"kind: Environment\n", workspace, LABELLED.encode()),
        Sources(environment, b"kind: Workspace\n", LABELLED.encode()),
        Sources(environment, workspace, b"values: {executer: LocalExecutor}\n"),
        Sources(environment, workspace, (DEPLOYMENT + "values: {scheduler: {replicas: many}}\n").encode()),
    ):
        assert preparer.prepare(A, wrong, None) is None
        assert preparer.prepare(A, Sources(environment, workspace, LABELLED.encode()), None) is not None


def test_facts_as_text_stand_for_the_same_as_the_facts() -> None:
    facts = [{"release": f"r{number}", "objects": {"kinds": [["", "Service"]]}} for number in range(3)]
    texts = FactTexts()
    for _ in range(2):
        assert argocd_digest("c", ["d"], [texts.of(f"{each}", each) for each in facts]) == argocd_digest(
            "c", ["d"], facts
        )
    other = {**facts[0], "release": "other"}
    changed = [texts.of(f"{facts[0]}", other), *(texts.of(f"{each}", each) for each in facts[1:])]
    assert argocd_digest("c", ["d"], changed) == argocd_digest("c", ["d"], [other, *facts[1:]])
