"""Environment variables: people's own, and the chart's."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from tests.airflow_chart.rendered import containers, environment, render
from tests.support.contexts import CONTEXTS


def one(name: str, value: str) -> list[dict[str, str]]:
    return [{"name": name, "value": value}]


FERNET = "AIRFLOW__CORE__FERNET_KEY"


def test_a_variable_of_a_component_wins_over_that_of_all_and_that_over_the_chart_s() -> None:
    rendered = render({"env": one(FERNET, "$(ALL)"), "scheduler": {"env": one(FERNET, "$(OWN)")}})
    assert environment(rendered.container("Deployment", "scheduler"))[FERNET] == "$(OWN)"
    assert environment(rendered.container("Deployment", "triggerer"))[FERNET] == "$(ALL)"
    assert environment(render().container("Deployment", "scheduler"))[FERNET] != "$(OWN)"


def test_a_variable_that_is_set_again_stands_where_its_references_are_known() -> None:
    broker = "AIRFLOW__CELERY__BROKER_URL"
    values = {"env": [*one("PASSWORD", "x"), *one(broker, "redis://:$(PASSWORD)@redis:6379/0")]}
    names = [each["name"] for each in render(values).container("Deployment", "scheduler")["env"]]
    assert names[-2:] == ["PASSWORD", broker]


@pytest.mark.parametrize(
    ("values", "workload", "container", "name"),
    [
        (
            {"env": one("AIRFLOW__CORE__HOSTNAME_CALLABLE", "own")},
            "worker",
            "worker",
            "AIRFLOW__CORE__HOSTNAME_CALLABLE",
        ),
        ({"triggerer": {"env": one("AIRFLOW_HOME", "own")}}, "triggerer", "triggerer", "AIRFLOW_HOME"),
        ({"workers": {"env": one("DUMB_INIT_SETSID", "own")}}, "worker", "worker", "DUMB_INIT_SETSID"),
        (
            {"scheduler": {"logGroomerSidecar": {"env": one("AIRFLOW__LOG_RETENTION_DAYS", "own")}}},
            "scheduler",
            "scheduler-log-groomer",
            "AIRFLOW__LOG_RETENTION_DAYS",
        ),
    ],
)
def test_people_s_variables_win_over_the_chart_s(
    values: dict[str, Any], workload: str, container: str, name: str
) -> None:
    assert environment(render(values).container("Deployment", workload, container))[name] == "own"


def test_a_queue_s_variables_win_over_those_of_workers() -> None:
    workers = {"env": [*one("A", "all"), *one("B", "all")], "queues": [{"name": "heavy", "env": one("A", "own")}]}
    found = environment(render({"workers": workers}).container("Deployment", "worker-heavy"))
    assert (found["A"], found["B"]) == ("own", "all")


def test_a_queue_s_concurrency_wins_over_the_variable_of_all() -> None:
    name = "AIRFLOW__CELERY__WORKER_CONCURRENCY"
    values = {"env": one(name, "1"), "workers": {"queues": [{"name": "heavy", "concurrency": 5}]}}
    rendered = render(values)
    assert environment(rendered.container("Deployment", "worker-heavy"))[name] == "5"
    assert environment(rendered.container("Deployment", "worker"))[name] == "1"


def test_tasks_in_pods_of_their_own_run_locally_whatever_people_s_executor() -> None:
    name = "AIRFLOW__CORE__EXECUTOR"
    data = render({"executor": "KubernetesExecutor", "env": one(name, "own.Executor")}).one("ConfigMap", "config")[
        "data"
    ]
    pod = json.loads(data["pod_template_file.yaml"])
    assert environment(pod["spec"]["containers"][0])[name] == "LocalExecutor"


_ALL = (
    "AIRFLOW_HOME",
    FERNET,
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN",
    "AIRFLOW__CORE__HOSTNAME_CALLABLE",
    "METADATA_USER",
)


@pytest.mark.parametrize("number", range(len(CONTEXTS)))
def test_no_container_has_a_variable_twice(number: int) -> None:
    own = [each for name in _ALL for each in one(name, "$(OWN)")]
    values = {**CONTEXTS[number], "env": own}
    values["scheduler"] = {**values["scheduler"], "env": own}
    names = [
        Counter(variable["name"] for variable in container.get("env", []))
        for workload in render(values).workloads()
        for container in containers(workload)
    ]
    assert [each for each in names if each and max(each.values()) > 1] == []
