"""Types of expressions: every name is resolved, every operand checked, everything static computed.

``check`` walks the documents and asks here for each expression; ``logic`` has conditions and operators,
``functions`` and ``map_functions`` the rest. Raises ProblemsError at the expression's own place.
"""

from __future__ import annotations

from typing import Protocol

from generator.compat.table import evaluate
from generator.dialect import syntax as s
from generator.dialect import tree as t
from generator.dialect.charsets import Charset, charset_of_all
from generator.dialect.foreign import FOREIGN
from generator.dialect.functions import FILTERS, infer_filter
from generator.dialect.logic import infer_arithmetic, infer_comparison, infer_conditional, infer_logic, infer_null_test
from generator.dialect.map_functions import FUNCTIONS, infer_function
from generator.dialect.schema_types import SchemaTypes
from generator.dialect.scope import Scope, constant, is_empty, narrowed
from generator.dialect.static_values import static_value, written_out
from generator.dialect.types import (
    Flag,
    Free,
    Int,
    ListOf,
    MapOf,
    Scalar,
    Shape,
    Text,
    Type,
    describe,
    fits,
    is_version,
    join,
    misfit,
    nullable,
)
from generator.errors import ProblemsError, did_you_mean

RELEASE = {"name": Text(charset=Charset.NAME), "namespace": Text(charset=Charset.NAME)}
#: Larger typed expressions come from one-line macros that double their argument again and again.
_MOST_PARTS = 500
_MOST_DEPTH = 50
_INT64 = 2**63 - 1


