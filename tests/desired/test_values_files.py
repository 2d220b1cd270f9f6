"""Values files, as `stargit chart template` takes them."""

from __future__ import annotations

import pytest

from generator.airflow.chart import airflow_chart
from generator.desired import values_of_files
from generator.errors import ProblemsError


def test_later_files_are_laid_over_earlier_ones() -> None:
    files = [("a.yaml", b"executor: LocalExecutor\nlabels: {a: x, b: x}\n"), ("b.yaml", b"labels: {b: null, c: z}\n")]
    values = values_of_files(files, airflow_chart())
    assert values.overrides == {"executor": "LocalExecutor", "labels": {"a": "x", "c": "z"}}
    assert values.effective["labels"] == {"a": "x", "c": "z"}
    assert values.effective["workers"] == airflow_chart().defaults["workers"]


@pytest.mark.parametrize("files", [[], [("empty.yaml", b"")], [("empty.yaml", b"# nothing yet\n")]])
def test_no_values_are_the_defaults(files: list[tuple[str, bytes]]) -> None:
    values = values_of_files(files, airflow_chart())
    assert (values.overrides, values.effective) == ({}, airflow_chart().defaults)


def test_problems_name_the_file_that_set_the_value() -> None:
    files = [
        ("a.yaml", b"airflowVersion: 3.0.0\n"),
        ("b.yaml", b"executor: CeleryKubernetesExecutor\n"),
        ("c.yaml", b""),
    ]
    with pytest.raises(ProblemsError) as caught:
        values_of_files(files, airflow_chart())
    assert (
        str(caught.value).splitlines()[0]
        == "b.yaml:1:1: executor: Airflow 3.0 has no executor CeleryKubernetesExecutor"
    )


def test_problems_of_all_files_are_told() -> None:
    files = [("a.yaml", b"schedular: {}\n"), ("b.yaml", b"- list\n"), ("c.yaml", b"a: 1\na: 2\n")]
    with pytest.raises(ProblemsError) as caught:
        values_of_files(files, airflow_chart())
    assert str(caught.value) == (
        "a.yaml:1:1: schedular: there is no such setting\n  hint: did you mean 'scheduler'?\n"
        "b.yaml:1:1: is no map\n  allowed: a map\n"
        "c.yaml:2:1: a: the key 'a' again; line 1 has it already\n  hint: keep one of them"
    )
