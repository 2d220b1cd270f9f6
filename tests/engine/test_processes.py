"""However many processes work on a fleet, the files and the problems are the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.charts import ChartSource
from generator.engine import RenderReport, render_repository
from generator.errors import ProblemsError
from tests.desired.repositories import DEPLOYMENT, ENVIRONMENT, WORKSPACE, write
from tests.engine.fleets import state
from tests.render.tiny_chart import tiny_chart

FOLDER = "environments/dev/workspaces/etl"


@pytest.fixture(scope="module")
def chart(tmp_path_factory: pytest.TempPathFactory) -> ChartSource:
    return tiny_chart(tmp_path_factory.mktemp("chart"))


def fleet(root: Path) -> Path:
    write(root, {"environments/dev/environment.yaml": ENVIRONMENT, f"{FOLDER}/workspace.yaml": WORKSPACE})
    texts = {f"r{number}": f"{DEPLOYMENT}values: {{labels: {{number: 'n{number}'}}}}\n" for number in range(60)}
    return write(root, {f"{FOLDER}/deployments/{name}.yaml": text for name, text in texts.items()})


def render(root: Path, chart: ChartSource, processes: int) -> RenderReport:
    return render_repository(root, chart=chart, processes=processes)


def test_files(tmp_path: Path, chart: ChartSource) -> None:
    alone = fleet(tmp_path / "alone")
    report = render(alone, chart, 1)
    assert len(report.changes.created) == 240
    for processes in (2, 3, 5):
        root = fleet(tmp_path / f"{processes} processes")
        assert render(root, chart, processes) == report
        assert state(root) == state(alone)


def test_problems(tmp_path: Path, chart: ChartSource) -> None:
    found = []
    for processes in (1, 2, 4):
        root = fleet(tmp_path / str(processes))
        write(root, {f"{FOLDER}/workspace.yaml": WORKSPACE + "defaults: {scheduler: {replicas: many}}\n"})
        write(root, {f"{FOLDER}/deployments/r7.yaml": DEPLOYMENT + "values: {executer: LocalExecutor}\n"})
        write(root, {f"{FOLDER}/deployments/r9.yaml": DEPLOYMENT + "namespace: airflow\n"})
        write(root, {f"{FOLDER}/deployments/s1.yaml": DEPLOYMENT + "namespace: airflow\n"})
        with pytest.raises(ProblemsError) as caught:
            render(root, chart, processes)
        found.append([problem.file for problem in caught.value.problems])
        assert state(root) == {}
    assert found == [[f"{FOLDER}/deployments/r7.yaml", f"{FOLDER}/workspace.yaml"]] * 3


def test_shared_problem_of_values_is_told_once(tmp_path: Path, chart: ChartSource) -> None:
    """What is wrong between settings of a workspace shows in each of its deployments."""
    found = set()
    for processes in (1, 3):
        root = fleet(tmp_path / str(processes))
        write(root, {f"{FOLDER}/workspace.yaml": WORKSPACE + "defaults: {extraObjects: [{kind: X}]}\n"})
        with pytest.raises(ProblemsError) as caught:
            render(root, chart, processes)
        found.add(str(caught.value))
    assert len(found) == 1


def test_progress_counts_every_deployment(tmp_path: Path, chart: ChartSource) -> None:
    told: list[tuple[int, int]] = []
    root = fleet(tmp_path / "fleet")
    render_repository(root, chart=chart, processes=3, progress=lambda done, total: told.append((done, total)))
    assert told == [(number, 60) for number in range(1, 61)]
