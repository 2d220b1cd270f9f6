"""A release as the chart renders it: its service account and Role in a real API server, its Job run as a process."""

from __future__ import annotations

import base64
import itertools
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator.airflow.chart import airflow_chart
from generator.dialect import Release as ChartRelease
from tests.bootstrapper.servers import Postgres
from tests.cluster.api import Api, Object

ROOT = Path(__file__).resolve().parents[2]
_NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Ended:
    """A run that ended."""

    code: int
    report: dict[str, Any]
    lines: list[str]
    output: str = field(repr=False)

    def steps(self) -> dict[str, str]:
        """What was done to what."""
        return {step["subject"]: step["action"] for step in self.report["steps"]}


@dataclass
class Release:
    """One release in a namespace of its own."""

    api: Api
    folder: Path
    values: dict[str, Any] = field(default_factory=dict)
    server_url: str = ""
    authority: str = ""
    name: str = field(default_factory=lambda: f"star-{next(_NUMBERS)}-{os.getpid()}")
    role_objects: bool = True

    @property
    def namespace(self) -> str:
        return f"airflow-{self.name}"

    @property
    def database(self) -> str:
        return f"{self.name.replace('-', '_')}_airflow"

    def objects(self) -> list[Object]:
        chart = airflow_chart()
        files = chart.render(chart.effective(self.values), ChartRelease(self.name, self.namespace))
        return [one for documents in files.values() for one in documents]

    def job(self) -> Object:
        prefix = f"{self.name}-bootstrap-"
        return next(o for o in self.objects() if o["kind"] == "Job" and o["metadata"]["name"].startswith(prefix))

    def plan(self) -> dict[str, Any]:
        env = self.job()["spec"]["template"]["spec"]["containers"][0]["env"]
        plan: dict[str, Any] = json.loads(next(each["value"] for each in env if each["name"] == "BOOTSTRAP_PLAN"))
        return plan

    def install(self) -> Release:
        """Namespace, service account, Role and administrator's Secret, as Argo CD and people bring them."""
        self.api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.namespace}})
        for one in self.objects():
            mine = one["metadata"]["name"] == f"{self.name}-bootstrap"
            if mine and one["kind"] in ("ServiceAccount", "Role", "RoleBinding"):
                self.api.apply(one, self.namespace)
        if self.server_url:
            self.write("stargit-bootstrap", {"connection": self.server_url, "ca.crt": self.authority})
        self.account()
        return self

    def account(self) -> Path:
        """The folder that Kubernetes would put into the pod."""
        account = self.folder / f"{self.name}-account"
        account.mkdir(exist_ok=True)
        path = f"/api/v1/namespaces/{self.namespace}/serviceaccounts/{self.name}-bootstrap/token"
        asked = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 3600}}
        (account / "token").write_text(self.api.call("POST", path, asked)["status"]["token"], encoding="utf-8")
        (account / "ca.crt").write_bytes(self.api.ca.read_bytes())
        return account

    def environment(self, **more: str) -> dict[str, str]:
        """What Kubernetes gives to the container, from the Job as it is rendered."""
        host, port = self.api.url.removeprefix("https://").split(":")
        found = {
            "PATH": os.environ["PATH"],
            "KUBERNETES_SERVICE_HOST": host,
            "KUBERNETES_SERVICE_PORT": port,
            "BOOTSTRAP_ACCOUNT": str(self.folder / f"{self.name}-account"),
        }
        job = self.job()
        for each in job["spec"]["template"]["spec"]["containers"][0]["env"]:
            source = each.get("valueFrom", {})
            if "secretKeyRef" in source:
                found[each["name"]] = self.read(source["secretKeyRef"]["name"])[source["secretKeyRef"]["key"]]
            elif "job-name" in source.get("fieldRef", {}).get("fieldPath", ""):
                found[each["name"]] = job["metadata"]["name"]
            elif "fieldRef" in source:
                found[each["name"]] = "00000000-0000-4000-8000-000000000001"
            else:
                found[each["name"]] = each["value"]
        return found | more

    def start(self, *before: str, **more: str) -> subprocess.Popen[str]:
        """The Job's program, started."""
        command = [sys.executable, *(before or ("-m", "bootstrapper"))]
        return subprocess.Popen(
            command, cwd=ROOT, env=self.environment(**more), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def run(self, *before: str, **more: str) -> Ended:
        """The Job's program, until it ends."""
        return ended(self.start(*before, **more))

    def read(self, name: str) -> dict[str, str]:
        """The data of a Secret, by the administrator."""
        found = self.api.there(self._path(name))
        return {key: base64.b64decode(value).decode() for key, value in found.get("data", {}).items()}

    def secret(self, suffix: str) -> dict[str, str]:
        return self.read(f"{self.name}-{suffix}")

    def versions(self) -> dict[str, str]:
        """The resourceVersion of each Secret: another one when it was written."""
        found = self.api.list(f"/api/v1/namespaces/{self.namespace}/secrets")
        return {one["metadata"]["name"]: one["metadata"]["resourceVersion"] for one in found}

    def write(self, name: str, data: Mapping[str, str]) -> None:
        encoded = {key: base64.b64encode(value.encode()).decode() for key, value in data.items()}
        meta = {"name": name, "namespace": self.namespace}
        self.api.apply({"apiVersion": "v1", "kind": "Secret", "metadata": meta, "data": encoded}, self.namespace)

    def remove(self, suffix: str) -> None:
        self.api.delete(self._path(f"{self.name}-{suffix}"))

    def events(self) -> Iterator[Object]:
        yield from self.api.list(f"/api/v1/namespaces/{self.namespace}/events")

    def _path(self, name: str) -> str:
        return f"/api/v1/namespaces/{self.namespace}/secrets/{name}"


def ended(process: subprocess.Popen[str]) -> Ended:
    """Wait for a run."""
    out, err = process.communicate(timeout=120)
    report = json.loads(out) if out.strip().startswith("{") else {}
    return Ended(process.returncode, report, err.splitlines(), out + err)


def login(server: Postgres, release: Release, port: int = 0) -> str:
    """Log in as Airflow does, and say as whom."""
    found = release.secret("metadata")
    database = f"{release.name}-metadata" if port else found["database"]
    with server.connect(database, found["user"], found["password"], port) as connection:
        row = connection.execute("SELECT current_user").fetchone()
    return str(row[0]) if row else ""


def container_environment(release: Release, kind: str, name: str, container: str = "") -> dict[str, str]:
    """What Kubernetes gives to a container of a workload: Secrets filled in, then ``$(...)``."""
    prefix = f"{release.name}-{name}"
    workload = next(o for o in release.objects() if o["kind"] == kind and o["metadata"]["name"].startswith(prefix))
    spec = workload["spec"]["template"]["spec"]
    every = [*spec.get("initContainers", []), *spec["containers"]]
    chosen = next(one for one in every if container in ("", one["name"])) if container else spec["containers"][0]
    found: dict[str, str] = {}
    for each in chosen["env"]:
        reference = each.get("valueFrom", {}).get("secretKeyRef")
        text = release.read(reference["name"])[reference["key"]] if reference else each.get("value", "")
        found[each["name"]] = re.sub(r"\$\((\w+)\)", lambda match: found.get(match[1], match[0]), text)
    return found


def pgbouncer_files(release: Release) -> dict[str, str]:
    """The files that PgBouncer's pod of the chart has: configuration, databases, users."""
    name = f"{release.name}-pgbouncer-config"
    configuration = next(o for o in release.objects() if o["kind"] == "ConfigMap" and o["metadata"]["name"] == name)
    databases = container_environment(release, "Deployment", "pgbouncer", "databases")["DATABASES"]
    users = release.secret("pgbouncer-users")["users.txt"]
    return {"pgbouncer.ini": configuration["data"]["pgbouncer.ini"], "databases.ini": databases, "users.txt": users}
