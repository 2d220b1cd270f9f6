"""Typed expressions as Go template pipelines, for ``golang``.

Numbers in Helm's values are float64, so every integer goes through ``int64`` where it is used. ``ternary`` evaluates
both of its branches; where one of them holds only under the condition, the choice is written with ``and`` and ``or``,
which stop early.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace

from generator.compat.table import ROWS
from generator.dialect import tree as t
from generator.dialect.guards import depends, known_when
from generator.dialect.syntax import Json
from generator.dialect.types import Flag, Int, ListOf, MapOf, Shape, Text, Type, never_empty, present

_COMPARE = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_ARITHMETIC = {"+": "add", "-": "sub", "*": "mul"}
_ROOTS = {"values": ".Values", "release.name": ".Release.Name", "release.namespace": ".Release.Namespace"}
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


class GoExpressions:
    """Writes the expressions of one file or define.

    ``root`` is what holds ``Values`` and ``Release`` there (``$`` or ``$.root``); ``used`` collects the rows of the
    function table.
    """

    def __init__(self, root: str, used: set[str]) -> None:
        self._root = root
        self._used = used

    def pipe(self, e: t.Expr) -> str:
        """The expression as a whole pipeline: no parentheses around it."""
        return self.bare(self.term(e))

    def bare(self, term: str) -> str:
        """A term without the parentheses around it."""
        return term[1:-1] if _encloses(term) else term

    def term(self, e: t.Expr) -> str:
        """The expression as an argument: in parentheses where it is a call."""
        match e:
            case t.Const():
                return self.literal(e.value)
            case t.Root():
                return self._root + _ROOTS[e.name]
            case t.Local():
                return f"${e.name}"
            case t.Field():
                return self._field(e)
            case t.Lookup():
                return f"(index {self._solid(e.owner)} {self.term(e.key)})"
            case t.Concat():
                return self._printf(e.parts, "")
            case t.Choice():
                return self._choice(e)
            case t.Logic():
                return f"({e.operator} {' '.join(self.term(operand) for operand in _operands(e, e.operator))})"
            case t.Not():
                return f"(not {self.term(e.operand)})"
            case t.Compare():
                return self._compare(e)
            case t.Within():
                left, right = self.term(e.left), self._solid(e.right)
                call = {
                    "list": f"has {left} {right}",
                    "map": f"hasKey {right} {left}",
                    "text": f"contains {left} {right}",
                }
                return f"({call[e.kind]})"
            case t.IsNull():
                return f'(kindIs "invalid" {self.term(e.operand)})'
            case t.Arithmetic():
                terms = " ".join(
                    map(self._integer, _operands(e, e.operator) if e.operator != "-" else [e.left, e.right])
                )
                return f"({_ARITHMETIC[e.operator]} {terms})"
            case t.Default():
                return self._default(e)
            case t.Apply():
                self._used.add(e.row)
                return ROWS[e.row].go(*(self._operand(argument) for argument in e.arguments))
            case t.MakeMap():
                pairs = "".join(f" {self.literal(name)} {self._operand(value)}" for name, value in e.pairs)
                return f"(dict{pairs})"
            case t.MakeList():
                return "(list" + "".join(f" {self._operand(item)}" for item in e.items) + ")"
            case t.Invoke():
                return self._data(e)

    def condition(self, e: t.Expr) -> str:
        """A term of which only the truth counts: what is never empty is null where it is false."""
        match e:
            case t.IsNull() if never_empty(present(e.operand.type)):
                return f"(not {self.term(e.operand)})"
            case t.Not():
                return self.opposite(e.operand)
            case t.Logic():
                return f"({e.operator} {' '.join(self.condition(operand) for operand in _operands(e, e.operator))})"
        return self.term(e)

    def opposite(self, e: t.Expr) -> str:
        """A term that is true where ``e`` is false; only its truth counts. Its parts are asked in the same order."""
        match e:
            case t.IsNull() if never_empty(present(e.operand.type)):
                return self.term(e.operand)
            case t.Not():
                return self.condition(e.operand)
            case t.Compare() if not e.left.type.nullable and not e.right.type.nullable:
                return self._compare(replace(e, operator=_OPPOSITE[e.operator]))
            case t.Logic() if _is_negative(e):
                other = "and" if e.operator == "or" else "or"
                return f"({other} {' '.join(self.opposite(operand) for operand in _operands(e, e.operator))})"
        return f"(not {self.condition(e)})"

    def include(self, e: t.Invoke) -> str:
        """``include "name" context`` without parentheses."""
        context = self._root
        if e.macro.parameters:
            pairs = [f'"root" {self._root}'] if e.macro.uses_root else []
            for (name, _), argument in zip(e.macro.parameters, e.arguments, strict=True):
                pairs.append(f'"{name}" {self._operand(argument)}')
            context = f"(dict {' '.join(pairs)})"
        return f'include "{e.macro.name}" {context}'

    def is_int64(self, e: t.Expr) -> bool:
        """Whether an integer is one in Go, too, and not a float64."""
        match e:
            case t.Const() | t.Arithmetic():
                return True
            case t.Apply():
                return e.row in ("length", "sum", "total", "in_unit")
            case t.Invoke():
                return e.macro.kind == "value"
            case t.Choice():
                return all(isinstance(one.type, Int) and not one.type.nullable for one in (e.then, e.otherwise))
        return False

    def line(self, parts: tuple[t.Expr, ...]) -> str:
        """A line of text with its line feed, as a pipeline."""
        if all(isinstance(part, t.Const) for part in parts):
            return self.literal("".join(str(part.value) for part in parts if isinstance(part, t.Const)) + "\n")
        return self._printf(parts, "\n")[1:-1]

    def literal(self, value: Json) -> str:
        """A constant as a Go term."""
        match value:
            case None:
                return "nil"
            case bool():
                return "true" if value else "false"
            case int() | float() | str():
                return json.dumps(value, ensure_ascii=False)
            case list():
                return "(list" + "".join(f" {self.literal(item)}" for item in value) + ")"
            case dict():
                pairs = "".join(f" {self.literal(key)} {self.literal(item)}" for key, item in value.items())
                return f"(dict{pairs})"

    def _field(self, e: t.Field) -> str:
        if not _IDENTIFIER.match(e.name):
            return f"(index {self._solid(e.owner)} {self.literal(e.name)})"
        owner = self.term(e.owner)
        # A field of nil is nil where the owner stands in parentheses, else an error.
        if e.owner.type.nullable and not _encloses(owner):
            owner = f"({owner})"
        return f"{owner}.{e.name}"

    def _choice(self, e: t.Choice) -> str:
        then, otherwise = self._operand(e.then), self._operand(e.otherwise)
        if is_guarded(e):
            # A list of one item is always true.
            return f"(index (or (and {self.condition(e.test)} (list {then})) (list {otherwise})) 0)"
        return f"(ternary {then} {otherwise} {self._boolean(e.test)})"

    def _default(self, e: t.Default) -> str:
        """``default`` asks for empty, not for null: it is right where what stands before it is never empty."""
        *values, fallback = chain(e)
        if all(never_empty(present(value.type)) for value in values):
            text = self._operand(fallback)
            if len(values) > 1 and never_empty(present(fallback.type)):
                return f"(coalesce {' '.join(map(self.term, values))} {text})"
            for value in reversed(values):
                text = f"(default {text} {self.term(value)})"
            return text
        if len(values) == 1 and isinstance(values[0], t.Local | t.Field):
            only = self.term(values[0])
            return f'(ternary {self._operand(fallback)} {only} (kindIs "invalid" {only}))'
        terms = " ".join([*map(self.term, values), self._operand(fallback)])
        return f"(first (without (list {terms}) nil))"

    def _data(self, e: t.Invoke) -> str:
        """A macro's result as data. Of an empty text Helm reads an empty map or list."""
        match e.macro.kind, e.type:
            case "map", _:
                return f"({self.include(e)} | fromYaml)"
            case "seq", _:
                return f"({self.include(e)} | fromYamlArray)"
            case "value", Int():
                return f"({self.include(e)} | int64)"
            case "value", Flag():
                return f'(eq ({self.include(e)}) "true")'
            case "value", Shape():
                return f"({self.include(e)} | fromJson)"
        return f"({self.include(e)})"

    def _operand(self, e: t.Expr) -> str:
        """An argument at its own type: integers as integers."""
        return self._integer(e) if isinstance(e.type, Int) and not e.type.nullable else self.term(e)

    def _boolean(self, e: t.Expr) -> str:
        """A condition as a real boolean, as ``ternary`` needs it."""
        if isinstance(e.type, Flag) and not e.type.nullable:
            return self.term(e)
        return f"(not (not {self.term(e)}))"

    def _integer(self, e: t.Expr) -> str:
        return self.term(e) if self.is_int64(e) else f"(int64 {self.term(e)})"

    def _solid(self, e: t.Expr) -> str:
        """A map or list, where null counts as an empty one."""
        text = self.term(e)
        if not e.type.nullable:
            return text
        empty = {MapOf: "(dict)", Shape: "(dict)", ListOf: "(list)"}[type(e.type)]
        return f"(default {empty} {text})"

    def _printf(self, parts: tuple[t.Expr, ...], end: str) -> str:
        pattern, arguments = "", []
        for part in parts:
            if isinstance(part, t.Const):
                pattern += str(part.value).replace("%", "%%")
                continue
            match part.type:
                case Int():
                    pattern += "%d"
                    arguments.append(self._integer(part))
                case Flag():
                    pattern += "%t"
                    arguments.append(self.term(part))
                case _:
                    pattern += "%s"
                    arguments.append(self.term(part))
        return f"(printf {self.literal(pattern + end)} {' '.join(arguments)})"

    def _compare(self, e: t.Compare) -> str:
        operator = _COMPARE[e.operator]
        if not isinstance(e.left.type, Int):
            return f"({operator} {self.term(e.left)} {self.term(e.right)})"
        text = f"({operator} {self._integer(e.left)} {self._integer(e.right)})"
        # nil is 0 as int64.
        nulls = [f'(kindIs "invalid" {self.term(side)})' for side in (e.left, e.right) if side.type.nullable]
        if not nulls:
            return text
        if e.operator == "!=":
            return f"(or {' '.join(nulls)} {text})"
        return f"(and {' '.join(f'(not {null})' for null in nulls)} {text})"


