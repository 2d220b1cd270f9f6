"""What is remembered of a deployment for Argo CD's objects."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.argocd import Facts, ObjectFacts, ObjectName, facts_of
from generator.desired import load_repository
from tests.desired import repositories

CLUSTER_SCOPED = {("", "Namespace"), ("rbac.authorization.k8s.io", "ClusterRole")}

FACTS = Facts(
    environment="dev",
    workspace="etl",
    release="daily",
    namespace="stargit-daily",
    label="Every day",
    objects=ObjectFacts(
        kinds=(
            ("", "ConfigMap"),
            ("apps", "Deployment"),
            ("autoscaling", "HorizontalPodAutoscaler"),
            ("keda.sh", "ScaledObject"),
        ),
        cluster=(
            ObjectName("", "Namespace", "stargit-daily"),
            ObjectName("rbac.authorization.k8s.io", "ClusterRole", "stargit-daily-pods"),
        ),
        autoscaled=(ObjectName("apps", "Deployment", "daily-web"), ObjectName("apps", "StatefulSet", "daily-worker")),
    ),
)


def made(api_version: str, kind: str, name: str, **more: object) -> dict[str, object]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}, **more}


def test_facts_are_what_the_objects_say_once_and_sorted(tmp_path: Path) -> None:
    (deployment,) = load_repository(
        repositories.write(tmp_path, repositories.deployment("label: Every day\n"))
    ).deployments
    target = {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "daily-worker"}
    objects = {
        "worker.yaml": [
            made("keda.sh/v1alpha1", "ScaledObject", "daily-worker", spec={"scaleTargetRef": target}),
            # KEDA takes a target without a kind for a Deployment.
            made("keda.sh/v1alpha1", "ScaledObject", "web", spec={"scaleTargetRef": {"name": "daily-web"}}),
            made("keda.sh/v1", "ScaledObject", "b", spec={"scaleTargetRef": {**target, "apiVersion": "apps/v1beta2"}}),
            # It leaves alone what has no pods, so what slept is started by the apply.
            made(
                "autoscaling/v2",
                "HorizontalPodAutoscaler",
                "daily-api",
                spec={"scaleTargetRef": {**target, "name": "daily-api"}},
            ),
        ],
        "config.yaml": [made("v1", "ConfigMap", "b"), made("v1", "ConfigMap", "a"), made("apps/v1", "Deployment", "c")],
        "namespace.yaml": [made("v1", "Namespace", "stargit-daily")],
        "rbac.yaml": [made("rbac.authorization.k8s.io/v1", "ClusterRole", "stargit-daily-pods")],
    }
    assert facts_of(deployment, objects, CLUSTER_SCOPED) == FACTS


def test_facts_survive_the_way_through_json() -> None:
    assert Facts.from_json(json.loads(json.dumps(FACTS.as_json()))) == FACTS


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"kinds": [["", "ConfigMap", "x"]]}, ValueError),
        ({"kinds": [["", 1]]}, TypeError),
        ({"cluster": [[]]}, ValueError),
        ({"autoscaled": 3}, TypeError),
        ({"asleep": "yes"}, TypeError),
    ],
)
def test_what_are_no_facts_is_refused(change: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        ObjectFacts.from_json({**FACTS.objects.as_json(), **change})


def test_lacking_and_wrong_facts_are_refused() -> None:
    whole = FACTS.as_json()
    for name in whole:
        with pytest.raises(KeyError):
            Facts.from_json({key: value for key, value in whole.items() if key != name})
        with pytest.raises(TypeError):
            Facts.from_json({**whole, name: None})
