"""Worker queues: what each takes over from `workers`, and what it says instead."""

from __future__ import annotations

from typing import Any

import pytest

from tests.airflow_chart.rendered import Rendered, render


def queue(workers: dict[str, Any], own: dict[str, Any]) -> Rendered:
    return render({"workers": {**workers, "queues": [{"name": "heavy", **own}]}})


def container(workers: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    kind = "StatefulSet" if "persistence" in workers else "Deployment"
    return queue(workers, own).container(kind, "worker-heavy")


def test_its_command_takes_the_place_of_that_of_workers() -> None:
    found = container({"command": ["a", "b"], "args": ["c"]}, {"command": ["d"], "args": ["e"]})
    assert (found["command"], found["args"]) == (["d"], ["e"])


def test_the_command_of_its_probe_takes_the_place_of_that_of_workers() -> None:
    workers = {"livenessProbe": {"command": ["old"], "periodSeconds": 7}}
    probe = container(workers, {"livenessProbe": {"command": ["new"]}})["livenessProbe"]
    assert (probe["exec"]["command"], probe["periodSeconds"]) == (["new"], 7)


def test_what_is_measured_takes_the_place_of_what_workers_measure() -> None:
    memory = {"type": "Resource", "resource": {"name": "memory", "target": {"type": "Utilization"}}}
    rendered = queue({"hpa": {"enabled": True, "maxReplicaCount": 9}}, {"hpa": {"metrics": [memory]}})
    spec = rendered.one("HorizontalPodAutoscaler", "worker-heavy")["spec"]
    assert (spec["metrics"], spec["maxReplicas"]) == ([memory], 9)


ROLLING = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1}}


def test_a_strategy_is_one_thing() -> None:
    rendered = queue({"strategy": ROLLING}, {"strategy": {"type": "Recreate"}})
    assert rendered.one("Deployment", "worker-heavy")["spec"]["strategy"] == {"type": "Recreate"}
    assert rendered.one("Deployment", "worker")["spec"]["strategy"] == ROLLING


def test_so_is_that_of_a_stateful_set() -> None:
    workers = {"persistence": {"enabled": True}, "updateStrategy": ROLLING}
    spec = queue(workers, {"updateStrategy": {"type": "OnDelete"}}).one("StatefulSet", "worker-heavy")["spec"]
    assert spec["updateStrategy"] == {"type": "OnDelete"}


def test_lists_of_things_with_names_are_added() -> None:
    taint = [{"key": name, "operator": "Exists"} for name in ("a", "b")]
    volume: list[dict[str, Any]] = [{"name": name, "emptyDir": {}} for name in ("a", "b")]
    rendered = queue(
        {"tolerations": taint[:1], "extraVolumes": volume[:1]}, {"tolerations": taint[1:], "extraVolumes": volume[1:]}
    )
    pod = rendered.pod("Deployment", "worker-heavy")
    assert pod["tolerations"] == taint
    assert pod["volumes"][-2:] == volume


def test_maps_are_merged() -> None:
    rendered = queue({"nodeSelector": {"a": "1", "b": "1"}}, {"nodeSelector": {"b": "2"}})
    assert rendered.pod("Deployment", "worker-heavy")["nodeSelector"] == {"a": "1", "b": "2"}


@pytest.mark.parametrize("key", ["command", "tolerations", "strategy", "nodeSelector"])
def test_what_it_does_not_say_is_as_in_workers(key: str) -> None:
    workers: dict[str, Any] = {
        "command": ["a"],
        "tolerations": [{"operator": "Exists"}],
        "strategy": ROLLING,
        "nodeSelector": {"a": "b"},
    }
    rendered = queue(workers, {"replicas": 2})
    spec = rendered.one("Deployment", "worker-heavy")["spec"]
    pod = rendered.pod("Deployment", "worker-heavy")
    assert {**pod, **pod["containers"][0], **spec}[key] == workers[key]
