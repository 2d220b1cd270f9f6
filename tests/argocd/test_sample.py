"""Argo CD's objects of the sample repository: they lead to what is rendered, and permit it, and nothing else."""

from __future__ import annotations

from collections import Counter
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from generator.desired import load_repository
from generator.engine import plan_repository
from generator.render import CLUSTER_SCOPED

ROOT = Path(__file__).parents[2]
STATE = load_repository(ROOT)


@cache
def rendered() -> dict[str, str]:
    return {path: data.decode() for path, data in plan_repository(ROOT).files.items()}


@cache
def documents(path: str) -> list[Any]:
    return list(yaml.load_all(rendered()[path], yaml.CSafeLoader))


@cache
def argocd(kind: str) -> list[Any]:
    files = [path for path in rendered() if path.split("/")[2] == "argocd"]
    return [each for path in files for each in documents(path) if each["kind"] == kind]


def projects() -> dict[str, Any]:
    return {each["metadata"]["name"]: each["spec"] for each in argocd("AppProject")}


def applied(application: Any) -> list[Any]:
    """The rendered objects that an Application leads to; of a packed chart, those that it gives too."""
    spec = application["spec"]
    (path,) = [source["path"] for source in spec.get("sources", [spec.get("source")]) if "path" in source]
    return [each for file in rendered() if file.startswith(f"{path}/") for each in documents(file)]


def permitted(project: Any, to: Any, thing: Any) -> bool:
    group, kind = thing["apiVersion"].rpartition("/")[0], thing["kind"]
    if (group, kind) in CLUSTER_SCOPED:
        return any(
            (each["group"], each["kind"]) == (group, kind)
            and fnmatchcase(thing["metadata"]["name"], each.get("name", "*"))
            for each in project.get("clusterResourceWhitelist", [])
        )
    place = {**to, "namespace": thing["metadata"].get("namespace", to["namespace"])}
    return {"group": group, "kind": kind} in project["namespaceResourceWhitelist"] and place in project["destinations"]


def test_every_deployment_has_one_application_in_its_workspaces_project() -> None:
    roots = Counter(each.name for each in STATE.environments)
    deployments = Counter(f"{each.environment.name}-{each.name}" for each in STATE.deployments)
    assert Counter(each["metadata"]["name"] for each in argocd("Application")) == roots + deployments
    of_workspaces = {f"{each.environment.name}-{each.workspace.name}" for each in STATE.deployments}
    assert set(projects()) == {*roots, *of_workspaces}


def test_every_application_leads_to_objects_that_its_project_permits() -> None:
    for application in argocd("Application"):
        spec, found = application["spec"], applied(application)
        assert found, application["metadata"]["name"]
        refused = [each for each in found if not permitted(projects()[spec["project"]], spec["destination"], each)]
        assert refused == []


def test_no_project_permits_what_belongs_to_others() -> None:
    to = {"server": "https://kubernetes.default.svc", "namespace": "kube-system"}
    others = [
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}},
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "a"}},
    ]
    assert not [each for each in others for project in projects().values() if permitted(project, to, each)]
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "kube-system"}}
    # Where what is deleted in git is deleted in the cluster, namespaces are not known by name any more.
    assert {name for name, project in projects().items() if permitted(project, to, namespace)} == {
        f"dev-{each.name}" for each in STATE.workspaces if each.environment.name == "dev"
    }


def test_values_that_helm_is_given_are_rendered() -> None:
    values = [
        file.removeprefix("$values/")
        for application in argocd("Application")
        for source in application["spec"].get("sources", [])
        for file in source.get("helm", {}).get("valueFiles", [])
    ]
    assert len(values) == sum(each.environment.name == "staging" for each in STATE.deployments)
    assert [path for path in values if path not in rendered()] == []


def test_keda_keeps_its_replicas() -> None:
    """And nothing else does: a HorizontalPodAutoscaler never starts what slept."""
    for application in argocd("Application"):
        targets = {
            each["spec"]["scaleTargetRef"]["name"] for each in applied(application) if each["kind"] == "ScaledObject"
        }
        ignored = application["spec"].get("ignoreDifferences", [])
        assert {each["name"] for each in ignored if each["kind"] != "Job"} == targets
        options = application["spec"]["syncPolicy"]["syncOptions"]
        assert ("RespectIgnoreDifferences=true" in options) is bool(targets)
