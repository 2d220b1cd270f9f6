"""kubeconform, strict and offline, accepts every object: for the oldest and the newest supported Kubernetes."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.airflow.chart import airflow_chart
from generator.yaml import dump_all
from stargit.kubeconform import check, supported_minors
from tests.airflow_chart.rendered import render
from tests.support.contexts import CONTEXTS
from tests.support.draw_kubernetes import draw_free
from tests.support.values import drawn_release, drawn_values

pytestmark = pytest.mark.timeout(600)

_MINORS = [supported_minors()[0], supported_minors()[-1]]
_SETS = 520
_CHUNK = 130


@pytest.mark.parametrize("minor", _MINORS)
def test_values_with_much_switched_on(minor: str, tmp_path: Path) -> None:
    files = []
    for number, values in enumerate([{}, *CONTEXTS]):
        file = tmp_path / f"{number}.yaml"
        file.write_text(dump_all(render(values).objects), encoding="utf-8")
        files.append(file)
    assert [str(finding) for finding in check(files, kubernetes_minor=minor)] == []


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, _SETS, _CHUNK))
def test_drawn_values(first: int, tmp_path: Path) -> None:
    chart = airflow_chart()
    files = []
    for number in range(first, first + _CHUNK):
        values = drawn_values(chart, 20_000 + number, draw_free)
        for name, documents in chart.render(chart.effective(values), drawn_release(number)).items():
            file = tmp_path / f"{number}-{name}"
            file.write_text(dump_all(documents), encoding="utf-8")
            files.append(file)
    findings = [finding for minor in _MINORS for finding in check(files, kubernetes_minor=minor)]
    assert [str(finding) for finding in findings] == []
