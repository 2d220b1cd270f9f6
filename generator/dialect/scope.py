"""What names mean at a place of a template, and which paths are known not to be null there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from generator.dialect import tree as t
from generator.dialect.syntax import Json, Template
from generator.dialect.types import Flag, Free, Int, ListOf, MapOf, Number, Text, Type, join, present

PathKey = tuple[object, ...]


@dataclass(frozen=True)
class Scope:
    """Immutable; ``bind`` and ``knowing`` give scopes for what follows.

    ``names`` has dynamic and static names (a static one is a Const); ``broken`` are names whose definition had a problem, so
    that no second problem is told about them.
    """

    file: Template
    modules: Mapping[str, str]
    names: Mapping[str, t.Expr]
    broken: frozenset[str] = frozenset()
    known: frozenset[PathKey] = frozenset()

    def bind(self, name: str, value: t.Expr) -> Scope:
        return replace(self, names={**self.names, name: value})

    def bind_broken(self, name: str) -> Scope:
        return replace(self, broken=self.broken | {name})

    def knowing(self, paths: Iterable[PathKey]) -> Scope:
        """The same scope where these paths are not null."""
        return replace(self, known=self.known.union(paths))

    def taken(self, name: str) -> bool:
        return name in self.names or name in self.broken or name in self.modules


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
    """The paths that are not null when ``test`` came out as ``outcome``."""
    match test:
        case t.Not():
            return known_when(test.operand, not outcome)
        case t.Logic() if (test.operator == "and") == outcome:
            return known_when(test.left, outcome) + known_when(test.right, outcome)
        case t.IsNull() if not outcome:
            key = path_key(test.operand)
            return [] if key is None else [key]
        case t.Root() | t.Local() | t.Field() | t.Lookup() if outcome:
            key = path_key(test)
            found = [] if key is None else [key]
            # A path that is true has owners that are not null.
            owner = getattr(test, "owner", None)
            return found + (known_when(owner, True) if owner is not None else [])
        case t.Compare() if (test.operator == "==") == outcome and isinstance(test.right, t.Const) and test.right.value is not None:
            return known_when(test.left, True) if path_key(test.left) is not None else []
    return []


def narrowed(expression: t.Expr, scope: Scope) -> t.Expr:
    """The expression with null taken out of its type where the scope knows that it is not null."""
    if expression.type.nullable and isinstance(expression, t.Local | t.Field | t.Lookup) and not isinstance(expression.type, Free):
        key = path_key(expression)
        if key is not None and key in scope.known:
            return replace(expression, type=present(expression.type))
    return expression


def constant(value: Json) -> t.Const:
    """A static value with its type."""
    return t.Const(value, type_of(value))


def type_of(value: Json) -> Type:
    """The type of plain data; free where its parts have no common type."""
    match value:
        case None:
            return Free()
        case bool():
            return Flag()
        case int():
            return Int()
        case float():
            return Number()
        case str():
            return Text((value,), value.isascii())
        case list():
            return ListOf(_common(value))
        case dict():
            return MapOf(_common(list(value.values())), all(key.isascii() for key in value))
    raise TypeError(f"not JSON: {value!r}")


def _common(values: list[Json]) -> Type:
    kinds = [type_of(value) for value in values]
    result: Type | None = kinds[0] if kinds else Free()
    for kind in kinds[1:]:
        result = join(result, kind) if result is not None else None
    return result if result is not None else Free()
