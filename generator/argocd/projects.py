"""AppProjects: what the Applications of a workspace may do. docs/argocd.md gives the reasons."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from generator.argocd.applications import FINALIZER, Object, destination
from generator.argocd.facts import Facts, GroupKind, ObjectName
from generator.argocd.names import part_name
from generator.desired import Access, GitOps, SyncWindow

#: Argo CD matches kinds and names as paths of files.
_GLOB = re.compile(r"([\\*?\[])")
NAMESPACE: GroupKind = ("", "Namespace")

_VIEW = (("applications", "get"), ("logs", "get"))
# Pods may be deleted, and workloads restarted by the actions of Argo CD: both come back as git says.
_OPERATE = (("applications", "sync"), ("applications", "action/*"), ("applications", "delete/*/Pod/*"))


def project(
    head: Object,
    *,
    description: str,
    repositories: Iterable[str],
    destinations: Iterable[Object],
    kinds: Collection[GroupKind],
    cluster: Collection[Object],
) -> Object:
    """An AppProject that permits no more than it is given."""
    lists: dict[str, list[Any]] = {
        "sourceRepos": list(repositories),
        "destinations": list(destinations),
        "namespaceResourceWhitelist": [
            {"group": _literally(group), "kind": _literally(kind)} for group, kind in sorted(set(kinds))
        ],
        "clusterResourceWhitelist": list(cluster),
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
            "applications": [part_name(root, release) for release in window.deployments] or ["*"],
            **({"manualSync": True} if window.manualSync else {}),
            **({"description": window.description} if window.description else {}),
        }
        for window in windows
    ]


def cluster_objects(gitops: GitOps, deployments: Iterable[Facts]) -> list[Object]:
    """What deployments may make outside of namespaces: their own Namespace, and what the environment allows, by name.

    Where namespaces go with their deployments, Argo CD has to see one that is in no project any more: then any is
    permitted. An allowed kind of which Stargit doesn't know that it is in no namespace is permitted as a whole.
    """
    allowed = allowed_kinds(gitops)
    named: set[ObjectName] = set()
    whole: set[GroupKind] = {NAMESPACE} if gitops.removal == "delete" else set()
    for facts in deployments:
        named.update(
            each for each in facts.objects.cluster if is_own(facts, each) or (each.group, each.kind) in allowed
        )
        whole.update(kind for kind in facts.objects.kinds if kind in allowed)
    return [
        *({"group": _literally(group), "kind": _literally(kind)} for group, kind in sorted(whole)),
        *(named_object(each) for each in sorted(named) if (each.group, each.kind) not in whole),
    ]


def named_object(each: ObjectName) -> Object:
    """One object outside of namespaces, as a project permits it."""
    return {"group": _literally(each.group), "kind": _literally(each.kind), "name": _literally(each.name)}


def allowed_kinds(gitops: GitOps) -> set[GroupKind]:
    """Kinds of objects in no namespace that deployments may make, besides their own Namespace."""
    return {(each.group or "", each.kind) for each in gitops.clusterKinds}


def is_own(facts: Facts, each: ObjectName) -> bool:
    """Whether it is the deployment's own Namespace."""
    return (each.group, each.kind) == NAMESPACE and each.name == facts.namespace


def _literally(text: str) -> str:
    return _GLOB.sub(r"\\\1", text)
