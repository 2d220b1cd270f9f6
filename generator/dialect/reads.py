"""Which values each template file reads, so that a change of others need not render it again.

A path goes as far as fields are named. What is looked up by a key that is computed, looped over, or handed to a macro
or a function is read as a whole, with all that is below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from generator.dialect import tree as t

#: Keys from the root of the values.
Path: TypeAlias = tuple[str, ...]


def reads(chart: t.Chart) -> dict[str, tuple[Path, ...]]:
    """The paths of every file, sorted; of one that is within another, the outer one."""
    of_instances: dict[int, frozenset[Path]] = {}
    for instance in chart.instances:  # one comes behind those that it calls
        of_instances[id(instance)] = frozenset(_paths(instance.children, of_instances))
    return {file.name: _outermost(_paths(file.children, of_instances)) for file in chart.files}


def _paths(children: Iterable[t.Child], of_instances: dict[int, frozenset[Path]]) -> Iterator[Path]:
    for expression in t.expressions(children):
        yield from _of(expression, of_instances)


def _of(expression: t.Expr, of_instances: dict[int, frozenset[Path]]) -> Iterator[Path]:
    if (path := _path(expression)) is not None:
        yield path
        return
    if isinstance(expression, t.Invoke):
        yield from of_instances[id(expression.macro)]
    for part in t.parts(expression):
        yield from _of(part, of_instances)


def _path(expression: t.Expr) -> Path | None:
    """Where an expression stands in the values, if it is nothing but a place there."""
    if isinstance(expression, t.Root):
        return () if expression.name == "values" else None
    if isinstance(expression, t.Field) and (owner := _path(expression.owner)) is not None:
        return (*owner, expression.name)
    return None


def _outermost(paths: Iterable[Path]) -> tuple[Path, ...]:
    found = set(paths)
    return tuple(sorted(path for path in found if not any(path[:end] in found for end in range(len(path)))))
