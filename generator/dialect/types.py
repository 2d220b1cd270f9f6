"""The types of values: what a path into the values can hold, read off the JSON Schema of the values.

The dialect knows few types on purpose: each has one meaning in YAML, Python and Go. ``nullable`` means null or absent.
"""

from __future__ import annotations

import re._constants as regex
import re._parser as regex_parser
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from generator.errors import Problem, ProblemsError

SAFE_INTEGER = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Int:
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Flag:
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A string; ``values`` are all it can be (an enum), ``ascii`` says that its pattern allows ASCII only."""

    values: tuple[str, ...] | None = None
    ascii: bool = False
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Scalar:
    """A string, number or boolean."""

    nullable: bool = False


@dataclass(frozen=True, slots=True)
class ListOf:
    item: Type
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class MapOf:
    """A map with free keys. ``ascii_keys`` says that the keys' pattern allows ASCII only."""

    item: Type
    ascii_keys: bool = False
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Free:
    """Any JSON, null too."""

    nullable: bool = True


@dataclass(frozen=True, slots=True)
class Shape:
    """A map with known keys, named after the class of the values model. Equal by name."""

    name: str
    fields: Mapping[str, Type] = field(compare=False, repr=False)
    nullable: bool = False


Type = Int | Number | Flag | Text | Scalar | ListOf | MapOf | Free | Shape
Leaf = Int | Number | Flag | Text | Scalar


def nullable(kind: Type) -> Type:
    """The same type, or null."""
    return kind if kind.nullable else replace(kind, nullable=True)


def present(kind: Type) -> Type:
    """The same type without null. Free JSON stays free."""
    return replace(kind, nullable=False) if kind.nullable and not isinstance(kind, Free) else kind


def describe(kind: Type) -> str:
    """The type in the words of macro signatures."""
    match kind:
        case Int():
            text = "int"
        case Number():
            text = "num"
        case Flag():
            text = "bool"
        case Text():
            text = "str"
        case Scalar():
            text = "scalar"
        case ListOf():
            text = f"list[{describe(kind.item)}]"
        case MapOf():
            text = f"map[{describe(kind.item)}]"
        case Shape():
            text = kind.name
        case Free():
            return "free"
    return text + ("?" if kind.nullable else "")


def fits(actual: Type, formal: Type) -> bool:
    """Whether a value of type ``actual`` may be given where ``formal`` is declared."""
    if isinstance(formal, Free):
        return True
    if actual.nullable and not formal.nullable:
        return False
    match actual, formal:
        case (Text() | Number() | Int() | Flag() | Scalar(), Scalar()):
            return True
        case (Int(), Number()) | (Int(), Int()) | (Number(), Number()) | (Flag(), Flag()):
            return True
        case Text(), Text():
            return formal.values is None or (actual.values is not None and set(actual.values) <= set(formal.values))
        case (ListOf(), ListOf()) | (MapOf(), MapOf()):
            return fits(actual.item, formal.item)
        case Shape(), Shape():
            return actual.name == formal.name or all(
                name in actual.fields and fits(actual.fields[name], kind) for name, kind in formal.fields.items()
            )
    return False


def join(left: Type, right: Type) -> Type | None:
    """The narrowest type that holds both, or None when the dialect has none."""
    either = left.nullable or right.nullable
    joined: Type | None = None
    match present(left), present(right):
        case Text() as a, Text() as b:
            values = tuple(dict.fromkeys(a.values + b.values)) if a.values is not None and b.values is not None else None
            joined = Text(values, a.ascii and b.ascii)
        case (Int(), Number()) | (Number(), Int()):
            joined = Number()
        case ListOf() as a, ListOf() as b:
            item = join(a.item, b.item)
            joined = ListOf(item) if item is not None else None
        case MapOf() as a, MapOf() as b:
            item = join(a.item, b.item)
            joined = MapOf(item, a.ascii_keys and b.ascii_keys) if item is not None else None
        case (Free(), _) | (_, Free()):
            return Free()
        case a, b:
            if fits(a, b):
                joined = b
            elif fits(b, a):
                joined = a
            elif isinstance(a, Leaf) and isinstance(b, Leaf):
                joined = Scalar()
    if joined is None:
        return None
    return nullable(joined) if either else joined


