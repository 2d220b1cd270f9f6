"""Wrong values, each refused at the right place by the schema of a layer."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from generator.airflow import AirflowValues, chart_schema, layer_schema
from generator.model import defaults

VALIDATOR = jsonschema_rs.validator_for(layer_schema())


@pytest.mark.parametrize(
    ("layer", "path"),
    [
        ({"schedular": {}}, ""),
        ({"airflowVersion": 3.1}, "airflowVersion"),
        ({"airflowVersion": "3.1"}, "airflowVersion"),
        ({"airflowVersion": "v3.1.0"}, "airflowVersion"),
        ({"executor": "SequentialExecutor"}, "executor"),
        ({"executor": "CeleryExecutor, KubernetesExecutor"}, "executor"),
        ({"scheduler": {"replica": 2}}, "scheduler"),
        ({"scheduler": {"replicas": "2"}}, "scheduler.replicas"),
        ({"scheduler": {"replicas": -1}}, "scheduler.replicas"),
        ({"redis": {"replicas": 2}}, "redis.replicas"),
        ({"scheduler": {"resources": {"limits": {"memory": "2 Gi"}}}}, "scheduler.resources.limits.memory"),
        ({"scheduler": {"livenessProbe": {"periodSeconds": 0}}}, "scheduler.livenessProbe.periodSeconds"),
        ({"env": {"A": "b"}}, "env"),
        ({"env": [{"value": "b"}]}, "env.0"),
        ({"env": [{"name": "A", "value": 1}]}, "env.0.value"),
        ({"env": [{"name": "A=B", "value": "1"}]}, "env.0.name"),
        ({"variables": {"plain": {"A": "\u0007"}}}, "variables.plain.A"),
        ({"labels": {"a b": "c"}}, "labels"),
        ({"labels": {"a": "b c"}}, "labels.a"),
        ({"annotations": {"a": "b\nc"}}, "annotations.a"),
        ({"config": {"core": {"parallelism": [1]}}}, "config.core.parallelism"),
        ({"config": {"core]\n[x": {"a": "b"}}}, "config"),
        ({"images": {"airflow": {"digest": "sha256:123"}}}, "images.airflow.digest"),
        ({"images": {"airflow": {"repository": "team/airflow:1.0"}}}, "images.airflow.repository"),
        ({"dags": {"gitSync": {"repo": "--upload-pack=evil"}}}, "dags.gitSync.repo"),
        ({"dags": {"bundle": {"mode": "symlink"}}}, "dags.bundle.mode"),
        ({"data": {"metadataConnection": {"pass": "secret"}}}, "data.metadataConnection"),
        ({"data": {"metadataConnection": {"port": 70000}}}, "data.metadataConnection.port"),
        ({"fernetKey": "abc"}, ""),
        ({"workers": {"queues": [{"replicas": 1}]}}, "workers.queues.0"),
        ({"workers": {"queues": [{"name": "Big Queue"}]}}, "workers.queues.0.name"),
        ({"pgbouncer": {"extraIni": {"a = b\n[x]": 1}}}, "pgbouncer.extraIni"),
        ({"pgbouncer": {"poolMode": "sessions"}}, "pgbouncer.poolMode"),
        ({"cleanup": {"schedule": "every day"}}, "cleanup.schedule"),
        ({"cleanup": {"schedule": "99 99 * * *"}}, "cleanup.schedule"),
        ({"webserver": {"service": {"loadBalancerSourceRanges": ["office"]}}}, "webserver.service"),
        ({"dags": {"gitSync": {"subPath": "a/../../b"}}}, "dags.gitSync.subPath"),
        ({"dags": {"gitSync": {"containerName": "git.sync"}}}, "dags.gitSync.containerName"),
        ({"extraObjects": [{"<<": {}}]}, "extraObjects.0"),
        ({"scheduler": {"affinity": {"a": [{"b": "\ufeff"}]}}}, "scheduler.affinity"),
        ({"ingress": {"web": {"path": "airflow"}}}, "ingress.web.path"),
        ({"uid": -1}, "uid"),
    ],
)
def test_refused(layer: dict[str, Any], path: str) -> None:
    errors = list(VALIDATOR.iter_errors(layer))
    assert errors
    if path:
        # A nullable setting is a union, so the error may stand above the place that is meant.
        places = [".".join(str(part) for part in _deepest(error, layer)) for error in errors]
        assert any(place == path or place.startswith(path + ".") for place in places), places


def test_parts_that_belong_together_may_come_from_two_layers_but_not_be_missing() -> None:
    layer = {"data": {"metadataConnection": {"passwordSecret": {"name": "db"}}}}
    assert VALIDATOR.is_valid(layer)
    values = defaults(AirflowValues)
    values["data"]["metadataConnection"].update(layer["data"]["metadataConnection"])  # type: ignore[index]
    assert [error.instance_path for error in jsonschema_rs.validator_for(chart_schema()).iter_errors(values)] == [
        ["data", "metadataConnection", "passwordSecret"]
    ]


def _deepest(error: jsonschema_rs.ValidationError, layer: Any) -> list[str | int]:
    """Where the error is; errors inside a union are followed to the one that went deepest."""
    place = list(error.instance_path)
    for branch in getattr(error.kind, "context", ()) or ():
        for inner in branch:
            found = _deepest(inner, layer)
            if len(found) > len(place):
                place = found
    return place
