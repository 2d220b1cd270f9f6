"""Models to JSON Schema.

The shapes a schema may have, which is all the dialect's compiler and Helm need to know:

========  =====================================================================================================
int       ``{"type": "integer", "minimum": .., "maximum": ..}``
num       ``{"type": "number", ..}``
str       ``{"type": "string", "pattern": ..}`` or ``{"type": "string", "enum": [..]}``
bool      ``{"type": "boolean"}``
scalar    ``{"anyOf": [..]}`` of the above
list      ``{"type": "array", "items": ..}``
map       ``{"type": "object", "patternProperties": {pattern: ..}, "additionalProperties": false}``
object    ``{"$ref": "#/$defs/Name"}`` of ``{"type": "object", "properties": .., "additionalProperties": false}``
free      ``{"$ref": "#/$defs/Free"}``
nullable  ``{"anyOf": [.., {"type": "null"}]}``
========  =====================================================================================================

Any of them may be a ``$ref`` to ``$defs``. Beside a ``$ref`` stand annotations only (description, title, default,
examples), which validators of draft 7 skip and editors show. Draft 7 because every Helm and every editor reads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

from pydantic.json_schema import models_json_schema

from generator.model.base import Model
from generator.model.examples import examples, is_complete
from generator.model.fields import closure, fields, first_paragraph, plain, title

Schema: TypeAlias = dict[str, Any]

_DRAFT = "http://json-schema.org/draft-07/schema#"
_MODE: Literal["serialization"] = "serialization"
_ANNOTATIONS = ("title", "description", "default", "examples")


def values_schema(model: type[Model], *, title: str, id: str, shapes: Sequence[type[Model]] = ()) -> Schema:  # noqa: A002 - JSON Schema's word
    """The schema of complete values: what is there after the defaults were merged in.

    ``shapes`` are classes that no field has as its type but whose names the chart's macros use (``Component``).
    """
    return _schema(model, title=title, id=id, shapes=shapes, partial=False, filled=True)


def file_schema(model: type[Model], *, title: str, id: str) -> Schema:  # noqa: A002 - JSON Schema's word
    """The schema of a file that people write; what it leaves out gets the model's defaults."""
    found = _schema(model, title=title, id=id, shapes=(), partial=False, filled=False)
    classes = closure(model)
    _require(found, model)
    for name, definition in found["$defs"].items():
        if name in classes:
            _require(definition, classes[name])
    return found


def partial_schema(model: type[Model], *, title: str, id: str) -> Schema:  # noqa: A002 - JSON Schema's word
    """The schema of one layer of values: nothing is required, and null removes what a layer below has set.

    Items of lists are as in ``values_schema``: lists are replaced, not merged.
    """
    return _schema(model, title=title, id=id, shapes=(), partial=True, filled=False)


def _require(schema: Schema, model: type[Model]) -> None:
    schema.pop("required", None)
    if required := [name for name, info in model.model_fields.items() if info.is_required()]:
        schema["required"] = required


def _schema(
    model: type[Model],
    *,
    title: str,
    id: str,  # noqa: A002 - JSON Schema's word
    shapes: Sequence[type[Model]],
    partial: bool,
    filled: bool,
) -> Schema:
    """``filled``: examples have all that is there after the defaults were merged in."""
    classes = closure(model, *shapes)
    each_written = tuple((each, _MODE) for each in classes.values())
    _, raw = models_json_schema(each_written, ref_template="#/$defs/{model}")
    definitions: dict[str, Schema] = {}
    for name, definition in raw["$defs"].items():
        if name in classes:
            definitions[name] = _object(classes[name], definition, raw["$defs"], filled)
        else:
            definitions[name] = _tidy(definition, raw["$defs"])
    root = {**definitions.pop(model.__name__), "title": title}
    if partial:
        root, definitions = _Partial(definitions, classes).layer(root)
    head: Schema = {"$schema": _DRAFT, "$id": id, **{key: root[key] for key in ("title", "description") if key in root}}
    used = _used(root, definitions, [each.__name__ for each in shapes])
    return {**head, **root, "$defs": used}


def _object(model: type[Model], definition: Schema, raw: dict[str, Schema], filled: bool) -> Schema:
    properties: dict[str, Schema] = {}
    required = []
    for field in fields(model):
        found = _tidy(definition["properties"][field.name], raw)
        notes: Schema = {"title": title(field.name), "description": field.description}
        if shown := [each for each in examples(field) if not filled or is_complete(field, each)]:
            notes["examples"] = shown
        if field.default is not None and (field.model is None or field.default != plain(field.model())):
            notes["default"] = field.default
        properties[field.name] = {**{key: part for key, part in found.items() if key not in _ANNOTATIONS}, **notes}
        if not field.nullable:
            required.append(field.name)
    result: Schema = {
        "type": "object",
        "title": title(model.__name__),
        "description": first_paragraph(model.__doc__),
        "properties": properties,
    }
    if required:
        result["required"] = required
    return {**result, "additionalProperties": False}


