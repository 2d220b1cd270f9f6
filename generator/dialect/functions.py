"""Filters of the dialect: what operands each takes and what it gives. ``map_functions`` has ``merge`` and its kin.

What each does, in Python and in Go, is a row of ``generator.compat.table``; here are only the types. Lists and maps
that are null count as empty.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.compat.quantities import MOST, UNITS
from generator.compat.table import evaluate
from generator.dialect import syntax as s
from generator.dialect import tree as t
from generator.dialect.charsets import Charset, charset_of
from generator.dialect.scope import Scope, constant, is_empty
from generator.dialect.types import (
    SCALARS,
    Flag,
    Free,
    Int,
    ListOf,
    MapOf,
    Scalar,
    Shape,
    Text,
    Type,
    bounds,
    describe,
    join,
    nullable,
    present,
)
from generator.errors import ProblemsError

if TYPE_CHECKING:
    from generator.dialect.infer import Inference

#: No list of a values file is longer: Helm refuses files above 5 MiB.
_MOST_ITEMS = 1_000_000


def infer_filter(e: s.Filter, operand: t.Expr, scope: Scope, inference: Inference) -> t.Expr:
    """The typed application of a filter (and of the test ``semver``, which is written ``is semver(...)``)."""
    arguments = [inference.infer(argument, scope) for argument in e.arguments]
    call = FilterCall(e, operand, arguments, scope, inference)
    call.counted(FILTERS.get(e.name, (1,)))
    if e.name == "default":
        return _default(call)
    if e.name == "items":
        raise call.error("'items' outside of the head of a loop", "{% for k, v in map | items %}")
    result = _RESULTS[e.name](call)
    if e.name == "text" and isinstance(operand.type, Text):
        return operand
    if e.name == "total" and len(arguments) == 2:
        # No second factor: a field that no item has counts as 1.
        arguments = [*arguments, constant(""), constant(1)]
    return apply(e.name, (operand, *arguments), result, scope, inference, e.at)


def apply(row: str, arguments: tuple[t.Expr, ...], result: Type, scope: Scope, inference: Inference, at: int) -> t.Expr:
    """A row of the function table; computed now when all its arguments are static."""
    if all(isinstance(argument, t.Const) for argument in arguments):
        try:
            return constant(evaluate(row, [argument.value for argument in arguments if isinstance(argument, t.Const)]))
        except ValueError as error:
            raise inference.error(scope, at, f"'{row}': {error}") from None
    return t.Apply(row, arguments, result)


@dataclass(frozen=True)
class FilterCall:
    """A filter with its typed operand and arguments; methods raise ProblemsError for what does not fit."""

    e: s.Filter
    operand: t.Expr
    arguments: list[t.Expr]
    scope: Scope
    inference: Inference

    def error(self, message: str, hint: str = "") -> ProblemsError:
        """A problem at the filter's name."""
        return self.inference.error(self.scope, self.e.at, message, hint)

    def counted(self, expected: tuple[int, ...]) -> None:
        """Refuse another number of arguments."""
        if len(self.arguments) not in expected:
            given = {0: "no argument", 1: "one argument"}.get(len(self.arguments), f"{len(self.arguments)} arguments")
            takes = " or ".join(map(str, expected)) if expected != (0,) else "none"
            raise self.error(f"'{self.e.name}' with {given}", f"it takes {takes}")

    def text(self, what: str = "a string") -> Text:
        """The operand's type, a string."""
        self.inference.must(self.operand, (Text,), self.e.at, self.scope, f"'{self.e.name}' takes {what}")
        assert isinstance(self.operand.type, Text)
        return self.operand.type

    def list_of(self, what: str) -> ListOf:
        """The operand's type, a list."""
        if not isinstance(self.operand.type, ListOf):
            raise self.error(f"'{self.e.name}' takes {what}, and this is {describe(self.operand.type)}")
        return self.operand.type

    def map_of(self) -> MapOf:
        """The operand's type, a map."""
        if not isinstance(self.operand.type, MapOf):
            found = describe(self.operand.type)
            raise self.error(f"'{self.e.name}' takes a map with free keys, and this is {found}")
        return self.operand.type

    def literal_text(self, index: int) -> str:
        """An argument that is known when the chart is built, a string."""
        argument = self.arguments[index]
        if isinstance(argument, t.Const) and isinstance(argument.value, str):
            return argument.value
        raise self._not_static(index, "string")

    def literal_number(self, index: int) -> int:
        """An argument that is known when the chart is built, a number."""
        argument = self.arguments[index]
        if isinstance(argument, t.Const) and isinstance(argument.value, int) and not isinstance(argument.value, bool):
            return argument.value
        raise self._not_static(index, "number")

    def _not_static(self, index: int, word: str) -> ProblemsError:
        at = self.e.arguments[index].at
        message = f"the argument of '{self.e.name}' is no {word} that is known when the chart is built"
        return self.inference.error(self.scope, at, message, f"write a literal {word}")


