"""Draws what a chart passes through to Kubernetes (tolerations, volumes, containers, ...) from Kubernetes' own schemas.

So drawn values give objects that a strict validator must accept: where it does not, the chart is wrong.
"""

from __future__ import annotations

import importlib.util
import random
from functools import cache
from pathlib import Path
from typing import Any

import orjson

_CORE, _META = "io.k8s.api.core.v1.", "io.k8s.apimachinery.pkg.apis.meta.v1."

#: Setting -> the definition of Kubernetes that it holds.
DEFINITIONS = {
    "affinity": _CORE + "Affinity",
    "tolerations": _CORE + "Toleration",
    "topologySpreadConstraints": _CORE + "TopologySpreadConstraint",
    "hostAliases": _CORE + "HostAlias",
    "extraContainers": _CORE + "Container",
    "extraInitContainers": _CORE + "Container",
    "extraVolumes": _CORE + "Volume",
    "volumes": _CORE + "Volume",
    "extraVolumeMounts": _CORE + "VolumeMount",
    "volumeMounts": _CORE + "VolumeMount",
    "pod": _CORE + "PodSecurityContext",
    "container": _CORE + "SecurityContext",
    "containers": _CORE + "SecurityContext",
    "containerLifecycleHooks": _CORE + "Lifecycle",
    "emptyDirConfig": _CORE + "EmptyDirVolumeSource",
    "extraEnvFrom": _CORE + "EnvFromSource",
    "valueFrom": _CORE + "EnvVarSource",
    "limits": _CORE + "LimitRangeItem",
    "volumeClaimTemplates": _CORE + "PersistentVolumeClaim",
    "strategy": "io.k8s.api.apps.v1.DeploymentStrategy",
    "updateStrategy": "io.k8s.api.apps.v1.StatefulSetUpdateStrategy",
    "persistentVolumeClaimRetentionPolicy": "io.k8s.api.apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy",
    "extraIngress": "io.k8s.api.networking.v1.NetworkPolicyIngressRule",
    "extraEgress": "io.k8s.api.networking.v1.NetworkPolicyEgressRule",
    "precedingPaths": "io.k8s.api.networking.v1.HTTPIngressPath",
    "succeedingPaths": "io.k8s.api.networking.v1.HTTPIngressPath",
    "metrics": "io.k8s.api.autoscaling.v2.MetricSpec",
    "behavior": "io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerBehavior",
}
#: Settings that hold something that is not of Kubernetes.
OTHERS: dict[str, list[Any]] = {
    "advanced": [
        {},
        {"horizontalPodAutoscalerConfig": {"behavior": {"scaleDown": {"stabilizationWindowSeconds": 300}}}},
    ],
    "extraMappings": [{"match": "a.*", "name": "b"}],
    "overrideMappings": [{"match": "a.*", "name": "b", "labels": {"c": "$1"}}],
    "extraObjects": [
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "extra"}, "data": {"a": "{{ b }}"}},
        {
            "apiVersion": "batch/v1",
            "kind": "CronJob",
            "metadata": {"name": "tick"},
            "spec": {
                "schedule": "0 0 * * *",
                "jobTemplate": {
                    "spec": {
                        "template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "a", "image": "b"}]}}
                    }
                },
            },
        },
    ],
}  # fmt: skip
_TEXTS = ("a", "example.com/b", "x-1", "yes", "12:30", "a b")


@cache
def _definitions(minor: str) -> dict[str, Any]:
    spec = importlib.util.find_spec("kubernetes_validate")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent / "kubernetes-json-schema" / f"v{minor}.0-local-strict"
    definitions: dict[str, Any] = orjson.loads((folder / "_definitions.json").read_bytes())["$defs"]
    return definitions


def draw_free(name: str, rng: random.Random) -> Any:
    """What a setting of this name may hold, valid for the oldest supported Kubernetes."""
    if name in OTHERS:
        return rng.choice(OTHERS[name])
    if name not in DEFINITIONS:
        return {}
    return _draw(_definitions("1.31")[DEFINITIONS[name]], rng, 0, "")


def _draw(schema: dict[str, Any], rng: random.Random, depth: int, name: str) -> Any:
    if "$ref" in schema:
        definition = str(schema["$ref"]).rpartition("/")[2]
        if definition.endswith("resource.Quantity"):
            return rng.choice(("100m", "1Gi", "2", 1))
        return _draw(_definitions("1.31")[definition], rng, depth, name)
    if "oneOf" in schema:
        return _draw(rng.choice(schema["oneOf"]), rng, depth, name)
    if "enum" in schema:
        return rng.choice([value for value in schema["enum"] if value is not None])
    kinds = schema.get("type", "object")
    kind = next(one for one in (kinds if isinstance(kinds, list) else [kinds]) if one != "null")
    match kind:
        case "string":
            return {"date-time": "2025-01-01T00:00:00Z", "byte": "YQ=="}.get(
                schema.get("format", ""), rng.choice(_TEXTS)
            )
        case "integer":
            return rng.choice((0, 1, 30, 2**31 - 1))
        case "number":
            return rng.choice((0, 0.5, 3))
        case "boolean":
            return rng.random() < 0.5
        case "array":
            count = 0 if depth > 6 else rng.choice((0, 1, 2))
            return [
                _draw(schema["items"], rng, depth + 1, name)
                for _ in range(max(count, 1 if schema.get("minItems") else 0))
            ]
    if "properties" not in schema:
        extra = schema.get("additionalProperties")
        return {} if not isinstance(extra, dict) or depth > 6 else {"key": _draw(extra, rng, depth + 1, name)}
    required = schema.get("required", ())
    chance = 0.25 if depth < 3 else 0.1 if depth < 6 else 0
    return {
        key: _draw(sub, rng, depth + 1, key)
        for key, sub in schema["properties"].items()
        if key in required or (key != "metadata" and rng.random() < chance)
    }
