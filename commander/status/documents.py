"""Objects as the API server tells them (JSON) -> facts. What is missing or of another form than expected is left out: a
status must not end because a cluster has something odd in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from commander.status.facts import (
    Application,
    Condition,
    Notice,
    ObjectName,
    Operation,
    PodTrouble,
    Project,
    Result,
    Seconds,
    Window,
    Workload,
)
from commander.status.plain import (
    LONGEST,
    MOST,
    Document,
    list_of,
    map_of,
    number_of,
    text_of,
    texts_of,
    time_of,
)
from commander.status.workloads import waits_since, workload_health
from generator.argocd.applications import FINALIZER

_COMMIT = re.compile(r"[0-9a-f]{40}\Z")
_LABELS = "stargit.dev"
_SKIP = "argocd.argoproj.io/skip-reconcile"
#: Reasons of waiting containers that pass by themselves.
_PASSING = ("ContainerCreating", "PodInitializing", "")
_FEW_RESTARTS = 2


def application_of(document: Document) -> Application:
    """An Application."""
    metadata, spec, status = (map_of(document, key) for key in ("metadata", "spec", "status"))
    labels, annotations = map_of(metadata, "labels"), map_of(metadata, "annotations")
    sync, health = map_of(status, "sync"), map_of(status, "health")
    deployed, deployed_at = _deployed(status)
    return Application(
        name=text_of(metadata, "name"),
        namespace=text_of(metadata, "namespace"),
        environment=text_of(labels, f"{_LABELS}/environment"),
        workspace=text_of(labels, f"{_LABELS}/workspace"),
        release=text_of(labels, f"{_LABELS}/release"),
        project=text_of(spec, "project"),
        to_namespace=text_of(map_of(spec, "destination"), "namespace"),
        automated=_is_automated(spec),
        sync=text_of(sync, "status"),
        health=text_of(health, "status"),  # type: ignore[arg-type]  # Argo CD's words, shown as they are
        health_message=text_of(health, "message"),
        health_since=time_of(health, "lastTransitionTime"),
        revision=_commit(sync),
        chart=_chart(sync),
        deployed=deployed,
        deployed_at=deployed_at,
        operation=_operation(map_of(status, "operationState")),
        conditions=tuple(
            Condition(text_of(each, "type"), text_of(each, "message")) for each in list_of(status, "conditions")
        ),
        out_of_sync=tuple(
            _named(each)
            for each in list_of(status, "resources", most=100_000)
            if each.get("status") == "OutOfSync" and not each.get("hook")
        )[:MOST],
        paused=text_of(annotations, _SKIP) == "true",
        deleting="deletionTimestamp" in metadata,
        cascade=any(each.startswith(FINALIZER) for each in texts_of(metadata, "finalizers")),
    )


def project_of(document: Document) -> Project:
    """An AppProject."""
    windows = [
        Window(
            text_of(each, "kind"),
            text_of(each, "schedule"),
            text_of(each, "duration"),
            text_of(each, "timeZone") or "UTC",
            texts_of(each, "applications"),
            texts_of(each, "namespaces"),
            texts_of(each, "clusters"),
            text_of(each, "description"),
        )
        for each in list_of(map_of(document, "spec"), "syncWindows")
    ]
    return Project(text_of(map_of(document, "metadata"), "name"), tuple(windows))


def workload_of(document: Document, kind: str, group: str) -> Workload:
    """A Deployment, a StatefulSet or a Job."""
    metadata = map_of(document, "metadata")
    labels = map_of(metadata, "labels")
    health, reason, message = workload_health(kind, document)
    spec, status = map_of(document, "spec"), map_of(document, "status")
    return Workload(
        ObjectName(group, kind, text_of(metadata, "namespace"), text_of(metadata, "name")),
        text_of(labels, "component"),
        text_of(labels, "release"),
        health,
        number_of(spec, "completions" if kind == "Job" else "replicas", 1),
        number_of(status, "succeeded" if kind == "Job" else "readyReplicas"),
        reason,
        message[:LONGEST],
        waits_since(document) if kind == "Job" and health == "Progressing" else 0.0,
    )


def pod_trouble_of(document: Document) -> PodTrouble | None:
    """What is wrong with a pod; None when nothing is, or nothing that would not pass by itself."""
    metadata, spec, status = (map_of(document, key) for key in ("metadata", "spec", "status"))
    if "deletionTimestamp" in metadata or status.get("phase") == "Succeeded":
        return None
    labels = map_of(metadata, "labels")

    def trouble(reason: str, message: str, **more: Any) -> PodTrouble:
        named = ObjectName("", "Pod", text_of(metadata, "namespace"), text_of(metadata, "name"))
        return PodTrouble(named, text_of(labels, "component"), text_of(labels, "release"), reason, message, **more)

    images = {
        text_of(each, "name"): text_of(each, "image")
        for key in ("containers", "initContainers")
        for each in list_of(spec, key)
    }
    for state in (*list_of(status, "initContainerStatuses"), *list_of(status, "containerStatuses")):
        waiting, ended = map_of(map_of(state, "state"), "waiting"), map_of(map_of(state, "state"), "terminated")
        last = map_of(map_of(state, "lastState"), "terminated")
        name = text_of(state, "name")
        restarts = number_of(state, "restartCount")
        found = {
            "container": name,
            "image": images.get(name, text_of(state, "image")),
            "restarts": restarts,
            "exit_code": (ended or last).get("exitCode"),
            "last_reason": text_of(ended or last, "reason"),
        }
        if (reason := text_of(waiting, "reason")) not in _PASSING:
            return trouble(reason, text_of(waiting, "message"), **found)
        if ended and ended.get("exitCode"):
            return trouble(text_of(ended, "reason") or "Error", text_of(ended, "message"), **found)
        if last.get("exitCode") and not state.get("ready") and restarts > _FEW_RESTARTS:
            return trouble("CrashLoopBackOff", text_of(last, "message"), **found)
    for each in list_of(status, "conditions"):
        if each.get("type") == "PodScheduled" and each.get("status") == "False":
            return trouble(text_of(each, "reason") or "Unschedulable", text_of(each, "message"))
    if status.get("phase") == "Failed":
        return trouble(text_of(status, "reason") or "Failed", text_of(status, "message"))
    return None


def notice_of(document: Document) -> Notice:
    """A warning event (core/v1)."""
    about = map_of(document, "involvedObject")
    group = text_of(about, "apiVersion").rpartition("/")[0]
    time = time_of(map_of(document, "series"), "lastObservedTime") or max(
        time_of(document, "lastTimestamp"),
        time_of(document, "eventTime"),
        time_of(map_of(document, "metadata"), "creationTimestamp"),
    )
    named = ObjectName(group, text_of(about, "kind"), text_of(about, "namespace"), text_of(about, "name"))
    return Notice(named, text_of(document, "reason"), text_of(document, "message"), time)


def _operation(state: Document) -> Operation | None:
    if not state:
        return None
    result = map_of(state, "syncResult")
    asked = map_of(map_of(state, "operation"), "sync")
    return Operation(
        text_of(state, "phase"),
        text_of(state, "message"),
        _commit(result) or _commit(asked),
        time_of(state, "startedAt"),
        time_of(state, "finishedAt"),
        number_of(state, "retryCount"),
        bool(asked.get("autoHealAttemptsCount")),
        tuple(map(_named, list_of(asked, "resources"))) if asked.get("autoHealAttemptsCount") else (),
        tuple(_results(list_of(result, "resources", most=100_000)))[:MOST],
    )


def _results(resources: Iterable[Document]) -> Iterator[Result]:
    for each in resources:
        status, phase = text_of(each, "status"), text_of(each, "hookPhase")
        is_hook = bool(text_of(each, "hookType"))
        if (
            status in ("", "Synced", "Pruned")
            and phase in ("", "Succeeded", "Running")
            and not (is_hook and phase == "Running")
        ):
            continue
        yield Result(_named(each), status, text_of(each, "message"), phase, is_hook)


def _deployed(status: Document) -> tuple[str, Seconds]:
    """The commit that was applied last, and when that was first done: later entries of it undo what people changed."""
    found = ("", 0.0)
    for each in list_of(status, "history"):
        revision = _commit(each)
        if revision and revision != found[0]:
            found = (revision, time_of(each, "deployedAt"))
    return found


def _commit(state: Document) -> str:
    """The commit of the repository; other sources have versions of charts."""
    for each in (text_of(state, "revision"), *texts_of(state, "revisions")):
        if _COMMIT.match(each):
            return each
    return ""


def _chart(sync: Document) -> str:
    """The version of the packed chart that it was compared with."""
    sources = list_of(map_of(sync, "comparedTo"), "sources")
    return next((text_of(each, "targetRevision") for each in sources if text_of(each, "chart")), "")


def _is_automated(spec: Document) -> bool:
    automated = map_of(spec, "syncPolicy").get("automated")
    return isinstance(automated, Mapping) and automated.get("enabled") is not False


def _named(each: Document) -> ObjectName:
    return ObjectName(text_of(each, "group"), text_of(each, "kind"), text_of(each, "namespace"), text_of(each, "name"))
