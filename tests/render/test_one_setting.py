"""What one setting leads to in many pods is one problem, at the line that asks, whoever else's lines name the pods."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.airflow.chart import airflow_chart
from generator.desired import load_repository
from generator.errors import ProblemsError
from generator.render import render_deployment
from tests.desired.repositories import DEPLOYMENT_FILE, ENVIRONMENT, ENVIRONMENT_FILE, deployment, write

DEFAULTS = "defaults:\n  scheduler: {au: 3}\n  triggerer: {au: 3}\n"


def told(folder: Path, values: str) -> list[str]:
    """Place and message of each problem; ``values`` are line 5 of the deployment's file."""
    files = deployment(f"values:\n  airflowVersion: 3.1.0\n  {values}\n")
    files[ENVIRONMENT_FILE] = ENVIRONMENT + DEFAULTS
    (found,) = load_repository(write(folder, files)).deployments
    with pytest.raises(ProblemsError) as refused:
        render_deployment(found, airflow_chart())
    return [f"{each.place()} {each.path} {each.message}" for each in refused.value.problems]


@pytest.mark.parametrize(
    ("values", "place", "message"),
    [
        (
            "securityContexts: {pod: {runAsUser: 0}}",
            "5:28 values.securityContexts.pod.runAsUser",
            "the container 'api-server' runs as user 0 and has runAsNonRoot, so that it never starts",
        ),
        (
            "securityContexts: {containers: {privileged: true}}",
            "5:35 values.securityContexts.containers.privileged",
            "is privileged, which the namespace's Pod Security level 'restricted' refuses",
        ),
        (
            "volumeMounts: [{name: nosuch, mountPath: /x}]",
            "5:18 values.volumeMounts[0]",
            "mounts the volume 'nosuch' at /x, and there is no such volume",
        ),
        (
            "volumes: [{name: a, emptyDir: {}}, {name: a, emptyDir: {}}]",
            "5:38 values.volumes[1]",
            "volume 'a' is there 2 times",
        ),
        ("volumes: [{name: tmp, emptyDir: {}}]", "5:13 values.volumes[0]", "volume 'tmp' is there 2 times"),
    ],
)
def test_what_many_pods_have_of_one_setting(tmp_path: Path, values: str, place: str, message: str) -> None:
    (found,) = told(tmp_path, values)
    assert found.startswith(f"{DEPLOYMENT_FILE}:{place} Deployment 'daily-api-server': ")
    assert f"{message}; the same in " in found
    assert found.count("daily-") == 4
    assert " more" in found.rpartition(" and ")[2]


def test_containers_of_one_pod(tmp_path: Path) -> None:
    assert told(tmp_path, "scheduler: {extraVolumeMounts: [{name: nosuch, mountPath: /x}]}") == [
        f"{DEPLOYMENT_FILE}:5:35 values.scheduler.extraVolumeMounts[0] Deployment 'daily-scheduler': the container"
        " 'scheduler' mounts the volume 'nosuch' at /x, and there is no such volume; the same in the container"
        " 'wait-for-airflow-migrations'"
    ]


def test_two_settings_are_two_problems(tmp_path: Path) -> None:
    mounts = "extraVolumeMounts: [{name: nosuch, mountPath: /x}]"
    found = told(tmp_path, f"scheduler: {{{mounts}}}\n  triggerer: {{{mounts}}}")
    assert [each.split(" ")[:2] for each in found] == [
        [f"{DEPLOYMENT_FILE}:5:35", "values.scheduler.extraVolumeMounts[0]"],
        [f"{DEPLOYMENT_FILE}:6:35", "values.triggerer.extraVolumeMounts[0]"],
    ]
