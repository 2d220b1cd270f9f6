"""When a container is left out: the conditions of its children, and the names they need."""

from __future__ import annotations

from collections.abc import Iterable

from generator.dialect import tree as t
from generator.dialect.golang_expressions import GoExpressions
from generator.dialect.presence import may_be_empty
from generator.dialect.types import Flag


def is_or_none(e: t.Expr) -> bool:
    """``x or none``: left out when empty."""
    return isinstance(e, t.Logic) and e.operator == "or" and isinstance(e.right, t.Const) and e.right.value is None


def guard_terms(children: tuple[t.Child, ...], go: GoExpressions) -> list[str] | None:
    """Go conditions, one of which is true exactly when the container is not empty; None when there are no simple ones.

    They are evaluated in their order, up to the first that is true: the condition of an ``elif`` may rely on the ones
    before it.
    """
    terms: list[str] = []
    for child in children:
        found = _child_terms(child, go)
        if found is None:
            return None
        terms.extend(term for term in found if term not in terms)
    return terms


def _child_terms(child: t.Child, go: GoExpressions) -> list[str] | None:
    match child:
        case t.Note():
            return []
        case t.Entry(node=t.Value(expression=e)) | t.Item(node=t.Value(expression=e)):
            if isinstance(e, t.Invoke):
                return None
            if not is_or_none(e) and not isinstance(e, t.Local | t.Field | t.Lookup):
                # It would be computed twice.
                return None
            if is_or_none(e):
                assert isinstance(e, t.Logic)
                return [go.condition(e.left)]
            return [go.condition(t.Not(t.IsNull(e, Flag()), Flag()))]
        case t.Entry(node=t.Mapping() | t.Sequence() as node) | t.Item(node=t.Mapping() | t.Sequence() as node):
            return guard_terms(node.children, go)
        case t.If():
            tests = [test for test, body in child.branches if test is not None and not may_be_empty(body)]
            return [go.condition(test) for test in tests] if len(tests) == len(child.branches) else None
        case t.Loop() if child.condition is None and not may_be_empty(child.body):
            return [go.term(child.iterable)]
    return None


def free_locals(children: Iterable[t.Child]) -> dict[str, t.Local]:
    """The names that children use and do not bind themselves."""
    free: dict[str, t.Local] = {}
    _free(tuple(children), frozenset(), free)
    return free


def _free(children: tuple[t.Child, ...], bound: frozenset[str], free: dict[str, t.Local]) -> None:
    for child in children:
        match child:
            case t.Let():
                _uses(child.expression, bound, free)
                bound |= {child.name}
            case t.Loop():
                _uses(child.iterable, bound, free)
                inner = bound | set(child.names)
                if child.condition is not None:
                    _uses(child.condition, inner, free)
                _free(child.body, inner, free)
            case t.If():
                for test, body in child.branches:
                    if test is not None:
                        _uses(test, bound, free)
                    _free(body, bound, free)
            case t.Entry(node=t.Mapping() | t.Sequence() as node) | t.Item(node=t.Mapping() | t.Sequence() as node):
                if isinstance(child, t.Entry) and not isinstance(child.key, str):
                    _uses(child.key, bound, free)
                _free(node.children, bound, free)
            case _:
                for expression in t.expressions((child,)):
                    _uses(expression, bound, free)


def _uses(e: t.Expr, bound: frozenset[str], free: dict[str, t.Local]) -> None:
    for part in t.walk(e):
        # The widest type in which the name is used: null where any use is not guarded.
        if isinstance(part, t.Local) and part.name not in bound and (part.name not in free or part.type.nullable):
            free[part.name] = part
