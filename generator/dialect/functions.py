"""Filters and functions of the dialect: what operands each takes and what it gives.

What each does, in Python and in Go, is a row of ``generator.compat.table``; here are only the types.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from generator.compat.table import evaluate
from generator.dialect import syntax as s
from generator.dialect import tree as t
from generator.dialect.charsets import Charset, charset_of
from generator.dialect.scope import Scope, constant, is_empty
from generator.dialect.types import (
    Flag,
    Free,
    Int,
    ListOf,
    MapOf,
    Number,
    Scalar,
    Shape,
    Text,
    Type,
    bounds,
    describe,
    fits,
    join,
    misfit,
    nullable,
    present,
)  # fmt: skip

if TYPE_CHECKING:
    from generator.dialect.infer import Inference

#: The filters, with what each takes behind the bar.
FILTERS = {
    "default": 1, "json": 0, "text": 0, "b64encode": 0, "sha256": 0, "upper": 0, "lower": 0, "trunc": 1, "replace": 2,
    "items": 0, "length": 0, "keys": 0, "join": 1, "first": 0, "total": 4,
}  # fmt: skip
FUNCTIONS = ("merge", "overlay", "override")
#: No list of a values file is longer: Helm refuses files above 5 MiB.
_MOST_ITEMS = 1_000_000
SCALARS = (Text, Int, Flag, Number, Scalar)


def infer_filter(e: s.Filter, operand: t.Expr, scope: Scope, inference: Inference) -> t.Expr:
    """The typed application of a filter (and of the test ``semver``, which is written ``is semver(...)``)."""
    expected = FILTERS.get(e.name, 1)
    if len(e.arguments) != expected:
        given = {0: "no argument", 1: "one argument"}.get(len(e.arguments), f"{len(e.arguments)} arguments")
        inference.fail(scope, e.at, f"'{e.name}' with {given}", f"it takes {expected or 'none'}")
    arguments = [inference.infer(argument, scope) for argument in e.arguments]
    if e.name == "default":
        return _default(e, operand, arguments[0], scope, inference)
    if e.name == "items":
        inference.fail(scope, e.at, "'items' outside of the head of a loop", "{% for k, v in map | items %}")
    result = _RESULTS[e.name](_Call(e, operand, arguments, scope, inference))
    if e.name == "text" and isinstance(operand.type, Text):
        return operand
    return apply(e.name, (operand, *arguments), result, scope, inference, e.at)


@dataclass(frozen=True)
class _Call:
    """A filter with its typed operand and arguments; methods refuse what does not fit."""

    e: s.Filter
    operand: t.Expr
    arguments: list[t.Expr]
    scope: Scope
    inference: Inference

    def text(self, what: str = "a string") -> Text:
        self.inference.must(self.operand, (Text,), self.e.at, self.scope, f"'{self.e.name}' takes {what}")
        assert isinstance(self.operand.type, Text)
        return self.operand.type

    def container(self, kinds: tuple[type[ListOf] | type[MapOf], ...], what: str) -> Type:
        """The operand's type; null is an empty one."""
        if not isinstance(self.operand.type, kinds):
            found = describe(self.operand.type)
            self.fail(f"'{self.e.name}' takes {what}, and this is {found}")
        return self.operand.type

    def literals(self, kind: type[str] | type[int]) -> list[str | int]:
        """The arguments, which must be known when the chart is built."""
        found: list[str | int] = []
        for place, argument in zip(self.e.arguments, self.arguments, strict=True):
            if (
                not isinstance(argument, t.Const)
                or not isinstance(argument.value, kind)
                or argument.value is True
                or argument.value is False
            ):
                word = "string" if kind is str else "number"
                self.inference.fail(
                    self.scope, place.at, f"the argument of '{self.e.name}' is not static", f"write a literal {word}"
                )
            found.append(argument.value)
        return found

    def fail(self, message: str, hint: str = "") -> NoReturn:
        self.inference.fail(self.scope, self.e.at, message, hint)


def _json(call: _Call) -> Type:
    return Text()


def _text(call: _Call) -> Type:
    call.inference.must(call.operand, SCALARS, call.e.at, call.scope, "'text' takes a scalar")
    return Text(charset=Charset.ANY if isinstance(call.operand.type, Scalar) else Charset.NAME)


def _encoded(call: _Call) -> Type:
    call.text()
    return Text(charset=Charset.ASCII)


