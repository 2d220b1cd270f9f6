"""JSON Schema to the dialect's types; which type fits where."""

from __future__ import annotations

from typing import Any

import pytest

from generator.dialect.charsets import Charset, charset_of_pattern
from generator.dialect.schema_types import SchemaTypes
from generator.dialect.types import (
    Flag,
    Free,
    Int,
    ListOf,
    MapOf,
    Number,
    Scalar,
    Shape,
    Text,
    Type,
    describe,
    fits,
    join,
    nullable,
)
from generator.errors import ProblemsError

_INT = {"type": "integer", "minimum": 0, "maximum": 9}
_NULL = {"type": "null"}


def type_of(schema: dict[str, Any], **definitions: dict[str, Any]) -> Type:
    """The type of a required setting with this schema."""
    root = {"type": "object", "properties": {"x": schema}, "required": ["x"], "$defs": definitions}
    return SchemaTypes(root).root.fields["x"]


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "string"}, Text()),
        ({"type": "string", "pattern": "^[a-z]{1,9}$"}, Text(charset=Charset.NAME)),
        ({"type": "string", "enum": ["a b", "c"]}, Text(("a b", "c"), Charset.ASCII)),
        ({"type": "string", "const": "é"}, Text(("é",), Charset.ANY)),
        (_INT, Int(0, 9)),
        ({"type": "integer", "enum": [3, 1]}, Int(1, 3)),
        ({"type": "number"}, Number()),
        ({"type": "boolean"}, Flag()),
        ({"type": "array", "items": _INT}, ListOf(Int(0, 9))),
        ({"type": "array"}, ListOf(Free())),
        ({"type": "object"}, MapOf(Free())),
        ({"type": "object", "additionalProperties": {"type": "string"}}, MapOf(Text())),
        ({"type": "object", "patternProperties": {"^[a-z]$": _INT}}, MapOf(Int(0, 9), Charset.NAME)),
        ({"type": "object", "propertyNames": {"pattern": "^[ -~]$"}}, MapOf(Free(), Charset.ASCII)),
        ({}, Free()),
        ({"$ref": "#/$defs/Free"}, Free()),
        ({"anyOf": [{"type": "string"}, _NULL]}, Text(nullable=True)),
        ({"type": ["boolean", "null"]}, Flag(nullable=True)),
        ({"anyOf": [_INT, {"type": "number"}]}, Number()),
        ({"anyOf": [_INT, {"type": "integer", "minimum": -5, "maximum": 2}]}, Int(-5, 9)),
        ({"anyOf": [_INT, {"type": "string"}, {"type": "boolean"}, _NULL]}, Scalar(nullable=True)),
        ({"anyOf": [{"type": "string", "const": "a"}, {"type": "string", "const": "b"}]}, Text(("a", "b"), Charset(0))),
        ({"allOf": [{"type": "boolean"}]}, Flag()),
    ],
)  # fmt: skip
def test_a_schema_is_a_type(schema: dict[str, Any], kind: Type) -> None:
    assert type_of(schema, Free={}) == kind


def test_shapes_have_the_names_of_their_definitions_and_may_hold_themselves() -> None:
    tree = {"type": "object", "properties": {"n": _INT, "below": {"$ref": "#/$defs/Tree"}}, "required": ["n"]}
    kind = type_of({"anyOf": [{"$ref": "#/$defs/Tree"}, _NULL]}, Tree=tree)
    assert isinstance(kind, Shape)
    assert describe(kind) == "Tree?"
    assert describe(kind.fields["n"]) == "int"
    assert describe(kind.fields["below"]) == "Tree?"


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        (
            {"type": "integer"},
            "values.x: an integer without bounds inside ±2^53\n  hint: give it a minimum and a maximum",
        ),
        (
            {"type": "integer", "minimum": 0, "maximum": 2**53},
            "values.x: an integer without bounds inside ±2^53\n  hint: give it a minimum and a maximum",
        ),
        (
            {"anyOf": [{"type": "array"}, {"type": "string"}]},
            "values.x: a union of list[free] and str\n  hint: only scalars may be joined in a union",
        ),
        (
            {"type": "object", "patternProperties": {"^a$": {}, "^b$": {}}},
            "values.x: several patterns of keys\n  hint: give the map one pattern of keys",
        ),
    ],
)
def test_what_has_no_type_is_told(schema: dict[str, Any], message: str) -> None:
    with pytest.raises(ProblemsError) as raised:
        type_of(schema)
    assert str(raised.value) == message


