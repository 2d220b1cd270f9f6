"""Argo CD as its users see it: Applications, refreshes, syncs by hand, pushes that a forge tells of."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import re
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from tests.cluster.api import APPLICATIONS, Api, Objects
from tests.cluster.harness import Cluster

Application = dict[str, Any]
_REFRESH = "argocd.argoproj.io/refresh"
#: Lines of each log that a failure shows.
_LAST_LINES = 40


@dataclass(frozen=True)
class Argo:
    """Argo CD of one cluster."""

    cluster: Cluster

    @cached_property
    def api(self) -> Api:
        return self.cluster.client()

    def application(self, name: str) -> Application:
        return self.api.there(f"{APPLICATIONS}/{name}")

    def applications(self, selector: str = "") -> dict[str, Application]:
        """By name; of the environments in ``selector``, labels."""
        query = {"labelSelector": selector} if selector else {}
        return {each["metadata"]["name"]: each for each in self.api.list(APPLICATIONS, **query)}

    def pushed(self, repository: str, before: str, after: str, paths: Iterable[str]) -> int:
        """Tell it of a push as GitHub does, signed; the status of its answer."""
        url = f"{self.cluster.git_url}/{repository}"
        body = {
            "ref": "refs/heads/main",
            "before": before,
            "after": after,
            "repository": {"html_url": url, "default_branch": "main"},
            "commits": [{"id": after, "added": [], "removed": [], "modified": sorted(paths)}],
        }
        return self.post(json.dumps(body).encode(), self.cluster.webhook_secret)

    def post(self, body: bytes, secret: str) -> int:
        """A push with this signature's secret; the status of the answer."""
        signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "X-GitHub-Event": "push",
            "X-Hub-Signature-256": f"sha256={signature}",
        }
        with closing(http.client.HTTPConnection(urlsplit(self.cluster.argocd).netloc, timeout=30)) as connection:
            connection.request("POST", "/api/webhook", body, headers)
            return connection.getresponse().status

    def refresh(self, name: str, kind: str = "normal") -> None:
        """Have it look again at one Application; ``hard``: without what it remembers of manifests."""
        change = {"metadata": {"annotations": {_REFRESH: kind}}}
        self.api.merge(f"{APPLICATIONS}/{name}", change)

    def sync(self, name: str) -> None:
        """Start a sync by hand, as ``argocd app sync`` does, with the options of the Application."""
        policy = self.application(name)["spec"]["syncPolicy"]
        operation = {"initiatedBy": {"username": "test"}, "sync": {"syncOptions": policy.get("syncOptions", [])}}
        self.api.merge(f"{APPLICATIONS}/{name}", {"operation": operation})

    def until(self, what: str, names: Iterable[str], seconds: float, revision: str = "") -> float:
        """Wait until they are there, Synced and Healthy, at the revision if one is given; the moment."""
        wanted = [("argocd", name) for name in names]

        def good(objects: Objects) -> bool:
            return all(key in objects and is_done(objects[key], revision) for key in wanted)

        return self.api.until(what, APPLICATIONS, good, seconds)

    def explained(self, name: str) -> str:
        """Where an Application stands, and what its controller and the webhook last said: for a failure."""
        found = self.api.get(f"{APPLICATIONS}/{name}") or {}
        status = found.get("status", {})
        operation = status.get("operationState", {})
        told = {
            "refresh": found.get("metadata", {}).get("annotations", {}).get(_REFRESH),
            "operation": found.get("operation"),
            "sync": {key: status.get("sync", {}).get(key) for key in ("status", "revision", "revisions")},
            "health": status.get("health"),
            "reconciledAt": status.get("reconciledAt"),
            "operationState": {key: operation.get(key) for key in ("phase", "message", "startedAt", "finishedAt")},
            "conditions": status.get("conditions"),
        }
        lines = [f"{name}: {json.dumps(told)}"]
        for program in ("argocd-application-controller", "argocd-server"):
            log = (self.cluster.logs / f"{program}.log").read_text(encoding="utf-8", errors="replace").splitlines()
            lines += [each[:400] for each in log if f"argocd/{name}" in each or "ebhook" in each][-_LAST_LINES:]
        return "\n".join(lines)


def is_done(application: Application, revision: str = "") -> bool:
    """Synced and Healthy, at this revision of the repository if one is given."""
    status = application.get("status", {})
    sync = status.get("sync", {})
    at = {sync.get("revision"), *sync.get("revisions", [])}
    return (
        sync.get("status") == "Synced"
        and status.get("health", {}).get("status") == "Healthy"
        and (not revision or revision in at)
        and status.get("operationState", {}).get("phase", "Succeeded") == "Succeeded"
        and "operation" not in application
    )


def is_asked(application: Application) -> bool:
    """Whether a look at it was asked for that is not over."""
    return _REFRESH in application["metadata"].get("annotations", {})


def out_of_sync(application: Application) -> list[str]:
    """The objects that differ from git: kind, namespace and name."""
    return [
        f"{each['kind']} {each.get('namespace', '')}/{each['name']}"
        for each in application.get("status", {}).get("resources", [])
        if each.get("status", "Synced") != "Synced"
    ]


def metric(url: str, name: str, **labels: str) -> float:
    """The sum of a Prometheus counter over its label sets that match."""
    address = urlsplit(url)
    with closing(http.client.HTTPConnection(address.netloc, timeout=30)) as connection:
        connection.request("GET", address.path)
        text = connection.getresponse().read().decode()
    total = 0.0
    for line in text.splitlines():
        found = re.fullmatch(rf"{re.escape(name)}(?:{{(.*)}})? (\S+)", line)
        if found and all(f'{key}="{value}"' in (found[1] or "") for key, value in labels.items()):
            total += float(found[2])
    return total
