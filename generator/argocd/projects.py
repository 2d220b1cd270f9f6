"""AppProjects: what the Applications of a workspace may do. docs/argocd.md gives the reasons."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from generator.argocd.applications import FINALIZER, Object, destination
from generator.argocd.facts import GroupKind, ObjectName
from generator.desired import Access, GitOps, SyncWindow

#: Argo CD matches kinds and names as paths of files.
_GLOB = re.compile(r"([\\*?\[])")
_NAMESPACE = ("", "Namespace")

_VIEW = (("applications", "get"), ("logs", "get"))
# Pods may be deleted, and workloads restarted by the actions of Argo CD: both come back as git says.
_OPERATE = (("applications", "sync"), ("applications", "action/*"), ("applications", "delete/*/Pod/*"))


def project(
    head: Object,
    gitops: GitOps,
    *,
    description: str,
    repositories: Iterable[str],
    destinations: Iterable[Object],
    kinds: Collection[GroupKind],
    cluster: Collection[ObjectName],
) -> Object:
    """An AppProject that permits no more than it is given."""
    lists: dict[str, list[Any]] = {
        "sourceRepos": list(repositories),
        "destinations": list(destinations),
        "namespaceResourceWhitelist": [
            {"group": _literally(group), "kind": _literally(kind)} for group, kind in sorted(set(kinds))
        ],
        "clusterResourceWhitelist": _cluster_objects(cluster, gitops),
    }
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "AppProject",
        "metadata": {**head, "finalizers": [FINALIZER]},
        # Argo CD leaves out what is empty when it writes the object, and without these lists nothing is permitted. Only
        # `namespaceResourceWhitelist` would then permit all; it always has the kinds of pods.
        "spec": {"description": description, **{key: each for key, each in lists.items() if each}},
    }


def namespaces(gitops: GitOps, names: Iterable[str]) -> list[Object]:
    """Namespaces of the environment's cluster as destinations."""
    return [destination(gitops, name) for name in sorted(set(names))]


def roles(name: str, access: Access) -> list[Object]:
    """Roles of a project for groups of people."""
    made = []
    for role, groups, description, rights in (
        ("viewer", access.viewers, "Sees Applications and logs", _VIEW),
        ("operator", access.operators, "Starts syncs, restarts workloads, deletes pods", (*_VIEW, *_OPERATE)),
    ):
        if groups:
            policies = [f"p, proj:{name}:{role}, {resource}, {action}, {name}/*, allow" for resource, action in rights]
            made.append({"name": role, "description": description, "policies": policies, "groups": list(groups)})
    return made


def sync_windows(windows: Sequence[SyncWindow], root: str) -> list[Object]:
    """Windows for Applications of the project: the named ones, or all."""
    return [
        {
            "kind": window.kind,
            "schedule": window.schedule,
            "duration": window.duration,
            "timeZone": window.timeZone,
            "applications": [f"{root}-{release}" for release in window.deployments] or ["*"],
            **({"manualSync": True} if window.manualSync else {}),
            **({"description": window.description} if window.description else {}),
        }
        for window in windows
    ]


def _cluster_objects(objects: Collection[ObjectName], gitops: GitOps) -> list[Object]:
    """What may be made outside of namespaces, by name.

    Where namespaces go with their deployments, Argo CD has to see one that is in no project any more: then any is
    permitted.
    """
    made = []
    for each in sorted(set(objects)):
        if gitops.removal == "keep" or (each.group, each.kind) != _NAMESPACE:
            item = {"group": _literally(each.group), "kind": _literally(each.kind), "name": _literally(each.name)}
            made.append(item)
    if gitops.removal == "delete":
        made.insert(0, {"group": _NAMESPACE[0], "kind": _NAMESPACE[1]})
    return made


def _literally(text: str) -> str:
    return _GLOB.sub(r"\\\1", text)
