"""The service account that Commander reads clusters with: get, list and watch of what it follows, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.cluster.api import Api
from tests.cluster.harness import Cluster

NAME = "status-reader"
_VERBS = ["get", "list", "watch"]


def reader_token(api: Api) -> str:
    """Make the account; a token of it."""
    head = {"name": NAME, "namespace": "argocd"}
    rbac = "rbac.authorization.k8s.io"
    api.apply({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": head})
    syncs = [_rule("argoproj.io", "applications", "appprojects")]
    workloads = [
        _rule("", "events", "pods"), _rule("apps", "deployments", "statefulsets"), _rule("batch", "jobs"),
    ]  # fmt: skip
    for kind, metadata, rules in (("Role", head, syncs), ("ClusterRole", {"name": NAME}, workloads)):
        api.apply({"apiVersion": f"{rbac}/v1", "kind": kind, "metadata": metadata, "rules": rules})
        api.apply(
            {
                "apiVersion": f"{rbac}/v1",
                "kind": f"{kind}Binding",
                "metadata": metadata,
                "roleRef": {"apiGroup": rbac, "kind": kind, "name": NAME},
                "subjects": [{"kind": "ServiceAccount", **head}],
            }
        )
    request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 7200}}
    path = f"/api/v1/namespaces/argocd/serviceaccounts/{NAME}/token"
    return str(api.call("POST", path, request)["status"]["token"])


def kubeconfig(file: Path, cluster: Cluster, token: str, server: str = "") -> Path:
    """A kubeconfig for a token; ``server`` in place of the API server itself."""
    data: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {"name": "c", "cluster": {"server": server or cluster.api, "certificate-authority": str(cluster.ca)}}
        ],
        "users": [{"name": "u", "user": {"token": token}}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "c",
    }
    file.write_text(json.dumps(data))
    return file


def _rule(group: str, *resources: str) -> dict[str, Any]:
    return {"apiGroups": [group], "resources": list(resources), "verbs": _VERBS}
