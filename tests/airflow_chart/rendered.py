"""The Airflow chart, rendered natively, and ways to find things in the result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from generator.airflow.chart import airflow_chart
from generator.dialect import Release

Object = dict[str, Any]

_WORKLOADS = {"Deployment", "StatefulSet", "Job", "CronJob"}


@dataclass(frozen=True)
class Rendered:
    """All objects of one deployment."""

    objects: list[Object]

    def of(self, kind: str) -> list[Object]:
        """All objects of a kind."""
        return [one for one in self.objects if one["kind"] == kind]

    def one(self, kind: str, name: str) -> Object:
        """The object ``<release>-<name>`` of a kind; jobs by the beginning of their name."""
        found = [one for one in self.of(kind) if _called(one, f"demo-{name}")]
        names = sorted(one["metadata"]["name"] for one in self.of(kind))
        assert len(found) == 1, f"{kind} demo-{name} is there {len(found)} times; there are: {names}"
        return found[0]

    def has(self, kind: str, name: str) -> bool:
        return any(_called(one, f"demo-{name}") for one in self.of(kind))

    def workloads(self) -> list[Object]:
        return [one for one in self.objects if one["kind"] in _WORKLOADS]

    def pod(self, kind: str, name: str) -> Object:
        """The pod spec of a workload."""
        spec: Object = pod_template(self.one(kind, name))["spec"]
        return spec

    def container(self, kind: str, name: str, container: str = "") -> Object:
        """A container of a workload; the first one without a name."""
        containers = self.pod(kind, name)["containers"]
        return next(one for one in containers if container in ("", one["name"]))


def render(values: Mapping[str, Any] | None = None) -> Rendered:
    """Release ``demo`` in namespace ``airflow-demo``."""
    chart = airflow_chart()
    files = chart.render(chart.effective(values or {}), Release("demo", "airflow-demo"))
    return Rendered([one for documents in files.values() for one in documents])


def pod_template(workload: Object) -> Object:
    """The pod template of a workload."""
    spec = workload["spec"]
    if workload["kind"] == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    template: Object = spec["template"]
    return template


def containers(workload: Object) -> Iterator[Object]:
    """Init containers and containers."""
    spec = pod_template(workload)["spec"]
    yield from spec.get("initContainers", [])
    yield from spec["containers"]


def environment(container: Object) -> dict[str, Any]:
    """Environment variables by name: the value, or where it comes from."""
    return {one["name"]: one.get("value", one.get("valueFrom")) for one in container.get("env", [])}


def wave(one: Object) -> int:
    """The sync wave in which Argo CD applies an object."""
    return int(one["metadata"].get("annotations", {}).get("argocd.argoproj.io/sync-wave", "0"))


def _called(one: Object, name: str) -> bool:
    own: str = one["metadata"]["name"]
    return own == name or (one["kind"] == "Job" and own.rpartition("-")[0] == name)
