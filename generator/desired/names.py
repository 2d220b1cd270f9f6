"""Names of environments, workspaces and deployments, and what they lead to in Kubernetes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from generator.airflow import CATALOG, JOBS

#: An environment or a workspace.
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?\Z")
#: A release: Kubernetes wants names of Services to begin with a letter.
_RELEASE = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?\Z")

LABEL_LENGTH = 63
# Kubernetes puts these names into labels of pods, with more behind them: a StatefulSet's with `-` and a hash of 10, a
# CronJob's Job with `-` and 10 digits.
STATEFUL_SET_LENGTH = 52
CRON_JOB_LENGTH = 52

_STATEFUL = ("scheduler", "triggerer", "workers", "redis")
_CRON_JOBS = ("cleanup", "databaseCleanup")
#: Names of jobs end in `-` and a hash of what they run, so that they run again when it changes.
_HASH = "-<hash>"
_HASH_LENGTH = 11


def _limits() -> Iterable[tuple[int, str, int]]:
    """How long a release name may be for each object of the Airflow chart, what is behind it there, and the object's
    own limit."""
    for entry in CATALOG.values():
        limit = STATEFUL_SET_LENGTH if entry.key in _STATEFUL else LABEL_LENGTH
        yield limit - len(f"-{entry.name}"), f"-{entry.name}", limit
    for job in JOBS.values():
        if job.key in _CRON_JOBS:
            yield CRON_JOB_LENGTH - len(f"-{job.name}"), f"-{job.name}", CRON_JOB_LENGTH
        else:
            yield LABEL_LENGTH - len(f"-{job.name}") - _HASH_LENGTH, f"-{job.name}{_HASH}", LABEL_LENGTH


#: The longest release name; the end of the object name that decides so; the limit of that name.
RELEASE_LENGTH, LONGEST_SUFFIX, LONGEST_NAME = min(_limits())


def wrong_name(name: str) -> str:
    """What is allowed, when ``name`` can't be that of an environment or a workspace; else an empty string."""
    if len(name) > LABEL_LENGTH or _LABEL.match(name) is None:
        return f"small letters, digits and '-' between them, at most {LABEL_LENGTH} characters"
    return ""


def wrong_release(name: str) -> str:
    """What is allowed, when ``name`` can't be that of a release; else an empty string."""
    if len(name) > RELEASE_LENGTH:
        return (
            f"at most {RELEASE_LENGTH} characters: Kubernetes takes {LONGEST_NAME} for"
            f" '<release>{LONGEST_SUFFIX}', the longest name that is made of it"
        )
    if _RELEASE.match(name) is None:
        return "a small letter, then small letters, digits and '-' between them"
    return ""
