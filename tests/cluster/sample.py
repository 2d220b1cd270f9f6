"""The project's sample repository in the test cluster: three environments, changed by Commander, synced by Argo CD."""

from __future__ import annotations

import base64
import io
import json
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from commander.client import Client, new_id
from commander.client import operations as ops
from commander.proto.v1 import commander_pb2 as pb
from generator.argocd import installation
from generator.desired import load_repository
from stargit.tools import tool
from tests.cluster.api import Api, Object
from tests.cluster.argo import Argo
from tests.cluster.harness import Cluster
from tests.commander.repositories import git
from tests.commander.service.processes import serving

PROJECT = Path(__file__).resolve().parents[2]
ENVIRONMENTS = ("dev", "production", "staging")
#: Nobody syncs it but who is asked to: ``automated: false``.
BY_HAND = ("production-ledger",)
_MAIN = "refs/heads/main"


@dataclass
class Sample:
    """A bare repository that Commander writes and Argo CD reads."""

    cluster: Cluster
    name: str
    commander: Client
    argo: Argo

    @property
    def repository(self) -> Path:
        return self.cluster.git / f"{self.name}.git"

    @property
    def url(self) -> str:
        return f"{self.cluster.git_url}/{self.name}.git"

    @property
    def api(self) -> Api:
        return self.argo.api

    @property
    def revision(self) -> str:
        return git(self.repository, "rev-parse", "main")

    def file(self, path: str, revision: str = "main") -> str:
        return git(self.repository, "cat-file", "blob", f"{revision}:{path}")

    def objects(self, folder: str = "rendered", revision: str = "main") -> Iterator[tuple[str, Object]]:
        """Of every manifest below a folder: the file and the object."""
        packed = subprocess.run(
            ["git", "-C", self.repository, "archive", "--format=tar", revision, folder], check=True, capture_output=True
        )
        with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as files:
            for file in files:
                if file.name.endswith(".yaml") and "/values/" not in file.name:
                    read = files.extractfile(file)
                    assert read is not None
                    for each in yaml.load_all(read, yaml.CSafeLoader):
                        if each:
                            yield file.name, each

    def change(self, *operations: pb.Operation, reason: str = "a test") -> str:
        """Have Commander do it, which tells Argo CD; the commit. Raises ``CommanderError``."""
        return self.commander.apply(operations, id=new_id(), reason=reason).revision

    def tell(self, before: str, after: str) -> None:
        """The forge's part: tell Argo CD of a push."""
        paths = git(self.repository, "diff", "--name-only", before, after).splitlines()
        assert self.argo.pushed(self.name, before, after, paths) == 200

    def push(self, message: str, files: dict[str, str]) -> str:
        """Commit files as a person with git does, past Commander, and push, which the forge tells; the commit."""
        before = self.revision
        lines = [f"commit {_MAIN}\ncommitter Eve <eve@example.com> {int(time.time())} +0000\n".encode()]
        lines.append(b"data %d\n%s\nfrom %s\n" % (len(message.encode()), message.encode(), before.encode()))
        for path, text in files.items():
            data = text.encode()
            lines.append(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data))
        subprocess.run(["git", "-C", self.repository, "fast-import", "--quiet"], input=b"".join(lines), check=True)
        after = self.revision
        self.tell(before, after)
        return after

    def applications(self) -> list[str]:
        """The names of all Applications that the repository has, the root's too."""
        found = [each for _, each in self.objects() if each["kind"] == "Application"]
        return sorted(each["metadata"]["name"] for each in found)

    def apply_roots(self) -> None:
        """What a person does once for each environment: ``kubectl apply`` of the policies that ``stargit bootstrap``
        writes and of its root.yaml, and a first sync by hand where nothing is automated."""
        for one in load_repository(PROJECT).environments:
            made = [each for part in installation(one).parts for file in part.files.values() for each in file]
            for each in made:
                if each["kind"].startswith("ValidatingAdmissionPolicy"):
                    self.api.apply(each)
        for environment in ENVIRONMENTS:
            for _, each in self.objects(f"rendered/{environment}/argocd/root.yaml"):
                self.api.apply(each)


