"""The JSON Schemas of the files: up to date, complete for editors, and the same as the checks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import pytest
import yaml
from referencing import Registry, Resource

from generator.desired.files import KUBERNETES_MINORS
from generator.desired.schemas import OF_KIND, checking_schema, schema_files
from stargit.kubeconform import supported_minors

ROOT = Path(__file__).parents[2]
SAMPLE = sorted(path.relative_to(ROOT) for path in (ROOT / "environments").rglob("*.yaml"))
KINDS = sorted(OF_KIND)


def schema(name: str) -> Any:
    return json.loads((ROOT / "schemas" / name).read_text())


def by_editor(name: str) -> jsonschema.Draft7Validator:
    """A validator that finds the other schemas as an editor does: beside this one."""
    files = {path.as_uri(): json.loads(path.read_text()) for path in (ROOT / "schemas").glob("*.json")}
    registry = Registry().with_resources((uri, Resource.from_contents(each)) for uri, each in files.items())
    main = {"$ref": (ROOT / "schemas" / name).as_uri()}
    return jsonschema.Draft7Validator(main, registry=registry)


@pytest.mark.parametrize("name", sorted(schema_files()))
def test_files_are_made_from_the_models(name: str) -> None:
    assert (ROOT / "schemas" / name).read_text() == schema_files()[name], "run 'make schemas'"


@pytest.mark.parametrize("path", SAMPLE, ids=str)
def test_sample_names_its_schema_and_meets_it(path: Path) -> None:
    text = (ROOT / path).read_text()
    first, _, rest = text.partition("\n")
    marker, _, reference = first.partition("=")
    assert marker == "# yaml-language-server: $schema"
    target = (ROOT / path.parent / reference).resolve()
    kind = yaml.safe_load(rest)["kind"]
    assert target == ROOT / "schemas" / OF_KIND[kind]
    by_editor(OF_KIND[kind]).validate(yaml.safe_load(rest))


def settings(found: Any) -> dict[str, Any]:
    """The schema of every property by the name of its definition and its own."""
    maps = {found["title"]: found, **found["$defs"]}
    return {f"{name}.{key}": each for name, node in maps.items() for key, each in node.get("properties", {}).items()}


@pytest.mark.parametrize("name", sorted(schema_files()))
def test_everything_is_explained(name: str) -> None:
    found = schema(name)
    notes = ("title", "description", "examples")
    assert [(key, note) for key, each in settings(found).items() for note in notes if not each.get(note)] == []
    assert found["title"]
    assert found["description"]


@pytest.mark.parametrize("name", sorted(schema_files()))
def test_what_editors_offer_is_valid(name: str) -> None:
    """Beside a ``$ref``, and so unread by validators, every example and default is what its setting takes."""
    found = schema(name)
    together = {
        "$schema": found["$schema"],
        "$id": f"file:///schemas/{name}",
        "properties": {key: {"items": each} for key, each in settings(found).items()},
        "$defs": found["$defs"],
    }
    offered = {
        key: [*each["examples"], *([each["default"]] if "default" in each else [])]
        for key, each in settings(found).items()
    }
    validator = jsonschema_rs.Draft7Validator(together, retriever=lambda uri: schema(uri.rpartition("/")[2]))
    assert [(error.instance_path, error.message) for error in validator.iter_errors(offered)] == []


@pytest.mark.parametrize(
    ("kind", "required"),
    [
        ("Environment", ["apiVersion", "kind", "kubernetes"]),
        ("Workspace", ["apiVersion", "kind"]),
        ("Deployment", ["apiVersion", "kind"]),
    ],
)
def test_only_what_has_no_default_is_required(kind: str, required: list[str]) -> None:
    assert schema(OF_KIND[kind])["required"] == required


SNIPPETS: list[tuple[str, dict[str, Any], bool]] = [
    ("Deployment", {"values": None}, True),
    ("Deployment", {"values": {"scheduler": {"replicas": None}}}, True),
    ("Deployment", {"values": {"scheduler": {"replicas": 1.5}}}, False),
    ("Deployment", {"values": {"executor": None}}, True),
    ("Deployment", {"values": {"executor": "Celery"}}, False),
    ("Deployment", {"values": {"workers": {"queues": [{"name": "a", "keda": None}]}}}, True),
    ("Deployment", {"values": {"workers": {"queues": [{"name": None}]}}}, False),
    ("Deployment", {"values": {"workers": {"queues": [{"keda": {"enabled": True}}]}}}, False),
    ("Deployment", {"values": {"affinity": {"a": [1, None, {"b": False}]}}}, True),
    ("Deployment", {"values": {"affinity": {"<<": 1}}}, False),
    ("Deployment", {"values": {"quotas": {"cpu": 1, "memory": "2Gi", "pods": None}}}, True),
    ("Deployment", {"values": {"quotas": {"cpu": True}}}, False),
    ("Deployment", {"values": {"config": {"core": {"a": True, "b": 1, "c": "x", "d": None}}}}, True),
    ("Deployment", {"values": {"config": {"core": {"a": []}}}}, False),
    ("Deployment", {"values": {"unknown": None}}, False),
    ("Deployment", {"namespace": None, "runtimeVersion": None, "label": None}, True),
    ("Deployment", {"description": None}, False),
    ("Workspace", {"defaults": None, "allowedImages": ["a/b"]}, True),
    ("Workspace", {"allowedImages": ["a/b:tag"]}, False),
    ("Environment", {"kubernetes": {"minorVersion": "1.36"}, "defaults": {"gid": 5}}, True),
    ("Environment", {"kubernetes": {}}, False),
    ("Environment", {"kubernetes": {"minorVersion": "1.36"}, "platform": {"release": None}}, False),
]


@pytest.mark.parametrize(("kind", "more", "valid"), SNIPPETS)
def test_editor_and_check_agree(kind: str, more: dict[str, Any], valid: bool) -> None:
    document = {"apiVersion": "stargit.dev/v1", "kind": kind, **more}
    found = jsonschema.Draft7Validator(dict(checking_schema(kind)))
    assert (by_editor(OF_KIND[kind]).is_valid(document), found.is_valid(document)) == (valid, valid)


def test_kubernetes_versions_are_those_with_schemas() -> None:
    assert list(KUBERNETES_MINORS) == supported_minors()


@pytest.mark.parametrize("kind", KINDS)
def test_every_form_of_text_has_words_for_people(kind: str) -> None:
    """A message never shows a pattern: where one refuses a text or a key, a description says what is allowed."""

    def wordless(node: Any, described: bool) -> list[str]:
        if isinstance(node, list):
            return [found for each in node for found in wordless(each, described)]
        if not isinstance(node, dict):
            return []
        here = bool(node.get("description"))
        found = [node["pattern"]] if isinstance(node.get("pattern"), str) and not (here or described) else []
        if isinstance(patterns := node.get("patternProperties"), dict) and not node.get("propertyNames"):
            found += list(patterns)
        below = (wordless(each, here and key == "anyOf") for key, each in node.items() if key not in _DATA)
        return found + [each for part in below for each in part]

    assert wordless(checking_schema(kind), described=False) == []


_DATA = ("default", "examples", "enum")
