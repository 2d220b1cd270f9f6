"""Pods that the Pod Security level of their namespace refuses, told where people wrote what leads to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.airflow.chart import airflow_chart
from generator.desired import load_repository
from generator.errors import ProblemsError
from generator.render import render_deployment
from tests.desired.repositories import DEPLOYMENT_FILE, ENVIRONMENT, ENVIRONMENT_FILE, deployment, write

LEVEL = "namespaceLabels: {pod-security.kubernetes.io/enforce: %s}\n"


def told(folder: Path, values: str, level: str = "") -> list[str]:
    """Place and finding of each problem; ``values`` begin in line 5 of the deployment's file."""
    files = deployment("values:\n  airflowVersion: 3.1.0\n" + "".join(f"  {line}\n" for line in values.splitlines()))
    files[ENVIRONMENT_FILE] = ENVIRONMENT + (LEVEL % level if level else "")
    (found,) = load_repository(write(folder, files)).deployments
    try:
        render_deployment(found, airflow_chart())
    except ProblemsError as error:
        return [
            f"{problem.place()} {problem.path} {problem.message.partition(', which')[0]}" for problem in error.problems
        ]
    return []


ASKED = {
    "a privileged container": (
        "scheduler: {securityContexts: {container: {privileged: true}}}",
        "values.scheduler.securityContexts.container.privileged",
        "Deployment 'daily-scheduler': the container 'scheduler' is privileged",
    ),
    "more rights": (
        "scheduler: {securityContexts: {container: {allowPrivilegeEscalation: true}}}",
        "values.scheduler.securityContexts.container.allowPrivilegeEscalation",
        "Deployment 'daily-scheduler': the container 'scheduler' may get more rights (allowPrivilegeEscalation)",
    ),
    "root": (
        "scheduler: {uid: 0, securityContexts: {pod: {runAsNonRoot: false}}}",
        "values.scheduler.securityContexts.pod.runAsNonRoot",
        "Deployment 'daily-scheduler': the container 'scheduler' may run as root (runAsNonRoot: false)",
    ),
    "the node's files": (
        "scheduler: {extraVolumes: [{name: host, hostPath: {path: /}}]}",
        "values.scheduler.extraVolumes[0]",
        "Deployment 'daily-scheduler': the volume 'host' is of type hostPath",
    ),
    "a container of one's own": (
        "scheduler: {extraContainers: [{name: a, image: b, securityContext: {capabilities: {add: [SYS_ADMIN]}}}]}",
        "values.scheduler.extraContainers[0].securityContext.capabilities",
        "Deployment 'daily-scheduler': the container 'a' adds the capabilities SYS_ADMIN",
    ),
}


@pytest.mark.parametrize("name", ASKED)
def test_what_values_ask_for_and_restricted_refuses(tmp_path: Path, name: str) -> None:
    values, path, message = ASKED[name]
    found = [each for each in told(tmp_path, values) if each.split(" ")[1] == path]
    assert found
    assert all(each.startswith(f"{DEPLOYMENT_FILE}:5:") for each in found)
    assert any(each.endswith(message) for each in found)


@pytest.mark.parametrize(("name", "refused"), [(name, name not in ("more rights", "root")) for name in ASKED])
def test_baseline_refuses_less_and_privileged_nothing(tmp_path: Path, name: str, refused: bool) -> None:
    values = ASKED[name][0]
    assert bool(told(tmp_path, values, "baseline")) is refused
    assert told(tmp_path, values, "privileged") == []


def test_objects_in_another_namespace_are_not_its_business(tmp_path: Path) -> None:
    pod = "{apiVersion: v1, kind: Pod, metadata: {name: a%s}, spec: {hostNetwork: true, containers: []}}"
    assert told(tmp_path, f"extraObjects: [{pod % ''}]") == [
        f"{DEPLOYMENT_FILE}:5:18 values.extraObjects[0] Pod 'a': it has hostNetwork"
    ]
    assert told(tmp_path, f"extraObjects: [{pod % ', namespace: other'}]") == []
