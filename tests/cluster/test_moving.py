"""Deployments that move to another workspace or get another name for people, and the removal of others beside them.

All with `removal: delete`, under which Argo CD deletes what it prunes, namespaces and volumes too.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cluster.api import APPLICATIONS
from tests.cluster.harness import Cluster
from tests.cluster.small_fleet import PROJECTS, Fleet, fleet

#: Its volume must be the same after all.
VALUES = {"triggerer": {"enabled": True, "persistence": {"enabled": True, "size": "1Gi"}}}


@pytest.fixture(scope="module")
def moving(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    with fleet(cluster, tmp_path_factory.mktemp("moving") / "gitops", "move", removal="delete") as made:
        made.workspace("one")
        made.workspace("two")
        made.deployment("one", "orders", VALUES)
        made.deployment("one", "orders-eu")
        made.begin()
        yield made


def running(made: Fleet, release: str) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Pods, Argo CD's objects and claims of volumes, with what makes each of them another one."""
    claims = made.listed(release, "v1/persistentvolumeclaims")
    return (
        made.pods(release),
        made.everything(release),
        {name: each["metadata"]["uid"] for name, each in claims.items()},
    )


def test_a_move_restarts_no_pod_and_makes_no_object_anew(moving: Fleet) -> None:
    before, other = running(moving, "orders"), running(moving, "orders-eu")
    assert len(before[0]) == 6
    assert len(before[2]) == 1
    moving.deployment("two", "orders", VALUES)
    (moving.desired / "workspaces/one/deployments/orders.yaml").unlink()
    moving.change()
    assert running(moving, "orders") == before
    assert running(moving, "orders-eu") == other
    application = moving.applications()["move-orders"]
    assert application["spec"]["project"] == "move-two"
    namespace = moving.api.there(f"/api/v1/namespaces/{moving.namespace('orders')}")
    assert namespace["metadata"]["labels"]["workspace"] == "two"


def test_another_label_restarts_no_pod(moving: Fleet) -> None:
    before = running(moving, "orders")
    moving.deployment("two", "orders", VALUES, label="Orders of all the world", description="Now with a text")
    moving.workspace("two", label="The second team")
    moving.environment_file(moving.defaults, label="Moving")
    moving.change()
    assert running(moving, "orders") == before
    namespace = moving.api.there(f"/api/v1/namespaces/{moving.namespace('orders')}")
    assert namespace["metadata"]["annotations"]["stargit.dev/label"] == "Orders of all the world"


def test_a_workspace_that_is_removed_takes_its_own_with_it_and_nothing_else(moving: Fleet) -> None:
    """`orders` is how `orders-eu` begins, in Argo CD, in the names of namespaces and objects."""
    before = running(moving, "orders")
    gone = moving.namespace("orders-eu")
    (moving.desired / "workspaces/one/deployments/orders-eu.yaml").unlink()
    (moving.desired / "workspaces/one/workspace.yaml").unlink()
    moving.push()
    moving.tell("move")
    moving.until("the namespace is gone", "/api/v1/namespaces", lambda found: ("", gone) not in found)
    moving.until("the Application is gone", APPLICATIONS, lambda found: ("argocd", "move-orders-eu") not in found)
    # Argo CD looks again for projects that nobody is in every two or three minutes, and when they change.
    moving.api.merge(f"{PROJECTS}/move-one", {"metadata": {"annotations": {"look": "again"}}})
    moving.until("the project is gone", PROJECTS, lambda found: ("argocd", "move-one") not in found)
    assert set(moving.applications()) == {"move", "move-orders"}
    assert moving.api.get(f"{PROJECTS}/move-two") is not None
    assert running(moving, "orders") == before