class BrokenError(Exception):
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
        """The typed expression, as data: a call of a macro that gives nothing is an empty map or list."""
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
                return infer_conditional(e, scope, self, self.infer)
            case s.Logic():
                return infer_logic(e, scope, self)
            case s.Not():
                operand = self.infer(e.operand, scope)
                return constant(not operand.value) if isinstance(operand, t.Const) else t.Not(operand, Flag())
            case s.Compare():
                return infer_comparison(e, scope, self)
            case s.Arithmetic():
                return infer_arithmetic(e, scope, self)
            case s.Test():
                return self._test(e, scope)
            case s.Filter():
                return self._filter(e, scope)
            case s.Call():
                return self._data(e, scope)

    def content(self, e: s.Expression, scope: Scope) -> t.Expr:
        """The typed expression that fills a place of a document: a call stays a call, and is left out when empty."""
        match e:
            case s.Call():
                return self._as_value(e, self.call(e, scope), scope)
            case s.Conditional():
                return infer_conditional(e, scope, self, self.content)
        return self.infer(e, scope)

    def result(self, e: s.Expression, scope: Scope) -> t.Expr:
        """The typed expression of a one-line macro: a call stays a call, also one that gives documents."""
        return self.call(e, scope) if isinstance(e, s.Call) else self.content(e, scope)

    def call(self, e: s.Call, scope: Scope) -> t.Expr:
        """A function or a macro."""
        if not e.module and e.name in FUNCTIONS:
            return infer_function(e, scope, self)
        return self._macros.call(e, scope)

    def error(self, scope: Scope, at: int, message: str, hint: str = "", allowed: str = "") -> ProblemsError:
        """The problem, to raise."""
        return scope.file.source.error(at, message, hint, allowed)

    def limit(self, typed: t.Expr, at: int, scope: Scope) -> t.Expr:
        """The expression, when it is small enough to be read by Python and Go."""
        left = _MOST_PARTS

        def measure(part: t.Expr, depth: int) -> None:
            nonlocal left
            left -= 1
            if left < 0 or depth > _MOST_DEPTH:
                hint = (
                    "give a part of it a name with {% set %}, or make the one-line macros in it macros of several lines"
                )
                raise self.error(scope, at, "an expression that grows too large", hint)
            for inner in t.parts(part):
                measure(inner, depth + 1)

        measure(typed, 0)
        return typed

    # --- names and paths -----------------------------------------------------------------------------------------

    def _name(self, e: s.Name, scope: Scope) -> t.Expr:
        if e.name in scope.names:
            return narrowed(scope.names[e.name], scope)
        if e.name in scope.broken:
            raise BrokenError
        if e.name in self._statics:
            return constant(self._statics[e.name])
        if e.name == "values":
            raise self.error(scope, e.at, "all values as one value", "write the settings that are meant")
        if e.name == "release":
            raise self.error(scope, e.at, "'release' as a value", "use release.name or release.namespace")
        if e.name in scope.modules:
            raise self.error(
                scope, e.at, f"the library '{e.name}' as a value", f"call one of its macros: {e.name}.macro(...)"
            )
        known = [*scope.names, "values", "release", *self._statics]
        hint = (
            "a loop has no number: put what you need into the list" if e.name == "loop" else did_you_mean(e.name, known)
        )
        raise self.error(scope, e.at, f"the name '{e.name}' is not known here", hint, ", ".join(sorted(known)))

    def _owner(self, e: s.Expression, scope: Scope) -> t.Expr:
        """What stands before ``.name`` or ``[key]``; only there are the values as a whole."""
        if isinstance(e, s.Name) and e.name == "values":
            self._macros.used_root()
            return t.Root("values", self._types.root)
        return self.infer(e, scope)

    def _attribute(self, e: s.Attribute, scope: Scope) -> t.Expr:
        if isinstance(e.owner, s.Name) and e.owner.name == "release":
            if e.name not in RELEASE:
                raise self.error(
                    scope, e.at, f"'release' has no '{e.name}'", did_you_mean(e.name, RELEASE), ", ".join(RELEASE)
                )
            self._macros.used_root()
            return t.Root(f"release.{e.name}", RELEASE[e.name])
        return self._member(e.at, self._owner(e.owner, scope), e.name, scope)

    def _member(self, at: int, owner: t.Expr, name: str, scope: Scope) -> t.Expr:
        if isinstance(owner, t.Const) and isinstance(owner.value, dict):
            if name not in owner.value:
                known = ", ".join(sorted(owner.value))
                raise self.error(scope, at, f"no '{name}' in this static value", did_you_mean(name, owner.value), known)
            return constant(owner.value[name])
        match owner.type:
            case Shape():
                if name not in owner.type.fields:
                    hint = did_you_mean(name, owner.type.fields)
                    known = ", ".join(sorted(owner.type.fields))
                    raise self.error(scope, at, f"{owner.type.name} has no '{name}'", hint, known)
                kind = owner.type.fields[name]
                return t.Field(owner, name, nullable(kind) if owner.type.nullable else kind)
            case MapOf():
                hint = f'write ["{name}"]: it is null when the map has no such key'
                raise self.error(scope, at, f"'.{name}' of a map with free keys", hint)
            case Free():
                hint = "free JSON has no paths: give it a type in the values model"
                raise self.error(scope, at, f"'.{name}' of free JSON", hint)
        hint = "only shapes and the catalog have names"
        raise self.error(scope, at, f"'.{name}' of a value of type {describe(owner.type)}", hint)

    def _index(self, e: s.Index, scope: Scope) -> t.Expr:
        owner, key = self._owner(e.owner, scope), self.infer(e.key, scope)
        if isinstance(key, t.Const):
            static = owner.value if isinstance(owner, t.Const) else None
            if isinstance(static, list) and type(key.value) is int:
                if 0 <= key.value < len(static):
                    return constant(static[key.value])
                hint = f"it has {len(static)}, counted from 0"
                raise self.error(scope, e.at, f"no item {key.value} in this static list", hint)
            if isinstance(key.value, str) and (isinstance(owner.type, Shape) or isinstance(static, dict)):
                return self._member(e.at, owner, key.value, scope)
        if isinstance(owner.type, MapOf) and isinstance(key.type, Text) and not key.type.nullable:
            return t.Lookup(owner, key, nullable(owner.type.item))
        hint = "maps are looked up by strings; lists are walked with 'for'"
        raise self.error(scope, e.at, f"[{describe(key.type)}] of a value of type {describe(owner.type)}", hint)

    # --- literals ------------------------------------------------------------------------------------------------

    def _list(self, e: s.ListLiteral, scope: Scope) -> t.Expr:
        items = [self.infer(item, scope) for item in e.items]
        if all(isinstance(item, t.Const) for item in items):
            return constant([item.value for item in items if isinstance(item, t.Const)])
        for place, item in zip(e.items, items, strict=True):
            self._no_null(item, place.at, scope, "an item that may be null")
        return t.MakeList(tuple(items), ListOf(_common(items)))

    def _dict(self, e: s.DictLiteral, scope: Scope) -> t.Expr:
        pairs: dict[str, t.Expr] = {}
        for key, value in e.pairs:
            name = self.infer(key, scope)
            if not isinstance(name, t.Const) or not isinstance(name.value, str):
                raise self.error(
                    scope, key.at, "a key that is not a literal string", "write a macro with a computed key"
                )
            if name.value in pairs:
                raise self.error(scope, key.at, f"the key '{name.value}' stands twice", "a key stands once in a map")
            typed = self.infer(value, scope)
            self._no_null(typed, value.at, scope, "a value that may be null")
            pairs[name.value] = typed
        if all(isinstance(value, t.Const) for value in pairs.values()):
            return constant({name: value.value for name, value in pairs.items() if isinstance(value, t.Const)})
        return t.MakeMap(tuple(pairs.items()), MapOf(_common(list(pairs.values())), charset_of_all(pairs)))

    def _no_null(self, typed: t.Expr, at: int, scope: Scope, what: str) -> None:
        if typed.type.nullable and not isinstance(typed.type, Free):
            raise self.error(scope, at, what, "give it a value: | default(...)")

    def _concat(self, e: s.Concat, scope: Scope) -> t.Expr:
        parts: list[t.Expr] = []
        for part in e.parts:
            typed = self.infer(part, scope)
            if isinstance(typed, t.Const) and isinstance(typed.value, bool | int | str):
                text = typed.value if isinstance(typed.value, str) else str(typed.value).lower()
                if parts and isinstance(parts[-1], t.Const):
                    parts[-1] = constant(f"{parts[-1].value}{text}")
                    continue
                typed = constant(text)
            self.must(typed, (Text, Int, Flag), part.at, scope, "'~' joins strings, integers and booleans")
            parts.append(typed)
        if len(parts) == 1 and isinstance(parts[0], t.Const):
            return parts[0]
        charset = max(part.type.charset if isinstance(part.type, Text) else Charset.NAME for part in parts)
        return t.Concat(tuple(parts), Text(charset=charset))

    # --- tests, filters, calls -----------------------------------------------------------------------------------

    def _test(self, e: s.Test, scope: Scope) -> t.Expr:
        operand = self.infer(e.operand, scope)
        if e.name == "none" and not e.arguments:
            return infer_null_test(e, operand, scope, self)
        if e.name == "semver":
            kind = operand.type
            if isinstance(kind, Text) and not isinstance(operand, t.Const) and not is_version(kind):
                hint = "give its field the type Version of generator.model.names, a macro's parameter a shape"
                raise self.error(scope, e.at, "'semver' of a string whose schema allows what is no version", hint)
            return infer_filter(s.Filter(e.at, "semver", e.operand, e.arguments), operand, scope, self)
        known = ("none", "semver")
        hint = FOREIGN.get(e.name) or did_you_mean(e.name, known)
        raise self.error(scope, e.at, f"the test '{e.name}' is not in the dialect", hint, ", ".join(known))

    def _filter(self, e: s.Filter, scope: Scope) -> t.Expr:
        if e.name not in FILTERS:
            hint = FOREIGN.get(e.name) or did_you_mean(e.name, FILTERS)
            raise self.error(
                scope, e.at, f"the filter '{e.name}' is not in the dialect", hint, ", ".join(sorted(FILTERS))
            )
        return infer_filter(e, self.infer(e.operand, scope), scope, self)

    def _data(self, e: s.Call, scope: Scope) -> t.Expr:
        typed = self._as_value(e, self.call(e, scope), scope)
        if isinstance(typed, t.Invoke) and typed.macro.blank:
            empty: dict[str, s.Json] = {"map": {}, "seq": [], "text": ""}
            return constant(empty[typed.macro.kind])
        return typed

    def _as_value(self, e: s.Call, typed: t.Expr, scope: Scope) -> t.Expr:
        """The call as a value; what it always gives, when that is short."""
        if not isinstance(typed, t.Invoke):
            return typed
        if typed.macro.kind == "docs":
            hint = "write the call alone on its line, at the top level of a file"
            raise self.error(scope, e.at, f"the documents of '{e.name}' in the place of a value", hint)
        node = None if typed.macro.blank else written_out(typed.macro)
        value = static_value(node) if node is not None else None
        return typed if value is None else constant(value[0])

    # --- what other modules use ----------------------------------------------------------------------------------

    def as_text(self, value: t.Expr) -> t.Expr:
        """A scalar as text (the filter ``text``), for places that hold text."""
        if isinstance(value, t.Const) and isinstance(value.value, bool | int | float):
            return constant(evaluate("text", [value.value]))
        if isinstance(value.type, Text):
            return value
        return t.Apply("text", (value,), Text(charset=Charset.ANY if isinstance(value.type, Scalar) else Charset.NAME))

    def whole(self, low: int, high: int, at: int, scope: Scope) -> Int:
        """The type of a computed integer. Raises ProblemsError where it might not fit into 64 bits."""
        if low < -_INT64 or high > _INT64:
            hint = "give the settings in it narrower bounds in the values model"
            raise self.error(
                scope, at, f"a number that could be from {low} to {high}", hint, f"from {-_INT64} to {_INT64}"
            )
        return Int(low, high)

    def must(self, typed: t.Expr, kinds: tuple[type, ...], at: int, scope: Scope, rule: str) -> None:
        """Refuse an operand of another type, or one that may be null."""
        if not isinstance(typed.type, kinds):
            hint = "turn it into text: | text" if isinstance(typed.type, Scalar) and Text in kinds else ""
            raise self.error(scope, at, f"{rule}, and this is {describe(typed.type)}", hint)
        if typed.type.nullable:
            hint = "give it a value: | default(...), or ask '{% if x is not none %}' before"
            raise self.error(scope, at, f"{rule}, and this may be null", hint)

    def fit(self, typed: t.Expr, formal: Type, at: int, scope: Scope, what: str) -> None:
        """Refuse an argument that its declared type does not take."""
        if isinstance(typed, t.Const) and typed.value is None:
            if formal.nullable:
                return
        elif is_empty(typed, formal) or fits(typed.type, formal):
            return
        message = f"{what} takes {describe(formal)}, and this is {describe(typed.type)}"
        raise self.error(scope, at, message, misfit(typed.type, formal))

    def either(self, left: t.Expr, right: t.Expr, at: int, scope: Scope) -> Type:
        """The type of one of two values."""
        for one, other in ((left, right), (right, left)):
            if isinstance(one, t.Const) and one.value is None:
                return nullable(other.type)
            if is_empty(one, other.type):
                return other.type
        kind = join(left.type, right.type)
        if kind is None:
            message = f"one of two values: {describe(left.type)} or {describe(right.type)}"
            raise self.error(scope, at, message, "both sides need one type")
        return kind


def _common(items: list[t.Expr]) -> Type:
    kind: Type | None = items[0].type
    for item in items[1:]:
        kind = join(kind, item.type) if kind is not None else None
    return kind if kind is not None else Free()
