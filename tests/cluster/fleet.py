"""Fleets in the test cluster: many deployments synced, and one of very many in a repository.

Longer than tests may take: ``python -m tests.cluster.prove --scale 200`` and ``--repository 10000``.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from benchmarks.fleet import write_fleet
from commander.client import operations as ops
from generator.engine import render_repository
from tests.cluster.api import APPLICATIONS, Objects
from tests.cluster.argo import Argo, is_done, metric
from tests.cluster.harness import Cluster
from tests.cluster.sample import ENVIRONMENTS, Sample, seed, serving_commander
from tests.cluster.story import Row

_HOURS = 3 * 3600.0
_RELEASE = "r0"  # of write_fleet: in dev/team-0
_DEPLOYMENT = f"dev/team-0/{_RELEASE}"
_APPLICATION = f"dev-{_RELEASE}"
_ROUNDS = 5


@contextmanager
def fleet(cluster: Cluster, name: str, size: int, report: Callable[[str], None]) -> Iterator[Sample]:
    """A repository with so many deployments, rendered, and a Commander on it."""
    folder = cluster.state / f"fleet-{name}"
    began = time.monotonic()
    write_fleet(folder, size)
    for file in folder.glob("environments/*/environment.yaml"):
        text = file.read_text(encoding="utf-8")
        url = f"{cluster.git_url}/{name}.git"
        file.write_text(text.replace("https://git.example.com/platform/gitops.git", url), encoding="utf-8")
    render_repository(folder, cache=cluster.state / f"cache-{name}")
    report(f"{size} deployments are rendered after {time.monotonic() - began:.0f} s")
    repository = cluster.git / f"{name}.git"
    seed(repository, folder)
    subprocess.run(["git", "-C", repository, "gc", "--quiet"], check=True)
    report(f"they are committed after {time.monotonic() - began:.0f} s")
    with serving_commander(cluster, repository) as commander:
        report(f"Commander serves them after {time.monotonic() - began:.0f} s")
        yield Sample(cluster, name, commander, Argo(cluster))


def scale(made: Sample, size: int, report: Callable[[str], None]) -> Iterator[Row]:
    """All of them synced; then one change, which is to be one Application's business."""
    began = time.monotonic()
    for environment in ENVIRONMENTS:
        for _, each in made.objects(f"rendered/{environment}/argocd/root.yaml"):
            made.api.apply(each)
    shares = {size * part // 4 for part in (1, 2, 3, 4)}

    def all_done(found: Objects) -> bool:
        done = sum(map(is_done, found.values()))
        for share in [share for share in shares if done >= share]:
            shares.remove(share)
            report(f"{done} Applications are Synced and Healthy after {time.monotonic() - began:.0f} s")
        return done == size + len(ENVIRONMENTS)

    synced = made.api.until("all of the fleet", APPLICATIONS, all_done, _HOURS)
    count = sum(len(each["status"].get("resources", [])) for each in made.argo.applications().values())
    yield Row(f"{size} deployments from nothing", None, synced - began, f"{count} objects")
    yield from one_change(made)


def one(made: Sample, size: int) -> Iterator[Row]:
    """One Application of a large repository, its project with it, and changes of its deployment."""
    began = time.monotonic()
    for _, each in made.objects("rendered/dev/argocd/workspaces/team-0.yaml"):
        if each["kind"] == "AppProject" or each["metadata"]["name"] == _APPLICATION:
            made.api.apply(each)
    synced = made.argo.until("its first sync", [_APPLICATION], _HOURS)
    yield Row(f"one of {size} deployments of a repository, first", None, synced - began)
    yield from one_change(made)


def one_change(made: Sample) -> Iterator[Row]:
    """Some changes, one after the other, with what they made Argo CD do."""
    namespace = made.argo.application(_APPLICATION)["spec"]["destination"]["namespace"]
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments"
    scheduler = f"{path}/{_RELEASE}-scheduler"
    for _ in range(_ROUNDS):
        replicas = 1 if made.api.there(scheduler)["spec"]["replicas"] == 3 else 3
        generated, reconciled = _work(made.cluster)
        began = time.monotonic()
        revision = made.change(ops.scale(_DEPLOYMENT, "scheduler", replicas))
        answered = time.monotonic() - began

        def is_changed(found: Objects, replicas: int = replicas) -> bool:
            return bool(found[namespace, f"{_RELEASE}-scheduler"]["spec"]["replicas"] == replicas)

        def is_synced(found: Objects, revision: str = revision) -> bool:
            return is_done(found["argocd", _APPLICATION], revision)

        changed = made.api.until("the object is changed", path, is_changed, 300) - began
        one_application = f"{APPLICATIONS}?fieldSelector=metadata.name%3D{_APPLICATION}"
        synced = made.api.until("the Application is synced", one_application, is_synced, 300) - began
        after, looks = _work(made.cluster)
        assert after - generated == 1, "one commit touches one Application, and only its manifests are made anew"
        note = f"commit {answered:.2f} s, {after - generated:.0f} manifest generations, "
        yield Row("one change", changed, synced, f"{note}{looks - reconciled:.0f} reconciliations")


def _work(cluster: Cluster) -> tuple[float, float]:
    """How many manifests the repo-server has generated, and how often Applications were reconciled."""
    log = (cluster.logs / "argocd-repo-server.log").read_text(encoding="utf-8", errors="replace")
    reconciled = metric(cluster.controller_metrics, "argocd_app_reconcile_count")
    return log.count('msg="setting manifests cache'), reconciled
