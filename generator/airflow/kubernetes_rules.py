"""Rules between values of which Airflow knows nothing: what Kubernetes would refuse, or never start."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from generator.airflow.catalog import CATALOG, JOBS, UNIT_CPU_MILLI, UNIT_MEMORY_MEBI
from generator.compat.quantities import in_unit
from generator.errors import Problem

_RANGE = re.compile(r"([A-Za-z0-9]+)-([A-Za-z0-9]+)")
# Names in a schedule, and the numbers that they stand for.
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_NAMES = {**{name: str(n) for n, name in enumerate(_DAYS)}, **{name: str(n) for n, name in enumerate(_MONTHS, 1)}}


def _schedules_have_ranges(values: Mapping[str, Any]) -> Iterator[Problem]:
    for job in ("cleanup", "databaseCleanup"):
        schedule = values[job]["schedule"]
        for low, high in _RANGE.findall(schedule):
            if _NAMES.get(low.upper(), low).zfill(2) > _NAMES.get(high.upper(), high).zfill(2):
                yield Problem(
                    f"{schedule} has the range {low}-{high}, which ends before it begins",
                    path=f"{job}.schedule",
                    allowed="ranges from the smaller to the greater; a week begins with Sunday",
                    hint="write two ranges, joined by a comma",
                )


def _strategies_are_one(values: Mapping[str, Any]) -> Iterator[Problem]:
    places: list[tuple[str, Mapping[str, Any]]] = [(key, values[key]) for key in CATALOG]
    places += [(f"workers.queues[{number}]", queue) for number, queue in enumerate(values["workers"]["queues"])]
    for place, component in places:
        for key in ("strategy", "updateStrategy"):
            strategy = component.get(key) or {}
            if strategy.get("rollingUpdate") is not None and strategy.get("type", "RollingUpdate") != "RollingUpdate":
                yield Problem(
                    f"the type {strategy['type']} has no rollingUpdate",
                    path=f"{place}.{key}.rollingUpdate",
                    allowed="rollingUpdate with the type RollingUpdate",
                    hint="rollingUpdate: null removes what another layer says",
                )


def _requests_fit_the_limit_range(values: Mapping[str, Any]) -> Iterator[Problem]:
    """With the automatic quota a container without a limit gets one unit, and may not ask for more than that."""
    if not values["capacity"]["quota"] or values["limits"]:
        return
    for place, sizes in _sizes(values):
        for what, unit, most in (("cpu", "m", UNIT_CPU_MILLI), ("memory", "Mi", UNIT_MEMORY_MEBI)):
            request = sizes["requests"].get(what)
            if request is None or sizes["limits"].get(what) is not None or in_unit(request, unit) <= most:
                continue
            yield Problem(
                f"requests {request} of {what} and has no limit, so capacity.quota limits it to {most}{unit}",
                path=f"{place}.requests.{what}",
                allowed=f"a limit at {place}.limits.{what}",
            )


def _queues_sizes_count(values: Mapping[str, Any]) -> Iterator[Problem]:
    amounts = values["workers"]["resources"]
    if not amounts["requests"] and not amounts["limits"]:
        return
    for number, queue in enumerate(values["workers"]["queues"]):
        if queue.get("au") is not None and not any((queue.get("resources") or {}).values()):
            yield Problem(
                "has no effect: workers.resources gives the queue's size in amounts",
                path=f"workers.queues[{number}].au",
                allowed=f"amounts in workers.queues[{number}].resources",
                hint="or give the size of workers in au, too",
            )


def _root_may_start(values: Mapping[str, Any]) -> Iterator[Problem]:
    """Kubernetes never starts a container of user 0 that has runAsNonRoot, as all have by default."""
    sections = ((key, values[key]) for key in (*CATALOG, *JOBS, "podTemplate"))
    queues = ((f"workers.queues[{number}]", queue) for number, queue in enumerate(values["workers"]["queues"]))
    whole = values["securityContexts"]["pod"]
    users = [("uid", values.get("uid"), whole)]
    for place, section in (*sections, *queues):
        contexts = section.get("securityContexts") or {}
        inner = {**(contexts.get("pod") or {}), **(contexts.get("container") or {})}
        users.append((f"{place}.uid", section.get("uid"), {**whole, **inner}))
    sync = values["dags"]["gitSync"]
    users.append(("dags.gitSync.uid", sync.get("uid"), {**whole, **sync["securityContexts"]["container"]}))
    for place, user, context in users:
        if user == 0 and context.get("runAsNonRoot"):
            yield Problem(
                "user 0 is root, and securityContexts say runAsNonRoot: its pods would never start",
                path=place,
                allowed="another user, or null to let the cluster choose",
                hint="runAsNonRoot: false in securityContexts.pod, where the cluster allows root",
            )


def _volumes_have_room(values: Mapping[str, Any]) -> Iterator[Problem]:
    places = [f"{key}.persistence" for key in ("workers", "triggerer", "redis", "logs", "dags")]
    sizes = [(place, values[place.partition(".")[0]]["persistence"].get("size")) for place in places]
    for number, queue in enumerate(values["workers"]["queues"]):
        sizes.append((f"workers.queues[{number}].persistence", (queue.get("persistence") or {}).get("size")))
    for place, size in sizes:
        if size is not None and in_unit(size, "Mi") == 0:
            yield Problem(
                f"{size} leaves no room in the volume",
                path=f"{place}.size",
                allowed="an amount above 0, such as 10Gi",
                hint="enabled: false is how there is no volume",
            )


def _sizes(values: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Where amounts are written, and the amounts."""
    for key in (*CATALOG, *JOBS, "podTemplate"):
        yield f"{key}.resources", values[key]["resources"]
        for sidecar in ("logGroomerSidecar", "metricsExporterSidecar"):
            if sidecar in values[key]:
                yield f"{key}.{sidecar}.resources", values[key][sidecar]["resources"]
    for way in ("gitSync", "bundle"):
        yield f"dags.{way}.resources", values["dags"][way]["resources"]
    workers = values["workers"]
    for number, queue in enumerate(workers["queues"]):
        if own := queue.get("resources"):
            merged = {key: {**workers["resources"][key], **(own.get(key) or {})} for key in ("requests", "limits")}
            yield f"workers.queues[{number}].resources", merged


KUBERNETES_RULES: tuple[Callable[[Mapping[str, Any]], Iterator[Problem]], ...] = (
    _schedules_have_ranges,
    _strategies_are_one,
    _requests_fit_the_limit_range,
    _root_may_start,
    _volumes_have_room,
    _queues_sizes_count,
)
