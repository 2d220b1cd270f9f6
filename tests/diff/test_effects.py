"""What a cluster does with a change: restarts, refusals, losses."""

from __future__ import annotations

from typing import Any

import pytest

from tests.diff.manifests import compared, container, copy, effects, made, one, workload


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet"])
def test_a_change_of_the_pod_template_restarts(kind: str) -> None:
    new = copy(workload(kind))
    container(new)["image"] = "example.com/airflow:2.11.2"
    new["spec"]["template"]["metadata"]["annotations"]["checksum/config"] = "2" * 64
    assert effects(workload(kind), new) == {"restart": ("image", "new config")}


def test_replicas_alone_scale_and_restart_nothing() -> None:
    assert effects(workload(), workload(replicas=5)) == {"scale": ("2 -> 5",)}


def test_no_pods_no_restart() -> None:
    new = workload(replicas=0)
    container(new)["image"] = "other"
    assert effects(workload(replicas=0), new) == {}


def test_pods_that_wait_for_their_deletion() -> None:
    new = workload("StatefulSet", updateStrategy={"type": "OnDelete"})
    container(new)["image"] = "other"
    old = workload("StatefulSet", updateStrategy={"type": "OnDelete"})
    assert effects(old, new) == {"restart": ("image", "only once a pod is deleted (OnDelete)")}


def _claim(size: str) -> dict[str, Any]:
    return {"metadata": {"name": "logs"}, "spec": {"resources": {"requests": {"storage": size}}}}


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (workload(selector={"a": "b"}), workload(selector={"a": "c"}), "spec.selector.a"),
        (workload("StatefulSet", serviceName="a"), workload("StatefulSet", serviceName="b"), "spec.serviceName"),
        (
            workload("StatefulSet", volumeClaimTemplates=[_claim("1Gi")]),
            workload("StatefulSet", volumeClaimTemplates=[_claim("2Gi")]),
            "spec.volumeClaimTemplates[logs].spec.resources.requests.storage",
        ),
        (
            made("RoleBinding", "x", roleRef={"name": "a"}),
            made("RoleBinding", "x", roleRef={"name": "b"}),
            "roleRef.name",
        ),
        (made("Job", "x", spec={"template": {"a": 1}}), made("Job", "x", spec={"template": {"a": 2}}), "a"),
        (
            made("PersistentVolumeClaim", "x", spec={"storageClassName": "a"}),
            made("PersistentVolumeClaim", "x", spec={"storageClassName": "b"}),
            "spec.storageClassName",
        ),
        (
            made("ConfigMap", "x", immutable=True, data={"a": "1"}),
            made("ConfigMap", "x", immutable=True, data={"a": "2"}),
            "data.a",
        ),
        (
            made("Service", "x", spec={"clusterIP": "None"}),
            made("Service", "x", spec={"clusterIP": ""}),
            "spec.clusterIP",
        ),
    ],
)
def test_fields_that_kubernetes_takes_no_change_of(old: dict[str, Any], new: dict[str, Any], why: str) -> None:
    assert effects(old, new)["recreate"] == (why,)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (workload("StatefulSet", minReadySeconds=1), workload("StatefulSet", minReadySeconds=2)),
        (made("ConfigMap", "x", data={"a": "1"}), made("ConfigMap", "x", data={"a": "2"})),
        (made("Job", "x", spec={"backoffLimit": 1}), made("Job", "x", spec={"backoffLimit": 2})),
        (made("CronJob", "x", spec={"jobTemplate": 1}), made("CronJob", "x", spec={"jobTemplate": 2})),
    ],
)
def test_changes_that_are_taken_quietly(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert effects(old, new) == {}


def test_a_claim_may_grow_and_not_shrink() -> None:
    old = made("PersistentVolumeClaim", "x", spec={"resources": {"requests": {"storage": "1Gi"}}})
    less = made("PersistentVolumeClaim", "x", spec={"resources": {"requests": {"storage": "900Mi"}}})
    more = made("PersistentVolumeClaim", "x", spec={"resources": {"requests": {"storage": "2Gi"}}})
    assert effects(old, more) == {}
    assert effects(old, less) == {"shrink": ("spec.resources.requests.storage: 1Gi -> 900Mi",)}


def test_a_job_of_a_new_name_is_the_old_one_that_runs_again() -> None:
    old = made(
        "Job", "daily-migrate-0123456789", spec={"template": {"spec": {"containers": [{"name": "m", "image": "a"}]}}}
    )
    new = made(
        "Job", "daily-migrate-abcdef0123", spec={"template": {"spec": {"containers": [{"name": "m", "image": "b"}]}}}
    )
    change = one(old, new)
    assert (change.fate, change.role, change.key.name, change.old_key.name) == (
        "replaced",
        "migrate",
        "daily-migrate-abcdef0123",
        "daily-migrate-0123456789",
    )
    assert [(each.kind, each.why) for each in change.effects] == [("run", ("image",))]
    assert [each.path for each in change.fields] == ["metadata.name", "spec.template.spec.containers[m].image"]


def test_jobs_of_other_names_have_nothing_in_common() -> None:
    found = compared(made("Job", "daily-one"), made("Job", "daily-two")).objects
    assert sorted(each.fate for each in found) == ["created", "removed"]


@pytest.mark.parametrize("kind", ["Namespace", "PersistentVolumeClaim", "CustomResourceDefinition"])
def test_what_is_lost_with_an_object(kind: str) -> None:
    assert set(effects(made(kind, "x"), None)) == {"loss"}
    kept = {"annotations": {"argocd.argoproj.io/sync-options": "Prune=false"}}
    assert effects(made(kind, "x", metadata=kept), None) == {}


def test_an_application_that_takes_all_along() -> None:
    finalizers = {"finalizers": ["resources-finalizer.argocd.argoproj.io/background"]}
    assert set(effects(made("Application", "x", metadata=finalizers), None)) == {"loss"}
    assert effects(made("Application", "x"), None) == {}
