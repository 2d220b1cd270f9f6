"""The syntax tree of a template, before any type is known. ``at`` is a character offset into the file.

Made by ``expressions`` and ``structure``, read by ``check``.
"""

from __future__ import annotations

from dataclasses import dataclass

from generator.dialect.source import SourceFile

#: Helm reads numbers as float64, which knows every whole number up to here.
SAFE_INTEGER = 2**53 - 1

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


# --- expressions -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Literal:
    """``"text"``, ``1``, ``1.5``, ``true``, ``none``."""

    at: int
    value: bool | int | float | str | None


@dataclass(frozen=True, slots=True)
class ListLiteral:
    """``[a, b]``."""

    at: int
    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class DictLiteral:
    """``{"key": value}``."""

    at: int
    pairs: tuple[tuple[Expression, Expression], ...]


@dataclass(frozen=True, slots=True)
class Name:
    """A name: ``values``, ``catalog``, a parameter, a name of a loop or a ``set``."""

    at: int
    name: str


@dataclass(frozen=True, slots=True)
class Attribute:
    """``owner.name``."""

    at: int
    owner: Expression
    name: str


@dataclass(frozen=True, slots=True)
class Index:
    """``owner[key]``."""

    at: int
    owner: Expression
    key: Expression


@dataclass(frozen=True, slots=True)
class Call:
    """A macro (``lib.labels(...)``, ``labels(...)``) or a function (``merge(...)``)."""

    at: int
    module: str
    name: str
    arguments: tuple[Expression, ...]
    named: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True)
class Concat:
    """``a ~ b ~ c``."""

    at: int
    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Conditional:
    """``then if test else otherwise``."""

    at: int
    test: Expression
    then: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True)
class Logic:
    """``and`` / ``or``."""

    at: int
    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Not:
    """``not operand``."""

    at: int
    operand: Expression


@dataclass(frozen=True, slots=True)
class Compare:
    """``operator`` is one of ``== != < <= > >= in``."""

    at: int
    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """``operator`` is one of ``+ - *``."""

    at: int
    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Filter:
    """``operand | name(arguments)``."""

    at: int
    name: str
    operand: Expression
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Test:
    """``operand is name(arguments)``."""

    at: int
    name: str
    operand: Expression
    arguments: tuple[Expression, ...]


Expression = (
    Literal | ListLiteral | DictLiteral | Name | Attribute | Index | Call | Concat
    | Conditional | Logic | Not | Compare | Arithmetic | Filter | Test
)  # fmt: skip


# --- documents ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Constant:
    """A YAML literal as plain data."""

    at: int
    value: Json


@dataclass(frozen=True, slots=True)
class Fill:
    """A value that is one ``{{ expression }}``."""

    at: int
    expression: Expression


@dataclass(frozen=True, slots=True)
class Map:
    """A block of entries."""

    at: int
    children: tuple[Child, ...]


@dataclass(frozen=True, slots=True)
class Sequence:
    """A block of items."""

    at: int
    children: tuple[Child, ...]


Node = Constant | Fill | Map | Sequence


@dataclass(frozen=True, slots=True)
class Entry:
    """``key: node`` in a map."""

    at: int
    key: str | Expression
    node: Node


@dataclass(frozen=True, slots=True)
class Item:
    """``- node`` in a sequence."""

    at: int
    node: Node


@dataclass(frozen=True, slots=True)
class Document:
    """What stands below one ``---``."""

    at: int
    children: tuple[Child, ...]


@dataclass(frozen=True, slots=True)
class Splice:
    """A call alone on its line."""

    at: int
    expression: Expression


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of a text macro."""

    at: int
    pieces: tuple[str | Expression, ...]


@dataclass(frozen=True, slots=True)
class If:
    """``{% if %}`` with its branches; the test of ``else`` is None."""

    at: int
    branches: tuple[tuple[Expression | None, tuple[Child, ...]], ...]


@dataclass(frozen=True, slots=True)
class For:
    """``{% for %}``; ``names`` are one, or a key and a value."""

    at: int
    names: tuple[str, ...]
    iterable: Expression
    condition: Expression | None
    body: tuple[Child, ...]


@dataclass(frozen=True, slots=True)
class Set:
    """``{% set name = expression %}``."""

    at: int
    name: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class Require:
    """``{% require condition, message %}``."""

    at: int
    condition: Expression
    message: str


@dataclass(frozen=True, slots=True)
class Note:
    """A comment that is carried into the chart."""

    at: int
    text: str


Child = Entry | Item | Document | Splice | TextLine | If | For | Set | Require | Note


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a macro, with the words of its type."""

    at: int
    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Macro:
    """A macro of a library. ``format`` is set for text macros; ``inline`` for macros of one expression."""

    at: int
    source: SourceFile
    name: str
    parameters: tuple[Parameter, ...]
    format: str
    inline: Expression | None
    body: tuple[Child, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Import:
    """``{% import file as name %}``."""

    at: int
    file: str
    name: str


@dataclass(frozen=True, slots=True)
class Template:
    """A whole file: a library has macros, a template has a body."""

    source: SourceFile
    imports: tuple[Import, ...]
    macros: tuple[Macro, ...]
    body: tuple[Child, ...]
