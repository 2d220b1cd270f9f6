"""What settings there are here, looked up by path in the schema of values, and scalars made fit for them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, TypeAlias

from generator.airflow import layer_schema
from generator.importer.result import KeyPath

Node: TypeAlias = Mapping[str, Any]

_FLAGS: dict[Any, bool] = {"true": True, "false": False, "True": True, "False": False}
_DIGITS = re.compile(r"-?[0-9]{1,15}\Z")


@cache
def _schema() -> Node:
    return layer_schema()


def setting(path: KeyPath) -> Node | None:
    """The schema of the setting at a path; None when there is none. What Kubernetes defines has a schema too."""
    node: Node | None = _schema()
    for step in path:
        node = _below(node, step) if node is not None else None
    return node


def settings_below(path: KeyPath) -> tuple[str, ...]:
    """The names of the settings of a group; empty when there is no such group, or when its keys are free."""
    node = setting(path)
    return tuple(_form(node).get("properties", ())) if node is not None else ()


def is_group(path: KeyPath) -> bool:
    """Whether a path is that of settings with names of ours, which are looked at one by one."""
    return bool(settings_below(path))


def fitted(value: Any, path: KeyPath) -> Any:
    """A scalar in the type that the setting has, where nothing is lost by it: ``3`` as ``"3"``, ``"True"`` as true."""
    node = setting(path)
    if node is None or value is None or isinstance(value, dict | list):
        return value
    types = set(_types(node))
    if isinstance(value, bool):
        return value if "boolean" in types or "string" not in types else str(value).lower()
    if isinstance(value, int | float):
        if types & {"integer", "number"}:
            return value
        if types & {"boolean"} and value in (0, 1):
            return bool(value)
        return str(value) if "string" in types else value
    if "string" not in types:
        if "boolean" in types and value in _FLAGS:
            return _FLAGS[value]
        if types & {"integer", "number"} and _DIGITS.match(value):
            return int(value)
    return value


def _below(node: Node, step: str | int) -> Node | None:
    form = _form(node)
    if isinstance(step, int):
        return form.get("items")
    if step in form.get("properties", {}):
        below: Node = form["properties"][step]
        return below
    return next(iter(form.get("patternProperties", {}).values()), None)


def _form(node: Node) -> Node:
    """The schema without references, and of alternatives the first that is not null."""
    while True:
        if "$ref" in node:
            node = _schema()["$defs"][str(node["$ref"]).removeprefix("#/$defs/")]
        elif "anyOf" in node:
            node = next((each for each in node["anyOf"] if each.get("type") != "null"), {})
        elif "allOf" in node:
            node = node["allOf"][0]
        else:
            return node


def _types(node: Node) -> Iterator[str]:
    if "$ref" in node:
        yield from _types(_schema()["$defs"][str(node["$ref"]).removeprefix("#/$defs/")])
    elif "anyOf" in node:
        for each in node["anyOf"]:
            yield from _types(each)
    elif isinstance(kind := node.get("type"), list):
        yield from kind
    elif isinstance(kind, str):
        yield kind
