"""The longest release name: with one letter more, Kubernetes would refuse an object of the Airflow chart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from generator.airflow.chart import airflow_chart
from generator.desired import RELEASE_LENGTH
from generator.desired.names import LABEL_LENGTH, LONGEST_NAME, LONGEST_SUFFIX, STATEFUL_SET_LENGTH, wrong_release
from generator.dialect import Release
from generator.render import check_objects
from tests.render.airflow import EVERYTHING, VERSIONS
from tests.support.contexts import CONTEXTS


def labels(value: Any) -> Iterator[str]:
    """The values of all labels, of objects, pods and selectors."""
    if isinstance(value, list):
        value = dict(enumerate(value))
    for key, below in value.items() if isinstance(value, dict) else ():
        if key in ("labels", "matchLabels"):
            yield from map(str, below.values())
        yield from labels(below)


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


@pytest.mark.parametrize("number", range(len(CONTEXTS)))
def test_longest_release_name_fits_whatever_is_switched_on(number: int) -> None:
    chart = airflow_chart()
    rendered = chart.render(chart.effective(CONTEXTS[number]), Release("a" * RELEASE_LENGTH, "n" * LABEL_LENGTH))
    assert check_objects(rendered, "n" * LABEL_LENGTH) == []
    assert [label for label in labels(rendered) if len(label) > LABEL_LENGTH] == []


@pytest.mark.parametrize("persistence", [True, False])
def test_longest_name_of_a_queue_fits_too(persistence: bool) -> None:
    queue = {"name": "q" * (44 - RELEASE_LENGTH), "keda": {"enabled": True}}
    chart = airflow_chart()
    values = chart.effective({"workers": {"persistence": {"enabled": persistence}, "queues": [queue]}})
    rendered = chart.render(values, Release("a" * RELEASE_LENGTH, "n"))
    assert check_objects(rendered, "n") == []
    kind = "StatefulSet" if persistence else "Deployment"
    names = [each["metadata"]["name"] for each in rendered["worker.yaml"] if each["kind"] == kind]
    assert max(map(len, names)) == STATEFUL_SET_LENGTH


@pytest.mark.parametrize("name", ["etl", "a", "data-2", "x" * RELEASE_LENGTH])
def test_names_of_releases(name: str) -> None:
    assert wrong_release(name) == ""


@pytest.mark.parametrize("name", ["", "2a", "-a", "a-", "A", "a.b", "a_b", "a\n", "ä", "..", "a/b"])
def test_no_names_of_releases(name: str) -> None:
    assert wrong_release(name) == "a small letter, then small letters, digits and '-' between them"
