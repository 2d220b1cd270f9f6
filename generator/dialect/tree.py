"""The typed tree: templates after checking.

No name is unresolved, nothing static is left to decide, no key can stand twice.
Made by ``check``; printed by ``golang`` and compiled by ``native``. Both read this file and nothing before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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

    ``guarded`` (here, in ``Field`` and ``Lookup``): the value may be null, and a condition around this place says that
    it is not. So it must not be evaluated outside of that condition.
    """

    name: str
    type: Type
    guarded: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A known key of a shape."""

    owner: Expr
    name: str
    type: Type
    guarded: bool = False


@dataclass(frozen=True, slots=True)
class Lookup:
    """``map[key]``: null when the map has no such key."""

    owner: Expr
    key: Expr
    type: Type
    guarded: bool = False


@dataclass(frozen=True, slots=True)
class Concat:
    """Strings, integers and booleans joined to a string."""

    parts: tuple[Expr, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Choice:
    """``then`` where ``test`` is true, else ``otherwise``."""

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
    """The opposite of a condition."""

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
    """Whether something is null or absent."""

    operand: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """``+ - *`` of two integers."""

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
    """A map with these keys."""

    pairs: tuple[tuple[str, Expr], ...]
    type: Type


@dataclass(frozen=True, slots=True)
class MakeList:
    """A list of these items."""

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


def parts(e: Expr) -> tuple[Expr, ...]:
    """The expressions that an expression is made of."""
    match e:
        case Const() | Root() | Local():
            return ()
        case Field():
            return (e.owner,)
        case Lookup():
            return (e.owner, e.key)
        case Concat():
            return e.parts
        case Choice():
            return (e.test, e.then, e.otherwise)
        case Logic() | Compare() | Within() | Arithmetic():
            return (e.left, e.right)
        case Not() | IsNull():
            return (e.operand,)
        case Default():
            return (e.operand, e.fallback)
        case Apply() | Invoke():
            return e.arguments
        case MakeMap():
            return tuple(value for _, value in e.pairs)
        case MakeList():
            return e.items


def walk(e: Expr) -> Iterator[Expr]:
    """An expression and all expressions in it, outermost first."""
    yield e
    for part in parts(e):
        yield from walk(part)


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
    """A map written as a block; left out when it comes out empty."""

    children: tuple[Child, ...]


@dataclass(frozen=True, slots=True)
class Sequence:
    """A sequence written as a block; left out when it comes out empty."""

    children: tuple[Child, ...]


Node = Value | Mapping | Sequence


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a map; a computed key is an expression."""

    place: Place
    key: str | Expr
    node: Node


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a sequence."""

    place: Place
    node: Node


@dataclass(frozen=True, slots=True)
class Document:
    """A document of a file; left out when it comes out empty."""

    place: Place
    children: tuple[Child, ...]


@dataclass(frozen=True, slots=True)
class Splice:
    """What a macro gives joins what stands around: entries, items, documents or lines of text."""

    place: Place
    call: Invoke


@dataclass(frozen=True, slots=True)
class TextLine:
    """Parts are joined; each is a string already escaped for the macro's format. One line feed follows."""

    place: Place
    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class If:
    """The first branch whose test is true; the test of ``else`` is None."""

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
class Result:
    """What a macro of one line gives."""

    place: Place
    expression: Expr


@dataclass(frozen=True, slots=True)
class Let:
    """A name for the value of an expression, up to the end of the block."""

    place: Place
    name: str
    expression: Expr


@dataclass(frozen=True, slots=True)
class Require:
    """Rendering stops with the message where the condition is false."""

    place: Place
    condition: Expr
    message: str


@dataclass(frozen=True, slots=True)
class Note:
    """A comment of the author."""

    text: str


Child = Entry | Item | Document | Splice | TextLine | If | Loop | Result | Let | Require | Note


@dataclass(frozen=True, eq=False)
class Instance:
    """A macro with its static parameters filled in: one ``define``, one Python function.

    ``name`` is that of the define, ``library`` the file (``_<library>.tpl``) that holds it. ``kind`` is ``map``,
    ``seq``, ``docs``, ``text`` (lines of ``format``) or ``value`` (the result of one expression); ``empty`` tells that
    a map or sequence may come out empty; ``keys`` are the static keys of a map (for the check that none stands twice),
    None when it has computed keys.
    """

    name: str
    library: str
    kind: str
    format: str
    parameters: tuple[tuple[str, Type], ...]
    children: tuple[Child, ...] = field(repr=False)
    empty: bool
    keys: frozenset[str] | None
    uses_root: bool
    note: str
    place: Place

    @property
    def gives_value(self) -> bool:
        """Whether a call of it is a value like any other, and no map or sequence of lines."""
        return self.kind in ("text", "value")

    @property
    def blank(self) -> bool:
        """Whether it gives nothing, whatever the values are."""
        return blank(self.children)


def blank(children: tuple[Child, ...] | list[Child]) -> bool:
    """Whether children write nothing: there are only comments and names among them."""
    return all(isinstance(child, Note | Let) for child in children)


def expressions(children: Iterable[Child]) -> Iterator[Expr]:
    """All whole expressions in children, in the order in which they stand."""
    for child in children:
        match child:
            case Entry() | Item():
                if isinstance(child, Entry) and not isinstance(child.key, str):
                    yield child.key
                if isinstance(child.node, Value):
                    yield child.node.expression
                else:
                    yield from expressions(child.node.children)
            case Document():
                yield from expressions(child.children)
            case Splice():
                yield child.call
            case TextLine():
                yield from child.parts
            case If():
                for test, body in child.branches:
                    if test is not None:
                        yield test
                    yield from expressions(body)
            case Loop():
                yield child.iterable
                if child.condition is not None:
                    yield child.condition
                yield from expressions(child.body)
            case Result() | Let():
                yield child.expression
            case Require():
                yield child.condition


def invoked(children: Iterable[Child]) -> Iterator[Instance]:
    """The instances that children call."""
    for expression in expressions(children):
        for part in walk(expression):
            if isinstance(part, Invoke):
                yield part.macro


@dataclass(frozen=True)
class File:
    """A template file: documents in order."""

    name: str
    children: tuple[Child, ...]


@dataclass(frozen=True)
class Chart:
    """All files and all macro instances of a chart; an instance comes behind those that it calls."""

    files: tuple[File, ...]
    instances: tuple[Instance, ...]
