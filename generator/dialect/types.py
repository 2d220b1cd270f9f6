"""The types of values, and which value may stand where which type is wanted.

The dialect knows few types on purpose: each has one meaning in YAML, Python and Go. ``nullable`` means null or absent.
"""

from __future__ import annotations

import operator as operator_
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from generator.compat.semver import parse_version
from generator.dialect.charsets import Charset
from generator.dialect.syntax import SAFE_INTEGER


@dataclass(frozen=True, slots=True)
class Int:
    """A whole number from ``low`` to ``high``, so that sums and products are known to fit into 64 bits."""

    low: int = -SAFE_INTEGER
    high: int = SAFE_INTEGER
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """Any number."""

    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Flag:
    """A boolean."""

    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A string of characters of ``charset``; ``values`` are all it can be (an enum).

    ``version`` tells that its pattern allows semantic versions only, ``filled`` that it is never the empty string.
    """

    values: tuple[str, ...] | None = None
    charset: Charset = Charset.ANY
    nullable: bool = False
    version: bool = False
    filled: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A string, number or boolean."""

    nullable: bool = False


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of items of one type."""

    item: Type
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class MapOf:
    """A map with free keys, of characters of ``keys``."""

    item: Type
    keys: Charset = Charset.ANY
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
SCALARS = (Int, Number, Flag, Text, Scalar)


def nullable(kind: Type) -> Type:
    """The same type, or null."""
    return kind if kind.nullable else replace(kind, nullable=True)


def present(kind: Type) -> Type:
    """The same type without null. Free JSON stays free."""
    return replace(kind, nullable=False) if kind.nullable and not isinstance(kind, Free) else kind


def is_version(kind: Text) -> bool:
    """Whether every string of the type can be compared as a version."""
    if kind.version or kind.values is None:
        return kind.version
    try:
        for value in kind.values:
            parse_version(value)
    except ValueError:
        return False
    return True


def never_empty(kind: Type) -> bool:
    """Whether no value of the type but null is empty to Go: ``""``, 0, false, an empty map or list."""
    match kind:
        case Text():
            return kind.filled
        case Int():
            return kind.low > 0 or kind.high < 0
        case Shape():
            return any(not field.nullable for field in kind.fields.values())
    return False


def bounds(operator: str, left: Int, right: Int) -> tuple[int, int]:
    """The least and the greatest result of ``+``, ``-`` or ``*``."""
    compute = {"+": operator_.add, "-": operator_.sub, "*": operator_.mul}[operator]
    results = [compute(a, b) for a in (left.low, left.high) for b in (right.low, right.high)]
    return min(results), max(results)


def describe(kind: Type) -> str:
    """The type in the words of macro signatures."""
    text: str
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
        case _:
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
        case (Int(), Number()) | (Number(), Number()) | (Flag(), Flag()):
            return True
        case Int(), Int():
            return formal.low <= actual.low and actual.high <= formal.high
        case Text(), Text():
            known = formal.values is None or (actual.values is not None and set(actual.values) <= set(formal.values))
            versions = is_version(actual) or not formal.version
            filled = actual.filled or not formal.filled
            return known and versions and filled and actual.charset <= formal.charset
        case ListOf(), ListOf():
            return fits(actual.item, formal.item)
        case MapOf(), MapOf():
            return actual.keys <= formal.keys and fits(actual.item, formal.item)
        case Shape(), Shape():
            return actual.name == formal.name or all(
                name in actual.fields and fits(actual.fields[name], kind) for name, kind in formal.fields.items()
            )
    return False


def misfit(actual: Type, formal: Type) -> str:
    """Why a value does not fit, where the names of the types do not tell; empty where they do."""
    if describe(actual) != describe(formal):
        return "it may be null: | default(...)" if fits(present(actual), formal) else ""
    match actual, formal:
        case Int(), Int():
            return f"it may be from {actual.low} to {actual.high}, and from {formal.low} to {formal.high} is allowed"
        case Text(values=None), Text(values=tuple() as allowed):
            return "only these are allowed: " + ", ".join(allowed)
        case Text(), Text(version=True) if not is_version(actual):
            return "its schema allows what is no version"
        case Text(), Text():
            return "its schema allows other characters"
    return "its schema allows more"


def join(left: Type, right: Type) -> Type | None:
    """The narrowest type that holds both, or None when the dialect has none."""
    either = left.nullable or right.nullable
    joined: Type | None = None
    match present(left), present(right):
        case Text() as a, Text() as b:
            values = (
                tuple(dict.fromkeys(a.values + b.values)) if a.values is not None and b.values is not None else None
            )
            version = is_version(a) and is_version(b)
            joined = Text(values, max(a.charset, b.charset), version=version, filled=a.filled and b.filled)
        case Int() as a, Int() as b:
            joined = Int(min(a.low, b.low), max(a.high, b.high))
        case (Int(), Number()) | (Number(), Int()):
            joined = Number()
        case ListOf() as a, ListOf() as b:
            item = join(a.item, b.item)
            joined = ListOf(item) if item is not None else None
        case MapOf() as a, MapOf() as b:
            item = join(a.item, b.item)
            joined = MapOf(item, max(a.keys, b.keys)) if item is not None else None
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
