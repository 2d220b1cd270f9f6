"""The typed tree: templates after checking. No name is unresolved, nothing static is left to decide, no key can stand twice.

Made by ``check``; printed by ``golang`` and compiled by ``native``. Both read this file and nothing before it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from generator.dialect.source import SourceFile
from generator.dialect.syntax import Json
from generator.dialect.types import Type

# --- expressions -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Const:
    """Known when the chart is built."""

    value: Json
    type: Type


@dataclass(frozen=True, slots=True)
class Root:
    """``values``, ``release.name`` or ``release.namespace``."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Local:
    """A parameter, a loop's name or a ``set`` name.

    ``maybe`` (here, in ``Field`` and ``Lookup``): the value may be null where no guard around it says otherwise. Go evaluates both
    branches of a choice, so its printer goes by ``maybe``; ``type`` knows the guards.
    """

    name: str
    type: Type
    maybe: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A known key of a shape."""

    owner: Expr
    name: str
    type: Type
    maybe: bool = False


@dataclass(frozen=True, slots=True)
class Lookup:
    """``map[key]``: null when the map has no such key."""

    owner: Expr
    key: Expr
    type: Type
    maybe: bool = True


@dataclass(frozen=True, slots=True)
class Concat:
    parts: tuple[Expr, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Choice:
    test: Expr
    then: Expr
    otherwise: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Logic:
    """``and`` / ``or``: gives one of its operands, as in Python and Go."""

    operator: str
    left: Expr
    right: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Not:
    operand: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Compare:
    """``== != < <= > >=`` of two operands of one type."""

    operator: str
    left: Expr
    right: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Within:
    """``left in right``: ``kind`` is ``list``, ``map`` or ``text``."""

    kind: str
    left: Expr
    right: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class IsNull:
    operand: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Arithmetic:
    operator: str
    left: Expr
    right: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Default:
    """``operand`` unless it is null."""

    operand: Expr
    fallback: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Apply:
    """A row of the function table."""

    row: str
    arguments: tuple[Expr, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class MakeMap:
    pairs: tuple[tuple[str, Expr], ...]
    type: Type


@dataclass(frozen=True, slots=True)
class MakeList:
    items: tuple[Expr, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Invoke:
    """A macro's result: data (map, sequence) or text."""

    macro: Instance
    arguments: tuple[Expr, ...]
    type: Type


Expr = (
    Const | Root | Local | Field | Lookup | Concat | Choice | Logic | Not | Compare | Within | IsNull
    | Arithmetic | Default | Apply | MakeMap | MakeList | Invoke
)  # fmt: skip


# --- documents -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a template."""

    source: SourceFile
    at: int


@dataclass(frozen=True, slots=True)
class Value:
    """A node that is one expression. Null leaves its entry out."""

    expression: Expr


@dataclass(frozen=True, slots=True)
class Mapping:
    children: tuple[Child, ...]


@dataclass(frozen=True, slots=True)
class Sequence:
    children: tuple[Child, ...]


Node = Value | Mapping | Sequence


@dataclass(frozen=True, slots=True)
class Entry:
    place: Place
    key: str | Expr
    node: Node


@dataclass(frozen=True, slots=True)
class Item:
    place: Place
    node: Node


@dataclass(frozen=True, slots=True)
class Document:
    place: Place
    children: tuple[Child, ...]


@dataclass(frozen=True, slots=True)
class Splice:
    place: Place
    call: Invoke


@dataclass(frozen=True, slots=True)
class TextLine:
    """Parts are joined; each is a string already escaped for the macro's format. One line feed follows."""

    place: Place
    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class If:
    place: Place
    branches: tuple[tuple[Expr | None, tuple[Child, ...]], ...]


@dataclass(frozen=True, slots=True)
class Loop:
    """``names`` are (item,) for a list, (key, value) for a map."""

    place: Place
    names: tuple[str, ...]
    iterable: Expr
    condition: Expr | None
    body: tuple[Child, ...]


@dataclass(frozen=True, slots=True)
class Let:
    place: Place
    name: str
    expression: Expr


@dataclass(frozen=True, slots=True)
class Require:
    place: Place
    condition: Expr
    message: str


@dataclass(frozen=True, slots=True)
class Note:
    text: str


Child = Entry | Item | Document | Splice | TextLine | If | Loop | Let | Require | Note


@dataclass(frozen=True, eq=False)
class Instance:
    """A macro with its static parameters filled in: one ``define``, one Python function.

    ``kind`` is ``map``, ``seq``, ``docs`` or ``text``; ``empty`` tells that a map or sequence may come out empty;
    ``keys`` are the static keys of a map (for the check that none stands twice), None when it has computed keys.
    """

    name: str
    kind: str
    parameters: tuple[tuple[str, Type], ...]
    children: tuple[Child, ...] = field(repr=False)
    empty: bool
    keys: frozenset[str] | None
    uses_root: bool
    note: str
    place: Place


@dataclass(frozen=True)
class File:
    """A template file: documents in order."""

    name: str
    children: tuple[Child, ...]
    uses_root: bool = True


@dataclass(frozen=True)
class Chart:
    """All files and all macro instances of a chart, in the order in which instances were first needed (callees first)."""

    files: tuple[File, ...]
    instances: tuple[Instance, ...]
