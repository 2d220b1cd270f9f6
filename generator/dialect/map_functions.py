"""``merge``, ``overlay`` and ``override``: the functions that join maps and shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.dialect import syntax as s
from generator.dialect import tree as t
from generator.dialect.functions import apply
from generator.dialect.scope import Scope, constant
from generator.dialect.types import SCALARS, Free, MapOf, Shape, describe, fits, join, misfit, present

if TYPE_CHECKING:
    from generator.dialect.infer import Inference

FUNCTIONS = {"merge": "merge(a, b, ...)", "overlay": "overlay(a, b)", "override": "override(base, item)"}


def infer_function(e: s.Call, scope: Scope, inference: Inference) -> t.Expr:
    """The typed call of one of ``FUNCTIONS``. Raises ProblemsError."""
    if e.named or not e.arguments or (e.name != "merge" and len(e.arguments) != 2):
        raise inference.error(scope, e.at, f"'{e.name}' with these arguments", FUNCTIONS[e.name])
    if e.name == "override":
        return _override(e, scope, inference)
    operands = [inference.infer(argument, scope) for argument in e.arguments]
    kind: MapOf | None = None
    for place, typed in zip(e.arguments, operands, strict=True):
        if isinstance(typed, t.Const) and typed.value in (None, {}):
            continue
        if not isinstance(typed.type, MapOf):
            message = f"'{e.name}' joins maps with free keys, and this is {describe(typed.type)}"
            hint = "shapes are not merged: write their keys out" if isinstance(typed.type, Shape) else ""
            raise inference.error(scope, place.at, message, hint)
        if e.name == "overlay":
            section = typed.type.item
            if not isinstance(section, MapOf) or not isinstance(section.item, SCALARS):
                message = f"'overlay' joins maps of maps of scalars, and this is {describe(typed.type)}"
                raise inference.error(scope, place.at, message, "use merge(a, b)")
        joined = present(typed.type) if kind is None else join(kind, present(typed.type))
        if not isinstance(joined, MapOf):
            message = (
                f"'{e.name}' of maps of different types: {describe(kind or typed.type)} and {describe(typed.type)}"
            )
            raise inference.error(scope, place.at, message, "the values of the maps need one type")
        kind = joined
    result = kind if kind is not None else MapOf(Free())
    if e.name == "overlay":
        result = MapOf(present(result.item), result.keys)
    return apply(e.name, tuple(operands), result, scope, inference, e.at)


def _override(e: s.Call, scope: Scope, inference: Inference) -> t.Expr:
    """A shape with what another shape gives instead: the group of workers in the place of all workers."""
    base, item = (inference.infer(argument, scope) for argument in e.arguments)
    for place, typed in zip(e.arguments, (base, item), strict=True):
        if not isinstance(typed.type, Shape) or typed.type.nullable:
            raise inference.error(scope, place.at, f"'override' takes two shapes, and this is {describe(typed.type)}")
    assert isinstance(base.type, Shape)
    assert isinstance(item.type, Shape)
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
            raise inference.error(scope, e.at, message, misfit(inner, outer) or "give it one type in both")
    return nested
