"""JSON Schemas of the files that people write, for editors and for our own checks.

``python -m generator.desired`` writes these files of ``schemas/`` anew. The schemas of the three files
point at ``airflow-values.json`` beside them, so that the values are described once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeAlias

from generator.airflow import layer_schema
from generator.derived import derived
from generator.desired.files import DeploymentFile, EnvironmentFile, WorkspaceFile
from generator.model import Model
from generator.model import file_schema as model_schema

Schema: TypeAlias = dict[str, Any]

VALUES = "airflow-values.json"
_FILES: dict[str, tuple[type[Model], str]] = {
    "environment.json": (EnvironmentFile, "Environment"),
    "workspace.json": (WorkspaceFile, "Workspace"),
    "deployment.json": (DeploymentFile, "Deployment"),
}
#: Which schema each kind of file has.
OF_KIND = {kind: name for name, (_, kind) in _FILES.items()}
#: Stands for a file that has values and nothing else, as Helm takes it.
VALUES_KIND = "values"


def schema_files() -> dict[str, str]:
    """The files of ``schemas/`` that are made from models: name -> text."""
    made: dict[str, Schema] = {VALUES: _layer()}
    made |= {name: file_schema(kind) for name, (_, kind) in _FILES.items()}
    return {name: json.dumps(schema, indent=2, ensure_ascii=False) + "\n" for name, schema in sorted(made.items())}


def file_schema(kind: str) -> Schema:
    """The schema of files of a kind (``Environment``). It has no ``$id``: what it points at lies beside it."""
    model, title = _FILES[OF_KIND[kind]]
    schema = model_schema(model, title=title, id="")
    del schema["$id"]
    _open_values(schema)
    return schema


def _open_values(schema: Schema) -> None:
    """Values are described in a file of their own. There may be nothing, or only comments, behind the key."""
    for name in ("defaults", "values"):
        if name in schema["properties"]:
            found = schema["properties"][name]
            notes = {key: found[key] for key in ("title", "description", "examples")}
            schema["properties"][name] = {"anyOf": [{"$ref": VALUES}, {"type": "null"}], **notes}


@cache
def _layer() -> Schema:
    """The schema of values that people write. To be read only."""
    return layer_schema()


@cache
def checking_schema(kind: str) -> Mapping[str, Any]:
    """The schema of a kind's files with the values inside, in the form that gives the best messages.

    Validators say of a failed ``anyOf`` only that no alternative fits. All alternatives here differ in type, so an
    ``anyOf`` with maps or lists can be one schema with several types, and problems are told where they are, at any
    depth.
    """
    found: Mapping[str, Any] = derived(f"checking-{kind}", lambda: _checking_schema(kind))
    return found


def _checking_schema(kind: str) -> Schema:
    values = _layer()
    if kind == VALUES_KIND:
        return _Flattened(values["$defs"]).root({key: part for key, part in values.items() if key != "$defs"})
    schema = file_schema(kind)
    definitions = {**values["$defs"], **schema.pop("$defs")}
    definitions["AirflowValuesLayer"] = {
        key: part for key, part in values.items() if key not in ("$schema", "$id", "$defs")
    }
    for name in ("defaults", "values"):
        if name in schema["properties"]:
            schema["properties"][name]["anyOf"][0] = {"$ref": "#/$defs/AirflowValuesLayer"}
    return _Flattened(definitions).root(schema)


class _Flattened:
    def __init__(self, definitions: Mapping[str, Schema]) -> None:
        self._definitions = definitions
        self._made: dict[str, Schema] = {}

    def root(self, schema: Schema) -> Schema:
        return {**self._flat(schema), "$defs": self._made}

    def _flat(self, schema: Any) -> Any:
        if isinstance(schema, list):
            return [self._flat(part) for part in schema]
        if not isinstance(schema, dict):
            return schema
        if "$ref" in schema:
            return {**schema, "$ref": self._define(schema, nullable=False)}
        if "anyOf" in schema:
            return self._union(schema)
        # Names of settings and patterns are no keywords of JSON Schema; examples and defaults are data.
        return {
            key: {name: self._flat(each) for name, each in part.items()}
            if key in ("properties", "patternProperties")
            else (self._flat(part) if key == "items" else part)
            for key, part in schema.items()
        }

    def _union(self, schema: Schema) -> Schema:
        notes = {key: part for key, part in schema.items() if key != "anyOf"}
        alternatives = [each for each in schema["anyOf"] if each != {"type": "null"}]
        nullable = len(alternatives) < len(schema["anyOf"])
        if len(alternatives) == 1 and self._is_leaf(alternatives[0]):
            return {**schema, "anyOf": [self._flat(each) for each in schema["anyOf"]]}
        if len(alternatives) == 1 and "$ref" in alternatives[0]:
            return {"$ref": self._define(alternatives[0], nullable=nullable), **notes}
        merged: Schema = {}
        types: list[str] = []
        for each in alternatives:
            flat = self._flat(each)
            types += _types(flat)
            merged |= flat
        if len(types) < len(set(types)) or (len(alternatives) > 1 and "enum" in merged):
            raise TypeError(f"alternatives that are not told apart by their types: {schema}")
        return _typed({**merged, **notes}, types, nullable)

    def _is_leaf(self, schema: Schema) -> bool:
        """Whether it is text, a number or a boolean of any form: then one message is enough."""
        while "$ref" in schema:
            schema = self._definitions[str(schema["$ref"]).removeprefix("#/$defs/")]
        return schema.get("type") in ("string", "integer", "number", "boolean") and "enum" not in schema

    def _define(self, reference: Schema, *, nullable: bool) -> str:
        name = str(reference["$ref"]).removeprefix("#/$defs/")
        key = f"{name}OrNull" if nullable else name
        if key not in self._made:
            self._made[key] = {}
            definition = self._flat(self._definitions[name])
            self._made[key] = _typed(definition, _types(definition), nullable) if nullable else definition
        return f"#/$defs/{key}"


def _types(schema: Schema) -> list[str]:
    kind = schema["type"]
    return [kind] if isinstance(kind, str) else list(kind)


def _typed(schema: Schema, types: list[str], nullable: bool) -> Schema:
    if nullable:
        types = [*types, "null"]
        if "enum" in schema:
            schema = {**schema, "enum": [*schema["enum"], None]}
    return {**schema, "type": types[0] if len(types) == 1 else types}
