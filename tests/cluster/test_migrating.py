"""Pods wait for migrations, also where these fail: by a sync's first try, and by each that follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from tests.cluster.api import APPLICATIONS, Object
from tests.cluster.harness import Cluster
from tests.cluster.small_fleet import Fleet, fleet

_COMPONENT = "run-airflow-migrations"
_POLICIES = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies"
_BINDINGS = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings"
#: A triggerer with a volume is a StatefulSet, whose old pod ends before the new one begins.
_VALUES = {
    "airflowVersion": "3.1.0",
    "triggerer": {"enabled": True, "persistence": {"enabled": True, "size": "1Gi"}},
    "migrateDatabaseJob": {"backoffLimit": 0, "activeDeadlineSeconds": 5},
}
_NEWER = {**_VALUES, "airflowVersion": "3.2.0"}


_BROKEN = {**_NEWER, "migrateDatabaseJob": {"podAnnotations": {"test.cluster/fate": "crash"}, "backoffLimit": 0}}
#: Their migrations fail: by what git says, by what is outside of it.
_ALL = {"mended": _BROKEN, "slept": _BROKEN, "ended": _BROKEN, "outside": _NEWER}


@dataclass(frozen=True)
class Held:
    """Deployments whose migrations have failed, and what there was before."""

    made: Fleet
    revision: str
    versions: Mapping[str, Mapping[str, str]]
    pods: Mapping[str, set[str]]


@pytest.fixture(scope="module")
def held(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    with fleet(cluster, tmp_path_factory.mktemp("migrating") / "gitops", "mig", removal="delete") as made:
        made.workspace("team")
        for name in _ALL:
            made.deployment("team", name, _VALUES)
        made.begin()
        before = {name: versions(made, name) for name in _ALL}
        pods = {name: workers(made, name) for name in _ALL}
        for name, values in _ALL.items():
            made.deployment("team", name, values)
        with no_migrations(made, "outside"):
            revision = made.push()
            made.tell()
            tried_again(made, revision)
        yield Held(made, revision, before, pods)


def versions(made: Fleet, release: str) -> dict[str, str]:
    """The version of Airflow that each workload's pods are to have."""
    return {
        f"{kind}/{name}": each["spec"]["template"]["spec"]["containers"][0]["image"].rpartition(":")[2]
        for kind in ("deployments", "statefulsets")
        for name, each in made.listed(release, f"apps/v1/{kind}").items()
    }


def workers(made: Fleet, release: str) -> set[str]:
    """The pods of workloads, by identity."""
    return {uid for name, uid in made.pods(release).items() if "-bootstrap-" not in name and _COMPONENT not in name}


def tried_again(made: Fleet, revision: str) -> None:
    """Until each deployment's sync to the commit has failed twice."""

    def failed_twice(found: dict[tuple[str, str], Object]) -> bool:
        states = [found["argocd", f"mig-{name}"]["status"].get("operationState", {}) for name in _ALL]
        at = {each.get("syncResult", {}).get("revision") for each in states}
        return at == {revision} and all(each.get("retryCount", 0) >= 2 for each in states)

    made.until("syncs have failed twice", APPLICATIONS, failed_twice)


@contextmanager
def no_migrations(made: Fleet, release: str) -> Iterator[None]:
    """Something outside of git keeps the pods of migrations from this deployment's namespace."""
    name = f"mig-{release}"
    pods = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}
    rule = f"object.metadata.?labels[?'component'].orValue('') != '{_COMPONENT}'"
    head = {"apiVersion": "admissionregistration.k8s.io/v1", "metadata": {"name": name}}
    namespace = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": made.namespace(release)}}}
    made.api.apply(
        {
            **head,
            "kind": "ValidatingAdmissionPolicy",
            "spec": {"matchConstraints": {"resourceRules": [pods]}, "validations": [{"expression": rule}]},
        }
    )
    made.api.apply(
        {
            **head,
            "kind": "ValidatingAdmissionPolicyBinding",
            "spec": {"policyName": name, "validationActions": ["Deny"], "matchResources": namespace},
        }
    )
    try:
        yield
    finally:
        made.api.delete(f"{_BINDINGS}/{name}")
        made.api.delete(f"{_POLICIES}/{name}")


def test_no_try_of_a_sync_goes_past_a_failed_migration(held: Held) -> None:
    for name, before in held.versions.items():
        assert "statefulsets/" + name + "-triggerer" in before
        assert set(before.values()) == {"3.1.0"}
        assert versions(held.made, name) == before
        assert workers(held.made, name) == held.pods[name]


def test_a_failed_migration_that_is_deleted_by_hand_is_made_again_before_the_pods(held: Held) -> None:
    made, before = held.made, held.versions["outside"]
    jobs = f"/apis/batch/v1/namespaces/{made.namespace('outside')}/jobs"
    failed = {
        name: each["metadata"]["uid"]
        for name, each in made.listed("outside", "batch/v1/jobs").items()
        if "Failed" in [condition["type"] for condition in each["status"]["conditions"]]
    }
    ((name, identity),) = failed.items()
    made.api.delete(f"{jobs}/{name}")
    made.wait(held.revision, ["mig-outside"])
    assert made.api.there(f"{jobs}/{name}")["metadata"]["uid"] != identity
    assert versions(made, "outside") == dict.fromkeys(before, "3.2.0")


def test_a_commit_that_mends_the_migration_brings_the_pods_and_one_for_sleep_takes_them(held: Held) -> None:
    """What waits for a migration that can't succeed can be put to sleep."""
    made = held.made
    made.deployment("team", "mended", _NEWER)
    made.deployment("team", "slept", {**_BROKEN, "hibernate": True})
    revision = made.push()
    made.tell()
    made.until(
        "what is asleep has no pods but those of jobs",
        f"/api/v1/namespaces/{made.namespace('slept')}/pods?labelSelector=component%20in%20(scheduler,triggerer)",
        lambda found: not found,
    )
    made.wait(revision, ["mig-mended"])
    assert versions(made, "mended") == dict.fromkeys(held.versions["mended"], "3.2.0")


def test_a_deletion_waits_for_the_end_of_a_sync_that_is_tried_again_and_a_person_can_end_it(held: Held) -> None:
    made, name = held.made, "mig-ended"
    (made.desired / "workspaces/team/deployments/ended.yaml").unlink()
    made.push()
    made.tell("mig")
    made.until(
        "it is to be deleted", APPLICATIONS, lambda found: "deletionTimestamp" in found["argocd", name]["metadata"]
    )
    assert made.api.there(f"{APPLICATIONS}/{name}")["status"]["operationState"]["phase"] == "Running"
    # What `argocd app terminate-op` asks the server for.
    made.api.merge(f"{APPLICATIONS}/{name}", {"status": {"operationState": {"phase": "Terminating"}}})
    made.until("it is gone", APPLICATIONS, lambda found: ("argocd", name) not in found)
    gone = made.namespace("ended")
    made.until("its namespace is gone", "/api/v1/namespaces", lambda found: ("", gone) not in found)
