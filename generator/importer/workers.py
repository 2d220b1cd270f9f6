"""Workers, their queues, the pods of the Kubernetes executor, and what starts each container."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

from generator.importer.draft import Draft, Item
from generator.importer.result import KeyPath
from generator.importer.settings import setting

#: Settings of workers that the official chart also gives to the pods of the Kubernetes executor.
POD_SETTINGS = (
    "resources", "nodeSelector", "affinity", "tolerations", "topologySpreadConstraints", "priorityClassName",
    "runtimeClassName", "schedulerName", "hostAliases", "terminationGracePeriodSeconds", "securityContexts",
    "containerLifecycleHooks", "extraContainers", "extraInitContainers", "extraVolumes", "extraVolumeMounts", "labels",
    "podAnnotations", "safeToEvict", "serviceAccount", "env",
)  # fmt: skip

# What the official chart starts containers with when nobody says else, in all its releases.
_START = re.compile(
    r"\s*(exec\s*\\?\s*)?airflow(\s|\\|\{\{[^{}]*\}\}|\"\$@\"|scheduler|triggerer|dag-processor|webserver|api-server"
    r"|celery worker|celery flower|users create|db migrate|db upgrade|kubernetes cleanup-pods --namespace=)*\Z"
)
_WHOLE = (
    ["bash", "/clean-logs"],
    ["--statsd.mapping-config=/etc/statsd-exporter/mappings.yml"],
    ["pgbouncer", "-u", "nobody", "/etc/pgbouncer/pgbouncer.ini"],
)
_QUERY = re.compile(r"\s*SELECT ceil\(COUNT\(\*\)::decimal / \{\{.*", re.DOTALL)


def arguments(draft: Draft, item: Item) -> None:
    """What a container is started with; the official chart's own need not be said."""
    if setting(item.path) is None:
        draft.unknown(item)
    elif item.value in _WHOLE or _is_start(item.value):
        draft.unneeded(item.src, item.value, "it is the official chart's own start; here it follows from the version")
    else:
        draft.put(item.src, item.value, item.path, strength=item.strength)


def _is_start(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) >= 3
        and value[:2] == ["bash", "-c"]
        and isinstance(value[2], str)
        and _START.match(value[2]) is not None
        and all(
            isinstance(each, str) and (each in ("--", "-r", "-u", "-e", "-f", "-l", "-p") or "{{" in each)
            for each in value[3:]
        )
    )


def keda_query(draft: Draft, item: Item) -> None:
    """The query that KEDA asks; the official chart's own is made here too."""
    if isinstance(item.value, str) and _QUERY.match(item.value):
        draft.unneeded(item.src, item.value, "it is the official chart's own query; here it follows from the settings")
    else:
        draft.put(item.src, item.value, item.path, strength=item.strength)


def pod_template(draft: Draft, item: Item) -> None:
    """The pod of one task: text in the official chart, settings here."""
    if isinstance(item.value, str) and item.value:
        draft.drop(item.src, item.value, "it is a text of YAML; here podTemplate has settings: write those that differ")
    else:
        draft.walk(item.src, item.value, item.path, plain=True)


def sets(draft: Draft, item: Item) -> None:
    """Groups of workers with queues of their own."""
    if not isinstance(item.value, list):
        draft.drop(item.src, item.value, "groups of workers are a list")
        return
    for number, each in enumerate(item.value):
        src = (*item.src, number)
        if not isinstance(each, dict) or not isinstance(each.get("name"), str):
            draft.drop(src, each, "a group of workers has a name")
            continue
        there = draft.at(("workers", "queues")) or []
        dst: KeyPath = ("workers", "queues", len(there))
        if not there:
            draft.give(("workers", "queues"), [])
        draft.at(("workers", "queues")).append({})
        draft.put((*src, "name"), each["name"], (*dst, "name"))
        for key, value in each.items():
            if key != "name":
                draft.walk((*src, key), value, (*dst, key))


def executors(draft: Draft) -> tuple[str, ...]:
    """The executors that the values ask for."""
    said = draft.said("executor")
    return tuple(name for name in ("Celery", "Local", "Kubernetes") if isinstance(said, str) and name in said)


def add_pods(draft: Draft) -> None:
    """Beside Celery, the settings of workers also shape the pods of the Kubernetes executor."""
    if "Kubernetes" not in executors(draft) or len(executors(draft)) == 1:
        return
    copied = []
    for name in POD_SETTINGS:
        value = draft.at(("workers", name))
        if value not in (None, {}, []) and draft.at(("podTemplate", name)) is None:
            draft.give(("podTemplate", name), deepcopy(value))
            copied.append(name)
    if copied:
        draft.notes.append(
            "The official chart gives settings of workers to the pods of the Kubernetes executor too; here they stand"
            f" in podTemplate as well: {', '.join(copied)}."
        )
