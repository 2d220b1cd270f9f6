"""Facts about versions of Airflow and of runtimes."""

from __future__ import annotations

import typing

import pytest

from generator.airflow import EXECUTORS, RUNTIMES, SUPPORTED, AirflowVersion, airflow_of_runtime
from generator.airflow.chart import airflow_chart
from generator.airflow.values import Executor


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("2.10.5", AirflowVersion(2, 10)),
        ("3.1.0-rc1", AirflowVersion(3, 1)),
        ("3.0", AirflowVersion(3, 0)),
        ("v3.0.0", None),
        ("3", None),
        ("03.1.0", None),
        ("3.1.0\n", None),
    ],
)
def test_versions_are_read(text: str, version: AirflowVersion | None) -> None:
    assert AirflowVersion.parse(text) == version


def test_versions_are_ordered_as_numbers() -> None:
    texts = ["3.0.0", "2.11.0", "2.9.3", "2.10.0"]
    found = sorted(version for text in texts if (version := AirflowVersion.parse(text)) is not None)
    assert [str(version) for version in found] == ["2.9", "2.10", "2.11", "3.0"]


@pytest.mark.parametrize(
    ("minor", "supported"),
    [
        ("2.6", False),
        ("2.7", True),
        ("2.11", True),
        ("2.12", False),
        ("3.0", True),
        ("3.3", True),
        ("3.4", False),
        ("4.0", False),
    ],
)
def test_supported(minor: str, supported: bool) -> None:
    version = AirflowVersion.parse(minor)
    assert version is not None
    assert version.supported is supported


def test_the_chart_s_own_check_knows_the_newest_minor() -> None:
    newest = AirflowVersion.parse(SUPPORTED[-1])
    assert newest is not None
    after = f"<{newest.major}.{newest.minor + 1}.0-0"
    assert f'values.airflowVersion is semver("{after}")' in airflow_chart().template_texts()[0]["checks.yaml.j2"]


@pytest.mark.parametrize(
    ("minor", "known", "unknown"),
    [
        ("2.9", "CeleryKubernetesExecutor", "CeleryExecutor,KubernetesExecutor"),
        ("3.0", "CeleryExecutor,KubernetesExecutor", "LocalKubernetesExecutor"),
    ],
)
def test_executors_follow_the_version(minor: str, known: str, unknown: str) -> None:
    version = AirflowVersion.parse(minor)
    assert version is not None
    assert known in version.executors
    assert unknown not in version.executors


def test_the_last_of_airflow_2_knows_every_executor() -> None:
    assert AirflowVersion(2, 11).executors == EXECUTORS
    assert set(typing.get_args(Executor)) == set(EXECUTORS)


@pytest.mark.parametrize(
    ("runtime", "airflow"),
    [
        ("12.1.0", "2.10"),
        ("9.0.0", "2.7"),
        ("13.0.0-beta", "2.11"),
        ("3.0-4", "3.0"),
        ("3.1-2.post1", "3.1"),
        ("8.0.0", None),
        ("3.0", None),
        ("x", None),
    ],
)
def test_runtimes(runtime: str, airflow: str | None) -> None:
    assert airflow_of_runtime(runtime) == airflow


def test_every_runtime_has_a_supported_airflow() -> None:
    assert set(RUNTIMES.values()) == set(SUPPORTED)
