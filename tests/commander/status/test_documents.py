"""Odd documents: a status must not end because a cluster has something strange in it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commander.status import documents
from commander.status.facts import Application
from commander.status.lives import Lives, is_live

_SHA = "a" * 40


def application(**status: Any) -> Application:
    metadata = {
        "name": "dev-daily",
        "namespace": "argocd",
        "labels": {f"stargit.dev/{key}": value for key, value in
                   (("environment", "dev"), ("workspace", "etl"), ("release", "daily"))},
    }  # fmt: skip
    return documents.application_of({"metadata": metadata, "spec": {"syncPolicy": {"automated": {}}}, "status": status})


def test_of_several_sources_the_commit_is_taken_and_not_the_version_of_a_chart() -> None:
    found = application(sync={"status": "Synced", "revisions": ["0.1.0", _SHA]})
    assert (found.revision, found.sync, found.automated) == (_SHA, "Synced", True)


def test_an_automation_that_is_switched_off_is_none() -> None:
    spec = {"syncPolicy": {"automated": {"enabled": False}}}
    assert not documents.application_of({"metadata": {}, "spec": spec}).automated


@pytest.mark.parametrize(
    ("finalizers", "cascade"),
    [
        (None, False),
        (["foregroundDeletion"], False),
        (["resources-finalizer.argocd.argoproj.io"], True),
        (["resources-finalizer.argocd.argoproj.io/background"], True),
    ],
)
def test_the_finalizer_says_whether_argo_cd_deletes_the_objects_too(finalizers: object, cascade: bool) -> None:
    assert documents.application_of({"metadata": {"finalizers": finalizers}}).cascade == cascade


def test_when_a_commit_was_deployed_first_counts() -> None:
    history = [
        {"revision": "b" * 40, "deployedAt": "2026-11-29T00:00:00Z"},
        {"revision": _SHA, "deployedAt": "2026-11-29T00:01:00Z"},
        {"revision": _SHA, "deployedAt": "2026-11-29T00:09:00Z"},
    ]
    found = application(history=history)
    assert (found.deployed, found.deployed_at) == (_SHA, 1795910460.0)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["metadata", "spec", "status", "conditions", "sync", "revisions", "type", "containerStatuses",
                         "state", "waiting", "replicas", "operationState", "syncResult", "resources", "involvedObject",
                         "restartCount", "lastState", "terminated", "exitCode", "generation", "observedGeneration"]),
        inner, max_size=5,
    ),
    max_leaves=25,
)  # fmt: skip


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "Job"])
@given(document=st.dictionaries(st.sampled_from(["metadata", "spec", "status"]), _JSON))
def test_nothing_odd_ends_it(kind: str, document: dict[str, Any]) -> None:
    documents.application_of(document)
    documents.project_of(document)
    documents.pod_trouble_of(document)
    documents.notice_of(document)
    documents.workload_of(document, kind, "apps")


def test_live_is_synced_healthy_and_nothing_under_way() -> None:
    live = {"sync": {"status": "Synced"}, "health": {"status": "Healthy"}}
    assert is_live(application(**live))
    assert is_live(application(**live, operationState={"phase": "Succeeded"}))
    assert not is_live(application(**live, operationState={"phase": "Running"}))
    assert not is_live(application(**{**live, "health": {"status": "Progressing"}}))
    assert not is_live(application(**{**live, "sync": {"status": "OutOfSync"}}))


def test_what_differs_after_it_was_synced_was_changed_by_hand_and_not_what_a_sync_has_yet_to_do() -> None:
    lives = Lives(lambda _: None, lambda _, one, other: one == other)
    history = [{"revision": _SHA, "deployedAt": "2026-11-29T00:00:00Z"}]
    differs = [{"kind": "ConfigMap", "name": "daily", "status": "OutOfSync"}]
    done = {"phase": "Succeeded"}
    at = {"revision": _SHA}
    states = [
        application(sync={"status": "OutOfSync", **at}, resources=differs, history=history, operationState=done),
        application(sync={"status": "Synced", **at}, history=history, operationState=done),
        application(sync={"status": "OutOfSync", **at}, resources=differs, history=history, operationState=done),
        application(sync={"status": "Synced", **at}, history=history, operationState=done),
    ]
    seen = []
    before = None
    for each in states:
        lives.see(before, each, listed=False)
        seen.append(lives.of(each).drift)
        before = each
    assert seen[:2] == [None, None]
    assert seen[2] is not None
    assert (seen[2].objects, seen[2].undone) == (("ConfigMap daily",), 0)
    assert seen[3] is not None
    assert seen[3].undone >= seen[3].seen > 0


def test_how_long_a_commit_took_is_counted_from_when_the_branch_moved() -> None:
    lives = Lives(lambda _: None, lambda _, one, other: one == other)
    lives.moved(_SHA)
    live = application(
        sync={"status": "Synced", "revision": _SHA}, health={"status": "Healthy"},
        history=[{"revision": _SHA, "deployedAt": "2026-11-29T00:00:00Z"}],
    )  # fmt: skip
    lives.see(None, live, listed=False)
    assert 0 <= lives.of(live).seconds < 5
    lives.see(live, None, listed=False)
    assert lives.of(live).revision == ""


def test_of_several_sources_the_commit_and_the_version_of_the_chart_are_told_apart() -> None:
    sources = [
        {"repoURL": "registry.example.com/charts", "chart": "airflow", "targetRevision": "0.1.0"},
        {"repoURL": "https://git.example.com/fleet.git", "targetRevision": "refs/heads/main", "ref": "values"},
    ]
    sync = {"status": "Synced", "revisions": ["0.1.0", "a" * 40], "comparedTo": {"sources": sources}}
    found = documents.application_of({"status": {"sync": sync}})
    assert (found.revision, found.chart) == ("a" * 40, "0.1.0")
    assert documents.application_of({"status": {"sync": {"revision": "a" * 40}}}).chart == ""