def _default(call: FilterCall) -> t.Expr:
    operand, fallback = call.operand, call.arguments[0]
    if isinstance(operand, t.Const):
        return fallback if operand.value is None else operand
    if isinstance(operand.type, Free):
        raise call.error("'default' of free JSON", "free JSON is written out as it is; ask 'x or ...' for empty")
    if not operand.type.nullable:
        if call.scope.inlined or getattr(operand, "guarded", False):
            return operand
        message = f"'default' of a value that is never null ({describe(operand.type)})"
        raise call.error(message, "its schema gives it a default: leave it out")
    if is_empty(fallback, operand.type):
        return t.Default(operand, fallback, present(operand.type))
    if isinstance(fallback, t.Const) and fallback.value is None:
        return operand
    kind = join(present(operand.type), fallback.type)
    if kind is None:
        message = f"'default' gives {describe(fallback.type)} for {describe(operand.type)}"
        raise call.error(message, "both need one type")
    return t.Default(operand, fallback, kind)


def _json(call: FilterCall) -> Type:
    return Text()


def _text(call: FilterCall) -> Type:
    call.inference.must(call.operand, SCALARS, call.e.at, call.scope, "'text' takes a scalar")
    return Text(charset=Charset.ANY if isinstance(call.operand.type, Scalar) else Charset.NAME)


def _encoded(call: FilterCall) -> Type:
    call.text()
    return Text(charset=Charset.NAME if call.e.name == "sha256" else Charset.ASCII)


def _ascii(call: FilterCall) -> Text:
    kind = call.text()
    if kind.charset > Charset.ASCII:
        hint = "give its type a pattern of ASCII characters, or use another function"
        raise call.error(f"'{call.e.name}' takes a string whose schema allows ASCII only", hint)
    return Text(charset=kind.charset)


def _trunc(call: FilterCall) -> Type:
    call.literal_number(0)
    return _ascii(call)


def _replace(call: FilterCall) -> Type:
    kind = call.text()
    old, new = call.literal_text(0), call.literal_text(1)
    if not old:
        raise call.error("'replace' of an empty string", "name the text that is replaced")
    return Text(charset=max(kind.charset, charset_of(new)))


def _keys(call: FilterCall) -> Type:
    return ListOf(Text(charset=call.map_of().keys))


def _join(call: FilterCall) -> Type:
    kind = call.list_of("a list of strings")
    separator = call.literal_text(0)
    if isinstance(call.operand, t.Const) and call.operand.value == []:
        return Text(charset=Charset.NAME)
    if not isinstance(kind.item, Text) or kind.item.nullable:
        raise call.error(f"'join' takes a list of strings, and this is {describe(kind)}")
    return Text(charset=max(kind.item.charset, charset_of(separator)))


def _first(call: FilterCall) -> Type:
    return nullable(call.list_of("a list").item)


