"""How Commander reaches clusters: two of them, by contexts of a kubeconfig and as a pod does, while one of them, or the
controller of Argo CD, is away and comes back.

One environment is delivered by Helm to the cluster of Argo CD, the other as manifests to a cluster of its own.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from commander.client import Client, NotLiveError, new_id
from commander.client import operations as ops
from commander.proto.v1 import commander_pb2 as pb
from tests.cluster.api import APPLICATIONS, Api, ApiError
from tests.cluster.argo import Argo, metric
from tests.cluster.harness import Cluster, pids, starting
from tests.cluster.line import Line, line
from tests.cluster.processes import free_ports
from tests.cluster.reader import Access, contexts, reader_token
from tests.cluster.sample import charts, destination
from tests.cluster.starting import Start
from tests.commander.repositories import bare, git
from tests.commander.service.processes import Service, serving, until

_SECONDS = 180.0
_ROOT = f"reached-{new_id()[:6]}"
_HEAD = "apiVersion: stargit.dev/v1\nkind: {kind}\n"
_ENVIRONMENT = """\
apiVersion: stargit.dev/v1
kind: Environment
kubernetes:
  minorVersion: "1.35"
platform:
  namespace: {root}-{name}
  release: {name}
gitops:
  repository: {url}
  revision: refs/heads/main
  name: {root}-{name}
  removal: delete
{more}
defaults:
  executor: LocalExecutor
  statsd:
    enabled: false
"""
NEAR, FAR = "near/team/one", "far/team/one"
#: Kinds of objects that are followed in a cluster of workloads.
_FOLLOWED = 5


@dataclass
class World:
    """Commander, Argo CD's cluster, and the other one, to which a line goes."""

    cluster: Cluster
    other: Start
    repository: Path
    service: Service
    client: Client
    to_other: Line
    metrics: str
    reader: Path

    def edit(self, target: str, **values: object) -> str:
        settings = [ops.set_value(f"values.{path.replace('__', '.')}", value) for path, value in values.items()]
        return self.client.apply([ops.edit(target, *settings)], id=new_id()).revision

    def seen(self, target: str, what: Callable[[pb.LiveStatus], object]) -> pb.LiveStatus:
        """The status as soon as something is true of it."""
        end = time.monotonic() + _SECONDS
        while True:
            status = self.client.live_status(target)
            if what(status):
                return status
            assert time.monotonic() < end, status
            time.sleep(0.05)

    @property
    def unread(self) -> float:
        return metric(self.metrics, "stargit_commander_clusters_unread")


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """A cluster without Argo CD."""
    with starting(tmp_path_factory.mktemp("other")) as start:
        try:
            start.kubernetes()
            yield start
        finally:
            start.remove_volumes()


