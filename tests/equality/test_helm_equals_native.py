"""The chart rendered by the real Helm gives the objects that the native program gives, for drawn values."""

from __future__ import annotations

from pathlib import Path

import pytest

from stargit.tools import tool
from tests.equality.harness import BuiltChart, build, differences, drawn_set
from tests.support.contexts import CONTEXTS
from tests.support.values import drawn_release

pytestmark = pytest.mark.timeout(600)

_SETS = 520
_CHUNK = 26


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, _SETS, _CHUNK))
def test_drawn_values(first: int, airflow: BuiltChart, helm: Path) -> None:
    found = {}
    for number in range(first, first + _CHUNK):
        values, release = drawn_set(airflow.source, number)
        if different := differences(airflow, values, release, helm):
            found[number] = different
    assert found == {}


@pytest.mark.parametrize("number", range(len(CONTEXTS)))
def test_values_with_much_switched_on(number: int, airflow: BuiltChart, helm: Path) -> None:
    assert differences(airflow, CONTEXTS[number], drawn_release(number), helm) == []


def test_no_values_at_all(airflow: BuiltChart, helm: Path) -> None:
    assert differences(airflow, {}, drawn_release(0), helm) == []


@pytest.mark.slow
def test_helm_3_reads_the_chart_alike(airflow: BuiltChart, tmp_path: Path) -> None:
    helm3 = tool("helm3")
    chart = build(airflow.source, tmp_path)
    found = {}
    for number in range(1000, 1020):
        values, release = drawn_set(chart.source, number)
        if different := differences(chart, values, release, helm3):
            found[number] = different
    assert found == {}
