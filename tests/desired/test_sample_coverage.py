"""The sample repository shows what Stargit can do: every way to run tasks, to bring DAGs, to keep secrets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from generator.airflow import EXECUTORS
from generator.airflow.chart import airflow_chart
from generator.desired import deployment_values, load_repository

STATE = load_repository(Path(__file__).parents[2])
VALUES: dict[str, dict[str, Any]] = {
    each.name: deployment_values(each, airflow_chart()).effective for each in STATE.deployments
}


def with_values(*path: str) -> set[str]:
    """Deployments whose value at the path is set, switched on, or not empty."""
    found = set()
    for name, value in VALUES.items():
        here: Any = value
        for part in path:
            here = (here or {}).get(part)
        if here:
            found.add(name)
    return found


def dag_mechanism(values: dict[str, Any]) -> str:
    dags = values["dags"]
    if dags["gitSync"]["enabled"]:
        return "git-sync ssh" if dags["gitSync"].get("sshKeySecret") else "git-sync https"
    return next((name for name in ("bundle", "persistence") if dags[name]["enabled"]), "image")


def test_three_environments_and_several_teams() -> None:
    assert {each.name for each in STATE.environments} == {"dev", "staging", "production"}
    assert len({each.name for each in STATE.workspaces}) >= 3
    assert len(STATE.deployments) >= 10


def test_every_executor_on_both_lines_of_airflow() -> None:
    runs = {(each["airflowVersion"].partition(".")[0], each["executor"]) for each in VALUES.values()}
    assert {line for line, _ in runs} == {"2", "3"}
    used = {executor for _, executor in runs}
    assert {executor for executor in EXECUTORS if "," not in executor} <= used
    assert any(line == "3" and "," in executor for line, executor in runs)


def test_every_way_of_dags() -> None:
    assert {dag_mechanism(values) for values in VALUES.values()} == {
        "image",
        "git-sync ssh",
        "git-sync https",
        "bundle",
        "persistence",
    }
    repositories = [
        values["dags"]["gitSync"]["repo"] for values in VALUES.values() if values["dags"]["gitSync"]["enabled"]
    ]
    assert {repository.partition("://")[0] == "https" for repository in repositories} == {True, False}
    bundles = [values["dags"]["bundle"] for values in VALUES.values() if values["dags"]["bundle"]["enabled"]]
    assert {each["mode"] for each in bundles} == {"copy", "imageVolume"}
    volumes = [values["dags"]["persistence"] for values in VALUES.values() if values["dags"]["persistence"]["enabled"]]
    assert {"nfs" if each["nfs"].get("server") else "claim" for each in volumes} == {"nfs", "claim"}


def test_autoscaling_and_sleep() -> None:
    queues = [queue for values in VALUES.values() for queue in values["workers"]["queues"]]
    assert any((queue.get("keda") or {}).get("enabled") for queue in queues)
    assert with_values("workers", "keda", "enabled")
    assert with_values("workers", "hpa", "enabled")
    assert with_values("hibernate")


def test_secrets_sealed_and_external() -> None:
    assert with_values("variables", "sealed", "encryptedData")
    assert with_values("variables", "external", "data")
    assert with_values("secret")


def test_what_belongs_to_a_platform() -> None:
    assert any(
        "." in item["apiVersion"].partition("/")[0]
        for name in with_values("extraObjects")
        for item in VALUES[name]["extraObjects"]
    )
    assert with_values("databaseCleanup", "enabled")
    roles = ("awsRoleArn", "gcpServiceAccount", "azureClientId")
    assert all(with_values("cloudRole", role) for role in roles)
    assert with_values("quotas")
    assert with_values("capacity", "quota")
    assert with_values("limits")
    assert with_values("pgbouncer", "enabled")
    assert all(each.settings.alertEmails for each in STATE.deployments)
    assert {each.settings.runtimeVersion is None for each in STATE.deployments} == {True, False}


def test_argo_cd_delivers_every_environment() -> None:
    gitops = [each.settings.gitops for each in STATE.environments]
    assert {each.delivery for each in gitops if each is not None} == {"manifests", "helm"}
    assert {each.removal for each in gitops if each is not None} == {"keep", "delete"}
    assert None not in gitops
    argocd = [each.settings.argocd for each in STATE.workspaces]
    assert any(each.syncWindows for each in argocd)
    assert any(each.access.operators for each in argocd)
    assert any(each.automated is False for each in argocd)