@pytest.fixture(scope="module")
def world(cluster: Cluster, other: Start, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("reaching")
    url = f"{cluster.git_url}/{_ROOT}.git"
    helm = f"  delivery: helm\n  chart:\n    repository: {cluster.git_url}/charts\n"
    files = {}
    for name, more in (("near", helm), ("far", f"  cluster: {_ROOT}-far\n")):
        files[f"environments/{name}/environment.yaml"] = _ENVIRONMENT.format(root=_ROOT, name=name, url=url, more=more)
        files[f"environments/{name}/workspaces/team/workspace.yaml"] = _HEAD.format(kind="Workspace")
    repository = cluster.git / f"{_ROOT}.git"
    subprocess.run(["git", "clone", "--quiet", "--bare", bare(folder, files), repository], check=True)
    charts(cluster)
    argo = Argo(cluster)
    argo.api.apply(destination(f"{_ROOT}-far", other.api, other.token, other.ca))
    secret = folder / "secret"
    secret.write_text(cluster.webhook_secret)
    (port,) = free_ports(1)
    with line(other.ports.api) as to_other:
        found = {
            "argo": Access(cluster.api, cluster.ca, reader_token(argo.api)),
            "far": Access(f"https://127.0.0.1:{to_other.port}", other.ca, reader_token(other.client)),
        }
        reader = contexts(folder / "kubeconfig", found, "none")
        arguments = ["--kubeconfig", str(reader), "--kube-context", "argo", "--workloads", f"far={reader}:far"]
        arguments += ["--argocd-webhook", cluster.argocd, "--argocd-webhook-secret", str(secret)]
        arguments += ["--metrics", f"127.0.0.1:{port}"]
        with serving(folder / "service", repository, *arguments) as service, service.client(seconds=_SECONDS) as client:
            made = World(
                cluster, other, repository, service, client, to_other, f"http://127.0.0.1:{port}/metrics", reader
            )
            text = _HEAD.format(kind="Deployment")
            client.apply([ops.create(each, text) for each in (NEAR, FAR)], id=new_id())
            for name in ("near", "far"):
                for each in yaml.safe_load_all(git(repository, "show", f"main:rendered/{name}/argocd/root.yaml")):
                    argo.api.apply(each)
            yield made
        for name in ("near", "far"):
            argo.api.delete(f"{APPLICATIONS}/{_ROOT}-{name}")
            for each in argo.applications(f"app.kubernetes.io/part-of={_ROOT}-{name}"):
                argo.api.delete(f"{APPLICATIONS}/{each}")
        # Argo CD can end with a cluster only while that is there.
        argo.api.until(
            "its Applications are gone",
            APPLICATIONS,
            lambda found: not any(_ROOT in name for _, name in found),
            _SECONDS,
        )
        argo.api.delete(f"/api/v1/namespaces/argocd/secrets/cluster-{_ROOT}-far")


def test_each_environment_is_read_in_its_own_cluster(world: World) -> None:
    for target in (NEAR, FAR):
        world.client.wait_live(target)
        status = world.client.live_status(target)
        assert (status.sync, status.health, status.live) == ("Synced", "Healthy", True)
        assert not status.stale
        assert not status.explanations
    assert world.unread == 0
    pods = f"/api/v1/namespaces/{_ROOT}-far-one/pods"
    assert world.other.client.list(pods)
    assert not world.cluster.client().list(pods)


def test_what_helm_delivers_is_shown_as_what_is_rendered(world: World) -> None:
    shown = {}
    for target in (NEAR, FAR):
        revision = world.edit(target, scheduler__replicas=2)
        status = world.client.wait_live(target, revision)[target]
        assert status.running_revision == revision
        assert status.commit_to_live_seconds > 0
        shown[target] = [
            (each.component, each.kind, each.health, each.wanted, each.ready) for each in status.components
        ]
    assert shown[NEAR] == shown[FAR]
    assert "scheduler" in {component for component, _, _, wanted, ready in shown[NEAR] if wanted == ready == 2}


def test_an_api_server_that_is_killed_is_told_and_read_again_when_it_is_back(world: World) -> None:
    for target in (NEAR, FAR):
        world.client.wait_live(target)
    before = world.client.live_status(FAR)
    with api_server_away(world.other):
        began, asked = time.monotonic(), world.to_other.asked
        status = world.seen(FAR, lambda found: found.stale)
        assert [each.what.partition(" (")[0] for each in status.stale] == ["workloads"]
        assert "(far) can't be reached: " in status.stale[0].reason
        assert status.components == before.components
        until(lambda: world.unread == _FOLLOWED)
        # The other environment goes on, and so do changes of this one.
        changed = world.client.wait_live(NEAR, world.edit(NEAR, scheduler__replicas=3))[NEAR]
        assert changed.live
        assert not changed.stale
        revision = world.edit(FAR, scheduler__replicas=3)
        with pytest.raises(NotLiveError):
            world.client.wait_live(FAR, revision, seconds=3.0)
        # Waits are 0.1 s at least, and double up to 7.5.
        away = time.monotonic() - began
        assert world.to_other.asked - asked < _FOLLOWED * (9 + away / 7.5)
    world.seen(FAR, lambda found: not found.stale)
    until(lambda: world.unread == 0)
    status = world.client.wait_live(FAR, revision, seconds=_SECONDS)[FAR]
    assert [each.ready for each in status.components if each.component == "scheduler"] == [3]
    assert "Traceback" not in world.service.log


@contextmanager
def api_server_away(start: Start) -> Iterator[None]:
    """It is killed, and started again in the end."""
    process = start.processes.running["kube-apiserver"]
    process.kill()
    process.wait()
    try:
        yield
    finally:
        start.api_server()


def test_a_controller_of_argo_cd_that_is_away_is_told(world: World) -> None:
    world.client.wait_live(NEAR)
    with stopped(pids(world.cluster)["argocd-application-controller"]):
        revision = world.edit(NEAR, config__core__parallelism=43)
        with pytest.raises(NotLiveError):
            world.client.wait_live(NEAR, revision, seconds=3.0)
        status = world.client.live_status(NEAR)
        assert not status.stale
        assert (status.live, status.sync, status.health) == (False, "Synced", "Healthy")
        (told,) = status.explanations
        assert (told.code, told.weight) == ("not_compared", "waiting")
        assert told.summary.startswith(f"Argo CD has not compared it with commit {revision[:12]}, the last one was ")
        assert "argocd-application-controller" in told.advice
    assert world.client.wait_live(NEAR, revision)[NEAR].live


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    """A process that does nothing meanwhile."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_a_pods_account_reads_and_goes_on_with_another_token(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = world.cluster.client()
    account = tmp_path / "serviceaccount"
    account.mkdir()
    shutil.copy(world.cluster.ca, account / "ca.crt")
    first = give_token(account, api, f"{_ROOT}-1")
    with line(urlsplit(world.cluster.api).port or 0) as to_api:
        monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "127.0.0.1")
        monkeypatch.setenv("KUBERNETES_SERVICE_PORT", str(to_api.port))
        arguments = ["--in-cluster", "--service-account", str(account)]
        with serving(tmp_path / "service", world.repository, *arguments) as service, service.client() as client:
            client.wait_live(NEAR, seconds=_SECONDS)
            until(lambda: client.live_status(NEAR).components)
            assert client.live_status(FAR).components_unknown
            give_token(account, api, f"{_ROOT}-2")
            api.delete(f"/api/v1/namespaces/argocd/secrets/{_ROOT}-1")
            # It remembers for some seconds whom it knows.
            until(lambda: _is_refused(Api(world.cluster.api, first, world.cluster.ca)))
            to_api.break_once()
            revision = world.edit(NEAR, scheduler__replicas=2)
            status = client.wait_live(NEAR, revision, seconds=_SECONDS)[NEAR]
            assert not status.stale
            assert not service.events("cluster can't be read")
            # What is neither renewed nor good any more is told.
            api.delete(f"/api/v1/namespaces/argocd/secrets/{_ROOT}-2")
            until(lambda: _is_refused(Api(world.cluster.api, (account / "token").read_text(), world.cluster.ca)))
            to_api.break_once()
            until(lambda: client.live_status(NEAR).stale)
            assert "does not know who reads (401)" in client.live_status(NEAR).stale[0].reason


def give_token(account: Path, api: Api, secret: str) -> str:
    """A new token, put where the old one was at one blow, as kubelets do."""
    token = reader_token(api, secret)
    (account / "next").write_text(token)
    (account / "next").rename(account / "token")
    return token


def _is_refused(api: Api) -> bool:
    try:
        api.list(APPLICATIONS)
    except ApiError as error:
        return error.status == 401
    return False
