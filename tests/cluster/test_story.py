"""From a commit to objects in the cluster: the lives of the sample's deployments, by the real Argo CD."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cluster import accepted, story
from tests.cluster.argo import out_of_sync
from tests.cluster.harness import Cluster
from tests.cluster.sample import Sample, sample


@pytest.fixture(scope="module")
def synced(cluster: Cluster) -> Iterator[Sample]:
    """The sample after its root Applications were applied; the deployment that sleeps in it is awake."""
    with sample(cluster) as made:
        story.first_sync(made)
        story.wake(made)
        yield made


def test_the_roots_bring_everything(synced: Sample) -> None:
    found = synced.argo.applications()
    assert set(found) == set(synced.applications())
    assert {name: out_of_sync(each) for name, each in found.items() if out_of_sync(each)} == {}


def test_the_api_server_accepts_every_object(synced: Sample) -> None:
    count, refused = accepted.objects(synced)
    assert refused == []
    assert count > 400


def test_every_pod_is_restricted_and_fits_the_quota(synced: Sample) -> None:
    assert set(accepted.namespaces(synced).values()) == {"restricted"}
    count, refused = accepted.pods(synced)
    assert refused == []
    assert count > 80


def test_pod_security_and_quotas_do_act(synced: Sample) -> None:
    """Else the tests before would prove nothing."""
    privileged = {"containers": [{"name": "a", "image": "a", "securityContext": {"privileged": True}}]}
    for namespace in accepted.namespaces(synced):
        assert 'violates PodSecurity "restricted' in accepted.refusal(synced, namespace, {"spec": privileged})
    good = {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    amounts = {"cpu": "10000", "memory": "10000Gi"}
    resources = {"requests": amounts, "limits": amounts}
    huge = {"containers": [{"name": "a", "image": "a", "securityContext": good, "resources": resources}]}
    quotas = {each["metadata"]["namespace"] for each in synced.api.list("/api/v1/resourcequotas")}
    assert quotas
    for namespace in quotas:
        assert "forbidden" in accepted.refusal(synced, namespace, {"spec": huge})


def test_a_change_and_its_revert_reach_the_cluster(synced: Sample) -> None:
    story.scale(synced)
    story.revert(synced)


def test_a_change_of_executor_leaves_nothing_behind(synced: Sample) -> None:
    for executor in ("LocalExecutor", "KubernetesExecutor,CeleryExecutor"):
        story.set_executor(synced, executor)


def test_sleep_and_waking(synced: Sample) -> None:
    story.hibernate(synced)
    story.wake(synced)


def test_a_deployment_is_created_deleted_and_removed(synced: Sample) -> None:
    story.create(synced)
    assert [row.what for row in story.delete(synced)] == ["deleted (asleep)", "removed, with its namespace"]


def test_what_drifts_is_set_back(synced: Sample) -> None:
    story.drift(synced)


def test_a_broken_manifest_stops_its_own_deployment_alone(synced: Sample) -> None:
    story.broken_by_hand(synced)


def test_wrong_desired_state_stops_nobody(synced: Sample) -> None:
    story.wrong_by_hand(synced)


def test_nothing_flaps(synced: Sample) -> None:
    story.quiet(synced, 20)


def test_argo_cd_takes_no_push_with_another_signature(synced: Sample) -> None:
    assert synced.argo.post(b"{}", "wrong") == 400
