"""Valid sets of values of a chart, drawn by number: the same number gives the same set on every machine."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

from generator.charts import ChartSource
from generator.dialect import Release
from generator.errors import Problem, ProblemsError
from tests.support.draw import Drawer

_PATIENCE = 15
_NAMES = ("r", "demo", "quiet-star-1234", "a1", "x-" + "y" * 20)


def drawn_values(
    chart: ChartSource, number: int, free: Callable[[str, random.Random], Any] | None = None
) -> dict[str, Any]:
    """Values that schema and rules accept: what the rules miss is drawn too, what they refuse is taken out."""
    drawer = Drawer(chart.schema, random.Random(f"values-{number}"), free)
    values = drawer.values()
    for attempt in range(40):
        try:
            chart.effective(values)
        except ProblemsError as error:
            changed = [
                _repair(values, problem, chart.schema, drawer, attempt < _PATIENCE) for problem in error.problems
            ]
            if not any(changed):
                values.clear()
        else:
            return values
    raise AssertionError(f"value set {number} can't be repaired: {values}")


def drawn_release(number: int) -> Release:
    """A release for a drawn set."""
    rng = random.Random(f"release-{number}")
    return Release(rng.choice(_NAMES), rng.choice(("default", "airflow-prod", "n1")))


def _repair(
    values: dict[str, Any], problem: Problem, schema: Mapping[str, Any], drawer: Drawer, may_draw: bool
) -> bool:
    """Draw what is missing, take out what is there; tells whether anything changed."""
    parts = problem.path.replace("[", ".").replace("]", "").split(".")
    if not may_draw or not _missing(values, parts) or any(part.isdigit() for part in parts):
        return _remove(values, parts)
    rule = _rule(schema, parts)
    if rule is None:
        return _remove(values, parts)
    holder: Any = values
    for part in parts[:-1]:
        holder = holder.setdefault(part, {})
    holder[parts[-1]] = next((drawn for _ in range(50) if (drawn := drawer.of(rule, parts[-1]))), None)
    return True


def _missing(values: Any, parts: list[str]) -> bool:
    for part in parts:
        if values is None or not isinstance(values, dict):
            return False
        values = values.get(part, {} if part != parts[-1] else None)
    return values in (None, [], {})


def _remove(values: dict[str, Any], parts: list[str]) -> bool:
    """Take out the setting at a path, or, where it is not there, the nearest map above it that is."""
    holder: Any = values
    trail: list[tuple[dict[str, Any], str]] = []
    for part in parts:
        if not isinstance(holder, dict) or part not in holder:
            break
        trail.append((holder, part))
        holder = holder[part]
    if trail:
        owner, key = trail[-1]
        del owner[key]
    return bool(trail)


def _rule(schema: Mapping[str, Any], parts: list[str]) -> Mapping[str, Any] | None:
    node: Mapping[str, Any] = schema
    for part in parts:
        if part not in node.get("properties", {}):
            return None
        node = _resolved(node["properties"][part], schema)
    return node


def _resolved(node: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in node or "anyOf" in node:
        if "$ref" in node:
            node = schema["$defs"][str(node["$ref"]).rpartition("/")[2]]
        else:
            node = next(option for option in node["anyOf"] if option.get("type") != "null")
            if "type" in node:
                break
    return node
