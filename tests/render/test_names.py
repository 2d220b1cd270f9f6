"""The longest release name: with one letter more, Kubernetes would refuse an object of the Airflow chart."""

from __future__ import annotations

from typing import Any

import pytest

from generator.airflow.chart import airflow_chart
from generator.desired import RELEASE_LENGTH
from generator.desired.names import LONGEST_NAME, LONGEST_SUFFIX, wrong_release
from generator.dialect import Release
from generator.render import check_objects
from tests.render.airflow import EVERYTHING, VERSIONS


def objects(release: str) -> list[dict[str, Any]]:
    """All that the chart can make for a release of that name."""
    chart = airflow_chart()
    found: list[dict[str, Any]] = []
    for version in VERSIONS:
        rendered = chart.render(chart.effective({**EVERYTHING, "airflowVersion": version}), Release(release, "n"))
        assert check_objects(rendered, "n") == []
        found += [each for documents in rendered.values() for each in documents]
    return found


def test_longest_release_name_fits_every_object_and_fills_one() -> None:
    name = "a" * RELEASE_LENGTH
    assert wrong_release(name) == ""
    full = {
        each["metadata"]["name"].rpartition("-")[0]
        for each in objects(name)
        if each["kind"] == "Job" and len(each["metadata"]["name"]) == LONGEST_NAME
    }
    assert full == {f"{name}{LONGEST_SUFFIX.removesuffix('-<hash>')}"}
    assert wrong_release(f"{name}a") != ""


@pytest.mark.parametrize("name", ["etl", "a", "data-2", "x" * RELEASE_LENGTH])
def test_names_of_releases(name: str) -> None:
    assert wrong_release(name) == ""


@pytest.mark.parametrize("name", ["", "2a", "-a", "a-", "A", "a.b", "a_b", "a\n", "ä", "..", "a/b"])
def test_no_names_of_releases(name: str) -> None:
    assert wrong_release(name) == "a small letter, then small letters, digits and '-' between them"
