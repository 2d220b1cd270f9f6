"""The service account that Commander reads clusters with: get, list and watch of what it follows, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from generator.argocd import rights
from tests.cluster.api import Api
from tests.cluster.harness import Cluster

NAME = "status-reader"


def reader_token(api: Api) -> str:
    """Make the account, with the rights that ``stargit bootstrap`` gives Commander; a token of it."""
    account = rights.account(NAME, "argocd", {}, calls=True)
    syncs = rights.may_read_syncs("argocd", {}, account)
    for each in (account, *syncs, *rights.may_read_workloads({}, account)):
        api.apply(dict(each))
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
