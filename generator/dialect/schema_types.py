"""The types of the values, read off their JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from generator.dialect.charsets import Charset, charset_of_all, charset_of_pattern
from generator.dialect.syntax import SAFE_INTEGER
from generator.dialect.types import Flag, Free, Int, ListOf, MapOf, Number, Shape, Text, Type, describe, join, nullable
from generator.errors import Problem, ProblemsError
from generator.model.names import Version

#: The pattern of ``generator.model.names.Version``: what it matches, ``is semver`` reads in Python and in Go.
VERSION_PATTERN: str = TypeAdapter(Version).json_schema()["pattern"]


class SchemaTypes:
    """The types of one values schema: ``root`` of the whole, ``shapes`` by class name."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._definitions: Mapping[str, Any] = schema.get("$defs", {})
        self._shapes: dict[str, Shape] = {}
        self._problems: list[Problem] = []
        self._open: set[str] = set()
        for name in self._definitions:
            self._definition(name)
        root = self._type({**schema, "$defs": {}}, "values", "Values")
        if not isinstance(root, Shape):
            self._refuse("values", "a schema without properties", "values are a map with known keys")
        if self._problems or not isinstance(root, Shape):
            raise ProblemsError(self._problems)
        self.root = root
        self.shapes: Mapping[str, Shape] = self._shapes

    def _definition(self, name: str) -> Type:
        if name in self._shapes:
            return self._shapes[name]
        if name == "Free" or name in self._open:
            return Free()
        self._open.add(name)
        kind = self._type(self._definitions[name], name, name)
        self._open.discard(name)
        return kind

    def _refuse(self, path: str, message: str, hint: str) -> Type:
        self._problems.append(Problem(message, path=path, hint=hint))
        return Free()

    def _type(self, schema: Mapping[str, Any], path: str, name: str = "") -> Type:
        if "$ref" in schema:
            return self._definition(schema["$ref"].rpartition("/")[2])
        if "allOf" in schema and len(schema["allOf"]) == 1 and "type" not in schema:
            return self._type(schema["allOf"][0], path)
        if "anyOf" in schema:
            return self._union(schema["anyOf"], path)
        if isinstance(schema.get("type"), list):
            return self._union([{**schema, "type": one} for one in schema["type"]], path)
        match schema.get("type"):
            case "string":
                values = (
                    tuple(schema["enum"]) if "enum" in schema else (schema["const"],) if "const" in schema else None
                )
                if values is not None:
                    return Text(values, charset_of_all(values), filled="" not in values)
                filled = schema.get("minLength", 0) > 0
                if "pattern" not in schema:
                    return Text(filled=filled)
                pattern = schema["pattern"]
                filled = filled or not re.search(pattern, "")
                return Text(None, charset_of_pattern(pattern), version=pattern == VERSION_PATTERN, filled=filled)
            case "integer":
                known = schema["enum"] if "enum" in schema else [schema["const"]] if "const" in schema else None
                low = min(known) if known else schema.get("minimum")
                high = max(known) if known else schema.get("maximum")
                if low is None or high is None or low < -SAFE_INTEGER or high > SAFE_INTEGER:
                    return self._refuse(
                        path, "an integer without bounds inside ±2^53", "give it a minimum and a maximum"
                    )
                return Int(low, high)
            case "number":
                return Number()
            case "boolean":
                return Flag()
            case "array":
                return (
                    ListOf(self._type(schema.get("items", {}), path + "[]")) if schema.get("items") else ListOf(Free())
                )
            case "object":
                return self._object(schema, path, name)
        if not {"enum", "const", "type"} & schema.keys():
            return Free()
        return self._refuse(
            path, f"the schema {dict(schema)} has no type of the dialect", "docs/dialect.md lists the types"
        )

    def _union(self, options: list[Mapping[str, Any]], path: str) -> Type:
        kinds = [self._type(option, path) for option in options if option.get("type") != "null"]
        null = len(kinds) < len(options)
        if not kinds or any(isinstance(kind, Free) for kind in kinds):
            return Free()
        joined: Type | None = kinds[0]
        for kind in kinds[1:]:
            joined = join(joined, kind) if joined is not None else None
        if joined is None:
            return self._refuse(
                path,
                "a union of " + " and ".join(describe(kind) for kind in kinds),
                "only scalars may be joined in a union",
            )
        return nullable(joined) if null else joined

    def _object(self, schema: Mapping[str, Any], path: str, name: str) -> Type:
        if "properties" in schema:
            shape_fields: dict[str, Type] = {}
            shape = Shape(name or path, shape_fields)
            if name and name != "Values":
                self._shapes[name] = shape
            required = set(schema.get("required", ()))
            for key, sub in schema["properties"].items():
                kind = self._type(sub, f"{path}.{key}")
                shape_fields[key] = kind if key in required else nullable(kind)
            return shape
        patterns = schema.get("patternProperties")
        if patterns:
            (pattern, item), *more = patterns.items()
            if more:
                return self._refuse(path, "several patterns of keys", "give the map one pattern of keys")
            return MapOf(self._type(item, path + ".*"), charset_of_pattern(pattern))
        extra = schema.get("additionalProperties", True)
        keys = schema.get("propertyNames", {}).get("pattern")
        item_type = self._type(extra, path + ".*") if isinstance(extra, Mapping) else Free()
        return MapOf(item_type, charset_of_pattern(keys) if keys else Charset.ANY)