@contextmanager
def sample(cluster: Cluster, name: str = "sample") -> Iterator[Sample]:
    """The project's ``environments`` and ``rendered`` in a new bare repository of the cluster, and a Commander on it.

    What is of the sample's own world is set by Commander: the addresses of the repository and of the charts. The
    windows in which nothing may change are taken out, for they would decide by the time of day what a test sees.
    """
    repository = cluster.git / f"{name}.git"
    seed(repository, PROJECT)
    charts(cluster)
    argo = Argo(cluster)
    argo.api.apply(destination("production-eu", cluster.api, cluster.token, cluster.ca))
    for each in yaml.safe_load_all((Path(__file__).parent / "sample_world.yaml").read_text(encoding="utf-8")):
        argo.api.apply(each)
    with serving_commander(cluster, repository) as commander:
        made = Sample(cluster, name, commander, argo)
        made.change(*_settings(made), reason="The test cluster")
        yield made


@contextmanager
def serving_commander(cluster: Cluster, repository: Path) -> Iterator[Client]:
    """Commander's service on a repository of the cluster; it tells the cluster's Argo CD of its commits.

    It looks for what others push when it has something to write, and hardly otherwise: tests say when.
    """
    told = ("--argocd-webhook", cluster.argocd, "--argocd-webhook-secret", str(_secret(cluster)), "--poll", "3600")
    folder = cluster.state / f"commander-{repository.stem}"
    with serving(folder, repository, *told) as service, service.client(seconds=120) as commander:
        yield commander


def _secret(cluster: Cluster) -> Path:
    file = cluster.state / "webhook-secret"
    file.touch(mode=0o600)
    file.write_text(cluster.webhook_secret, encoding="utf-8")
    return file


def _settings(made: Sample) -> Iterator[pb.Operation]:
    for environment in ENVIRONMENTS:
        edits = [ops.set_value("gitops.repository", made.url)]
        if environment == "staging":
            edits.append(ops.set_value("gitops.chart.repository", f"{made.cluster.git_url}/charts"))
        yield ops.edit(environment, *edits)
    for workspace in ("customer-data", "finance"):
        yield ops.edit(f"production/{workspace}", ops.unset_value("argocd.syncWindows"))


def seed(repository: Path, project: Path) -> None:
    """A new bare repository with the desired and the rendered state of a folder."""
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", repository], check=True)
    work = ["git", "--git-dir", str(repository), "--work-tree", str(project)]
    # An index of its own: that of a bare repository would be a file in it.
    subprocess.run([*work, "add", "--force", "environments", "rendered"], check=True)
    # No upkeep in the background either: it would still be at work when somebody begins with the repository.
    person = ["-c", "user.name=Ada Person", "-c", "user.email=ada@example.com", "-c", "maintenance.auto=false"]
    subprocess.run([*work[:3], *person, *work[3:], "commit", "--quiet", "-m", "The sample"], check=True)
    (repository / "index").unlink()


def charts(cluster: Cluster) -> None:
    """The packed chart in a repository of charts, for ``delivery: helm``."""
    folder = cluster.git / "charts"
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "stargit",
        "chart",
        "build",
        "airflow",
        "--to",
        folder,
        "--package",
    ]
    subprocess.run(command, check=True, capture_output=True, cwd=PROJECT)
    subprocess.run([tool("helm3"), "repo", "index", folder], check=True, capture_output=True)


def destination(name: str, server: str, token: str, authority: Path) -> Object:
    """A cluster, as Argo CD knows one that it is not in; it may be the test cluster under another name."""
    ca = base64.b64encode(authority.read_bytes()).decode()
    access = {"bearerToken": token, "tlsClientConfig": {"caData": ca}}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": f"cluster-{name}",
            "namespace": "argocd",
            "labels": {"argocd.argoproj.io/secret-type": "cluster"},
        },
        "stringData": {"name": name, "server": server, "config": json.dumps(access)},
    }
