"""The service account that Commander reads clusters with: get, list and watch of what it follows, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator.argocd import rights
from tests.cluster.api import Api
from tests.cluster.harness import Cluster

NAME = "status-reader"


def reader_token(api: Api, bound_to: str = "") -> str:
    """Make the account, with the rights that ``stargit bootstrap`` gives Commander; a token of it, which is good for as
    long as a Secret of this name is there."""
    account = rights.account(NAME, "argocd", {}, calls=True)
    syncs = rights.may_read_syncs("argocd", {}, account)
    for each in (account, *syncs, *rights.may_read_workloads({}, account)):
        api.apply(dict(each))
    spec: dict[str, Any] = {"expirationSeconds": 7200}
    if bound_to:
        secret = api.apply({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": bound_to}}, "argocd")
        uid = secret["metadata"]["uid"]
        spec["boundObjectRef"] = {"apiVersion": "v1", "kind": "Secret", "name": bound_to, "uid": uid}
    request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": spec}
    path = f"/api/v1/namespaces/argocd/serviceaccounts/{NAME}/token"
    return str(api.call("POST", path, request)["status"]["token"])


@dataclass(frozen=True)
class Access:
    """To an API server."""

    server: str
    ca: Path
    token: str = field(repr=False)


def kubeconfig(file: Path, cluster: Cluster, token: str, server: str = "") -> Path:
    """A kubeconfig for a token; ``server`` in place of the API server itself."""
    return contexts(file, {"c": Access(server or cluster.api, cluster.ca, token)}, "c")


def contexts(file: Path, found: Mapping[str, Access], current: str) -> Path:
    """A kubeconfig with contexts of these names."""
    data: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {"name": name, "cluster": {"server": each.server, "certificate-authority": str(each.ca)}}
            for name, each in found.items()
        ],
        "users": [{"name": name, "user": {"token": each.token}} for name, each in found.items()],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}} for name in found],
        "current-context": current,
    }
    file.write_text(json.dumps(data))
    return file
