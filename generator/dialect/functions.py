"""Filters and functions of the dialect: what operands each takes and what it gives.

What each does, in Python and in Go, is a row of ``generator.compat.table``; here are only the types.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.compat.table import evaluate
from generator.dialect import syntax as s
from generator.dialect import tree as t
from generator.dialect.scope import Scope, constant
from generator.dialect.types import (
    Flag, Free, Int, ListOf, MapOf, Number, Scalar, Shape, Text, Type, describe, fits, join, nullable, present,
)  # fmt: skip

if TYPE_CHECKING:
    from generator.dialect.infer import Inference

#: The filters, with what each takes behind the bar.
FILTERS = {
    "default": 1, "json": 0, "text": 0, "b64encode": 0, "sha256": 0, "upper": 0, "lower": 0, "trunc": 1, "replace": 2,
    "items": 0, "length": 0, "keys": 0, "join": 1, "first": 0, "total": 4,
}  # fmt: skip
FUNCTIONS = ("merge", "overlay", "override")
#: What people know from Helm or Jinja, and what stands in its place.
FOREIGN = {
    "quote": "the compiler quotes every string: leave it out",
    "squote": "the compiler quotes every string: leave it out",
    "toYaml": "write the value itself: 'key: {{ value }}'; the compiler writes it out",
    "toJson": "for JSON text write '| json'; as a value write 'key: {{ value }}'",
    "tojson": "for JSON text write '| json'; as a value write 'key: {{ value }}'",
    "nindent": "indentation follows from the line's place: leave it out",
    "indent": "indentation follows from the line's place: leave it out",
    "trim": "white space is the compiler's work: leave it out",
    "safe": "nothing is escaped that must not be: leave it out",
    "tpl": "values are never evaluated as templates: give the setting a type and write the text here",
    "lookup": "a render does not ask the cluster: refer to the object by name",
    "include": "import the library and call the macro: {{ lib.macro(...) }}",
    "b64enc": "write '| b64encode'",
    "sha256sum": "write '| sha256'",
    "dictsort": "'| items' walks in the order of the keys",
    "sort": "maps are walked in the order of their keys, lists in their own",
    "string": "write '| text'",
    "toString": "write '| text'",
    "int": "give the setting the type integer in the values model",
    "required": "write {% require condition, \"message\" %} at the top of the file",
    "fail": "write {% require condition, \"message\" %} at the top of the file",
    "now": "a render knows no time",
    "randAlphaNum": "a render is never random: the bootstrap job makes what must be random",
    "genCA": "a render is never random: the bootstrap job makes what must be random",
}
_SCALARS = (Text, Int, Flag, Number, Scalar)


def infer_filter(e: s.Filter, operand: t.Expr, scope: Scope, inference: Inference) -> t.Expr:
    """The typed application of a filter (and of the test ``semver``, which is written ``is semver(...)``)."""
    expected = FILTERS.get(e.name, 1)
    if len(e.arguments) != expected:
        inference.fail(scope, e.at, f"'{e.name}' with {len(e.arguments)} arguments", f"it takes {expected}")
    arguments = [inference.infer(argument, scope) for argument in e.arguments]
    if e.name == "default":
        return _default(e, operand, arguments[0], scope, inference)
    if e.name == "items":
        inference.fail(scope, e.at, "'items' outside a loop", "{% for k, v in map | items %}")
    rule = f"'{e.name}' takes"
    match e.name:
        case "json":
            result: Type = Text()
        case "text":
            inference.must(operand, _SCALARS, e.at, scope, f"{rule} a scalar")
            if isinstance(operand.type, Text):
                return operand
            result = Text(ascii=not isinstance(operand.type, Scalar))
        case "b64encode" | "sha256":
            inference.must(operand, (Text,), e.at, scope, f"{rule} a string")
            result = Text(ascii=True)
        case "upper" | "lower" | "trunc":
            inference.must(operand, (Text,), e.at, scope, f"{rule} a string")
            assert isinstance(operand.type, Text)
            if not operand.type.ascii:
                inference.fail(scope, e.at, f"{rule} a string whose schema allows ASCII only", "give its type a pattern of ASCII characters, or use another function")
            result = Text(ascii=True)
            if arguments:
                _literal(arguments[0], int, e, scope, inference)
        case "replace":
            inference.must(operand, (Text,), e.at, scope, f"{rule} a string")
            for argument in arguments:
                _literal(argument, str, e, scope, inference)
            result = Text(ascii=isinstance(operand.type, Text) and operand.type.ascii and all(str(a.value).isascii() for a in arguments if isinstance(a, t.Const)))
        case "length":
            inference.must(operand, (ListOf, MapOf), e.at, scope, f"{rule} a list or map")
            result = Int()
        case "keys":
            inference.must(operand, (MapOf,), e.at, scope, f"{rule} a map with free keys")
            assert isinstance(operand.type, MapOf)
            result = ListOf(Text(ascii=operand.type.ascii_keys))
        case "join":
            inference.must(operand, (ListOf,), e.at, scope, f"{rule} a list of strings")
            assert isinstance(operand.type, ListOf)
            if not isinstance(operand.type.item, Text) and not (isinstance(operand, t.Const) and operand.value == []):
                inference.fail(scope, e.at, f"{rule} a list of strings, and this is {describe(operand.type)}")
            _literal(arguments[0], str, e, scope, inference)
            result = Text(ascii=isinstance(operand.type.item, Text) and operand.type.item.ascii and str(getattr(arguments[0], "value", "")).isascii())
        case "first":
            inference.must(operand, (ListOf,), e.at, scope, f"{rule} a list")
            assert isinstance(operand.type, ListOf)
            result = nullable(operand.type.item)
        case "total":
            _total(operand, arguments, e, scope, inference)
            result = Int()
        case "semver":
            inference.must(operand, (Text,), e.at, scope, "'semver' takes a version")
            _literal(arguments[0], str, e, scope, inference)
            result = Flag()
        case _:
            raise AssertionError(e.name)
    return apply(e.name, (operand, *arguments), result, scope, inference, e.at)


def infer_function(e: s.Call, scope: Scope, inference: Inference) -> t.Expr | None:
    """``merge(...)``, ``overlay(a, b)`` and ``override(base, item)``; None for other names."""
    if e.name not in FUNCTIONS:
        return None
    if e.name == "override":
        return _override(e, scope, inference)
    if e.named or (e.name == "overlay" and len(e.arguments) != 2) or len(e.arguments) < 1:
        inference.fail(scope, e.at, f"'{e.name}' with these arguments", "merge(a, b, ...) or overlay(a, b)")
    maps = [inference.infer(argument, scope) for argument in e.arguments]
    kind: Type | None = None
    for place, typed in zip(e.arguments, maps, strict=True):
        if isinstance(typed, t.Const) and typed.value in (None, {}):
            continue
        if not isinstance(typed.type, MapOf):
            inference.fail(scope, place.at, f"'{e.name}' joins maps with free keys, and this is {describe(typed.type)}", "shapes are not merged: write their keys out")
        if e.name == "overlay" and not isinstance(present(typed.type.item), MapOf):
            inference.fail(scope, place.at, f"'overlay' joins maps of maps, and this is {describe(typed.type)}", "use merge(a, b)")
        if e.name == "overlay" and isinstance(typed.type.item, MapOf) and not isinstance(typed.type.item.item, _SCALARS):
            inference.fail(scope, place.at, f"'overlay' joins sections of scalars, and this is {describe(typed.type)}")
        kind = present(typed.type) if kind is None else join(kind, present(typed.type))
        if kind is None:
            inference.fail(scope, place.at, f"'{e.name}' of maps of different types", "the values of the maps need one type")
    return apply(e.name, tuple(maps), kind if kind is not None else MapOf(Free()), scope, inference, e.at)


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
        inference.fail(scope, e.at, "'default' of free JSON", "free JSON is written out as it is; ask 'x or ...' for empty")
    if not operand.type.nullable:
        if getattr(operand, "maybe", False):
            return operand
        inference.fail(scope, e.at, f"'default' of a value that is never null ({describe(operand.type)})", "its schema gives it a default: leave it out")
    if isinstance(fallback, t.Const) and fallback.value in ([], {}) and isinstance(operand.type, ListOf | MapOf):
        return t.Default(operand, fallback, present(operand.type))
    kind = join(present(operand.type), fallback.type)
    if kind is None or not (fits(fallback.type, kind)):
        inference.fail(scope, e.at, f"'default' gives {describe(fallback.type)} for {describe(operand.type)}", "both need one type")
    return t.Default(operand, fallback, kind)


def _literal(argument: t.Expr, kind: type, e: s.Filter, scope: Scope, inference: Inference) -> None:
    if not isinstance(argument, t.Const) or not isinstance(argument.value, kind):
        inference.fail(scope, e.at, f"the argument of '{e.name}' is not static", f"write a literal {'string' if kind is str else 'number'}")


def _override(e: s.Call, scope: Scope, inference: Inference) -> t.Expr:
    """A shape with what another shape gives instead: the group of workers in the place of all workers."""
    if e.named or len(e.arguments) != 2:
        inference.fail(scope, e.at, "'override' with these arguments", "override(base, item)")
    base, item = (inference.infer(argument, scope) for argument in e.arguments)
    if not isinstance(base.type, Shape) or not isinstance(item.type, Shape) or base.type.nullable or item.type.nullable:
        inference.fail(scope, e.at, f"'override' takes two shapes, and these are {describe(base.type)} and {describe(item.type)}")
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
        if isinstance(inner, Shape) and isinstance(outer, Shape):
            nested[name] = _nested_shapes(outer, inner, e, scope, inference)
        elif not fits(inner, outer):
            inference.fail(scope, e.at, f"'{name}' is {describe(known)} in {base.name} and {describe(kind)} in {item.name}", "give it one type in both")
    return nested


def _total(operand: t.Expr, arguments: list[t.Expr], e: s.Filter, scope: Scope, inference: Inference) -> None:
    """``list | total("a", 1, "b", 2)``: the sum over the items of ``a`` times ``b``, each with its value for null."""
    if not isinstance(operand.type, ListOf) or not isinstance(operand.type.item, Shape) or operand.type.nullable:
        inference.fail(scope, e.at, f"'total' takes a list of shapes, and this is {describe(operand.type)}")
    fields = operand.type.item.fields
    for name, fallback in ((arguments[0], arguments[1]), (arguments[2], arguments[3])):
        _literal(name, str, e, scope, inference)
        kind = fields.get(str(getattr(name, "value", "")))
        if kind is None or not isinstance(kind, Int):
            inference.fail(scope, e.at, f"'{getattr(name, 'value', '')}' is no integer of {operand.type.item.name}")
        inference.must(fallback, (Int,), e.at, scope, "the value for null is an integer")
