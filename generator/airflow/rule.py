"""What rules between values are made of: their form, a look into values, and problems that many of them tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from generator.errors import Problem

Values: TypeAlias = Mapping[str, Any]
Rule: TypeAlias = Callable[[Values], Iterator[Problem]]


def get(values: Values, path: str) -> Any:
    """The value at a dotted path, or nothing when it or anything above it is absent."""
    found: Any = values
    for part in path.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(part)
    return found


def missing(path: str, because: str) -> Problem:
    """A setting that another one needs."""
    return Problem(f"is needed: {because}", path=path)


def either(first: str, second: str) -> Problem:
    """Two settings of which one is too many."""
    return Problem(f"cannot go together with {second}", path=first, allowed="one of the two")