def _tidy(schema: Any, raw: dict[str, Schema]) -> Any:
    """Pydantic's schema in our shapes: map keys by pattern, closed maps, no integer beside a number."""
    if isinstance(schema, list):
        return [_tidy(part, raw) for part in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: _tidy(part, raw) for key, part in schema.items() if key != "title"}
    if "const" in result:
        result["enum"] = [result.pop("const")]
    if {"type": "integer"}.items() <= result.items() and "minimum" not in result:
        raise TypeError("every whole number must have bounds")
    keys = result.get("propertyNames", {})
    if "$ref" in keys:
        key = raw[keys["$ref"].removeprefix("#/$defs/")]
        result["patternProperties"] = {key["pattern"]: result.pop("additionalProperties")}
        # Says nothing to a validator; it has the words for people whose key is refused.
        result["propertyNames"] = {"description": key["description"]}
    if "patternProperties" in result:
        result["additionalProperties"] = False
    if result.get("type") == "object" and result.get("additionalProperties") is not False:
        raise TypeError("a map needs keys of a type with a pattern")
    alternatives = result.get("anyOf", [])
    if any(each.get("type") == "number" for each in alternatives):
        result["anyOf"] = [each for each in alternatives if each.get("type") != "integer"]
    return result


class _Partial:
    """Makes the definitions of a layer, under the names of the full ones.

    A class that stands in lists as well as outside of them gets a second, full definition named ``...Item``.
    """

    def __init__(self, definitions: dict[str, Schema], classes: dict[str, type[Model]]) -> None:
        self._definitions = definitions
        self._classes = classes
        self._result = {name: definition for name, definition in definitions.items() if name not in classes}

    def layer(self, root: Schema) -> tuple[Schema, dict[str, Schema]]:
        return self._optional(root), self._result

    def _optional(self, definition: Schema) -> Schema:
        properties = {name: self._nullable(each) for name, each in definition["properties"].items()}
        return {**{key: part for key, part in definition.items() if key != "required"}, "properties": properties}

    def _nullable(self, schema: Schema) -> Schema:
        notes = {key: schema[key] for key in _ANNOTATIONS if key in schema}
        body = self._inside({key: part for key, part in schema.items() if key not in notes})
        alternatives = body.get("anyOf") if set(body) == {"anyOf"} else None
        if alternatives is None:
            alternatives = [body]
        null = {"type": "null"}
        return {"anyOf": [*(each for each in alternatives if each != null), null], **notes}

    def _inside(self, schema: Schema) -> Schema:
        if "$ref" in schema:
            self._define(self._name(schema))
            return schema
        if "anyOf" in schema:
            return {**schema, "anyOf": [self._inside(each) for each in schema["anyOf"]]}
        if schema.get("type") == "array":
            return {**schema, "items": self._full(schema["items"])}
        if "patternProperties" in schema:
            return {
                **schema,
                "patternProperties": {key: self._nullable(each) for key, each in schema["patternProperties"].items()},
            }
        return schema

    def _define(self, name: str) -> None:
        if name in self._classes and name not in self._result:
            self._result[name] = {}
            self._result[name] = self._optional(self._definitions[name])

    def _full(self, schema: Any) -> Any:
        """A schema inside a list: references go to full definitions."""
        if isinstance(schema, list):
            return [self._full(each) for each in schema]
        if not isinstance(schema, dict):
            return schema
        if "$ref" in schema and self._name(schema) in self._classes:
            name = self._name(schema)
            if f"{name}Item" not in self._result:
                self._result[f"{name}Item"] = {}
                self._result[f"{name}Item"] = self._full(self._definitions[name])
            return {**schema, "$ref": f"#/$defs/{name}Item"}
        return {key: self._full(part) for key, part in schema.items()}

    @staticmethod
    def _name(schema: Schema) -> str:
        return str(schema["$ref"]).removeprefix("#/$defs/")


def _used(root: Schema, definitions: dict[str, Schema], shapes: Sequence[str]) -> dict[str, Schema]:
    """The definitions that are referred to, sorted by name."""
    names: set[str] = set(shapes)
    waiting: list[Any] = [root, *(definitions[name] for name in shapes)]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            reference = part.get("$ref")
            if isinstance(reference, str):
                name = reference.removeprefix("#/$defs/")
                if name not in names:
                    names.add(name)
                    waiting.append(definitions[name])
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
    return {name: definitions[name] for name in sorted(names)}
