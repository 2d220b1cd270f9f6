"""Airflows that sleep, change their executor, are deleted, brought back and removed: what goes, what stays.

All with `removal: keep`, the default. Nobody acts on ScaledObjects here: the tests write replicas, as KEDA would.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.cluster.api import APPLICATIONS, Object
from tests.cluster.harness import Cluster
from tests.cluster.small_fleet import PROJECTS, Fleet, fleet

_CLAIM = {"persistence": {"enabled": True, "size": "1Gi"}}
CELERY: dict[str, Any] = {
    "executor": "CeleryExecutor",
    "flower": {"enabled": True},
    "redis": {"persistence": {"enabled": True, "size": "1Gi"}},
    "workers": {**_CLAIM, "keda": {"enabled": True, "minReplicaCount": 1}},
    "apiServer": {"hpa": {"enabled": True, "minReplicaCount": 1, "maxReplicaCount": 5}},
}
GONE = {"triggerer": {"enabled": True, **_CLAIM}}
#: As the bootstrap job makes them: they are nowhere in git.
SECRET = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "made-in-the-cluster"}}
WORKERS = "/apis/apps/v1/namespaces/rm-celery/statefulsets/celery-worker"
PAGES = "/apis/apps/v1/namespaces/rm-celery/deployments/celery-api-server"


@pytest.fixture(scope="module")
def deleting(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    with fleet(cluster, tmp_path_factory.mktemp("deleting") / "gitops", "rm") as made:
        made.workspace("team")
        made.deployment("team", "celery", CELERY)
        made.deployment("team", "celery-two")
        made.deployment("team", "gone", GONE)
        made.begin()
        for release in ("celery", "gone"):
            made.api.apply(SECRET, made.namespace(release))
        yield made


def scale(made: Fleet, path: str, replicas: int) -> None:
    """What an autoscaler does."""
    made.api.merge(f"{path}/scale", {"spec": {"replicas": replicas}})


def replicas(made: Fleet, path: str) -> int:
    return int(made.api.there(path)["spec"]["replicas"])


def volumes(made: Fleet, release: str) -> dict[str, str]:
    claims = made.listed(release, "v1/persistentvolumeclaims")
    return {name: each["metadata"]["uid"] for name, each in claims.items()}


def test_what_sleeps_or_is_deleted_has_no_pods_and_comes_back_as_it_was(deleting: Fleet) -> None:
    before, others = volumes(deleting, "celery"), volumes(deleting, "gone")
    deleting.deployment("team", "celery", {**CELERY, "hibernate": True})
    deleting.deployment("team", "gone", GONE, deletedAt="2026-11-28T21:00:00Z")
    deleting.change()
    for release in ("celery", "gone"):
        deleting.until("no pods", f"/api/v1/namespaces/{deleting.namespace(release)}/pods", _all_ended)
    assert (replicas(deleting, WORKERS), replicas(deleting, PAGES)) == (0, 0)
    assert not {each for each in deleting.there("celery") if each.startswith(("ScaledObject", "HorizontalPod"))}
    assert (volumes(deleting, "celery"), volumes(deleting, "gone")) == (before, others)
    assert "Secret/made-in-the-cluster" in deleting.there("gone")

    deleting.deployment("team", "celery", CELERY)
    deleting.deployment("team", "gone", GONE)
    deleting.change()
    assert any(name.startswith("gone-triggerer") for name in deleting.pods("gone"))
    assert (volumes(deleting, "celery"), volumes(deleting, "gone")) == (before, others)
    # A HorizontalPodAutoscaler leaves alone what has no pods, so the sync starts one; KEDA starts from none by itself.
    assert replicas(deleting, PAGES) == 1
    assert replicas(deleting, WORKERS) in {0, 1}
    assert {"ScaledObject/celery-worker", "HorizontalPodAutoscaler/celery-api-server"} <= deleting.there("celery")


def test_self_heal_and_syncs_leave_replicas_to_the_autoscalers(deleting: Fleet) -> None:
    scale(deleting, WORKERS, 2)
    scale(deleting, PAGES, 3)
    deleting.deployment("team", "celery", {**CELERY, "env": [{"name": "A", "value": "b"}]})
    deleting.change()
    assert (replicas(deleting, WORKERS), replicas(deleting, PAGES)) == (2, 3)


def test_another_executor_leaves_only_volumes_and_secrets_behind(deleting: Fleet) -> None:
    before = volumes(deleting, "celery")
    assert {"logs-celery-worker-0", "redis-db-celery-redis-0"} <= before.keys()
    deleting.deployment("team", "celery", {"executor": "LocalExecutor"})
    deleting.change()
    left = deleting.there("celery") - deleting.rendered("team", "celery")
    assert left == {"Secret/made-in-the-cluster", *(f"PersistentVolumeClaim/{name}" for name in before)}
    deleting.until("no other pods", "/api/v1/namespaces/rm-celery/pods", lambda found: not _of(found, "worker"))
    assert not _of(deleting.listed("celery", "v1/pods"), "redis", "flower")
    assert volumes(deleting, "celery") == before


def test_a_removed_deployment_leaves_its_objects_and_only_they_are_no_longer_watched(deleting: Fleet) -> None:
    before = deleting.there("celery")
    pods, other = deleting.pods("celery"), deleting.pods("celery-two")
    (deleting.desired / "workspaces/team/deployments/celery.yaml").unlink()
    deleting.change()
    assert set(deleting.applications()) == {"rm", "rm-celery-two", "rm-gone"}
    assert deleting.there("celery") == before
    assert deleting.pods("celery") == pods
    assert deleting.pods("celery-two") == other


def test_what_comes_back_is_taken_over_again(deleting: Fleet) -> None:
    pods = deleting.pods("celery")
    deleting.deployment("team", "celery", {"executor": "LocalExecutor"})
    deleting.change()
    assert deleting.pods("celery") == pods


def test_a_workspace_is_removed_in_the_commit_that_moves_its_deployments(deleting: Fleet) -> None:
    """The project must go after the Application that leaves it, and after the one that goes."""
    pods = deleting.pods("celery-two")
    for file in sorted((deleting.desired / "workspaces/team").rglob("*.yaml")):
        file.unlink()
    deleting.workspace("other")
    deleting.deployment("other", "celery-two")
    deleting.change()
    assert set(deleting.applications()) == {"rm", "rm-celery-two"}
    assert deleting.applications()["rm-celery-two"]["spec"]["project"] == "rm-other"
    assert deleting.api.get(f"{PROJECTS}/rm-team") is None
    assert deleting.pods("celery-two") == pods


def test_an_environment_that_is_gone_from_git_removes_nothing(deleting: Fleet) -> None:
    pods = deleting.pods("celery-two")
    for file in sorted(deleting.desired.rglob("*.yaml")):
        file.unlink()
    revision = deleting.push(prune_all=True)
    deleting.tell("rm")
    deleting.until("the root Application says so", APPLICATIONS, lambda found: _says(found, "path does not exist"))
    assert revision
    assert deleting.api.get(f"{PROJECTS}/rm-other") is not None
    assert deleting.pods("celery-two") == pods


def _says(found: dict[Any, Object], text: str) -> bool:
    conditions = found["argocd", "rm"]["status"].get("conditions", [])
    return any(text in each["message"] for each in conditions)


def _all_ended(found: dict[Any, Object]) -> bool:
    """Pods of Jobs that are done stay."""
    return all(each["status"]["phase"] == "Succeeded" for each in found.values())


def _of(found: dict[Any, Object], *components: str) -> bool:
    return any(each["metadata"]["labels"].get("component") in components for each in found.values())
