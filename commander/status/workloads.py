"""The health of workloads, by the rules by which Argo CD judges them (``health_deployment.go`` and
``health_statefulset.go`` of its gitops-engine; of Jobs, the rule that it is given: ``generator.argocd.health``), for it
keeps that to itself: an Application tells of the worst only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from commander.status.facts import Health, Seconds, Workload
from commander.status.plain import Document, list_of, map_of, number_of, text_of, time_of
from generator.argocd.health import PATIENCE, no_pod_runs

Judged = tuple[Health, str, str]
#: The reason of a Job that Kubernetes finds nothing wrong with: no pod of it runs, for long.
NO_POD_RUNS = "NoPodRuns"


def workload_health(kind: str, document: Document) -> Judged:
    """Health, Kubernetes' reason and message of a workload."""
    spec, status = map_of(document, "spec"), map_of(document, "status")
    conditions = {text_of(each, "type"): each for each in list_of(status, "conditions")}
    if kind == "Job":
        return _job(conditions)
    failing, progressing = conditions.get("ReplicaFailure", {}), conditions.get("Progressing", {})
    reason, message = text_of(failing, "reason"), text_of(failing, "message")
    if spec.get("paused"):
        return "Suspended", reason, message or "its rollout is paused"
    if number_of(status, "observedGeneration") < number_of(map_of(document, "metadata"), "generation"):
        return "Progressing", reason, message or "the cluster has not seen its last change"
    if text_of(progressing, "reason") == "ProgressDeadlineExceeded":
        return "Degraded", reason or "ProgressDeadlineExceeded", message or text_of(progressing, "message")
    wanted = number_of(spec, "replicas", 1)
    updated, ready = number_of(status, "updatedReplicas"), number_of(status, "readyReplicas")
    if kind == "StatefulSet" and text_of(map_of(spec, "updateStrategy"), "type") == "OnDelete":
        updated = wanted
    if updated < wanted:
        return "Progressing", reason, message or f"{updated} of {wanted} pods are of the new form"
    if number_of(status, "replicas") > updated:
        return "Progressing", reason, message or "pods of the old form are still there"
    if ready < wanted:
        return "Progressing", reason, message or f"{ready} of {wanted} pods are ready"
    return "Healthy", "", ""


def waits_since(document: Document) -> Seconds:
    """Since when a Job that has not ended waits for a pod that runs; 0: it does not."""
    status = map_of(document, "status")
    waits = number_of(status, "active") > 0 and number_of(status, "ready") == 0
    return time_of(status, "startTime") if waits else 0.0


def turns(workload: Workload) -> Seconds:
    """From when on a workload is judged otherwise though nothing of it changes; 0: never."""
    return workload.waits_since + PATIENCE + 1 if workload.waits_since else 0.0


def judged(workload: Workload, now: Seconds) -> Workload:
    """A workload as it is to be judged now: a Job that waits for too long is Degraded."""
    if not workload.waits_since or now < turns(workload):
        return workload
    return replace(workload, health="Degraded", reason=NO_POD_RUNS, message=no_pod_runs())


def _job(conditions: Mapping[str, Document]) -> Judged:
    ends: tuple[tuple[str, Health], ...] = (("Failed", "Degraded"), ("Suspended", "Suspended"), ("Complete", "Healthy"))
    for name, health in ends:
        found = conditions.get(name, {})
        if found.get("status") == "True":
            return health, text_of(found, "reason"), text_of(found, "message")
    return "Progressing", "", "it has not ended"