def _length(call: FilterCall) -> Type:
    if not isinstance(call.operand.type, ListOf | MapOf):
        raise call.error(f"'length' takes a list or map, and this is {describe(call.operand.type)}")
    return Int(0, _MOST_ITEMS)


def _total(call: FilterCall) -> Type:
    """``list | total("a", 1, "b", 2)``: the sum over the items of ``a`` times ``b``, each with its value for null."""
    shape = call.list_of("a list of shapes").item
    if not isinstance(shape, Shape):
        raise call.error(f"'total' takes a list of shapes, and this is {describe(call.operand.type)}")
    factors = [_factor(call, shape, index) for index in range(0, len(call.arguments), 2)]
    low, high = bounds("*", factors[0], factors[1]) if len(factors) == 2 else (factors[0].low, factors[0].high)
    return call.inference.whole(min(low, 0) * _MOST_ITEMS, max(high, 0) * _MOST_ITEMS, call.e.at, call.scope)


def _sum(call: FilterCall) -> Type:
    kind = call.list_of("a list of integers").item
    if isinstance(call.operand, t.Const) and call.operand.value == []:
        return Int(0, 0)
    if not isinstance(kind, Int) or kind.nullable:
        raise call.error(f"'sum' takes a list of integers, and this is {describe(call.operand.type)}")
    low, high = min(kind.low, 0) * _MOST_ITEMS, max(kind.high, 0) * _MOST_ITEMS
    return call.inference.whole(low, high, call.e.at, call.scope)


def _factor(call: FilterCall, shape: Shape, index: int) -> Int:
    """The bounds of a field, or of its value for null."""
    known = shape.fields.get(call.literal_text(index))
    if not isinstance(known, Int):
        at = call.e.arguments[index].at
        integers = ", ".join(sorted(name for name, kind in shape.fields.items() if isinstance(kind, Int)))
        raise call.inference.error(call.scope, at, f"this names no integer of {shape.name}", allowed=integers)
    fallback = call.arguments[index + 1]
    at = call.e.arguments[index + 1].at
    call.inference.must(fallback, (Int,), at, call.scope, "the value for null is an integer")
    assert isinstance(fallback.type, Int)
    return Int(min(known.low, fallback.type.low), max(known.high, fallback.type.high))


def _in_unit(call: FilterCall) -> Type:
    kind = call.operand.type
    if not isinstance(kind, SCALARS):
        raise call.error(f"'in_unit' takes an amount, and this is {describe(kind)}")
    if call.literal_text(0) not in UNITS:
        at = call.e.arguments[0].at
        raise call.inference.error(call.scope, at, "this is no unit", allowed=", ".join(UNITS))
    return Int(0, MOST)


def _semver(call: FilterCall) -> Type:
    call.text("a version")
    constraint = call.literal_text(0)
    try:
        evaluate("semver", ["1.0.0", constraint])
    except ValueError as error:
        at = call.e.arguments[0].at
        raise call.inference.error(call.scope, at, f"the version constraint '{constraint}': {error}") from None
    return Flag()


_RESULTS: dict[str, Callable[[FilterCall], Type]] = {
    "json": _json,
    "pretty_json": _json,
    "text": _text,
    "b64encode": _encoded,
    "sha256": _encoded,
    "upper": _ascii,
    "lower": _ascii,
    "trunc": _trunc,
    "replace": _replace,
    "length": _length,
    "keys": _keys,
    "join": _join,
    "first": _first,
    "in_unit": _in_unit,
    "sum": _sum,
    "total": _total,
    "semver": _semver,
}
#: The filters, with the numbers of arguments that each takes.
FILTERS: dict[str, tuple[int, ...]] = {
    **{name: (0,) for name in _RESULTS if name != "semver"},
    "default": (1,),
    "items": (0,),
    "trunc": (1,),
    "replace": (2,),
    "join": (1,),
    "in_unit": (1,),
    "total": (2, 4),
}
