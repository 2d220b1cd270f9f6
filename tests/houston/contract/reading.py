"""JSON as Go's decoder reads it into a shape: strict about types, easy about names (contract 1.1).

Python's own reader hides what matters here: a number's spelling (``1.0`` is no integer) and names that come twice.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from typing import Any, NoReturn

from tests.houston.contract.shapes import Leaf, Listing, Object, Shape


class Undecodable(Exception):
    """The CLI can't decode the answer: it fails as a whole, with a message about Go's types."""


@dataclass(frozen=True)
class Number:
    """A number as it is spelled."""

    text: str


@dataclass(frozen=True)
class Members:
    """An object's members in their order, also those that come twice."""

    pairs: tuple[tuple[str, Any], ...]


def read(body: bytes) -> Any:
    """The JSON in a body: null, booleans, text, ``Number``, lists and ``Members``.

    Raises ``Undecodable``.
    """
    try:
        return json.loads(
            body.decode("utf-8", errors="replace"),
            object_pairs_hook=lambda pairs: Members(tuple(pairs)),
            parse_int=Number,
            parse_float=Number,
            parse_constant=_no_constant,
        )
    except (ValueError, RecursionError) as error:
        raise Undecodable(f"not JSON: {error}") from error


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON")


def decoded(shape: Shape, value: Any, where: str) -> Any:
    """A value as the CLI has it, without the fields that it does not know; null stays null.

    Raises ``Undecodable`` with the place.
    """
    if value is None or shape is Leaf.UNREAD:
        return None
    match shape, value:
        case Object(), Members():
            found = ((shape.field(name), name, inner) for name, inner in value.pairs)
            return {
                field[0]: decoded(field[1], inner, f"{where}.{name}")
                for field, name, inner in found
                if field is not None
            }
        case Listing(), list():
            return [decoded(shape.of, inner, f"{where}[{at}]") for at, inner in enumerate(value)]
        case Leaf.TEXT, str():
            return value
        case Leaf.FLAG, bool():
            return value
        case Leaf.WHOLE, Number() if re.fullmatch(r"-?\d+", value.text) and -(2**63) <= int(value.text) < 2**63:
            return int(value.text)
        case Leaf.TIME, str() if _is_time(value):
            return value
    raise Undecodable(f"{where}: {_named(value)} where {_wanted(shape)} is wanted")


_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)", re.ASCII
)


def _is_time(text: str) -> bool:
    """Whether it is a time by RFC 3339 as Go takes it: with a zone, capital letters, no leap second."""
    found = _TIME.fullmatch(text)
    if found is None:
        return False
    try:
        date(*(int(part) for part in found.groups()[:3]))
    except ValueError:
        return False
    return True


def _named(value: Any) -> str:
    match value:
        case Members():
            return "an object"
        case list():
            return "a list"
        case Number():
            return f"the number {value.text}"
        case _:
            return json.dumps(value)


def _wanted(shape: Shape) -> str:
    match shape:
        case Object():
            return f"an object {shape}"
        case Listing():
            return f"a list {shape}"
        case Leaf.TIME:
            return "a time by RFC 3339 or null"
        case Leaf.WHOLE:
            return "an integer or null"
        case Leaf.FLAG:
            return "true, false or null"
        case _:
            return "text or null"
