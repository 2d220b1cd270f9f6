"""Typed expressions as Go template pipelines, for ``golang``.

Numbers in Helm's values are float64, so every integer goes through ``int64`` where it is used. ``ternary`` evaluates both of its
branches, so inside it paths that may be null get a default of their type (``_eager``).
"""

from __future__ import annotations

import json
from typing import ClassVar

from generator.compat.table import ROWS
from generator.dialect import tree as t
from generator.dialect.syntax import Json
from generator.dialect.types import Flag, Int, ListOf, MapOf, Shape, Text

_COMPARE = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
_ARITHMETIC = {"+": "add", "-": "sub", "*": "mul"}


class GoExpressions:
    """Writes the expressions of one file or define. ``root`` is what holds ``Values`` and ``Release`` there (``$`` or ``$.root``)."""

    _EMPTY: ClassVar[dict[type, str]] = {Text: '""', MapOf: "(dict)", Shape: "(dict)", ListOf: "(list)", Int: "0", Flag: "false"}

    def __init__(self, root: str, used: set[str]) -> None:
        self.root = root
        self._used = used
        self._eager = 0

    def pipe(self, e: t.Expr) -> str:
        """The expression as a whole pipeline: no parentheses around it."""
        text = self.term(e)
        return text[1:-1] if text.startswith("(") and _encloses(text) else text

    def term(self, e: t.Expr) -> str:
        """The expression as an argument: in parentheses where it is a call."""
        match e:
            case t.Const():
                return self.literal(e.value)
            case t.Root():
                return self.root + {"values": ".Values", "release.name": ".Release.Name", "release.namespace": ".Release.Namespace"}[e.name]
            case t.Local():
                return f"${e.name}"
            case t.Field():
                owner = self.term(e.owner)
                safe = getattr(e.owner, "maybe", e.owner.type.nullable)
                return f"({owner}).{e.name}" if safe and not (owner.startswith("(") and _encloses(owner)) else f"{owner}.{e.name}"
            case t.Lookup():
                return f"(index {self._solid(e.owner, always=True)} {self.term(e.key)})"
            case t.Concat():
                return self._printf(e.parts, "")
            case t.Choice():
                test = self.boolean(e.test)
                self._eager += 1
                text = f"(ternary {self.operand(e.then)} {self.operand(e.otherwise)} {test})"
                self._eager -= 1
                return text
            case t.Logic():
                return f"({e.operator} {self.term(e.left)} {self.term(e.right)})"
            case t.Not():
                if isinstance(e.operand, t.IsNull):
                    return f"(not {self.term(e.operand)})"
                return f"(not {self.term(e.operand)})"
            case t.Compare():
                return self._compare(e)
            case t.Within():
                left, right = self.operand(e.left), self._solid(e.right, always=True)
                return {"list": f"(has {left} {right})", "map": f"(hasKey {right} {left})", "text": f"(contains {left} {right})"}[e.kind]
            case t.IsNull():
                return f'(kindIs "invalid" {self.term(e.operand)})'
            case t.Arithmetic():
                return f"({_ARITHMETIC[e.operator]} {self.integer(e.left)} {self.integer(e.right)})"
            case t.Default():
                value = self.term(e.operand)
                return f'(ternary {self.operand(e.fallback)} {value} (kindIs "invalid" {value}))'
            case t.Apply():
                self._used.add(e.row)
                return ROWS[e.row].go(*(self.operand(argument) for argument in e.arguments))
            case t.MakeMap():
                return "(dict" + "".join(f" {self.literal(name)} {self.operand(value)}" for name, value in e.pairs) + ")"
            case t.MakeList():
                return "(list" + "".join(f" {self.operand(item)}" for item in e.items) + ")"
            case t.Invoke():
                text = self.include(e)
                return {"map": f"({text} | fromYaml)", "seq": f"({text} | fromYamlArray)"}.get(e.macro.kind, f"({text})")

    def include(self, e: t.Invoke) -> str:
        """``include "name" context`` without parentheses."""
        context = self.root
        if e.macro.parameters:
            pairs = [f'"root" {self.root}'] if e.macro.uses_root else []
            pairs += [f'"{name}" {self.operand(argument)}' for (name, _), argument in zip(e.macro.parameters, e.arguments, strict=True)]
            context = f"(dict {' '.join(pairs)})"
        return f'include "{e.macro.name}" {context}'

    def operand(self, e: t.Expr) -> str:
        """An argument at its own type: integers as integers, and never null where the type says so."""
        if isinstance(e.type, Int) and not e.type.nullable and not isinstance(e, t.Const):
            return self.integer(e)
        return self._solid(e)

    def boolean(self, e: t.Expr) -> str:
        """A condition as a real boolean, as ``ternary`` needs it."""
        if isinstance(e, t.Compare | t.Not | t.Within | t.IsNull) or (isinstance(e, t.Apply) and e.row == "semver"):
            return self.term(e)
        if isinstance(e.type, Flag) and not e.type.nullable and not getattr(e, "maybe", False):
            return self.term(e)
        return f"(not (not {self.term(e)}))"

    def integer(self, e: t.Expr) -> str:
        """An integer operand."""
        if isinstance(e, t.Const | t.Arithmetic):
            return self.term(e)
        return f"(int64 {self.term(e)})"

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
                return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
            case list():
                return "(list" + "".join(f" {self.literal(item)}" for item in value) + ")"
            case dict():
                return "(dict" + "".join(f" {self.literal(key)} {self.literal(item)}" for key, item in value.items()) + ")"

    def _solid(self, e: t.Expr, *, always: bool = False) -> str:
        """A term that is not null: where both branches of a choice are evaluated, or null counts as empty, with a default."""
        text = self.term(e)
        maybe = getattr(e, "maybe", False)
        if (e.type.nullable and always) or (maybe and not e.type.nullable and (self._eager or always)):
            empty = self._EMPTY.get(type(e.type))
            if empty is not None:
                return f"(default {empty} {text})"
        return text

    def _printf(self, parts: tuple[t.Expr, ...], end: str) -> str:
        pattern, arguments = "", []
        for part in parts:
            if isinstance(part, t.Const):
                pattern += str(part.value).replace("%", "%%")
                continue
            if isinstance(part.type, Int):
                pattern += "%d"
                arguments.append(self.integer(part))
            elif isinstance(part.type, Flag):
                pattern += "%t"
                arguments.append(self._solid(part))
            else:
                pattern += "%s"
                arguments.append(self._solid(part))
        return f"(printf {self.literal(pattern + end)} {' '.join(arguments)})"

    def _compare(self, e: t.Compare) -> str:
        operator = _COMPARE[e.operator]
        if not isinstance(e.left.type, Int):
            return f"({operator} {self.term(e.left)} {self.term(e.right)})"
        text = f"({operator} {self.integer(e.left)} {self.integer(e.right)})"
        nulls = [f'(kindIs "invalid" {self.term(side)})' for side in (e.left, e.right) if side.type.nullable]
        if not nulls:
            return text
        return f"(or {' '.join(nulls)} {text})" if e.operator == "!=" else f"(and {' '.join(f'(not {null})' for null in nulls)} {text})"


def _encloses(text: str) -> bool:
    """Whether the first parenthesis closes at the end (strings skipped)."""
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
