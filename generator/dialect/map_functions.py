"""``merge``, ``overlay``, ``override`` and ``latest``: the functions that join maps, shapes and lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.dialect import syntax as s
from generator.dialect import tree as t
from generator.dialect.functions import apply
from generator.dialect.scope import Scope, constant
from generator.dialect.types import SCALARS, Free, ListOf, MapOf, Shape, describe, fits, join, misfit, present
from generator.errors import ProblemsError

if TYPE_CHECKING:
    from generator.dialect.infer import Inference

FUNCTIONS = {
    "latest": 'latest("key", list, ...)',
    "merge": "merge(a, b, ...)",
    "overlay": "overlay(a, b)",
    "override": 'override(base, item, "whole", ...)',
}
_REPLACE = "replace"


def infer_function(e: s.Call, scope: Scope, inference: Inference) -> t.Expr:
    """The typed call of one of ``FUNCTIONS``. Raises ProblemsError."""
    count = len(e.arguments)
    if e.named or not {"latest": count >= 2, "merge": count > 0, "overlay": count == 2, "override": count >= 2}[e.name]:
        raise inference.error(scope, e.at, f"'{e.name}' with these arguments", FUNCTIONS[e.name])
    if e.name == "override":
        return _override(e, scope, inference)
    if e.name == "latest":
        return _latest(e, scope, inference)
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


def _latest(e: s.Call, scope: Scope, inference: Inference) -> t.Expr:
    """Lists of maps in one, in which a later map takes the place of an earlier one of the same name."""
    key, *lists = (inference.infer(argument, scope) for argument in e.arguments)
    if not isinstance(key, t.Const) or not isinstance(key.value, str):
        raise inference.error(scope, e.arguments[0].at, "'latest' takes the name of a key first", "write a string")
    for place, typed in zip(e.arguments[1:], lists, strict=True):
        if not isinstance(typed.type, ListOf) or not isinstance(typed.type.item, MapOf | Free):
            raise inference.error(scope, place.at, f"'latest' takes lists of maps, and this is {describe(typed.type)}")
    return apply("latest", (key, *lists), ListOf(Free()), scope, inference, e.at)


def _override(e: s.Call, scope: Scope, inference: Inference) -> t.Expr:
    """A shape with what another shape gives instead: the group of workers in the place of all workers."""
    base, item, *names = (inference.infer(argument, scope) for argument in e.arguments)
    for place, typed in zip(e.arguments, (base, item), strict=False):
        if not isinstance(typed.type, Shape) or typed.type.nullable:
            raise inference.error(scope, place.at, f"'override' takes two shapes, and this is {describe(typed.type)}")
    assert isinstance(base.type, Shape)
    assert isinstance(item.type, Shape)
    ways = _Ways(e, scope, inference, [name.value if isinstance(name, t.Const) else None for name in names])
    known = constant(ways.of(base.type, item.type))
    ways.all_met()
    return t.Apply("override", (base, item, known), base.type)


class _Ways:
    """How each field of a shape is overridden, where it is not merged, appended or replaced by what it is.

    Fields that are shapes in both are overridden field by field; lists of scalars are replaced, and so are the fields
    that the call names, at any depth.
    """

    def __init__(self, e: s.Call, scope: Scope, inference: Inference, names: list[s.Json]) -> None:
        self._e = e
        self._scope = scope
        self._inference = inference
        self._names = names
        self._met: set[s.Json] = set()

    def of(self, base: Shape, item: Shape) -> dict[str, s.Json]:
        ways: dict[str, s.Json] = {}
        for name, kind in item.fields.items():
            known = base.fields.get(name)
            if known is None:
                continue
            inner, outer = present(kind), present(known)
            way: s.Json = None
            if isinstance(inner, Shape) and isinstance(outer, Shape) and not known.nullable:
                way = self.of(outer, inner)
            elif not fits(inner, outer):
                message = f"'{name}' is {describe(known)} in {base.name} and {describe(kind)} in {item.name}"
                raise self._error(self._e.at, message, misfit(inner, outer) or "give it one type in both")
            elif isinstance(outer, ListOf) and isinstance(outer.item, SCALARS):
                way = _REPLACE
            if name in self._names:
                self._met.add(name)
                way = _REPLACE
            if way is not None:
                ways[name] = way
        return ways

    def all_met(self) -> None:
        """Refuse a name that is no field of both shapes, or no name."""
        for place, name in zip(self._e.arguments[2:], self._names, strict=True):
            if name not in self._met:
                raise self._error(place.at, "this names no field of both shapes", "write it as a literal string")

    def _error(self, at: int, message: str, hint: str) -> ProblemsError:
        return self._inference.error(self._scope, at, message, hint)