def _ascii(call: _Call) -> Type:
    kind = call.text()
    if kind.charset > Charset.ASCII:
        hint = "give its type a pattern of ASCII characters, or use another function"
        call.fail(f"'{call.e.name}' takes a string whose schema allows ASCII only", hint)
    call.literals(int)
    return Text(charset=kind.charset)


def _replace(call: _Call) -> Type:
    kind = call.text()
    old, new = call.literals(str)
    if not old:
        call.fail("'replace' of an empty string", "name the text that is replaced")
    return Text(charset=max(kind.charset, charset_of(str(new))))


def _keys(call: _Call) -> Type:
    kind = call.container((MapOf,), "a map with free keys")
    assert isinstance(kind, MapOf)
    return ListOf(Text(charset=kind.keys))


def _join(call: _Call) -> Type:
    kind = call.container((ListOf,), "a list of strings")
    assert isinstance(kind, ListOf)
    (separator,) = call.literals(str)
    if isinstance(call.operand, t.Const) and call.operand.value == []:
        return Text(charset=Charset.NAME)
    if not isinstance(kind.item, Text) or kind.item.nullable:
        call.fail(f"'join' takes a list of strings, and this is {describe(kind)}")
    return Text(charset=max(kind.item.charset, charset_of(str(separator))))


def _first(call: _Call) -> Type:
    kind = call.container((ListOf,), "a list")
    assert isinstance(kind, ListOf)
    return nullable(kind.item)


def _length(call: _Call) -> Type:
    call.container((ListOf, MapOf), "a list or map")
    return Int(0, _MOST_ITEMS)


def _total(call: _Call) -> Type:
    """``list | total("a", 1, "b", 2)``: the sum over the items of ``a`` times ``b``, each with its value for null."""
    kind = call.container((ListOf,), "a list of shapes")
    if not isinstance(kind, ListOf) or not isinstance(kind.item, Shape):
        call.fail(f"'total' takes a list of shapes, and this is {describe(kind)}")
    factors: list[Int] = []
    for index in (0, 2):
        name, fallback = call.arguments[index], call.arguments[index + 1]
        known = kind.item.fields.get(name.value) if isinstance(name, t.Const) and isinstance(name.value, str) else None
        if not isinstance(known, Int):
            at = call.e.arguments[index].at
            call.inference.fail(call.scope, at, f"this names no integer of {kind.item.name}", "", _integers(kind.item))
        at = call.e.arguments[index + 1].at
        call.inference.must(fallback, (Int,), at, call.scope, "the value for null is an integer")
        assert isinstance(fallback.type, Int)
        factors.append(Int(min(known.low, fallback.type.low), max(known.high, fallback.type.high)))
    one = bounds("*", factors[0], factors[1])
    low, high = min(one[0] * _MOST_ITEMS, 0), max(one[1] * _MOST_ITEMS, 0)
    return call.inference.whole(low, high, call.e.at, call.scope)


def _integers(shape: Shape) -> str:
    return ", ".join(sorted(name for name, kind in shape.fields.items() if isinstance(kind, Int)))


def _semver(call: _Call) -> Type:
    call.text("a version")
    call.literals(str)
    return Flag()


_RESULTS: dict[str, Callable[[_Call], Type]] = {
    "json": _json,
    "text": _text,
    "b64encode": _encoded,
    "sha256": _encoded,
    "upper": _ascii,
    "lower": _ascii,
    "trunc": _ascii,
    "replace": _replace,
    "length": _length,
    "keys": _keys,
    "join": _join,
    "first": _first,
    "total": _total,
    "semver": _semver,
}


