"""Rendered states for tests: small objects, and the files that hold them."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from generator.diff import Diff, ObjectChange, diff
from generator.yaml import dump_all

FOLDER = "rendered/production/workspaces/etl/daily"
Object = dict[str, Any]


def made(kind: str, name: str, version: str = "v1", **parts: Any) -> Object:
    """An object in the namespace of the deployment ``daily``."""
    metadata = {"name": name, "namespace": "airflow-daily", **parts.pop("metadata", {})}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **parts}


def workload(kind: str = "Deployment", name: str = "daily-scheduler", **spec: Any) -> Object:
    """A workload with one container and one variable."""
    container = {
        "name": "scheduler",
        "image": "example.com/airflow:2.11.1",
        "env": [{"name": "TZ", "value": "UTC"}],
    }
    pod = {"metadata": {"annotations": {"checksum/config": "1" * 64}}, "spec": {"containers": [container]}}
    return made(kind, name, "apps/v1", spec={"replicas": 2, "template": pod, **spec})


def container(changed: Object) -> Object:
    """The container of a workload."""
    found: Object = changed["spec"]["template"]["spec"]["containers"][0]
    return found


def copy(data: Object) -> Object:
    """A copy that may be changed."""
    return deepcopy(data)


def file(*objects: Object) -> bytes:
    """A file as the generator writes it."""
    return dump_all(objects).encode()


def state(*objects: Object, folder: str = FOLDER, name: str = "all.yaml") -> dict[str, bytes]:
    """A rendered state of one file."""
    return {f"{folder}/{name}": file(*objects)} if objects else {}


def compared(old: Object | None, new: Object | None) -> Diff:
    """The comparison of two states of one object each."""
    return diff(state(*[old] if old else []), state(*[new] if new else []))


def one(old: Object | None, new: Object | None) -> ObjectChange:
    """The only object that changes."""
    [found] = compared(old, new).objects
    return found


def fields(old: Object, new: Object) -> dict[str, tuple[str, Any, Any]]:
    """Path -> what happened, old, new."""
    found = compared(old, new).objects
    return {each.path: (each.change, each.old, each.new) for change in found for each in change.fields}


def spec(old: Any, new: Any) -> dict[str, tuple[str, Any, Any]]:
    """The same for the spec of an object of no special kind, without ``spec.`` in front."""
    before, after = (made("Thing", "daily-thing", "example.com/v1", spec=each) for each in (old, new))
    return {path.removeprefix("spec."): change for path, change in fields(before, after).items()}


def effects(old: Object, new: Object | None) -> Mapping[str, tuple[str, ...]]:
    """Kind of effect -> why."""
    return {each.kind: each.why for each in one(old, new).effects}
