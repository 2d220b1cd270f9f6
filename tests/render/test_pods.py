"""Checks of rendered pods: what Kubernetes would refuse, wherever the pods come from."""

from __future__ import annotations

import json
from typing import Any

import pytest

from generator.airflow.chart import airflow_chart
from generator.dialect import Release
from generator.render import check_objects
from generator.render.pods import _amount
from tests.render.airflow import EVERYTHING, VERSIONS
from tests.support.contexts import CONTEXTS

POD = {
    "volumes": [{"name": "config"}],
    "containers": [{"name": "main", "volumeMounts": [{"name": "config", "mountPath": "/c"}]}],
}
HINT = "choose another name for yours: where you have only one, the chart itself has a"


def told(pod: dict[str, Any], kind: str = "Deployment", **more: Any) -> list[str]:
    spec: dict[str, Any] = {"template": {"spec": {**POD, **pod}}, **more}
    if kind == "CronJob":
        spec = {"jobTemplate": {"spec": spec}}
    document = {"apiVersion": "v1", "kind": kind, "metadata": {"name": "a"}, "spec": spec}
    return [str(problem) for problem in check_objects({"a.yaml": [document]}, "etl")]


def main(**more: Any) -> dict[str, Any]:
    return {"containers": [{"name": "main", **more}]}


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "Job", "CronJob"])
def test_pods_of_every_kind(kind: str) -> None:
    assert told({}, kind) == []
    assert told({"volumes": [{"name": "config"}, {"name": "config"}]}, kind) == [
        f"{kind} 'a': volume 'config' is there 2 times\n  allowed: one of each name\n  hint: {HINT} volume of this name"
    ]


def test_pod_template_of_the_kubernetes_executor() -> None:
    data = {"pod_template_file.yaml": json.dumps({"spec": {**POD, "initContainers": [{"name": "main"}]}}, indent=2)}
    document = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": data}
    assert [str(problem) for problem in check_objects({"a.yaml": [document]}, "etl")] == [
        "ConfigMap 'a', the pod template of the Kubernetes executor: container 'main' is there 2 times\n"
        f"  allowed: one of each name\n  hint: {HINT} container of this name"
    ]


MOUNT = {"name": "config", "mountPath": "/c"}


@pytest.mark.parametrize(
    ("pod", "message"),
    [
        ({"volumes": [{"name": "config"}, {"emptyDir": {}}]}, "a volume has no name"),
        ({"initContainers": [{"name": "main"}]}, "container 'main' is there 2 times"),
        (
            main(volumeMounts=[{"name": "x", "mountPath": "/x"}]),
            "the container 'main' mounts the volume 'x' at /x, and there is no such volume",
        ),
        (
            {"volumes": None},
            "the container 'main' mounts the volume 'config' at /c, and there is no such volume",
        ),
        (main(volumeMounts=[MOUNT, {**MOUNT, "mountPath": "/c/"}]), "the container 'main' has two mounts at /c"),
        (
            main(volumeMounts=[{**MOUNT, "subPath": "a/../../b"}]),
            "the container 'main' mounts 'config' with a subPath that leaves the volume",
        ),
        (
            main(env=[{"name": "A"}, {"name": "B"}, {"name": "A"}]),
            "environment variable 'A' is there 2 times in the container 'main'",
        ),
        (
            main(resources={"requests": {"cpu": 1, "memory": "1Gi"}, "limits": {"cpu": "900m", "memory": "1Gi"}}),
            "the container 'main' requests 1 of cpu, more than its limit 900m",
        ),
    ],
)
def test_what_kubernetes_refuses(pod: dict[str, Any], message: str) -> None:
    assert [problem.partition("\n")[0] for problem in told(pod)] == [f"Deployment 'a': {message}"]


def test_claims_are_volumes() -> None:
    claim = {"metadata": {"name": "logs"}}
    mounts = main(volumeMounts=[{"name": "logs", "mountPath": "/l"}])
    assert told(mounts, "StatefulSet", volumeClaimTemplates=[claim]) == []
    assert [
        problem.partition("\n")[0] for problem in told(mounts, "StatefulSet", volumeClaimTemplates=[claim, claim])
    ] == ["StatefulSet 'a': volume 'logs' is there 2 times"]


@pytest.mark.parametrize(
    "pod",
    [
        {"volumes": "a", "containers": None},
        {"containers": ["a", {"name": ["b"], "env": {"a": 1}, "volumeMounts": "c", "resources": ["d"]}]},
        main(resources={"requests": {"cpu": "much", "memory": []}, "limits": {"cpu": "1", "memory": {}}}),
    ],
)
def test_odd_pods_are_no_traceback(pod: dict[str, Any]) -> None:
    assert told(pod) == []


@pytest.mark.parametrize(
    ("less", "more"), [("999m", "1"), ("1G", "1Gi"), ("1e3", "1001"), ("1E3", "1E"), ("0.5", "501m"), ("1n", "1u")]
)
def test_quantities(less: str, more: str) -> None:
    one, other = _amount(less), _amount(more)
    assert one is not None
    assert other is not None
    assert one < other


@pytest.mark.parametrize("values", [*CONTEXTS, *({**EVERYTHING, "airflowVersion": version} for version in VERSIONS)])
def test_all_that_the_chart_makes(values: dict[str, Any]) -> None:
    chart = airflow_chart()
    assert check_objects(chart.render(chart.effective(values), Release("etl", "n")), "n") == []


def test_extra_volume_of_the_name_of_the_charts_own() -> None:
    chart = airflow_chart()
    values = {"airflowVersion": "3.1.0", "scheduler": {"extraVolumes": [{"name": "config", "emptyDir": {}}]}}
    problems = check_objects(chart.render(chart.effective(values), Release("etl", "n")), "n")
    assert [
        "etl-scheduler" in problem.message and "'config' is there 2 times" in problem.message for problem in problems
    ] == [True]
