"""Rules between values of autoscalers and of the groups of workers."""

from __future__ import annotations

from collections.abc import Iterator

from generator.airflow.rule import Rule, Values, either, get
from generator.errors import Problem


def _one_autoscaler(values: Values) -> Iterator[Problem]:
    workers = values["workers"]
    if workers["keda"]["enabled"] and workers["hpa"]["enabled"]:
        yield either("workers.keda.enabled", "workers.hpa.enabled")
    for number, queue in enumerate(workers["queues"]):
        own = {scaler: get(queue, f"{scaler}.enabled") for scaler in ("keda", "hpa")}
        keda, hpa = (workers[scaler]["enabled"] if own[scaler] is None else own[scaler] for scaler in ("keda", "hpa"))
        if keda and hpa and not (workers["keda"]["enabled"] and workers["hpa"]["enabled"]):
            yield either(f"workers.queues[{number}].keda.enabled", f"workers.queues[{number}].hpa.enabled")


def _autoscalers_have_room(values: Values) -> Iterator[Problem]:
    places = ["workers.keda", "workers.hpa", "triggerer.keda", "webserver.hpa", "apiServer.hpa"]
    scalers: list[tuple[str, Values, Values]] = [(place, get(values, place), {}) for place in places]
    for number, queue in enumerate(values["workers"]["queues"]):
        scalers.extend(
            (f"workers.queues[{number}].{kind}", queue.get(kind) or {}, values["workers"][kind])
            for kind in ("keda", "hpa")
        )
    for place, scaler, base in scalers:
        least, greatest = (scaler.get(key, base.get(key)) for key in ("minReplicaCount", "maxReplicaCount"))
        if scaler.get("enabled") and least is not None and greatest is not None and least > greatest:
            yield Problem(
                f"minReplicaCount {least} is greater than maxReplicaCount {greatest}",
                path=f"{place}.minReplicaCount",
                allowed=f"at most {greatest}",
            )
        if place.endswith("hpa") and scaler.get("enabled") and least == 0:
            yield Problem(
                "a HorizontalPodAutoscaler keeps one pod at least", path=f"{place}.minReplicaCount", allowed="1 or more"
            )


def _queue_names_differ(values: Values) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, queue in enumerate(values["workers"]["queues"]):
        if queue["name"] in seen:
            yield Problem(
                f"two queues are named {queue['name']}",
                path=f"workers.queues[{number}].name",
                allowed="a name of its own",
            )
        seen.add(queue["name"])


SCALING_RULES: tuple[Rule, ...] = (
    _one_autoscaler,
    _autoscalers_have_room,
    _queue_names_differ,
)