def test_all_that_has_no_type_is_told_at_once() -> None:
    properties = {"a": {"type": "integer"}, "b": {"type": "integer"}}
    with pytest.raises(ProblemsError) as raised:
        SchemaTypes({"type": "object", "properties": properties})
    assert [problem.path for problem in raised.value.problems] == ["values.a", "values.b"]


@pytest.mark.parametrize(
    ("pattern", "charset"),
    [
        ("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", Charset.NAME),
        ("^(a|b.c)$", Charset.ANY),
        ("^(a|b[.]c)$", Charset.NAME),
        ("^[!-~]+$", Charset.ASCII),
        ("^a b$", Charset.ASCII),
        ("^$", Charset.NAME),
        # Not every string that these match is ASCII as a whole.
        ("[a-z]+", Charset.ANY),
        ("^[a-z]+", Charset.ANY),
        ("^a|b$", Charset.ANY),
        ("^[^é]$", Charset.ANY),
        ("^\\d$", Charset.ANY),
        ("^\\w$", Charset.ANY),
        ("^é$", Charset.ANY),
        ("(?i)^k$", Charset.ANY),
        ("^(?i:k)$", Charset.ANY),
    ],
)
def test_the_characters_that_a_pattern_allows(pattern: str, charset: Charset) -> None:
    assert charset_of_pattern(pattern) == charset


_BASE = Shape("Base", {"n": Int(0, 9), "s": Text()})
_WIDER = Shape("Wider", {"n": Int(0, 5), "s": Text(charset=Charset.NAME), "more": Flag()})


@pytest.mark.parametrize(
    ("actual", "formal", "good"),
    [
        (Text(("a",)), Text(), True),
        (Text(), Text(("a",)), False),
        (Text(charset=Charset.NAME), Text(charset=Charset.ASCII), True),
        (Text(), Text(charset=Charset.ASCII), False),
        (Int(0, 5), Int(0, 9), True),
        (Int(0, 10), Int(0, 9), False),
        (Int(), Number(), True),
        (Number(), Int(), False),
        (Flag(), Scalar(), True),
        (Scalar(), Text(), False),
        (Text(nullable=True), Text(), False),
        (Text(), Text(nullable=True), True),
        (ListOf(Int(1, 2)), ListOf(Number()), True),
        (MapOf(Text(), Charset.ANY), MapOf(Text(), Charset.NAME), False),
        (MapOf(Text()), Free(), True),
        (Free(), Text(), False),
        (_WIDER, _BASE, True),
        (_BASE, _WIDER, False),
        (nullable(_WIDER), _BASE, False),
    ],
)
def test_which_value_may_stand_where(actual: Type, formal: Type, good: bool) -> None:
    assert fits(actual, formal) == good


@pytest.mark.parametrize(
    ("left", "right", "both"),
    [
        (Text(("a",), Charset.NAME), Text(("b",), Charset.ASCII), Text(("a", "b"), Charset.ASCII)),
        (Text(("a",)), Text(nullable=True), Text(nullable=True)),
        (Int(0, 3), Int(2, 9), Int(0, 9)),
        (Int(), Number(), Number()),
        (Text(), Int(), Scalar()),
        (Free(), ListOf(Text()), Free()),
        (ListOf(Text()), ListOf(Int()), ListOf(Scalar())),
        (MapOf(Text(), Charset.NAME), MapOf(Text(), Charset.ANY), MapOf(Text())),
        (_WIDER, _BASE, _BASE),
        (ListOf(Text()), MapOf(Text()), None),
        (Text(), ListOf(Text()), None),
    ],
)
def test_the_type_of_one_of_two(left: Type, right: Type, both: Type | None) -> None:
    assert join(left, right) == both
    assert join(right, left) == both or isinstance(both, Text)
