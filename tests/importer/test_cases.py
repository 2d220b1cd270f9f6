"""Values files in the styles that people have, and the whole deployment and account that become of each."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from generator.airflow.chart import airflow_chart
from generator.desired import load
from generator.importer import account_text, leaves, read_release
from generator.render import render_deployment
from tests.importer.imports import CASES, FILES, NAMES, case, values_text

MOST_SET = Path(__file__).parent / "most_set.txt"


@pytest.mark.parametrize("name", NAMES)
def test_what_becomes_of_a_values_file(name: str) -> None:
    found = case(name)
    assert found.text == (CASES / name / "deployment.yaml").read_text()
    assert account_text(found) == (CASES / name / "account.txt").read_text()


@pytest.mark.parametrize("name", NAMES)
def test_the_file_is_valid_and_renders(name: str) -> None:
    found = case(name)
    loaded = load({**FILES, found.file: found.text.encode()})
    assert loaded.problems == ()
    (deployment,) = loaded.state.deployments
    assert deployment.namespace == found.namespace
    kinds = {
        each["kind"] for objects in render_deployment(deployment, airflow_chart()).objects.values() for each in objects
    }
    assert {"Namespace", "Deployment", "ConfigMap"} <= kinds


def test_what_people_set_most_is_in_the_cases() -> None:
    most = [line.split(" ", 1)[1] for line in MOST_SET.read_text().splitlines() if not line.startswith("#")][:200]
    there: set[str] = set()
    for name in NAMES:
        for path, _ in leaves(read_release(values_text(name), name).values):
            for length in range(1, len(path) + 1):
                text = ".".join("[]" if isinstance(step, int) else step for step in path[:length])
                there.add(re.sub(r"\.\[\]", "[]", text))
    assert [path for path in most if path not in there] == []


def test_there_are_cases_enough() -> None:
    assert len(NAMES) >= 25
