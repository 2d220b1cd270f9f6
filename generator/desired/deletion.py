"""What ``deletedAt`` means: values that put a deployment to sleep and close the ways in, and nothing else.

Volumes, Secrets, accounts and the namespace stay, so that all comes back when the line goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

_POLICY, _RETAIN = "persistentVolumeClaimRetentionPolicy", {"whenScaled": "Retain"}
_ROUTES = ("web", "apiServer", "flower")
#: Components whose log files may be on volumes of their pods.
_PERSISTENT = ("triggerer", "workers", "redis")

# Kinds of people's own objects by their API group that are left out: they run pods, scale them or let people in, and
# nothing is lost with them.
_LEFT_OUT = {
    ("", "Pod"),
    ("apps", "DaemonSet"),
    ("autoscaling", "HorizontalPodAutoscaler"),
    ("batch", "Job"),
    ("gateway.networking.k8s.io", "GRPCRoute"),
    ("gateway.networking.k8s.io", "HTTPRoute"),
    ("gateway.networking.k8s.io", "TCPRoute"),
    ("gateway.networking.k8s.io", "TLSRoute"),
    ("keda.sh", "ScaledJob"),
    ("keda.sh", "ScaledObject"),
    ("networking.k8s.io", "Ingress"),
    ("route.openshift.io", "Route"),
    ("traefik.io", "IngressRoute"),
}
# These stay, with this in their `spec`.
_ASLEEP: dict[tuple[str, str], dict[str, Any]] = {
    ("", "ReplicationController"): {"replicas": 0},
    ("apps", "ReplicaSet"): {"replicas": 0},
    ("apps", "Deployment"): {"replicas": 0},
    ("apps", "StatefulSet"): {"replicas": 0},
    ("batch", "CronJob"): {"suspend": True},
}


def is_moment(text: str) -> bool:
    """Whether a text that the schema allows for ``deletedAt`` is a day of the calendar, too."""
    try:
        datetime.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")  # noqa: DTZ007
    except ValueError:
        return False
    return True


def moment(seconds: float) -> str:
    """What ``deletedAt`` says of a time, given in seconds since 1970."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def values_of_deleted(values: Mapping[str, Any]) -> dict[str, Any]:
    """What to lay over the values of a deployment that is deleted; ``values`` are those of its layers."""
    result: dict[str, Any] = {
        "hibernate": True,
        "ingress": {route: {"enabled": False} for route in _ROUTES},
        "migrateDatabaseJob": {"enabled": False},
    }
    if _at(values, "createUserJob", "defaultUser", "passwordSecret") is not None:
        # Without such a Secret the bootstrap job makes one for this job; it would run again for another plan.
        result["createUserJob"] = {"enabled": False}
    for component in _PERSISTENT:
        if _loses_volumes(_at(values, component, "persistence")):
            result[component] = {"persistence": {_POLICY: _RETAIN}}
    queues = _at(values, "workers", "queues")
    if isinstance(queues, list) and any(_loses_volumes(_at(queue, "persistence")) for queue in queues):
        result.setdefault("workers", {})["queues"] = [_with_volumes(queue, "persistence") for queue in queues]
    objects = values.get("extraObjects")
    if isinstance(objects, list) and (asleep := list(_sleeping(objects))) != objects:
        result["extraObjects"] = asleep
    return result


def _sleeping(objects: Iterable[Any]) -> Iterable[Any]:
    for each in objects:
        kind = _kind_of(each)
        if kind in _ASLEEP:
            spec = each.get("spec")
            asleep = {**each, "spec": {**(spec if isinstance(spec, Mapping) else {}), **_ASLEEP[kind]}}
            yield _with_volumes(asleep, "spec")
        elif kind not in _LEFT_OUT:
            yield each


def _loses_volumes(holder: Any) -> bool:
    """Whether volumes go with the pods, in the way of a StatefulSet."""
    return bool(_at(holder, _POLICY, "whenScaled") == "Delete")


def _with_volumes(owner: Any, key: str) -> Any:
    """The owner, whose volumes stay when its pods go; ``key`` is where it says so."""
    if not _loses_volumes(_at(owner, key)):
        return owner
    return {**owner, key: {**owner[key], _POLICY: {**owner[key][_POLICY], **_RETAIN}}}


def _kind_of(each: Any) -> tuple[str, str]:
    version, kind = (each.get("apiVersion"), each.get("kind")) if isinstance(each, Mapping) else ("", "")
    if not isinstance(version, str) or not isinstance(kind, str):
        return "", ""  # what is wrong with it, others say
    return version.rpartition("/")[0], kind


def _at(values: Any, *path: str) -> Any:
    for step in path:
        values = values.get(step) if isinstance(values, Mapping) else None
    return values
