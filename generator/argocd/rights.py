"""What Stargit's services may do in a cluster: Commander reads the status of what runs, Houston nothing, and neither
writes. No rule here has another verb than get, list and watch, and none reaches a Secret or a ConfigMap.

Roles and bindings are called by the account that they are for: what has the same name gives the same account the same
rights, whichever repository it was made of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from generator.argocd.applications import Object

READ = ("get", "list", "watch")

#: Argo CD's objects that tell of syncs, in its namespace.
_SYNCS = (("argoproj.io", ("applications", "appprojects")),)
#: What Argo CD makes of a deployment and what Kubernetes makes of that, as far as Commander reads it to say why
#: something does not run (``commander.status.clusters``).
_WORKLOADS = (
    ("", ("events", "pods")),
    ("apps", ("deployments", "statefulsets")),
    ("batch", ("jobs",)),
)
_RBAC = "rbac.authorization.k8s.io"


def account(name: str, namespace: str, labels: Mapping[str, str], *, calls: bool) -> Object:
    """A service account; ``calls`` is whether its pods get a token for Kubernetes' API."""
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": name, "namespace": namespace, "labels": dict(labels)},
        "automountServiceAccountToken": calls,
    }


def may_read_syncs(namespace: str, labels: Mapping[str, str], reader: Object) -> list[Object]:
    """The service account ``reader`` may read Argo CD's objects in Argo CD's namespace."""
    metadata = {"name": _name(reader), "namespace": namespace, "labels": dict(labels)}
    return [_rules("Role", metadata, _SYNCS), _binding("RoleBinding", metadata, "Role", reader)]


def may_read_workloads(labels: Mapping[str, str], reader: Object) -> list[Object]:
    """The service account ``reader`` may read what runs in all namespaces, for namespaces come with deployments."""
    metadata = {"name": _name(reader), "labels": dict(labels)}
    return [
        _rules("ClusterRole", metadata, _WORKLOADS),
        _binding("ClusterRoleBinding", metadata, "ClusterRole", reader),
    ]


def _name(reader: Object) -> str:
    """No two accounts have the same: their namespaces and names have no colon, and Kubernetes takes it here."""
    who = reader["metadata"]
    return f"stargit:{who['namespace']}:{who['name']}:status"


def _rules(kind: str, metadata: Object, what: Sequence[tuple[str, tuple[str, ...]]]) -> Object:
    rules = [{"apiGroups": [group], "resources": list(names), "verbs": list(READ)} for group, names in what]
    return {"apiVersion": f"{_RBAC}/v1", "kind": kind, "metadata": metadata, "rules": rules}


def _binding(kind: str, metadata: Object, role: str, reader: Object) -> Object:
    who = reader["metadata"]
    return {
        "apiVersion": f"{_RBAC}/v1",
        "kind": kind,
        "metadata": metadata,
        "roleRef": {"apiGroup": _RBAC, "kind": role, "name": metadata["name"]},
        "subjects": [{"kind": "ServiceAccount", "name": who["name"], "namespace": who["namespace"]}],
    }
