"""A GitOps repository of a few small Airflows in an environment of its own: changed, rendered, pushed, waited for."""

from __future__ import annotations

import http.client
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from generator.argocd.kinds import CHART_KINDS
from generator.engine import render_repository
from tests.cluster.api import APPLICATIONS, Api, ApiError, Object, Objects
from tests.cluster.harness import Cluster
from tests.cluster.processes import ClusterError

_HEAD = "apiVersion: stargit.dev/v1\nkind: {}\n"
_REFRESH = "argocd.argoproj.io/refresh"
PROJECTS = APPLICATIONS.replace("applications", "appprojects")
_PATIENCE = 90
_ASKED_AGAIN = 20
_VERSIONS = {"autoscaling": "v2", "bitnami.com": "v1alpha1", "keda.sh": "v1alpha1"}
_AUTHOR = {f"GIT_{who}_{what}": "test@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
#: Few pods, and all that is random is somebody's own.
SMALL: dict[str, Any] = {
    "executor": "LocalExecutor",
    "bootstrap": {"adminSecretName": "postgres-admin"},
    "statsd": {"enabled": False},
    "triggerer": {"enabled": False},
}


class Fleet:
    """An environment whose name begins the names of all that it has in the cluster."""

    def __init__(self, cluster: Cluster, folder: Path, environment: str, **gitops: Any) -> None:
        self.cluster, self.folder, self.environment = cluster, folder, environment
        self.api: Api = cluster.client()
        self.selector = f"labelSelector=stargit.dev%2Fenvironment%3D{environment}"
        self._gitops = {"repository": f"{cluster.git_url}/{environment}.git", "revision": "refs/heads/main", **gitops}
        # Of an earlier run in a cluster that somebody keeps.
        self.until("no namespaces of that name", "/api/v1/namespaces", lambda _: not self._namespaces())
        folder.mkdir()
        self._bare = cluster.git / f"{environment}.git"
        self._git("init", "--quiet", "--bare", "--initial-branch=main", str(self._bare))
        self._git("init", "--quiet", "--initial-branch=main", ".")
        self._git("remote", "add", "origin", str(self._bare))
        self.environment_file(SMALL)

    def environment_file(self, defaults: Mapping[str, Any], **more: Any) -> None:
        self.defaults = defaults
        settings = {
            "kubernetes": {"minorVersion": "1.35"},
            "platform": {"namespace": self.environment, "release": self.environment},
            "gitops": self._gitops,
            "defaults": defaults,
            **more,
        }
        self.write("environment.yaml", "Environment", settings)

    def workspace(self, name: str, **settings: Any) -> None:
        self.write(f"workspaces/{name}/workspace.yaml", "Workspace", settings)

    def deployment(self, workspace: str, release: str, values: Mapping[str, Any] | None = None, **more: Any) -> None:
        settings = {**more, **({"values": values} if values else {})}
        self.write(f"workspaces/{workspace}/deployments/{release}.yaml", "Deployment", settings)

    def write(self, path: str, kind: str, settings: Mapping[str, Any]) -> None:
        file = self.desired / path
        file.parent.mkdir(parents=True, exist_ok=True)
        body = yaml.safe_dump(dict(settings), sort_keys=False) if settings else ""
        file.write_text(_HEAD.format(kind) + body)

    @property
    def desired(self) -> Path:
        return self.folder / "environments" / self.environment

    def namespace(self, release: str) -> str:
        return f"{self.environment}-{release}"

    def push(self, *, render: bool = True, prune_all: bool = False) -> str:
        """Render, commit and push; the commit."""
        if render:
            render_repository(self.folder, prune_all=prune_all, cache=None)
        self._git("add", "--all")
        self._git("commit", "--quiet", "--allow-empty", "--message", "a change")
        self._git("push", "--quiet", "origin", "main")
        return self._git("rev-parse", "HEAD")

    def bootstrap(self) -> str:
        """Do what an administrator does once: ``stargit bootstrap ENVIRONMENT | kubectl apply``; what that says."""
        done = self.kubectl_apply(self.bootstrap_text())
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def bootstrap_text(self) -> bytes:
        """What ``stargit bootstrap`` writes."""
        command = [sys.executable, "-m", "stargit", "bootstrap", self.environment, f"--repository={self.folder}"]
        return subprocess.run(command, check=True, capture_output=True).stdout

    def kubectl_apply(self, text: bytes) -> subprocess.CompletedProcess[bytes]:
        """Apply what is applied once."""
        kubectl = shutil.which("kubectl", path=f"{self.cluster.programs}:{os.environ['PATH']}") or "kubectl"
        return subprocess.run(
            [kubectl, "apply", "--server-side", "--field-manager=stargit", "--filename=-"],
            input=text, env={**os.environ, "KUBECONFIG": str(self.cluster.kubeconfig)}, capture_output=True,
            check=False,
        )  # fmt: skip

    def begin(self, awaited: Collection[str] = ()) -> str:
        """Push, apply what is applied once, and wait for these Applications, or for all."""
        revision = self.push()
        self.bootstrap()
        self.wait(revision, awaited)
        return revision

    def change(self, **options: Any) -> str:
        """Push, tell Argo CD, and wait for everything."""
        revision = self.push(**options)
        self.wait(revision)
        return revision

    def tell(self, *names: str) -> None:
        """Make Argo CD look at these Applications now, or at all.

        By a text that was not there: Argo CD loses sight of a mark at times, and the same one again would be no change.
        All but "hard" is a normal look.
        """
        mark = {"metadata": {"annotations": {_REFRESH: f"normal {time.monotonic()}"}}}
        for name in names or tuple(self.applications()):
            if self.api.get(f"{APPLICATIONS}/{name}") is not None:
                self.api.merge(f"{APPLICATIONS}/{name}", mark)

    def applications(self) -> dict[str, Object]:
        found = self.api.list(APPLICATIONS, labelSelector=f"stargit.dev/environment={self.environment}")
        return {each["metadata"]["name"]: each for each in found}

    def wait(self, revision: str, awaited: Collection[str] = (), *, seconds: float = _PATIENCE) -> None:
        """Until the root Application, and then these others, or all, are at the commit, Synced and Healthy."""
        self._wait([self.environment], revision, seconds)
        self._wait(awaited, revision, seconds)

    def _wait(self, awaited: Collection[str], revision: str, seconds: float) -> None:
        """Argo CD loses a request to look that comes while it looks, so it is asked again."""
        path, end = f"{APPLICATIONS}?{self.selector}", time.monotonic() + seconds
        while True:
            self.tell(*awaited)
            left = end - time.monotonic()
            try:
                self.api.until(
                    f"{', '.join(awaited) or self.environment} at {revision[:8]}", path,
                    lambda found: {name for _, name in found} >= {*awaited} and all(
                        _done(each, revision) for (_, name), each in found.items() if not awaited or name in awaited
                    ), min(left, _ASKED_AGAIN),
                )  # fmt: skip
            except ClusterError:
                if left <= _ASKED_AGAIN:
                    raise
            else:
                return

    def until(self, what: str, path: str, test: Any, seconds: float = _PATIENCE) -> None:
        self.api.until(what, path, test, seconds)

    def listed(self, release: str, plural: str) -> dict[str, Object]:
        """Objects in a deployment's namespace by name; ``plural`` has its group before it: ``apps/v1/deployments``."""
        version, _, name = plural.rpartition("/")
        root = f"/apis/{version}" if "/" in version else f"/api/{version}"
        found = self.api.list(f"{root}/namespaces/{self.namespace(release)}/{name}")
        return {each["metadata"]["name"]: each for each in found}

    def pods(self, release: str) -> dict[str, str]:
        """The pods that run on, with their identity: another one after each restart."""
        return {
            name: pod["metadata"]["uid"]
            for name, pod in self.listed(release, "v1/pods").items()
            if not pod["metadata"].get("deletionTimestamp")
        }

    def everything(self, release: str) -> dict[str, str]:
        """All objects that Argo CD marked as this deployment's, with their identity."""
        found = {}
        app = self.api.there(f"{APPLICATIONS}/{self.environment}-{release}")
        for each in app["status"].get("resources", []):
            thing = {
                "apiVersion": "/".join(filter(None, (each.get("group"), each["version"]))),
                "kind": each["kind"],
                "metadata": {"name": each["name"], "namespace": each.get("namespace", "")},
            }
            found[f"{each['kind']}/{each['name']}"] = self.api.there(self.api.path(thing))["metadata"]["uid"]
        return found

    def there(self, release: str) -> set[str]:
        """What is in a deployment's namespace of all kinds that Stargit makes, and volumes and Secrets: `Kind/name`."""
        found = set()
        for group, kind in sorted({*CHART_KINDS, ("", "Secret")}):
            version = _VERSIONS.get(group, "v1")
            sample = {
                "apiVersion": f"{group}/{version}" if group else version,
                "kind": kind,
                "metadata": {"name": "x", "namespace": self.namespace(release)},
            }
            path = self.api.path(sample).rpartition("/")[0]
            found |= {f"{kind}/{each['metadata']['name']}" for each in self.api.list(path)}
        return found - {"ConfigMap/kube-root-ca.crt", "ServiceAccount/default"}

    def rendered(self, workspace: str, release: str) -> set[str]:
        """What is rendered of a deployment into its namespace: `Kind/name`."""
        folder = self.folder / "rendered" / self.environment / "workspaces" / workspace / release
        objects = [each for file in folder.glob("*.yaml") for each in yaml.safe_load_all(file.read_text()) if each]
        return {f"{each['kind']}/{each['metadata']['name']}" for each in objects if each["kind"] != "Namespace"}

    def remove(self) -> None:
        """Take all of it out of the cluster. Namespaces are gone some seconds later."""
        let_go(self.api, self.environment)
        rights = f"stargit:{self.environment}:{self.environment}-commander:status"
        for plural in (
            "clusterroles",
            "clusterrolebindings",
            "namespaces/argocd/roles",
            "namespaces/argocd/rolebindings",
        ):
            self.api.delete(f"/apis/rbac.authorization.k8s.io/v1/{plural}/{rights}")
        for path in self.policies():
            self.api.delete(path)
        for name in self._namespaces():
            self.api.delete(f"/api/v1/namespaces/{name}")
        shutil.rmtree(self._bare)

    def policies(self) -> list[str]:
        """What keeps the administrator's Secret from DAGs."""
        kinds = ("validatingadmissionpolicies", "validatingadmissionpolicybindings")
        return [
            f"/apis/admissionregistration.k8s.io/v1/{kind}/{each['metadata']['name']}"
            for kind in kinds
            for each in self.api.list(f"/apis/admissionregistration.k8s.io/v1/{kind}")
            if each["metadata"]["name"].startswith(f"stargit.{self.environment}.")
        ]

    def _namespaces(self) -> list[str]:
        found = self.api.list("/api/v1/namespaces", labelSelector=f"platform={self.environment}")
        own = self.api.get(f"/api/v1/namespaces/{self.environment}")
        return [each["metadata"]["name"] for each in [*found, *([own] if own else [])]]

    def _git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, env={**os.environ, **_AUTHOR}, check=True, capture_output=True,
            text=True,
        )  # fmt: skip
        return done.stdout.strip()


