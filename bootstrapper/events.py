"""What a run did, as an Event of its Job: seen by ``kubectl describe job``, and in Argo CD beside the Job."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bootstrapper.errors import BootstrapError
from bootstrapper.report import Report

_LONGEST = 1024  # characters that Kubernetes takes


def event(job: str, uid: str, namespace: str, report: Report, failure: BootstrapError | None) -> Mapping[str, Any]:
    """The Event of a run that ended, well or not. Without a uid tools find it by the Job's name alone."""
    if failure is None:
        changes = report.changes
        reason = "Bootstrapped" if changes else "NothingToDo"
        message = "; ".join(map(str, changes)) or "everything is as it should be"
    else:
        reason = "BootstrapRefused" if failure.exit_code == 2 else "BootstrapDelayed"
        message = str(failure)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    involved = {"apiVersion": "batch/v1", "kind": "Job", "namespace": namespace, "name": job}
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{job[:200]}.{uuid.uuid4().hex[:16]}", "namespace": namespace},
        "involvedObject": {**involved, "uid": uid} if uid else involved,
        "reason": reason,
        "message": message if len(message) <= _LONGEST else message[: _LONGEST - 1] + "…",
        "type": "Normal" if failure is None else "Warning",
        "source": {"component": "stargit-bootstrap"},
        "firstTimestamp": now,
        "lastTimestamp": now,
        "count": 1,
    }
