"""Types of expressions: every name is resolved, every operand checked, everything static computed.

``check`` walks the documents and asks here for each expression. Raises ProblemsError at the expression's own place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn, Protocol

from generator.compat.table import evaluate
from generator.dialect import syntax as s
from generator.dialect import tree as t
from generator.dialect.functions import FILTERS, FOREIGN, infer_filter, infer_function
from generator.dialect.scope import Scope, constant, known_when, narrowed
from generator.dialect.types import (
    Flag, Free, Int, ListOf, MapOf, Scalar, SchemaTypes, Shape, Text, Type, describe, fits, join, nullable, present,
)  # fmt: skip
from generator.errors import ProblemsError, did_you_mean

RELEASE = {"name": Text(ascii=True), "namespace": Text(ascii=True)}


class Broken(Exception):
    """An expression uses a name whose own definition has a problem that was already told."""


class Macros(Protocol):
    """What inference needs of the checker: calls of macros."""

    def call(self, call: s.Call, scope: Scope) -> t.Expr:
        """The typed call."""

    def used_root(self) -> None:
        """The current macro or file reads the values or the release."""


class Inference:
    """Types expressions of one chart: ``statics`` are ``catalog`` and ``chart``."""

    def __init__(self, types: SchemaTypes, statics: dict[str, s.Json], macros: Macros) -> None:
        self._types = types
        self._statics = statics
        self._macros = macros

    def infer(self, e: s.Expression, scope: Scope) -> t.Expr:
        """The typed expression."""
        match e:
            case s.Literal():
                return constant(e.value)
            case s.Name():
                return self._name(e, scope)
            case s.Attribute():
                return narrowed(self._attribute(e, scope), scope)
            case s.Index():
                return narrowed(self._index(e, scope), scope)
            case s.ListLiteral():
                return self._list(e, scope)
            case s.DictLiteral():
                return self._dict(e, scope)
            case s.Concat():
                return self._concat(e, scope)
            case s.Conditional():
                return self._conditional(e, scope)
            case s.Logic():
                return self._logic(e, scope)
            case s.Not():
                operand = self.infer(e.operand, scope)
                return constant(not operand.value) if isinstance(operand, t.Const) else t.Not(operand, Flag())
            case s.Compare():
                return self._compare(e, scope)
            case s.Arithmetic():
                return self._arithmetic(e, scope)
            case s.Test():
                return self._test(e, scope)
            case s.Filter():
                return self._filter(e, scope)
            case s.Call():
                function = infer_function(e, scope, self) if not e.module else None
                return function if function is not None else self._macros.call(e, scope)

    def fail(self, scope: Scope, at: int, message: str, hint: str = "", allowed: str = "") -> NoReturn:
        raise scope.file.source.error(at, message, hint, allowed)

    # --- names and paths -----------------------------------------------------------------------------------------

    def _name(self, e: s.Name, scope: Scope) -> t.Expr:
        if e.name in scope.names:
            return narrowed(scope.names[e.name], scope)
        if e.name in scope.broken:
            raise Broken
        if e.name == "values":
            self._macros.used_root()
            return t.Root("values", self._types.root)
        if e.name in self._statics:
            return constant(self._statics[e.name])
        if e.name == "release":
            self.fail(scope, e.at, "'release' as a value", "use release.name or release.namespace")
        known = [*scope.names, "values", "release", *self._statics]
        hint = "a loop has no number: put what you need into the list" if e.name == "loop" else did_you_mean(e.name, known)
        self.fail(scope, e.at, f"the name '{e.name}' is not known here", hint, ", ".join(sorted(known)))

    def _attribute(self, e: s.Attribute, scope: Scope) -> t.Expr:
        if isinstance(e.owner, s.Name) and e.owner.name == "release" and "release" not in scope.names:
            if e.name not in RELEASE:
                self.fail(scope, e.at, f"'release' has no '{e.name}'", did_you_mean(e.name, RELEASE), ", ".join(RELEASE))
            self._macros.used_root()
            return t.Root(f"release.{e.name}", RELEASE[e.name])
        owner = self.infer(e.owner, scope)
        return self._member(e.at, owner, e.name, scope)

    def _member(self, at: int, owner: t.Expr, name: str, scope: Scope) -> t.Expr:
        if isinstance(owner, t.Const) and isinstance(owner.value, dict):
            if name not in owner.value:
                self.fail(scope, at, f"no '{name}' in this static value", did_you_mean(name, owner.value), ", ".join(sorted(owner.value)))
            return constant(owner.value[name])
        match owner.type:
            case Shape():
                if name not in owner.type.fields:
                    hint = did_you_mean(name, owner.type.fields)
                    self.fail(scope, at, f"{owner.type.name} has no '{name}'", hint, ", ".join(sorted(owner.type.fields)))
                kind = owner.type.fields[name]
                maybe = kind.nullable or owner.type.nullable
                return t.Field(owner, name, nullable(kind) if owner.type.nullable else kind, maybe or _maybe(owner))
            case MapOf():
                self.fail(scope, at, f"'.{name}' of a map with free keys", f'write ["{name}"]: it is null when the map has no such key')
            case Free():
                self.fail(scope, at, f"'.{name}' of free JSON", "free JSON has no paths: give it a type in the values model")
        self.fail(scope, at, f"'.{name}' of a value of type {describe(owner.type)}", "only shapes and the catalog have names")

    def _index(self, e: s.Index, scope: Scope) -> t.Expr:
        owner, key = self.infer(e.owner, scope), self.infer(e.key, scope)
        if isinstance(owner, t.Const) and isinstance(owner.value, list) and isinstance(key, t.Const) and isinstance(key.value, int):
            if not 0 <= key.value < len(owner.value):
                self.fail(scope, e.at, f"no item {key.value} in this static list")
            return constant(owner.value[key.value])
        if isinstance(key, t.Const) and isinstance(key.value, str) and (isinstance(owner.type, Shape) or isinstance(owner, t.Const)):
            return self._member(e.at, owner, key.value, scope)
        if isinstance(owner.type, MapOf) and isinstance(key.type, Text) and not key.type.nullable:
            return t.Lookup(owner, key, nullable(owner.type.item))
        self.fail(scope, e.at, f"[{describe(key.type)}] of a value of type {describe(owner.type)}", "maps are looked up by strings; lists are walked with 'for'")

    # --- literals ------------------------------------------------------------------------------------------------

    def _list(self, e: s.ListLiteral, scope: Scope) -> t.Expr:
        items = [self.infer(item, scope) for item in e.items]
        if all(isinstance(item, t.Const) for item in items):
            return constant([item.value for item in items if isinstance(item, t.Const)])
        kind: Type | None = items[0].type
        for place, item in zip(e.items, items, strict=True):
            if item.type.nullable and not isinstance(item.type, Free):
                self.fail(scope, place.at, "an item that may be null", "give it a value: | default(...)")
            kind = join(kind, item.type) if kind is not None else None
        return t.MakeList(tuple(items), ListOf(kind if kind is not None else Free()))

    def _dict(self, e: s.DictLiteral, scope: Scope) -> t.Expr:
        pairs: dict[str, t.Expr] = {}
        kind: Type | None = None
        for key, value in e.pairs:
            name = self.infer(key, scope)
            if not isinstance(name, t.Const) or not isinstance(name.value, str):
                self.fail(scope, key.at, "a key that is not a literal string", "write a macro with a computed key")
            if name.value in pairs:
                self.fail(scope, key.at, f"the key '{name.value}' stands twice")
            typed = self.infer(value, scope)
            if typed.type.nullable and not isinstance(typed.type, Free):
                self.fail(scope, value.at, "a value that may be null", "give it a value: | default(...)")
            kind = typed.type if not pairs else (join(kind, typed.type) if kind is not None else None)
            pairs[name.value] = typed
        if all(isinstance(value, t.Const) for value in pairs.values()):
            return constant({name: value.value for name, value in pairs.items() if isinstance(value, t.Const)})
        return t.MakeMap(tuple(pairs.items()), MapOf(kind if kind is not None else Free(), all(name.isascii() for name in pairs)))

    def _concat(self, e: s.Concat, scope: Scope) -> t.Expr:
        parts: list[t.Expr] = []
        for part in e.parts:
            typed = self.infer(part, scope)
            if isinstance(typed, t.Const) and isinstance(typed.value, bool | int | str):
                text = typed.value if isinstance(typed.value, str) else str(typed.value).lower()
                typed = constant(text)
                if parts and isinstance(parts[-1], t.Const):
                    parts[-1] = constant(f"{parts[-1].value}{text}")
                    continue
            self.must(typed, (Text, Int, Flag), part.at, scope, "'~' joins strings, integers and booleans")
            parts.append(typed)
        if len(parts) == 1 and isinstance(parts[0], t.Const):
            return parts[0]
        ascii_ = all(not isinstance(part.type, Text) or part.type.ascii for part in parts)
        return t.Concat(tuple(parts), Text(ascii=ascii_))

    # --- logic ---------------------------------------------------------------------------------------------------

    def _conditional(self, e: s.Conditional, scope: Scope) -> t.Expr:
        test = self.infer(e.test, scope)
        if isinstance(test, t.Const):
            return self.infer(e.then if test.value else e.otherwise, scope)
        then = self.infer(e.then, scope.knowing(known_when(test, True)))
        otherwise = self.infer(e.otherwise, scope.knowing(known_when(test, False)))
        return t.Choice(test, then, otherwise, self._either(then, otherwise, e.at, scope))

    def _logic(self, e: s.Logic, scope: Scope) -> t.Expr:
        left = self.infer(e.left, scope)
        if isinstance(left, t.Const):
            return left if bool(left.value) == (e.operator == "or") else self.infer(e.right, scope)
        right = self.infer(e.right, scope.knowing(known_when(left, e.operator == "and")))
        if e.operator == "or":
            if not isinstance(left.type, Free):
                kind = self._either(left, right, e.at, scope)
                return t.Logic("or", left, right, kind if right.type.nullable else present(kind))
            return t.Logic("or", left, right, Free())
        if isinstance(left.type, Flag) and isinstance(right.type, Flag):
            return t.Logic("and", left, right, Flag(left.type.nullable or right.type.nullable))
        return t.Logic("and", left, right, Free())

    def _either(self, left: t.Expr, right: t.Expr, at: int, scope: Scope) -> Type:
        if isinstance(right, t.Const) and right.value is None:
            return nullable(left.type)
        if isinstance(left, t.Const) and left.value is None:
            return nullable(right.type)
        for empty, other in ((left, right), (right, left)):
            if isinstance(empty, t.Const) and empty.value in ([], {}) and isinstance(other.type, ListOf | MapOf):
                return other.type
        kind = join(left.type, right.type)
        if kind is None:
            self.fail(scope, at, f"one of two values: {describe(left.type)} or {describe(right.type)}", "both sides need one type")
        return kind

    def _compare(self, e: s.Compare, scope: Scope) -> t.Expr:
        left, right = self.infer(e.left, scope), self.infer(e.right, scope)
        if e.operator == "in":
            return self._within(e, left, right, scope)
        if isinstance(left, t.Const) and isinstance(right, t.Const) and type(left.value) is type(right.value):
            compared: dict[str, Callable[[object, object], bool]] = {"==": lambda a, b: a == b, "!=": lambda a, b: a != b}
            if e.operator in compared:
                return constant(compared[e.operator](left.value, right.value))
        if e.operator in ("==", "!="):
            kinds = [kind for kind in (Text, Int, Flag) if isinstance(left.type, kind) and isinstance(right.type, kind)]
            if not kinds:
                self.fail(scope, e.at, f"'{e.operator}' between {describe(left.type)} and {describe(right.type)}", "compare two strings, two integers or two booleans; for null write 'is none'")
            if isinstance(left.type, Int) and left.type.nullable and right.type.nullable:
                self.fail(scope, e.at, f"'{e.operator}' between two integers that may both be null", "give one a value: | default(...)")
            for one, other, place in ((left, right, e.right), (right, left, e.left)):
                self._possible(one, other, place, scope)
        else:
            self.must(left, (Int,), e.left.at, scope, f"'{e.operator}' compares integers")
            self.must(right, (Int,), e.right.at, scope, f"'{e.operator}' compares integers")
        return t.Compare(e.operator, left, right, Flag())

    def _possible(self, value: t.Expr, other: t.Expr, place: s.Expression, scope: Scope) -> None:
        """A literal that the other side's schema does not allow is a typing error of the author."""
        if isinstance(other, t.Const) and isinstance(value.type, Text) and value.type.values is not None and other.value not in value.type.values:
            hint = did_you_mean(str(other.value), value.type.values)
            self.fail(scope, place.at, f"the value is never '{other.value}'", hint, ", ".join(value.type.values))

    def _within(self, e: s.Compare, left: t.Expr, right: t.Expr, scope: Scope) -> t.Expr:
        if isinstance(left, t.Const) and isinstance(right, t.Const) and isinstance(right.value, str | list | dict):
            return constant(left.value in right.value)  # type: ignore[operator]
        self.must(left, (Text,), e.left.at, scope, "'in' looks for a string")
        match right.type:
            case ListOf() if isinstance(right.type.item, Text):
                if isinstance(right, t.Const) and isinstance(right.value, list):
                    for choice in right.value:
                        self._possible(left, constant(choice), e.right, scope)
                return t.Within("list", left, right, Flag())
            case MapOf():
                return t.Within("map", left, right, Flag())
            case Text() if not right.type.nullable:
                return t.Within("text", left, right, Flag())
        self.fail(scope, e.right.at, f"'in' a value of type {describe(right.type)}", "it looks into lists of strings, maps and strings")

    def _arithmetic(self, e: s.Arithmetic, scope: Scope) -> t.Expr:
        left, right = self.infer(e.left, scope), self.infer(e.right, scope)
        for typed, place in ((left, e.left), (right, e.right)):
            self.must(typed, (Int,), place.at, scope, f"'{e.operator}' takes integers")
        if isinstance(left, t.Const) and isinstance(right, t.Const) and isinstance(left.value, int) and isinstance(right.value, int):
            return constant({"+": left.value + right.value, "-": left.value - right.value, "*": left.value * right.value}[e.operator])
        return t.Arithmetic(e.operator, left, right, Int())

    # --- tests and filters ---------------------------------------------------------------------------------------

    def _test(self, e: s.Test, scope: Scope) -> t.Expr:
        operand = self.infer(e.operand, scope)
        if e.name == "none" and not e.arguments:
            if isinstance(operand, t.Const):
                return constant(operand.value is None)
            if not operand.type.nullable and not _maybe(operand):
                self.fail(scope, e.at, f"'is none' of a value that is never null ({describe(operand.type)})", "leave the test out")
            return t.IsNull(operand, Flag()) if operand.type.nullable else constant(False)
        if e.name == "semver":
            return infer_filter(s.Filter(e.at, "semver", e.operand, e.arguments), operand, scope, self)
        self.fail(scope, e.at, f"the test '{e.name}'", did_you_mean(e.name, ("none", "semver")), "none, semver")

    def _filter(self, e: s.Filter, scope: Scope) -> t.Expr:
        if e.name not in FILTERS:
            hint = FOREIGN.get(e.name) or did_you_mean(e.name, FILTERS)
            self.fail(scope, e.at, f"the filter '{e.name}' is not in the dialect", hint, ", ".join(sorted(FILTERS)))
        return infer_filter(e, self.infer(e.operand, scope), scope, self)

    def infer_text(self, value: t.Expr) -> t.Expr:
        """A scalar as text (the filter ``text``), for places that hold text."""
        if isinstance(value, t.Const) and isinstance(value.value, bool | int | float):
            return constant(evaluate("text", [value.value]))
        return value if isinstance(value.type, Text) else t.Apply("text", (value,), Text(ascii=not isinstance(value.type, Scalar)))

    # --- what functions use --------------------------------------------------------------------------------------

    def must(self, typed: t.Expr, kinds: tuple[type, ...], at: int, scope: Scope, rule: str) -> None:
        """Refuse an operand of another type, or one that may be null."""
        if not isinstance(typed.type, kinds):
            hint = "turn it into text: | text" if isinstance(typed.type, Scalar) and Text in kinds else ""
            self.fail(scope, at, f"{rule}, and this is {describe(typed.type)}", hint)
        if typed.type.nullable:
            self.fail(scope, at, f"{rule}, and this may be null", "give it a value: | default(...), or ask '{% if x is not none %}' before")

    def fit(self, typed: t.Expr, formal: Type, at: int, scope: Scope, what: str) -> None:
        """Refuse an argument that its declared type does not take."""
        if isinstance(typed, t.Const) and typed.value is None:
            if formal.nullable:
                return
        elif isinstance(typed, t.Const) and isinstance(formal, ListOf | MapOf) and typed.value in ([], {}):
            return
        elif fits(typed.type, formal):
            return
        hint = "it may be null: | default(...)" if fits(present(typed.type), formal) else ""
        self.fail(scope, at, f"{what} takes {describe(formal)}, and this is {describe(typed.type)}", hint)


def _maybe(expression: t.Expr) -> bool:
    return isinstance(expression, t.Local | t.Field | t.Lookup) and expression.maybe
