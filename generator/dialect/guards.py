"""What a condition tells about paths: which of them are not null where it is true, or where it is false."""

from __future__ import annotations

from collections.abc import Iterable

from generator.dialect import tree as t

PathKey = tuple[object, ...]
Path = t.Root | t.Local | t.Field | t.Lookup


def path_key(expression: t.Expr) -> PathKey | None:
    """Identifies a path (``cfg.a.b``, ``map["k"]``) wherever it is written; None for other expressions."""
    match expression:
        case t.Root():
            return ("root", expression.name)
        case t.Local():
            return ("local", expression.name)
        case t.Field():
            owner = path_key(expression.owner)
            return None if owner is None else (*owner, expression.name)
        case t.Lookup():
            owner, key = path_key(expression.owner), expression.key
            if owner is None:
                return None
            if isinstance(key, t.Const):
                return (*owner, key.value)
            inner = path_key(key)
            return None if inner is None else (*owner, inner)
    return None


def known_when(test: t.Expr, outcome: bool) -> list[PathKey]:
    """The paths that are not null when ``test`` came out as ``outcome`` (true or false)."""
    match test:
        case t.Not():
            return known_when(test.operand, not outcome)
        case t.Logic() if (test.operator == "and") == outcome:
            return known_when(test.left, outcome) + known_when(test.right, outcome)
        case t.IsNull() if not outcome:
            return _with_owners(test.operand)
        case t.Root() | t.Local() | t.Field() | t.Lookup() if outcome:
            return _with_owners(test)
        case t.Compare() if test.operator == ("==" if outcome else "!="):
            # Equal to something that is not null.
            return [
                key
                for one, other in ((test.left, test.right), (test.right, test.left))
                if not other.type.nullable
                for key in _with_owners(one)
            ]
    return []


def _with_owners(expression: t.Expr) -> list[PathKey]:
    """A path that is not null, and its owners, which then are not null either."""
    key = path_key(expression)
    found = [] if key is None else [key]
    if isinstance(expression, t.Field | t.Lookup):
        found += _with_owners(expression.owner)
    return found


def depends(expression: t.Expr, known: Iterable[PathKey]) -> bool:
    """Whether an expression may be evaluated only where these paths are not null."""
    wanted = frozenset(known)
    return bool(wanted) and any(
        isinstance(part, t.Local | t.Field | t.Lookup) and part.guarded and path_key(part) in wanted
        for part in t.walk(expression)
    )
