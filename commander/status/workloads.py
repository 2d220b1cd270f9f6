"""The health of workloads, by the rules by which Argo CD judges them (``health_deployment.go``,
``health_statefulset.go`` and ``health_job.go`` of its gitops-engine), for it keeps that to itself: an Application tells
of the worst only."""

from __future__ import annotations

from collections.abc import Mapping

from commander.status.facts import Health
from commander.status.plain import Document, list_of, map_of, number_of, text_of

Judged = tuple[Health, str, str]


def workload_health(kind: str, document: Document) -> Judged:
    """Health, Kubernetes' reason and message of a workload."""
    spec, status = map_of(document, "spec"), map_of(document, "status")
    conditions = {text_of(each, "type"): each for each in list_of(status, "conditions")}
    if kind == "Job":
        return _job(spec, conditions)
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


def _job(spec: Document, conditions: Mapping[str, Document]) -> Judged:
    ends: tuple[tuple[str, Health], ...] = (("Failed", "Degraded"), ("Complete", "Healthy"), ("Suspended", "Suspended"))
    for name, health in ends:
        found = conditions.get(name, {})
        if found.get("status") == "True":
            return health, text_of(found, "reason"), text_of(found, "message")
    return ("Suspended", "", "it is suspended") if spec.get("suspend") else ("Progressing", "", "it has not ended")