def _is_negative(e: t.Expr) -> bool:
    """Whether the opposite of a condition reads better than ``not`` before it."""
    return isinstance(e, t.Not | t.Compare | t.IsNull) or (
        isinstance(e, t.Logic) and any(map(_is_negative, _operands(e, e.operator)))
    )


def is_guarded(e: t.Choice) -> bool:
    """Whether a branch must not be evaluated where the other one is taken."""
    return depends(e.then, known_when(e.test, True)) or depends(e.otherwise, known_when(e.test, False))


def chain(e: t.Expr) -> list[t.Expr]:
    """The values of ``a | default(b) | default(c)``; the first that is not null counts."""
    return [*chain(e.operand), *chain(e.fallback)] if isinstance(e, t.Default) else [e]


def _operands(e: t.Expr, operator: str) -> list[t.Expr]:
    """The operands of a chain of one operator that may be grouped in any way: ``and``, ``or``, ``+``, ``*``."""
    if isinstance(e, t.Logic | t.Arithmetic) and e.operator == operator:
        return [*_operands(e.left, operator), *_operands(e.right, operator)]
    return [e]


def _encloses(text: str) -> bool:
    """Whether a parenthesis opens at the beginning and closes at the end (strings skipped)."""
    if not text.startswith("("):
        return False
    depth, index = 0, 0
    while index < len(text):
        char = text[index]
        if char == '"':
            index += 1
            while text[index] != '"':
                index += 2 if text[index] == "\\" else 1
        depth += {"(": 1, ")": -1}.get(char, 0)
        if depth == 0:
            return index == len(text) - 1
        index += 1
    return False


def emitted(e: t.Expr, go: GoExpressions) -> str:
    """The pipeline that writes a value as YAML on one line."""
    if isinstance(e.type, Int) and go.is_int64(e):
        return go.pipe(e)
    return go.pipe(e) + scalar_filter(e.type)


def scalar_filter(kind: Type) -> str:
    """What makes a value of this type YAML."""
    match kind:
        case Text():
            return " | quote"
        case Int():
            return " | int64"
        case Flag():
            return ""
    return " | toJson"
