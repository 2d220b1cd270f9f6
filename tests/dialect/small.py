"""A small chart for tests of the compiler: a schema with every type of the dialect, and a way to compile a template."""

from __future__ import annotations

import random
from typing import Any

from pydantic import TypeAdapter

from generator.dialect import CompiledChart, Compiler
from generator.model.names import Version
from tests.support.draw import Drawer

_TEXT = {"type": "string", "pattern": "^[^\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe\uffff]*$", "maxLength": 200}
_NAME = {"type": "string", "pattern": "^[a-z0-9]([-a-z0-9.]{0,20}[a-z0-9])?$"}
_ASCII = {"type": "string", "pattern": "^[ -~]{0,40}$"}
_SCALAR = {
    "anyOf": [
        {"type": "boolean"},
        {"type": "integer", "minimum": -(2**53) + 1, "maximum": 2**53 - 1},
        {"type": "number", "minimum": -1e15, "maximum": 1e15},
        _TEXT,
    ]
}
_KEY = "^[^\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff<]{1,30}$"
_FREE = {"$ref": "#/$defs/Free"}
_PORT = {"type": "integer", "minimum": 1, "maximum": 65535}
_FLAG = {"type": "boolean"}


def _map(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "patternProperties": {_KEY: item}, "additionalProperties": False}


def _list(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}], "default": None}


def _shape(**fields: dict[str, Any]) -> dict[str, Any]:
    required = [name for name, schema in fields.items() if "default" not in schema]
    return {"type": "object", "properties": fields, "required": required, "additionalProperties": False}


_COMPONENT: dict[str, Any] = {
    "enabled": _FLAG,
    "replicas": {"type": "integer", "minimum": 0, "maximum": 1000},
    "name": _NAME,
    "labels": _map(_TEXT),
    "tolerations": _list(_FREE),
    "strategy": _or_null(_map(_FREE)),
    "account": _or_null(_TEXT),
    "port": _or_null(_PORT),
    "probe": _or_null({"$ref": "#/$defs/Probe"}),
}

SCHEMA: dict[str, Any] = {
    **_shape(
        executor={"type": "string", "enum": ["LocalExecutor", "CeleryExecutor"]},
        version=TypeAdapter(Version).json_schema(),
        title=_TEXT,
        code=_ASCII,
        name=_NAME,
        size=_SCALAR,
        ratio={"type": "number", "minimum": 0, "maximum": 1000},
        count={"type": "integer", "minimum": -1000, "maximum": 1000},
        big={"type": "integer", "minimum": 0, "maximum": 2**53 - 1},
        debug=_FLAG,
        verbose=_or_null(_FLAG),
        note=_or_null(_TEXT),
        limit=_or_null({"type": "integer", "minimum": 0, "maximum": 100}),
        extra=_FREE,
        labels=_map(_TEXT),
        annotations=_or_null(_map(_TEXT)),
        config=_map(_map(_SCALAR)),
        hosts=_list(_TEXT),
        ports=_list(_PORT),
        gaps=_list(_or_null(_TEXT)),
        more=_or_null(_list(_TEXT)),
        flower={"$ref": "#/$defs/Flower"},
        redis=_or_null({"$ref": "#/$defs/Component"}),
        queues=_list({"$ref": "#/$defs/Component"}),
    ),
    "$defs": {
        "Free": {
            "anyOf": [
                {"type": "boolean"},
                {"type": "integer", "minimum": -(2**53) + 1, "maximum": 2**53 - 1},
                {"type": "number", "minimum": -1e15, "maximum": 1e15},
                _TEXT,
                _list(_FREE),
                _map(_FREE),
                {"type": "null"},
            ]
        },
        "Probe": _shape(
            seconds={"type": "integer", "minimum": 1, "maximum": 60}, path=_or_null(_TEXT), command=_list(_TEXT)
        ),
        "Component": _shape(**_COMPONENT),
        "Flower": _shape(**_COMPONENT, users=_list(_TEXT)),
    },
}

STATICS: dict[str, Any] = {
    "catalog": {
        "flower": {"name": "flower", "ports": [{"name": "http", "port": 5555}, {"name": "metrics", "port": 9000}]},
        "redis": {"name": "redis", "ports": []},
        "words": ["one", "two", "é😀"],
        "sizes": {"small": 1, "large": 1000000},
    },
    "chart": {"name": "small", "version": "1.2.3", "appVersion": "3.0.1"},
}

#: Values in which nothing is null or empty.
FULL: dict[str, Any] = {
    "executor": "CeleryExecutor",
    "version": "3.0.1",
    "title": "A title",
    "code": "a+b",
    "name": "etl",
    "size": 1.5,
    "ratio": 0.25,
    "count": 7,
    "big": 2**53 - 1,
    "debug": True,
    "verbose": True,
    "note": "a note",
    "limit": 10,
    "extra": {"a": [1, None, "x"]},
    "labels": {"team": "data", "app": "x"},
    "annotations": {"a": "b"},
    "config": {"core": {"parallelism": 32, "x": "y"}, "api": {"debug": False}},
    "hosts": ["a.example.com", "b.example.com"],
    "ports": [80, 443],
    "gaps": ["a", None, "b"],
    "more": ["m"],
    "flower": {
        "enabled": True,
        "replicas": 2,
        "name": "flower",
        "labels": {"own": "1"},
        "tolerations": [{"key": "spot"}],
        "strategy": {"type": "Recreate"},
        "account": "robot",
        "port": 5555,
        "probe": {"seconds": 5, "path": "/health", "command": ["true"]},
        "users": ["ada"],
    },
    "redis": {
        "enabled": False,
        "replicas": 0,
        "name": "redis",
        "labels": {},
        "tolerations": [],
        "strategy": None,
        "account": None,
        "port": None,
        "probe": None,
    },
    "queues": [
        {"enabled": True, "replicas": 3, "name": "q", "labels": {}, "tolerations": [], "port": 1},
        {"enabled": True, "replicas": 4, "name": "r", "labels": {}, "tolerations": []},
    ],
}

#: The same with everything absent that may be.
BARE: dict[str, Any] = {
    **{name: value for name, value in FULL.items() if "default" not in SCHEMA["properties"][name]},
    "extra": None,
    "labels": {},
    "config": {},
    "hosts": [],
    "ports": [],
    "gaps": [],
    "queues": [],
    "debug": False,
    "flower": {"enabled": False, "replicas": 0, "name": "f", "labels": {}, "tolerations": [], "users": []},
}


def compiler() -> Compiler:
    """The compiler of the small chart."""
    return Compiler("small", SCHEMA, STATICS)


def compiled(template: str, library: str = "", **libraries: str) -> CompiledChart:
    """One template file ``test.yaml.j2``, with ``_lib/lib.yaml.j2`` and other libraries where there are any."""
    files = {f"{name}.yaml.j2": text for name, text in libraries.items()}
    if library:
        files["lib.yaml.j2"] = library
    return compiler().compile({"test.yaml.j2": template}, files)


def drawn(seed: int) -> dict[str, Any]:
    """Values, valid and as nasty as the schema allows."""
    rng = random.Random(seed)
    values = Drawer(SCHEMA, rng).values()
    if rng.random() < 0.5:
        # Many names meet values only when little is null.
        for name in rng.sample(sorted(FULL), 8):
            values[name] = FULL[name]
    return values