# --- from JSON Schema ------------------------------------------------------------------------------------------------


class SchemaTypes:
    """The types of one values schema: ``root`` of the whole, ``shapes`` by class name."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._definitions: Mapping[str, Any] = schema.get("$defs", {})
        self._shapes: dict[str, Shape] = {}
        self._problems: list[Problem] = []
        for name in self._definitions:
            self._definition(name)
        root = self._type({**schema, "$defs": {}}, "values", "Values")
        if self._problems:
            raise ProblemsError(self._problems)
        assert isinstance(root, Shape)
        self.root = root
        self.shapes: Mapping[str, Shape] = self._shapes

    def _definition(self, name: str) -> Type:
        if name in self._shapes:
            return self._shapes[name]
        if name == "Free":
            return Free()
        return self._type(self._definitions[name], name, name)

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
                values = tuple(schema["enum"]) if "enum" in schema else (schema["const"],) if "const" in schema else None
                ascii_ = is_ascii(schema["pattern"]) if "pattern" in schema else values is not None and all(v.isascii() for v in values)
                return Text(values, ascii_)
            case "integer":
                low, high = schema.get("minimum"), schema.get("maximum")
                if low is None or high is None or low < -SAFE_INTEGER or high > SAFE_INTEGER:
                    return self._refuse(path, "an integer without bounds inside ±2^53", "give it a minimum and a maximum")
                return Int()
            case "number":
                return Number()
            case "boolean":
                return Flag()
            case "array":
                return ListOf(self._type(schema.get("items", {}), path + "[]")) if schema.get("items") else ListOf(Free())
            case "object":
                return self._object(schema, path, name)
        if not {"enum", "const", "type"} & schema.keys():
            return Free()
        return self._refuse(path, f"the schema {dict(schema)} has no type of the dialect", "docs/dialect.md lists the types")

    def _union(self, options: list[Mapping[str, Any]], path: str) -> Type:
        kinds = [self._type(option, path) for option in options if option.get("type") != "null"]
        null = len(kinds) < len(options)
        if any(isinstance(kind, Free) for kind in kinds):
            return Free()
        joined: Type | None = kinds[0]
        for kind in kinds[1:]:
            joined = Scalar() if isinstance(joined, Leaf) and isinstance(kind, Leaf) and type(joined) is not type(kind) else joined and join(joined, kind)
        if joined is None:
            return self._refuse(path, "a union of " + " and ".join(describe(kind) for kind in kinds), "only scalars may be joined in a union")
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
            return MapOf(self._type(item, path + ".*"), is_ascii(pattern))
        extra = schema.get("additionalProperties", True)
        keys = schema.get("propertyNames", {}).get("pattern")
        item_type = self._type(extra, path + ".*") if isinstance(extra, Mapping) else Free()
        return MapOf(item_type, is_ascii(keys) if keys else False)


@lru_cache(maxsize=256)
def is_ascii(pattern: str) -> bool:
    """Whether a whole-string pattern (anchored on both ends) matches only ASCII strings."""
    return pattern.startswith("^") and pattern.endswith("$") and _ascii_only(list(regex_parser.parse(pattern)))


def _ascii_only(items: list[Any]) -> bool:
    for operator, argument in items:
        match operator:
            case regex.LITERAL:
                good = argument < 128
            case regex.AT:
                good = True
            case regex.IN:
                good = all(_ascii_class(*member) for member in argument)
            case regex.MAX_REPEAT | regex.MIN_REPEAT:
                good = _ascii_only(list(argument[2]))
            case regex.SUBPATTERN:
                good = _ascii_only(list(argument[3]))
            case regex.BRANCH:
                good = all(_ascii_only(list(branch)) for branch in argument[1])
            case _:
                good = False
        if not good:
            return False
    return True


def _ascii_class(kind: Any, argument: Any) -> bool:
    if kind is regex.LITERAL:
        return bool(argument < 128)
    if kind is regex.RANGE:
        return bool(argument[1] < 128)
    return False
