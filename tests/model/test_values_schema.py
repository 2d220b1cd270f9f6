"""Models to JSON Schema: whole schemas of a small model."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from pydantic import Field

from generator.model import Item, Model, defaults, partial_schema, values_schema
from generator.model.number import IntOrPercent, Replicas
from generator.model.text import Line


class Knobs(Model):
    """What every component has."""

    replicas: Replicas = 1
    """Number of pods."""
    note: Line | None = None
    """A note. Without it: none."""


class Mirror(Item):
    """A copy somewhere else."""

    host: Line
    """Where it is."""
    weight: IntOrPercent | None = None
    """How much of the load it takes. Without it: an equal part."""


class Web(Knobs):
    """A web page."""

    EXAMPLES = ({"mode": "slow"},)

    mode: Literal["slow", "fast"] = "fast"
    """How it answers."""
    mirrors: list[Mirror] = Field(default=[], examples=[[{"host": "a"}]])
    """Copies."""
    byName: dict[Line, Mirror] = Field(default={}, examples=[{"a": {"host": "b"}}])
    """Copies by name."""


class Page(Model):
    """All settings."""

    web: Web = Web(replicas=2)


LINE = {
    "description": "Text of one line, without control characters.",
    "maxLength": 8192,
    "pattern": "^[^\\x00-\\x1f\\x7f-\\x9f\u2028\u2029\ufeff\ufffe\uffff]*$",
    "type": "string",
}
REPLICAS = {"description": "A number of pods.", "examples": [2], "maximum": 1000, "minimum": 0, "type": "integer"}
INT_OR_PERCENT = {
    "anyOf": [
        {"maximum": 1000000, "minimum": 0, "type": "integer"},
        {"maxLength": 4, "pattern": "^(100|[0-9]{1,2})%$", "type": "string"},
    ],
    "description": "A number of pods, or a percentage of them.",
    "examples": [1, "25%"],
}
MIRROR = {
    "type": "object",
    "title": "Mirror",
    "description": "A copy somewhere else.",
    "properties": {
        "host": {"$ref": "#/$defs/Line", "title": "Host", "description": "Where it is."},
        "weight": {
            "anyOf": [{"$ref": "#/$defs/IntOrPercent"}, {"type": "null"}],
            "title": "Weight",
            "description": "How much of the load it takes. Without it: an equal part.",
            "examples": [1, "25%"],
        },
    },
    "required": ["host"],
    "additionalProperties": False,
}
KNOBS: dict[str, Any] = {
    "replicas": {
        "$ref": "#/$defs/Replicas",
        "title": "Replicas",
        "description": "Number of pods.",
        "examples": [1],
        "default": 1,
    },
    "note": {
        "anyOf": [{"$ref": "#/$defs/Line"}, {"type": "null"}],
        "title": "Note",
        "description": "A note. Without it: none.",
    },
}
MODE = {
    "enum": ["slow", "fast"],
    "type": "string",
    "title": "Mode",
    "description": "How it answers.",
    "examples": ["slow", "fast"],
    "default": "fast",
}


def test_complete_values() -> None:
    assert values_schema(Page, title="Page", id="urn:page", shapes=[Knobs]) == {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": "urn:page",
        "title": "Page",
        "description": "All settings.",
        "type": "object",
        "properties": {
            "web": {
                "$ref": "#/$defs/Web",
                "title": "Web",
                "description": "A web page.",
                "default": {"mode": "fast", "mirrors": [], "byName": {}, "replicas": 2},
            }
        },
        "required": ["web"],
        "additionalProperties": False,
        "$defs": {
            "IntOrPercent": INT_OR_PERCENT,
            "Knobs": {
                "type": "object",
                "title": "Knobs",
                "description": "What every component has.",
                "properties": KNOBS,
                "required": ["replicas"],
                "additionalProperties": False,
            },
            "Line": LINE,
            "Mirror": MIRROR,
            "Replicas": REPLICAS,
            "Web": {
                "type": "object",
                "title": "Web",
                "description": "A web page.",
                "properties": {
                    "mode": MODE,
                    "mirrors": {
                        "type": "array",
                        "items": {"$ref": "#/$defs/Mirror"},
                        "title": "Mirrors",
                        "description": "Copies.",
                        "examples": [[{"host": "a"}]],
                        "default": [],
                    },
                    "byName": {
                        "type": "object",
                        "patternProperties": {LINE["pattern"]: {"$ref": "#/$defs/Mirror"}},
                        "propertyNames": {"description": LINE["description"]},
                        "additionalProperties": False,
                        "title": "By name",
                        "description": "Copies by name.",
                        "examples": [{"a": {"host": "b"}}],
                        "default": {},
                    },
                    **KNOBS,
                },
                "required": ["mode", "mirrors", "byName", "replicas"],
                "additionalProperties": False,
            },
        },
    }


def test_a_layer_needs_nothing_and_may_remove_anything_but_parts_of_list_items() -> None:
    null = {"type": "null"}
    assert partial_schema(Page, title="Page", id="urn:page") == {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": "urn:page",
        "title": "Page",
        "description": "All settings.",
        "type": "object",
        "properties": {
            "web": {
                "anyOf": [{"$ref": "#/$defs/Web"}, null],
                "title": "Web",
                "description": "A web page.",
                "examples": [{"mode": "slow"}],
                "default": {"mode": "fast", "mirrors": [], "byName": {}, "replicas": 2},
            }
        },
        "additionalProperties": False,
        "$defs": {
            "IntOrPercent": INT_OR_PERCENT,
            "Line": LINE,
            "Mirror": {
                **{key: part for key, part in MIRROR.items() if key != "required"},
                "properties": {
                    "host": {"anyOf": [{"$ref": "#/$defs/Line"}, null], "title": "Host", "description": "Where it is."},
                    "weight": MIRROR["properties"]["weight"],  # type: ignore[index]
                },
            },
            "MirrorItem": MIRROR,
            "Replicas": REPLICAS,
            "Web": {
                "type": "object",
                "title": "Web",
                "description": "A web page.",
                "properties": {
                    "mode": {
                        "anyOf": [{"enum": ["slow", "fast"], "type": "string"}, null],
                        "title": "Mode",
                        "description": "How it answers.",
                        "examples": ["slow", "fast"],
                        "default": "fast",
                    },
                    "mirrors": {
                        "anyOf": [{"type": "array", "items": {"$ref": "#/$defs/MirrorItem"}}, null],
                        "title": "Mirrors",
                        "description": "Copies.",
                        "examples": [[{"host": "a"}]],
                        "default": [],
                    },
                    "byName": {
                        "anyOf": [
                            {
                                "type": "object",
                                "patternProperties": {LINE["pattern"]: {"anyOf": [{"$ref": "#/$defs/Mirror"}, null]}},
                                "propertyNames": {"description": LINE["description"]},
                                "additionalProperties": False,
                            },
                            null,
                        ],
                        "title": "By name",
                        "description": "Copies by name.",
                        "examples": [{"a": {"host": "b"}}],
                        "default": {},
                    },
                    "replicas": {
                        "anyOf": [{"$ref": "#/$defs/Replicas"}, null],
                        "title": "Replicas",
                        "description": "Number of pods.",
                        "examples": [1],
                        "default": 1,
                    },
                    "note": KNOBS["note"],
                },
                "additionalProperties": False,
            },
        },
    }


def test_defaults_leave_out_what_has_none() -> None:
    assert defaults(Page) == {"web": {"mode": "fast", "mirrors": [], "byName": {}, "replicas": 2}}


def test_a_whole_number_needs_bounds() -> None:
    class Unbounded(Model):
        """No bounds."""

        count: int = 1
        """A number."""

    with pytest.raises(TypeError, match="every whole number must have bounds"):
        values_schema(Unbounded, title="", id="")


def test_a_map_needs_keys_with_a_pattern() -> None:
    class Open(Model):
        """Any key."""

        labels: dict[str, Line] = Field(default={})
        """Labels."""

    with pytest.raises(TypeError, match="a map needs keys of a type with a pattern"):
        values_schema(Open, title="", id="")


def test_two_classes_of_one_name_are_refused() -> None:
    class Web(Model):  # another one than above
        """The name is taken."""

    class Both(Model):
        """Both of them."""

        first: Page = Page()
        second: Web = Web()

    with pytest.raises(TypeError, match="two classes are named Web"):
        values_schema(Both, title="", id="")
