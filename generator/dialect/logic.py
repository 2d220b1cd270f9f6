"""Types of conditions, comparisons and arithmetic; called by ``infer``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from generator.dialect import syntax as s
from generator.dialect import tree as t
from generator.dialect.guards import known_when
from generator.dialect.scope import Scope, constant
from generator.dialect.types import Flag, Free, Int, ListOf, MapOf, Text, Type, bounds, describe, nullable, present
from generator.errors import did_you_mean

if TYPE_CHECKING:
    from generator.dialect.infer import Inference

_STATIC: dict[str, Callable[[int, int], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def infer_conditional(
    e: s.Conditional, scope: Scope, inference: Inference, branch: Callable[[s.Expression, Scope], t.Expr]
) -> t.Expr:
    """``then if test else otherwise``; a static test leaves one of both. ``branch`` types these."""
    test = inference.infer(e.test, scope)
    if isinstance(test, t.Const):
        return branch(e.then if test.value else e.otherwise, scope)
    then = branch(e.then, scope.knowing(known_when(test, True)))
    otherwise = branch(e.otherwise, scope.knowing(known_when(test, False)))
    if isinstance(then, t.Const) and then == otherwise:
        return then
    return t.Choice(test, then, otherwise, inference.either(then, otherwise, e.at, scope))


def infer_logic(e: s.Logic, scope: Scope, inference: Inference) -> t.Expr:
    """``and`` and ``or``: one of the operands. What ``and`` gives is free JSON unless both are booleans."""
    left = inference.infer(e.left, scope)
    if isinstance(left, t.Const):
        return left if bool(left.value) == (e.operator == "or") else inference.infer(e.right, scope)
    right = inference.infer(e.right, scope.knowing(known_when(left, e.operator == "and")))
    kind: Type = Free()
    if e.operator == "or" and not isinstance(left.type, Free):
        kind = inference.either(left, right, e.at, scope)
        kind = nullable(kind) if right.type.nullable else present(kind)
    elif e.operator == "and" and isinstance(left.type, Flag) and isinstance(right.type, Flag):
        kind = Flag(left.type.nullable or right.type.nullable)
    return t.Logic(e.operator, left, right, kind)


def infer_comparison(e: s.Compare, scope: Scope, inference: Inference) -> t.Expr:
    """``== != < <= > >= in``."""
    left, right = inference.infer(e.left, scope), inference.infer(e.right, scope)
    if e.operator == "in":
        return _membership(e, left, right, scope, inference)
    static = _compared(e.operator, left, right)
    if static is not None:
        return constant(static)
    if e.operator in ("==", "!="):
        _equal_types(e, left, right, scope, inference)
    else:
        for typed, place in ((left, e.left), (right, e.right)):
            inference.must(typed, (Int,), place.at, scope, f"'{e.operator}' compares integers")
    return t.Compare(e.operator, left, right, Flag())


def _compared(operator: str, left: t.Expr, right: t.Expr) -> bool | None:
    """The result of a comparison of two literals; None when it is not known, or not allowed."""
    if not isinstance(left, t.Const) or not isinstance(right, t.Const) or type(left.value) is not type(right.value):
        return None
    if isinstance(left.value, int) and isinstance(right.value, int) and not isinstance(left.value, bool):
        return _STATIC[operator](left.value, right.value)
    if isinstance(left.value, str | bool) and operator in ("==", "!="):
        return (left.value == right.value) == (operator == "==")
    return None


def _equal_types(e: s.Compare, left: t.Expr, right: t.Expr, scope: Scope, inference: Inference) -> None:
    if not any(isinstance(left.type, kind) and isinstance(right.type, kind) for kind in (Text, Int, Flag)):
        message = f"'{e.operator}' between {describe(left.type)} and {describe(right.type)}"
        hint = "compare two strings, two integers or two booleans; for null write 'is none'"
        raise inference.error(scope, e.at, message, hint)
    if isinstance(left.type, Int) and left.type.nullable and right.type.nullable:
        message = f"'{e.operator}' between two integers that may both be null"
        raise inference.error(scope, e.at, message, "give one a value: | default(...)")
    for one, other, place in ((left, right, e.right), (right, left, e.left)):
        _possible(one, other, place, scope, inference)


def _possible(value: t.Expr, other: t.Expr, place: s.Expression, scope: Scope, inference: Inference) -> None:
    """A literal that the other side's schema does not allow is a typing error of the author."""
    if scope.inlined or not isinstance(other, t.Const) or not isinstance(value.type, Text) or value.type.values is None:
        return
    if other.value not in value.type.values:
        hint = did_you_mean(str(other.value), value.type.values)
        raise inference.error(
            scope, place.at, f"the value is never '{other.value}'", hint, ", ".join(value.type.values)
        )


def _membership(e: s.Compare, left: t.Expr, right: t.Expr, scope: Scope, inference: Inference) -> t.Expr:
    static = _contained(left.value, right.value) if isinstance(left, t.Const) and isinstance(right, t.Const) else None
    if static is not None:
        return constant(static)
    inference.must(left, (Text,), e.left.at, scope, "'in' looks for a string")
    match right.type:
        case ListOf() if isinstance(right.type.item, Text) or right == constant([]):
            if isinstance(right, t.Const) and isinstance(right.value, list):
                for choice in right.value:
                    _possible(left, constant(choice), e.right, scope, inference)
            return t.Within("list", left, right, Flag())
        case MapOf():
            return t.Within("map", left, right, Flag())
        case Text() if not right.type.nullable:
            return t.Within("text", left, right, Flag())
    message = f"'in' a value of type {describe(right.type)}"
    raise inference.error(scope, e.right.at, message, "it looks into lists of strings, maps and strings")


def _contained(part: s.Json, whole: s.Json) -> bool | None:
    """Membership as JSON knows it (``true`` is not ``1``); None where there is none."""
    if isinstance(whole, list):
        return any(type(item) is type(part) and item == part for item in whole)
    if isinstance(whole, str | dict) and isinstance(part, str):
        return part in whole
    return None


def infer_arithmetic(e: s.Arithmetic, scope: Scope, inference: Inference) -> t.Expr:
    """``+ - *`` of integers."""
    left, right = inference.infer(e.left, scope), inference.infer(e.right, scope)
    for typed, place in ((left, e.left), (right, e.right)):
        inference.must(typed, (Int,), place.at, scope, f"'{e.operator}' takes integers")
    assert isinstance(left.type, Int)
    assert isinstance(right.type, Int)
    kind = inference.whole(*bounds(e.operator, left.type, right.type), e.at, scope)
    if isinstance(left, t.Const) and isinstance(right, t.Const):
        return constant(kind.low)
    return t.Arithmetic(e.operator, left, right, kind)


def infer_null_test(e: s.Test, operand: t.Expr, scope: Scope, inference: Inference) -> t.Expr:
    """``is none``: false at once where a condition around, or the argument of a one-line macro, tells so."""
    if isinstance(operand, t.Const):
        return constant(operand.value is None)
    if operand.type.nullable:
        return t.IsNull(operand, Flag())
    if not scope.inlined and not getattr(operand, "guarded", False):
        raise inference.error(
            scope, e.at, f"'is none' of a value that is never null ({describe(operand.type)})", "leave the test out"
        )
    return constant(False)
