"""A deployment of which only some template files are rendered again becomes what it would if all were."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.airflow.chart import airflow_chart
from generator.charts import ChartSource
from generator.desired import Deployment
from generator.engine import parts, unit
from generator.engine.preparing import Prepared, Preparer, Sources
from generator.engine.records import UnitRecord
from generator.render import RenderedDeployment, render_deployment
from generator.worktree import digest
from generator.yaml import dump
from tests.support.draw_kubernetes import draw_free
from tests.support.values import drawn_values

NAME = ("dev", "etl", "daily")
ENVIRONMENT: dict[str, Any] = {
    "apiVersion": "stargit.dev/v1",
    "kind": "Environment",
    "kubernetes": {"minorVersion": "1.34"},
    "gitops": {"repository": "https://git.example.com/airflow.git"},
}
WORKSPACE: dict[str, Any] = {"apiVersion": "stargit.dev/v1", "kind": "Workspace"}
DEPLOYMENT: dict[str, Any] = {"apiVersion": "stargit.dev/v1", "kind": "Deployment", "values": {}}


@pytest.fixture(scope="module")
def preparer() -> Preparer:
    return Preparer(digest)


def sources(*documents: Mapping[str, Any]) -> Sources:
    return Sources(*(dump(each).encode() for each in documents))


def record_of(made: Prepared) -> UnitRecord:
    record = made.done.outcome.record
    assert record is not None
    return record


def edited(documents: list[dict[str, Any]], rng: random.Random) -> list[dict[str, Any]]:
    """One part of the values of one file is as other values have it, or gone; or something else of the file changes."""
    result = deepcopy(documents)
    number = rng.randrange(3)
    file, section = result[number], "values" if number == 2 else "defaults"
    if rng.random() < 0.1:
        file.update(rng.choice([{"label": "Another"}, {"deletedAt": "2026-01-01T00:00:00Z"}, {"description": "What"}]))
        return result
    others = drawn_values(airflow_chart(), rng.randrange(20_000), draw_free)
    key = rng.choice(sorted({*others, *file.get(section, {})}) or ["labels"])
    if key in others and rng.random() < 0.8:
        file.setdefault(section, {})[key] = others[key]
    else:
        file.get(section, {}).pop(key, None)
    return result


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_any_edit_gives_what_rendering_all_gives(preparer: Preparer, seed: int) -> None:
    rng = random.Random(seed)
    documents = [deepcopy(each) for each in (ENVIRONMENT, WORKSPACE, DEPLOYMENT)]
    known: UnitRecord | None = None
    tree: dict[str, bytes] = {}
    taken = fewer = 0
    for _ in range(120):
        candidate = edited(documents, rng)
        given = sources(*candidate)
        whole, partly = (preparer.prepare(NAME, given, each) for each in (None, known))
        assert (whole is None) == (partly is None)
        if whole is None or partly is None:
            continue
        assert record_of(partly) == record_of(whole)
        every, some = whole.done.outcome.files or {}, partly.done.outcome.files or {}
        tree = {path: {**tree, **some}[path] for path in record_of(partly).files}
        assert tree == every
        documents, known = candidate, record_of(partly)
        taken += 1
        fewer += len(some) < len(every) / 2
    assert taken > 20
    assert fewer > taken / 3


def test_only_what_reads_a_setting_is_rendered_again(preparer: Preparer, monkeypatch: pytest.MonkeyPatch) -> None:
    before = preparer.prepare(NAME, sources(ENVIRONMENT, WORKSPACE, DEPLOYMENT), None)
    assert before is not None
    rendered: list[int] = []

    def counted(deployment: Deployment, chart: ChartSource, without: Collection[str] = ()) -> RenderedDeployment:
        rendered.append(len(chart.program.files) - len(without))
        return render_deployment(deployment, chart, without)

    monkeypatch.setattr(unit, "render_deployment", counted)
    values = {"scheduler": {"resources": {"requests": {"memory": "1Gi"}}}}
    after = preparer.prepare(NAME, sources(ENVIRONMENT, WORKSPACE, {**DEPLOYMENT, "values": values}), record_of(before))
    assert after is not None
    assert rendered == [2]  # the scheduler, and the quota
    changed = {Path(path).name for path in after.done.differing}
    assert changed == {"scheduler.yaml", "daily.yaml"}


def test_objects_that_come_or_go_are_looked_at_with_all_others(preparer: Preparer) -> None:
    """No name may be there twice, whoever has it."""
    before = preparer.prepare(NAME, sources(ENVIRONMENT, WORKSPACE, DEPLOYMENT), None)
    assert before is not None
    files = before.done.outcome.files or {}
    (text,) = (data for path, data in files.items() if path.endswith("/statsd.yaml"))
    service = next(each for each in yaml.safe_load_all(text) if each["kind"] == "Service")
    twice = {**DEPLOYMENT, "values": {"extraObjects": [service]}}
    assert preparer.prepare(NAME, sources(ENVIRONMENT, WORKSPACE, twice), None) is None
    assert preparer.prepare(NAME, sources(ENVIRONMENT, WORKSPACE, twice), record_of(before)) is None


def test_what_an_older_cluster_cannot_do_is_told_whatever_its_namespaces_say(preparer: Preparer) -> None:
    def environment(minor: str) -> dict[str, Any]:
        labels = {"pod-security.kubernetes.io/enforce-version": "latest"}
        return {**ENVIRONMENT, "kubernetes": {"minorVersion": minor}, "namespaceLabels": labels}

    bundle = {"enabled": True, "mode": "imageVolume", "repository": "example.com/dags", "digest": f"sha256:{'a' * 64}"}
    mounting = {**DEPLOYMENT, "values": {"dags": {"bundle": bundle}}}
    before = preparer.prepare(NAME, sources(environment("1.34"), WORKSPACE, mounting), None)
    assert before is not None
    older = sources(environment("1.32"), WORKSPACE, mounting)
    assert preparer.prepare(NAME, older, None) is None
    assert preparer.prepare(NAME, older, record_of(before)) is None


def test_a_record_of_other_files_is_no_record() -> None:
    made = parts.Parts({"a": "1" * 16, "b": "2" * 16}, {"a": "3" * 16, "b": "4" * 16})
    text = made.as_text(["a", "b"])
    assert parts.Parts.parse(text, ["a", "b"]) == made
    for files in (["a"], ["a", "b", "c"], []):
        assert parts.Parts.parse(text, files) == parts.Parts({}, {})
    assert made.same({"a": "1" * 16, "b": "0" * 16}) == {"a"}
