"""What names mean at a place of a template, and which paths are known not to be null there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from generator.dialect import tree as t
from generator.dialect.charsets import charset_of, charset_of_all
from generator.dialect.guards import PathKey, path_key
from generator.dialect.syntax import Json, Template
from generator.dialect.types import Flag, Free, Int, ListOf, MapOf, Number, Text, Type, join, present


@dataclass(frozen=True)
class Scope:
    """Immutable; ``bind`` and ``knowing`` give scopes for what follows.

    ``library`` is the name of the library file, empty in a template file. ``names`` has dynamic and static names (a
    static one is a Const); ``broken`` are names whose definition had a problem, so that no second problem is told about
    them. ``inlined``: this is the expression of a one-line macro, at the types of its arguments; what would be
    redundant for one call (a default of what is never null) is right for others. ``name_places``: in a text macro, the
    expressions (by their offsets) that stand in the place of a name.
    """

    file: Template
    library: str
    modules: Mapping[str, str]
    names: Mapping[str, t.Expr]
    broken: frozenset[str] = frozenset()
    known: frozenset[PathKey] = frozenset()
    inlined: bool = False
    name_places: frozenset[int] = frozenset()

    def bind(self, name: str, value: t.Expr) -> Scope:
        """The same scope with one more name."""
        return replace(self, names={**self.names, name: value})

    def bind_broken(self, name: str) -> Scope:
        """The same scope with a name of which nothing is known."""
        return replace(self, broken=self.broken | {name})

    def knowing(self, paths: Iterable[PathKey]) -> Scope:
        """The same scope where these paths are not null."""
        return replace(self, known=self.known.union(paths))

    def taken(self, name: str) -> bool:
        """Whether a new name would shadow one."""
        return name in self.names or name in self.broken or name in self.modules


def narrowed(expression: t.Expr, scope: Scope) -> t.Expr:
    """The expression with null taken out of its type where the scope knows that it is not null."""
    if not isinstance(expression, t.Local | t.Field | t.Lookup) or not expression.type.nullable:
        return expression
    if isinstance(expression.type, Free) or path_key(expression) not in scope.known:
        return expression
    return replace(expression, type=present(expression.type), guarded=True)


def constant(value: Json) -> t.Const:
    """A static value with its type."""
    return t.Const(value, type_of(value))


def is_empty(expression: t.Expr, kind: Type) -> bool:
    """Whether this is the literal ``[]`` for a list or ``{}`` for a map, which take the other side's type."""
    if not isinstance(expression, t.Const):
        return False
    return (expression.value == [] and isinstance(kind, ListOf)) or (expression.value == {} and isinstance(kind, MapOf))


def type_of(value: Json) -> Type:
    """The type of plain data; free where its parts have no common type."""
    match value:
        case None:
            return Free()
        case bool():
            return Flag()
        case int():
            return Int(value, value)
        case float():
            return Number()
        case str():
            return Text((value,), charset_of(value), filled=value != "")
        case list():
            return ListOf(_common(value))
        case dict():
            return MapOf(_common(list(value.values())), charset_of_all(value))
    raise TypeError(f"not JSON: {value!r}")


def _common(values: list[Json]) -> Type:
    kinds = [type_of(value) for value in values]
    result: Type | None = kinds[0] if kinds else Free()
    for kind in kinds[1:]:
        result = join(result, kind) if result is not None else None
    return result if result is not None else Free()