def let_go(api: Api, root: str) -> None:
    """Take the Applications and projects of an environment out of Argo CD, by the name of its root Application. Their
    objects stay, so nothing waits for these, nor for an operation that never ends."""
    # While the root Application is there, it would make the others anew.
    for what, path, query in (
        ("the root Application", APPLICATIONS, f"fieldSelector=metadata.name%3D{root}"),
        ("Applications", APPLICATIONS, f"labelSelector=app.kubernetes.io%2Fpart-of%3D{root}"),
        ("projects", PROJECTS, f"labelSelector=app.kubernetes.io%2Fpart-of%3D{root}"),
    ):

        def none_left(found: Objects, path: str = path) -> bool:
            for _, name in found:
                _end(api, f"{path}/{name}")
            return not found

        api.until(f"none left of {root}: {what}", f"{path}?{query}", none_left, _PATIENCE)


def _end(api: Api, path: str) -> None:
    """Delete an object, whatever would wait for its end."""
    try:
        api.merge(path, {"metadata": {"finalizers": None}})
    except ApiError as error:
        if error.status != http.client.NOT_FOUND:
            raise
    api.delete(path)


def _done(application: Object, revision: str) -> bool:
    status = application.get("status", {})
    sync = status.get("sync", {})
    return (
        sync.get("status") == "Synced"
        and sync.get("revision") == revision
        and status.get("health", {}).get("status") == "Healthy"
        # What was there before needs no sync.
        and status.get("operationState", {}).get("phase", "Succeeded") == "Succeeded"
        and "operation" not in application
        and "deletionTimestamp" not in application["metadata"]
    )


@contextmanager
def fleet(cluster: Cluster, folder: Path, environment: str, **gitops: Any) -> Iterator[Fleet]:
    """A fleet that is out of the cluster again afterwards."""
    made = Fleet(cluster, folder, environment, **gitops)
    try:
        yield made
    finally:
        made.remove()