def infer_function(e: s.Call, scope: Scope, inference: Inference) -> t.Expr | None:
    """``merge(...)``, ``overlay(a, b)`` and ``override(base, item)``; None for other names."""
    if e.name not in FUNCTIONS:
        return None
    if e.name == "override":
        return _override(e, scope, inference)
    if e.named or (e.name == "overlay" and len(e.arguments) != 2) or len(e.arguments) < 1:
        inference.fail(scope, e.at, f"'{e.name}' with these arguments", "merge(a, b, ...) or overlay(a, b)")
    typed_maps = [inference.infer(argument, scope) for argument in e.arguments]
    kind: Type | None = None
    for place, typed in zip(e.arguments, typed_maps, strict=True):
        if isinstance(typed, t.Const) and typed.value in (None, {}):
            continue
        if not isinstance(typed.type, MapOf):
            inference.fail(
                scope,
                place.at,
                f"'{e.name}' joins maps with free keys, and this is {describe(typed.type)}",
                "shapes are not merged: write their keys out",
            )
        if e.name == "overlay" and not isinstance(present(typed.type.item), MapOf):
            inference.fail(
                scope, place.at, f"'overlay' joins maps of maps, and this is {describe(typed.type)}", "use merge(a, b)"
            )
        if e.name == "overlay" and isinstance(typed.type.item, MapOf) and not isinstance(typed.type.item.item, SCALARS):
            inference.fail(scope, place.at, f"'overlay' joins sections of scalars, and this is {describe(typed.type)}")
        kind = present(typed.type) if kind is None else join(kind, present(typed.type))
        if kind is None:
            inference.fail(
                scope, place.at, f"'{e.name}' of maps of different types", "the values of the maps need one type"
            )
    result = kind if isinstance(kind, MapOf) else MapOf(Free())
    if e.name == "overlay":
        result = MapOf(present(result.item), result.keys)
    return apply(e.name, tuple(typed_maps), result, scope, inference, e.at)


def apply(row: str, arguments: tuple[t.Expr, ...], result: Type, scope: Scope, inference: Inference, at: int) -> t.Expr:
    """A row of the function table; computed now when all its arguments are static."""
    if all(isinstance(argument, t.Const) for argument in arguments):
        try:
            return constant(evaluate(row, [argument.value for argument in arguments if isinstance(argument, t.Const)]))
        except ValueError as error:
            inference.fail(scope, at, f"'{row}': {error}")
    if row == "semver" and isinstance(arguments[1], t.Const):
        try:
            evaluate(row, ["1.0.0", arguments[1].value])
        except ValueError as error:
            inference.fail(scope, at, f"the version constraint {arguments[1].value!r}: {error}")
    return t.Apply(row, arguments, result)


def _default(e: s.Filter, operand: t.Expr, fallback: t.Expr, scope: Scope, inference: Inference) -> t.Expr:
    if isinstance(operand, t.Const):
        return fallback if operand.value is None else operand
    if isinstance(operand.type, Free):
        inference.fail(
            scope, e.at, "'default' of free JSON", "free JSON is written out as it is; ask 'x or ...' for empty"
        )
    if not operand.type.nullable:
        if scope.inlined or getattr(operand, "guarded", False):
            return operand
        inference.fail(
            scope,
            e.at,
            f"'default' of a value that is never null ({describe(operand.type)})",
            "its schema gives it a default: leave it out",
        )
    if is_empty(fallback, operand.type):
        return t.Default(operand, fallback, present(operand.type))
    kind = join(present(operand.type), fallback.type)
    if kind is None or not (fits(fallback.type, kind)):
        inference.fail(
            scope, e.at, f"'default' gives {describe(fallback.type)} for {describe(operand.type)}", "both need one type"
        )
    return t.Default(operand, fallback, kind)


def _override(e: s.Call, scope: Scope, inference: Inference) -> t.Expr:
    """A shape with what another shape gives instead: the group of workers in the place of all workers."""
    if e.named or len(e.arguments) != 2:
        inference.fail(scope, e.at, "'override' with these arguments", "override(base, item)")
    base, item = (inference.infer(argument, scope) for argument in e.arguments)
    if not isinstance(base.type, Shape) or not isinstance(item.type, Shape) or base.type.nullable or item.type.nullable:
        inference.fail(
            scope, e.at, f"'override' takes two shapes, and these are {describe(base.type)} and {describe(item.type)}"
        )
    nested = constant(_nested_shapes(base.type, item.type, e, scope, inference))
    return t.Apply("override", (base, item, nested), base.type)


def _nested_shapes(base: Shape, item: Shape, e: s.Call, scope: Scope, inference: Inference) -> s.Json:
    """The fields that are shapes in both, with theirs: they are overridden field by field."""
    nested: dict[str, s.Json] = {}
    for name, kind in item.fields.items():
        known = base.fields.get(name)
        if known is None:
            continue
        inner, outer = present(kind), present(known)
        if isinstance(inner, Shape) and isinstance(outer, Shape) and not known.nullable:
            nested[name] = _nested_shapes(outer, inner, e, scope, inference)
        elif not fits(inner, outer):
            message = f"'{name}' is {describe(known)} in {base.name} and {describe(kind)} in {item.name}"
            inference.fail(scope, e.at, message, misfit(inner, outer) or "give it one type in both")
    return nested
