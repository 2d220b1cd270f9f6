"""What people are told: from documents of a real Argo CD 3.5 and API server 1.36 (``documents/``), and from messages of
Argo CD's source for what can't be provoked."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from commander.status import explaining_ends, explaining_pods, explaining_syncs, known_messages
from commander.status.explaining import EXPLAINERS, explanations
from commander.status.facts import (
    Application,
    Condition,
    ObjectName,
    Operation,
    Picture,
    PodTrouble,
    Result,
    Window,
    Workload,
)
from commander.status.model import Explanation
from commander.status.workloads import judged
from tests.commander.status.recorded import picture


def told(picture: Picture, code: str) -> Explanation:
    found = explanations(picture)
    return next(each for each in found if each.code == code)


@pytest.mark.parametrize(
    ("name", "code", "about"),
    [
        ("pods-pull-error", "image_pull", "scheduler ("),
        ("pods-crash", "crash_loop", "scheduler ("),
        ("stuck", "migration_failed", "Job stuck-run-airflow-migrations-"),
        ("narrow", "quota_exceeded", "narrow-scheduler"),
        ("lost", "unschedulable", "scheduler ("),
        ("odd", "kind_forbidden", "PodTemplate odd"),
        ("unbegun", "image_pull", "run-airflow-migrations ("),
    ],
)
def test_the_trouble_of_a_real_deployment_comes_first(name: str, code: str, about: str) -> None:
    first = explanations(picture(name))[0]
    assert (first.code, first.weight) == (code, "error")
    assert about in first.object
    assert first.summary
    assert first.advice


def test_between_two_tries_no_sync_is_under_way() -> None:
    found = told(picture("stuck"), "waiting")
    assert found.summary == "Argo CD tries the sync again in a moment; it was tried once before"
    assert "Retrying attempt #1" in found.detail
    application = picture("stuck").application
    assert application is not None
    assert application.operation is not None
    message = "waiting for healthy state of batch/Job/stuck-bootstrap"
    again = replace(application.operation, message=message, retries=2)
    found = told(replace(picture("stuck"), application=replace(application, operation=again)), "waiting")
    assert found.summary == "the sync waits until Job stuck-bootstrap is healthy; it was tried 2 times before"


def test_refusals_are_told_as_long_as_pods_are_missing_and_not_when_they_came_at_last() -> None:
    now = picture("strict")
    assert any("denied request" in each.message for each in now.notices)
    assert explanations(now) == ()
    missing = tuple(
        replace(each, health="Progressing", ready=1) if each.component == "triggerer" else each
        for each in now.workloads
    )
    found = explanations(replace(now, workloads=missing))
    assert [(each.code, each.object) for each in found] == [("admission_refused", "Deployment strict-triggerer")]


def test_how_a_migration_is_run_again_is_told_with_its_namespace() -> None:
    job = next(each for each in picture("stuck").workloads if each.object.kind == "Job" and each.health == "Degraded")
    advice = told(picture("stuck"), "migration_failed").advice
    assert f"kubectl -n {job.object.namespace} delete job -l component=run-airflow-migrations" in advice


_APPLICATION = Application(
    "dev-daily", "argocd", "dev", "etl", "daily", "dev-etl", "airflow-dev-daily", automated=True,
    sync="OutOfSync", health="Healthy", revision="b" * 40, deployed="a" * 40,
)  # fmt: skip
_MAP = ObjectName("", "ConfigMap", "airflow-dev-daily", "daily-config")
_ROOT = replace(_APPLICATION, name="dev", workspace="", release="", sync="Synced")


def operation(phase: str, message: str = "", *results: Result) -> Operation:
    return Operation(phase, message, "b" * 40, 1.0, 2.0, results=results)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = Unknown desc = "
         "failed to list refs: authentication required", "repository_unreachable"),
        ("Failed to load target state: rpc error: code = Unknown desc = Get \"https://git.example.com/x.git/info/refs"
         "?service=git-upload-pack\": dial tcp: lookup git.example.com: no such host", "repository_unreachable"),
        ("Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = Unknown desc = "
         "rendered/dev/workspaces/etl/daily: app path does not exist", "path_missing"),
        ("Failed to load target state: failed to unmarshal manifest: error converting YAML to JSON: yaml: line 3",
         "manifest_invalid"),
        ("Failed to load live state: failed to get cluster info for \"https://10.0.0.1\": error",
         "cluster_unreachable"),
        ("The Kubernetes API could not find keda.sh/ScaledObject for requested resource daily/worker. "
         "Make sure the \"ScaledObject\" CRD is installed on the destination cluster.", "missing_kind"),
        ("application repo https://x is not permitted in project 'dev-etl'", "project_forbids"),
        ("something that nobody has seen", "comparison_failed"),
    ],
)  # fmt: skip
def test_what_argo_cd_says_of_a_comparison_is_known(message: str, code: str) -> None:
    application = replace(_APPLICATION, conditions=(Condition("ComparisonError", message),))
    assert told(Picture(application), code).detail == message


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ('namespaces "airflow-dev-daily" not found', "namespace_missing"),
        ("pods \"x\" is forbidden: exceeded quota: q, requested: pods=1", "quota_exceeded"),
        ('admission webhook "policy.example.com" denied the request: no', "admission_refused"),
        ("ConfigMap/daily-config is part of applications argocd/dev-daily and other", "shared_object"),
        ("Job.batch \"x\" is invalid: spec.template: Invalid value: field is immutable", "immutable_field"),
        ("nobody knows", "object_refused"),
    ],
)  # fmt: skip
def test_what_became_of_an_object_is_known(message: str, code: str) -> None:
    failed = operation("Failed", "one or more objects failed to apply", Result(_MAP, "SyncFailed", message))
    found = told(Picture(replace(_APPLICATION, operation=failed)), code)
    assert (found.object, found.detail) == ("ConfigMap daily-config", message)


@pytest.mark.parametrize(
    ("type_", "code"),
    [("ExcludedResourceWarning", "excluded_kind"), ("SharedResourceWarning", "shared_object")],
)
def test_what_argo_cd_only_warns_of_is_told_too(type_: str, code: str) -> None:
    application = replace(_APPLICATION, sync="Synced", conditions=(Condition(type_, "of x"),))
    assert told(Picture(application), code).detail == "of x"


def test_a_try_that_failed_is_told_while_argo_cd_tries_again() -> None:
    """Rendered Applications are retried for ever, so that their operations do not end."""
    message = "error looking up a namespace: forbidden. Retrying attempt #2 at 10:04PM."
    failing = replace(operation("Running", message), retries=2)
    found = told(Picture(replace(_APPLICATION, operation=failing)), "sync_failed")
    assert (found.summary, found.detail, found.advice) == (
        "the last try of a sync failed, and Argo CD tries again", message,
        "mend what it says; then Argo CD tries again by itself",
    )  # fmt: skip
    running = replace(operation("Running", "waiting for healthy state of apps/StatefulSet/a"), retries=2)
    found_codes = {each.code for each in explanations(Picture(replace(_APPLICATION, operation=running)))}
    assert "sync_failed" not in found_codes


def test_a_failed_hook_a_failed_sync_and_what_a_sync_waits_for() -> None:
    hook = Result(ObjectName("batch", "Job", "n", "check"), "Synced", "Job failed", "Failed", is_hook=True)
    assert (
        told(Picture(replace(_APPLICATION, operation=operation("Failed", "x", hook))), "hook_failed").object
        == "Job check"
    )
    assert told(Picture(replace(_APPLICATION, operation=operation("Error", "why"))), "sync_failed").detail == "why"
    message = "waiting for healthy state of apps/StatefulSet/daily-redis and 1 more resources"
    waits = told(Picture(replace(_APPLICATION, operation=operation("Running", message))), "waiting")
    assert (waits.summary, waits.weight) == (
        "the sync waits until StatefulSet daily-redis and 1 more is healthy",
        "waiting",
    )


def test_why_a_difference_is_not_applied() -> None:
    window = Window("deny", "0 18 28 * *", "168h", "UTC", description="Month end")
    closed = told(Picture(_APPLICATION, closed_windows=(window,)), "window_closed")
    assert closed.detail == "deny '0 18 28 * *' for 168h (UTC) Month end"
    assert told(Picture(replace(_APPLICATION, automated=False)), "manual_sync").weight == "waiting"
    assert "skip-reconcile-" in told(Picture(replace(_APPLICATION, paused=True)), "paused").advice
    edited = replace(_APPLICATION, revision=_APPLICATION.deployed, out_of_sync=(_MAP,))
    assert told(Picture(edited), "edited_by_hand").object == "ConfigMap daily-config"


def test_a_deployment_whose_file_is_gone_runs_on_unless_argo_cd_deletes_its_objects() -> None:
    kept = told(Picture(replace(_APPLICATION, sync="Synced"), _ROOT, removed=True), "removed")
    assert (kept.weight, "undelete" in kept.advice) == ("waiting", False)
    assert "goes on running" in kept.summary
    assert "kubectl delete namespace airflow-dev-daily" in kept.advice
    goes = replace(_APPLICATION, sync="Synced", cascade=True)
    deleted = told(Picture(goes, _ROOT, removed=True), "removed")
    assert "its deletion is under way" in deleted.summary
    assert "argocd app get dev" in deleted.advice
    # Once it is marked, Argo CD deletes it and no commit holds that up.
    (alone,) = explanations(Picture(replace(goes, deleting=True), _ROOT, removed=True))
    assert (alone.code, alone.weight, "with all its objects" in alone.summary) == ("deleting", "waiting", True)
    marked = replace(_APPLICATION, sync="Synced", deleting=True)
    assert "its objects stay" in told(Picture(marked, _ROOT, removed=True), "deleting").summary
    assert told(Picture(marked, _ROOT, removed=True), "removed") == kept


def test_a_deletion_waits_for_the_end_of_a_sync_that_is_under_way() -> None:
    """Argo CD does one thing at a time (``processAppOperationQueueItem``), and rendered Applications are retried for
    ever."""
    message = "one or more objects failed to apply. Retrying attempt #2 at 10:04PM."
    retried = replace(operation("Running", message), retries=2)
    goes = replace(_APPLICATION, cascade=True, deleting=True)
    found = told(Picture(replace(goes, operation=retried)), "deletion_waits")
    assert (found.weight, found.detail) == ("error", message)
    assert "2 times" in found.summary
    assert "argocd app terminate-op dev-daily" in found.advice
    first = told(Picture(replace(goes, operation=operation("Running", "waiting"))), "deletion_waits")
    assert first.weight == "waiting"
    ending = told(Picture(replace(goes, operation=replace(retried, phase="Terminating"))), "deletion_waits")
    assert (ending.weight, "terminate-op" in ending.advice) == ("waiting", False)
    for other in (
        replace(goes, operation=replace(retried, phase="Failed")),
        replace(goes, operation=None),
        replace(goes, operation=retried, cascade=False),
        replace(goes, operation=retried, deleting=False),
    ):
        codes = {each.code for each in explanations(Picture(other))}
        assert "deletion_waits" not in codes
        assert ("deleting" in codes) == other.deleting


def test_an_application_that_is_not_there_is_explained_by_the_root() -> None:
    # As docs/argocd.md says: on the client's side, the next apply would take Argo CD's mark away.
    assert "kubectl apply --server-side --field-manager=stargit" in told(Picture(None), "not_there").advice
    assert "another commit" in told(Picture(None, _ROOT), "not_there").advice
    failed = replace(_ROOT, operation=operation("Failed", "one or more objects failed to apply"))
    assert "is not synced" in told(Picture(None, failed), "not_there").advice
    assert told(Picture(_APPLICATION, failed), "root_not_synced").object == "dev"
    # Rendered Applications are retried for ever, so their syncs stay Running.
    retried = replace(operation("Running", "one or more objects failed to apply (retried 3 times)"), retries=3)
    assert told(Picture(_APPLICATION, replace(_ROOT, operation=retried)), "root_not_synced").object == "dev"
    begun = operation("Running", "waiting for completion of hook")
    assert "root_not_synced" not in {
        each.code for each in explanations(Picture(_APPLICATION, replace(_ROOT, operation=begun)))
    }


def test_what_desired_state_says_of_it() -> None:
    live = replace(_APPLICATION, sync="Synced")
    assert told(Picture(live, hibernating=True), "asleep").weight == "note"
    assert told(Picture(live, hibernating=True, deleted=True), "deleted").weight == "note"
    assert told(Picture(live, file_problems=("daily.yaml:3:1: no",)), "file_wrong").detail == "daily.yaml:3:1: no"
    assert explanations(Picture(live)) == ()


@pytest.mark.parametrize(
    ("reason", "last", "code"),
    [
        ("CrashLoopBackOff", "OOMKilled", "out_of_memory"),
        ("CreateContainerConfigError", "", "configuration_missing"),
        ("InvalidImageName", "", "image_pull"),
    ],
)
def test_pods_say_more_than_their_workload(reason: str, last: str, code: str) -> None:
    pod = PodTrouble(ObjectName("", "Pod", "n", "p"), "worker", "daily", reason, "why", "worker", last_reason=last)
    assert told(Picture(_APPLICATION, pods=(pod, pod)), code).object == "worker (p, container worker)"
    assert [each.code for each in explanations(Picture(_APPLICATION, pods=(pod, pod)))].count(code) == 1


def test_every_explanation_is_documented() -> None:
    text = (Path(__file__).parents[3] / "docs/commander.md").read_text()
    source = "".join(
        Path(each.__file__ or "").read_text() for each in (explaining_ends, explaining_pods, explaining_syncs)
    )
    codes = set(re.findall(r'Explanation\(\s*"([a-z_]+)"', source)) | {each.code for each in known_messages.KNOWN}
    codes |= {each[0] for each in explaining_pods._JOBS.values()} | {"comparison_failed", "argocd_error", "job_failed"}
    assert len(EXPLAINERS) > 15
    assert {code for code in codes if f"`{code}`" not in text} == set()


def test_an_object_that_was_applied_and_is_not_healthy_was_not_refused() -> None:
    """Argo CD writes ``Failed`` of both; only the status tells them apart (gitops-engine, ``sync_context.go``)."""
    failed = next(each for each in picture("stuck").workloads if each.health == "Degraded")
    result = Result(failed.object, "Synced", "Job has reached the specified backoff limit", "Failed")
    application = replace(_APPLICATION, operation=operation("Failed", "completed unsuccessfully", result))
    codes = [each.code for each in explanations(replace(picture("stuck"), application=application))]
    assert codes == ["migration_failed"]
    (alone, *_) = explanations(Picture(application))
    assert (alone.code, alone.object) == ("object_unhealthy", str(failed.object))


def test_of_a_job_without_a_pod_that_runs_its_cause_is_told_and_not_that_it_failed() -> None:
    job = Workload(
        ObjectName("batch", "Job", "n", "daily-run-airflow-migrations"), "run-airflow-migrations", "daily",
        "Progressing", 1, waits_since=1000.0,
    )  # fmt: skip
    assert explanations(Picture(_APPLICATION, workloads=(judged(job, 1180.9),))) == ()
    late = judged(job, 1181.0)
    (alone,) = explanations(Picture(_APPLICATION, workloads=(late,)))
    assert (alone.code, alone.weight, alone.object) == ("job_not_started", "error", str(job.object))
    assert "no pod of it runs, more than 180 seconds" in alone.detail
    named = ObjectName("", "Pod", "n", "daily-run-airflow-migrations-x")
    pod = PodTrouble(named, "run-airflow-migrations", "daily", "ImagePullBackOff", "no such image", "migrate")
    result = Result(
        job.object, "Synced", "no pod of it runs, more than 180 seconds after it began; its events say why", "Failed"
    )
    application = replace(_APPLICATION, operation=operation("Failed", "completed unsuccessfully", result))
    codes = [each.code for each in explanations(Picture(application, workloads=(late,), pods=(pod,)))]
    assert codes == ["image_pull"]
    other = replace(late, component="cleanup")
    assert [each.weight for each in explanations(Picture(_APPLICATION, workloads=(other,)))] == ["waiting"]


def test_a_webhook_of_the_cluster_that_does_not_answer_is_not_the_repository() -> None:
    message = (
        'Internal error occurred: failed calling webhook "policy.example.com": failed to call webhook: Post'
        ' "https://policy.policies.svc:443/validate": dial tcp 10.0.0.1:443: connect: connection refused'
    )
    failed = operation("Failed", "one or more objects failed to apply", Result(_MAP, "SyncFailed", message))
    assert told(Picture(replace(_APPLICATION, operation=failed)), "admission_refused").detail == message


def test_applications_that_were_never_read_are_not_said_to_be_missing() -> None:
    assert explanations(Picture(None, unread=True)) == ()


def test_a_commit_that_argo_cd_has_not_looked_at_is_told() -> None:
    synced = picture("narrow")
    assert synced.application is not None
    ended = replace(synced.application, operation=None, conditions=(), revision="a" * 40)
    found = told(replace(synced, application=ended, not_compared="b" * 40), "not_compared")
    assert found.summary == f"Argo CD has not compared it with commit {'b' * 12}, the last one was {'a' * 12}"
    assert f"kubectl -n {ended.namespace} get pods" in found.advice
    for other in (replace(ended, paused=True), replace(ended, conditions=(Condition("SyncError", "no"),))):
        codes = {each.code for each in explanations(replace(synced, application=other, not_compared="b" * 40))}
        assert "not_compared" not in codes
