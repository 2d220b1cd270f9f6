"""Argo CD's own program judges Jobs by the rule that Stargit gives it: as Commander does, and other people's Jobs as
without that rule."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from commander.status import documents
from commander.status.workloads import judged
from generator.argocd.health import PATIENCE, of_jobs
from tests.cluster import programs

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

_SOON, _LATE = PATIENCE - 1, PATIENCE + 1


def condition(type_: str, status: str = "True") -> dict[str, Any]:
    return {"type": type_, "status": status, "reason": f"{type_}Why", "message": f"{type_} it is"}


#: What a Job is like, how many seconds ago it was started, its status, and how it is judged.
CASES: dict[str, tuple[int, dict[str, Any], str]] = {
    "not seen yet": (0, {}, "Progressing"),
    "made a moment ago": (1, {"active": 1, "ready": 0}, "Progressing"),
    "no pod ready, soon": (_SOON, {"active": 1, "ready": 0}, "Progressing"),
    "no pod ready, late": (_LATE, {"active": 1, "ready": 0}, "Degraded"),
    "no pod ready, late, no number": (_LATE, {"active": 1}, "Degraded"),
    "ready, late": (_LATE, {"active": 1, "ready": 1}, "Progressing"),
    "one of two ready, late": (_LATE, {"active": 2, "ready": 1}, "Progressing"),
    "between two tries, late": (_LATE, {"active": 0, "failed": 1}, "Progressing"),
    "failed": (_LATE, {"failed": 1, "conditions": [condition("Failed")]}, "Degraded"),
    "failing": (_LATE, {"active": 1, "ready": 1, "conditions": [condition("FailureTarget")]}, "Progressing"),
    "failed is not true": (_LATE, {"active": 1, "ready": 1, "conditions": [condition("Failed", "False")]},
                           "Progressing"),
    "complete": (_LATE, {"succeeded": 1, "conditions": [condition("SuccessCriteriaMet"), condition("Complete")]},
                 "Healthy"),
    "complete is not known": (_LATE, {"active": 1, "ready": 1, "conditions": [condition("Complete", "Unknown")]},
                              "Progressing"),
    "complete, and failed before": (_LATE, {"conditions": [condition("Failed", "False"), condition("Complete")]},
                                    "Healthy"),
    "suspended": (_LATE, {"conditions": [condition("Suspended")]}, "Suspended"),
    "to be suspended": (_LATE, {"active": 1, "ready": 1}, "Progressing"),
    "resumed": (_LATE, {"active": 1, "ready": 1, "conditions": [condition("Suspended", "False")]}, "Progressing"),
    "resumed, no pod ready, soon": (_SOON, {"active": 1, "conditions": [condition("Suspended", "False")]},
                                    "Progressing"),
    "resumed, no pod ready, late": (_LATE, {"active": 1, "conditions": [condition("Suspended", "False")]}, "Degraded"),
    "resumed and complete": (_LATE, {"conditions": [condition("Suspended", "False"), condition("Complete")]},
                             "Healthy"),
    "complete and suspended": (_LATE, {"conditions": [condition("Complete"), condition("Suspended")]}, "Suspended"),
}  # fmt: skip


class ArgoCD:
    """Its command line, which runs the scripts of a ConfigMap as its controller does."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._program = programs.folder() / "argocd"

    def health(self, job: dict[str, Any], rule: str) -> tuple[str, str]:
        """Health and message of a Job, by a rule; an empty one: as Argo CD judges by itself."""
        labels = {"app.kubernetes.io/part-of": "argocd"}
        data = {"resource.customizations.health.batch_Job": rule} if rule else {}
        settings = {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "argocd-cm", "labels": labels},
            "data": data,
        }
        files = {"settings.json": settings, "job.json": job}
        for name, document in files.items():
            (self._folder / name).write_text(json.dumps(document))
        done = subprocess.run(
            [self._program, "admin", "settings", "resource-overrides", "health", "job.json",
             "--argocd-cm-path", "settings.json"],
            cwd=self._folder, env={"HOME": os.fspath(self._folder), "PATH": os.environ["PATH"]},
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        found = re.fullmatch(r"STATUS: (\w+)\nMESSAGE: (.*)\n", done.stdout)
        assert found is not None, done.stdout
        return found[1], found[2]


@pytest.fixture
def argocd(tmp_path: Path) -> ArgoCD:
    return ArgoCD(tmp_path)


def job(name: str, labels: dict[str, str]) -> dict[str, Any]:
    seconds, status, _ = CASES[name]
    started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - seconds))
    metadata = {"name": "it", "namespace": "n", "labels": labels}
    spec = {"suspend": "suspended" in name, "completions": 1}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": metadata,
        "spec": spec,
        "status": {"startTime": started, **status} if status else {},
    }


@pytest.mark.parametrize("name", CASES)
def test_argo_cd_and_commander_say_the_same_of_a_job(name: str, argocd: ArgoCD) -> None:
    made = job(name, {"tier": "airflow", "component": "run-airflow-migrations"})
    health, message = argocd.health(made, of_jobs())
    found = judged(documents.workload_of(made, "Job", "batch"), time.time())
    assert (health, found.health) == (CASES[name][2], CASES[name][2])
    # What Argo CD says nothing of, Commander may.
    assert message in ("", found.message)


@pytest.mark.parametrize("name", CASES)
def test_jobs_of_others_are_seen_as_ever(name: str, argocd: ArgoCD) -> None:
    made = job(name, {})
    health, message = argocd.health(made, of_jobs())
    own = argocd.health(made, "")
    assert health == own[0]
    assert message in ("", own[1])
