"""CustomResourceDefinitions of the kinds that rendered manifests use, made from ``schemas/custom``.

A structural schema (Kubernetes' documentation, *CustomResourceDefinition*) can say less than JSON Schema: what it can't
say is left out. What the projects' own definitions fill in is in ``_DEFAULTS``: defaults show as differences in Argo CD
when manifests don't have them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.cluster.api import Object

_SCHEMAS = Path(__file__).resolve().parents[2] / "schemas" / "custom"
_KEPT = (
    "type", "required", "enum", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "pattern",
    "description",
)  # fmt: skip
# external-secrets, deploy/crds/bundle.yaml of v1: below `spec`.
_REMOTE = {"conversionStrategy": "Default", "decodingStrategy": "None", "metadataPolicy": "None"}
_DEFAULTS: dict[str, dict[str, Any]] = {
    "ExternalSecret": {
        "refreshInterval": "1h0m0s",
        "target": {"creationPolicy": "Owner", "deletionPolicy": "Retain"},
        "target.creationPolicy": "Owner",
        "target.deletionPolicy": "Retain",
        "target.template.engineVersion": "v2",
        "target.template.mergePolicy": "Replace",
        **{f"data.[].remoteRef.{name}": value for name, value in _REMOTE.items()},
        **{f"dataFrom.[].extract.{name}": value for name, value in _REMOTE.items()},
        "dataFrom.[].find.conversionStrategy": "Default",
        "dataFrom.[].find.decodingStrategy": "None",
    }
}


def definitions() -> list[Object]:
    """Of all kinds but Argo CD's own, which come with it."""
    files = sorted(_SCHEMAS.glob("*/*.json"))
    return [_definition(file) for file in files if file.parent.name != "argoproj.io"]


def _definition(file: Path) -> Object:
    group, version = file.parent.name, file.stem.rpartition("_")[2]
    schema = json.loads(file.read_text(encoding="utf-8"))
    kind = schema["properties"]["kind"]["const"]
    spec = _structural(schema["properties"]["spec"], schema["$defs"])
    for path, value in _DEFAULTS.get(kind, {}).items():
        _set_default(spec, path.split("."), value)
    plural = f"{kind.lower()}s"
    free = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"plural": plural, "singular": kind.lower(), "kind": kind, "listKind": f"{kind}List"},
            "versions": [
                {
                    "name": version,
                    "served": True,
                    "storage": True,
                    "subresources": {"status": {}},
                    "schema": {
                        "openAPIV3Schema": {
                            "type": "object",
                            "required": [name for name in schema.get("required", []) if name == "spec"],
                            "properties": {"spec": spec, "status": free},
                        }
                    },
                }
            ],
        },
    }


def _structural(node: Any, shared: dict[str, Any]) -> Object:
    """What a structural schema can say of a JSON Schema."""
    while "$ref" in node:
        node = {**shared[node["$ref"].removeprefix("#/$defs/")], **{k: v for k, v in node.items() if k != "$ref"}}
    kept: Object = {name: node[name] for name in _KEPT if name in node}
    if "const" in node:
        kept["enum"] = [node["const"]]
    if "type" not in kept and "enum" in kept:
        kept["type"] = "boolean" if isinstance(kept["enum"][0], bool) else "string"
    if isinstance(kept.get("type"), list):
        if set(kept["type"]) == {"integer", "string"}:
            return {"x-kubernetes-int-or-string": True}
        return {"x-kubernetes-preserve-unknown-fields": True}
    if "properties" in node:
        kept["type"] = "object"
        kept["properties"] = {name: _structural(each, shared) for name, each in node["properties"].items()}
    elif kept.get("type") == "object":
        values = node.get("additionalProperties")
        if isinstance(values, dict):
            kept["additionalProperties"] = _structural(values, shared)
        else:
            kept["x-kubernetes-preserve-unknown-fields"] = True
    if kept.get("type") == "array":
        kept["items"] = _structural(node.get("items", {}), shared)
    if "type" not in kept:
        types = {each.get("type") for each in node.get("anyOf", node.get("oneOf", []))}
        if types == {"integer", "string"}:
            return {"x-kubernetes-int-or-string": True}
        return {"x-kubernetes-preserve-unknown-fields": True}
    return kept


def _set_default(schema: Object, path: list[str], value: Any) -> None:
    first, *rest = path
    inner = schema["items"] if first == "[]" else schema.get("properties", {}).get(first)
    if inner is None:
        raise ValueError(f"there is no {first} that a default could be of")
    if rest:
        _set_default(inner, rest, value)
    else:
        inner["default"] = value
