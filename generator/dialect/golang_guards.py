"""When a container is left out: the conditions of its children, and the names they need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass

from generator.dialect import tree as t
from generator.dialect.golang_expressions import GoExpressions
from generator.dialect.presence import may_be_empty
from generator.dialect.types import Type


def is_or_none(e: t.Expr) -> bool:
    """``x or none``: left out when empty."""
    return isinstance(e, t.Logic) and e.operator == "or" and isinstance(e.right, t.Const) and e.right.value is None


def guard_terms(children: tuple[t.Child, ...], go: GoExpressions) -> list[str] | None:
    """Go conditions, one of which is true exactly when the container is not empty; None when there are no simple ones."""
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
        case t.Entry() | t.Item():
            if isinstance(child.node, t.Value):
                e = child.node.expression
                if isinstance(e, t.Invoke):
                    return None
                if is_or_none(e):
                    assert isinstance(e, t.Logic)
                    return [go.term(e.left)]
                return [f'(not (kindIs "invalid" {go.term(e)}))']
            return guard_terms(child.node.children, go)
        case t.If() if all(not may_be_empty(body) for _, body in child.branches) and all(test is not None for test, _ in child.branches):
            return [go.term(test) for test, _ in child.branches if test is not None]
        case t.Loop() if child.condition is None and not may_be_empty(child.body):
            return [go.term(child.iterable)]
    return None


def free_locals(children: Iterable[t.Child]) -> dict[str, Type]:
    """The names that children use and do not bind themselves, with their types."""
    free: dict[str, Type] = {}
    _free(tuple(children), frozenset(), free)
    return free


def _free(children: tuple[t.Child, ...], bound: frozenset[str], free: dict[str, Type]) -> None:
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
            case t.Entry() | t.Item():
                if isinstance(child, t.Entry) and not isinstance(child.key, str):
                    _uses(child.key, bound, free)
                if isinstance(child.node, t.Value):
                    _uses(child.node.expression, bound, free)
                else:
                    _free(child.node.children, bound, free)
            case t.Splice():
                _uses(child.call, bound, free)
            case t.TextLine():
                for part in child.parts:
                    _uses(part, bound, free)
            case t.Document():
                _free(child.children, bound, free)


def _uses(e: t.Expr, bound: frozenset[str], free: dict[str, Type]) -> None:
    for local in _locals(e):
        if local.name not in bound:
            # The widest type in which the name is used: null where any use is not guarded.
            if local.name not in free or local.type.nullable:
                free[local.name] = local.type


def _locals(e: object) -> Iterator[t.Local]:
    if isinstance(e, t.Local):
        yield e
    elif isinstance(e, t.Instance | t.Const):
        return
    elif isinstance(e, tuple):
        for part in e:
            yield from _locals(part)
    elif is_dataclass(e):
        for one in fields(e):
            yield from _locals(getattr(e, one.name))
