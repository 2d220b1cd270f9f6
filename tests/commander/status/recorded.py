"""Documents of a real cluster, as ``tests.cluster.recording`` wrote them, and what status makes of them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from commander.status import documents
from commander.status.facts import Picture
from commander.status.workloads import judged

FOLDER = Path(__file__).parent / "documents"
#: Kinds of workloads, and the groups that they are of.
WORKLOADS = {"Deployment": "apps", "StatefulSet": "apps", "Job": "batch"}


def picture_of(data: dict[str, Any]) -> Picture:
    """What is known of a deployment by its Application and the objects of its namespace, at the time ``at`` (seconds
    since 1970)."""
    items: list[dict[str, Any]] = data["objects"]
    pods = [documents.pod_trouble_of(each) for each in items if each["kind"] == "Pod"]
    return Picture(
        application=documents.application_of(data["application"]),
        workloads=tuple(
            judged(documents.workload_of(each, each["kind"], WORKLOADS[each["kind"]]), data["at"])
            for each in items
            if each["kind"] in WORKLOADS
        ),
        pods=tuple(each for each in pods if each is not None),
        notices=tuple(
            documents.notice_of(each) for each in items if each["kind"] == "Event" and each["type"] == "Warning"
        ),
        name=data["application"]["metadata"]["name"],
    )


@cache
def picture(name: str) -> Picture:
    """That of a recorded deployment."""
    return picture_of(json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")))
