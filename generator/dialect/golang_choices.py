"""Choices as ``if`` and ``else``, where they stand alone: as a name's value, or as what a macro of one line gives.

Inside an expression they are ``ternary`` (``golang_expressions``), which reads well only when it is short.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

from generator.dialect import tree as t
from generator.dialect.golang_expressions import GoExpressions, emitted, is_guarded
from generator.dialect.guards import depends, known_when
from generator.dialect.types import Flag, Text

#: A choice between longer values is easier to read as ``if`` and ``else``.
_LONG_CHOICE = 80
#: What a variable holds before a branch sets it.
_UNSET = '""'


class ChoicePrinter:
    """Prints what may be a choice."""

    def __init__(self, tag: Callable[[int, str, t.Place], None], go: GoExpressions) -> None:
        self._tag = tag
        self._go = go

    def let(self, name: str, e: t.Expr, place: t.Place, indent: int) -> None:
        """A name. A choice that does not read well as ``ternary`` is a variable that its branches set."""
        e = _as_choice(e)
        if not self._has_branches(e):
            self._tag(indent, f"${name} := {self._go.pipe(e)}", place)
            return
        assert isinstance(e, t.Choice)
        simple = not isinstance(e.otherwise, t.Choice) and not depends(e.otherwise, known_when(e.test, False))
        self._tag(indent, f"${name} := {self._go.pipe(e.otherwise) if simple else _UNSET}", place)
        self._assign(name, e, place, indent, otherwise=not simple)

    def _assign(self, name: str, e: t.Expr, place: t.Place, indent: int, otherwise: bool = True) -> None:
        """Set a variable by the branches of a choice; without ``otherwise`` it has its value for the last one."""
        if not isinstance(e, t.Choice):
            self._tag(indent, f"${name} = {self._go.pipe(e)}", place)
            return
        word = "if"
        for test, value in _branches(e):
            if test is None and not otherwise:
                break
            self._tag(indent, "else" if test is None else f"{word} {self._go.bare(self._go.condition(test))}", place)
            self._assign(name, value, place, indent + 2)
            word = "else if"
        self._tag(indent, "end", place)

    def result(self, e: t.Expr, place: t.Place, indent: int) -> None:
        """What a macro of one line gives. Its choices are branches where that reads better."""
        e = _as_choice(e)
        if isinstance(e, t.Choice) and self._has_branches(e):
            word = "if"
            for test, value in _branches(e):
                if test is None and _is_nothing(value):
                    break
                self._tag(
                    indent, "else" if test is None else f"{word} {self._go.bare(self._go.condition(test))}", place
                )
                self.result(value, place, indent + 2)
                word = "else if"
            self._tag(indent, "end", place)
        elif isinstance(e, t.Concat) and any(isinstance(part, t.Choice) for part in e.parts):
            for is_choice, run in groupby(e.parts, lambda part: isinstance(part, t.Choice)):
                parts = tuple(run)
                for part in parts if is_choice or len(parts) == 1 else (t.Concat(parts, e.type),):
                    self.result(part, place, indent)
        elif isinstance(e.type, Text):
            self._tag(indent, self._go.pipe(e), place)
        elif isinstance(e, t.Invoke):
            self._tag(indent, self._go.include(e), place)
        else:
            self._tag(indent, emitted(e, self._go).removesuffix(" | fromJson | toJson"), place)

    def _has_branches(self, e: t.Expr) -> bool:
        """Whether a choice is printed as ``if`` and ``else``, where it stands alone."""
        if not isinstance(e, t.Choice) or any(
            isinstance(value, t.Const) and value.value is None for _, value in _branches(e)
        ):
            return False  # no action can give nil
        nested = any(isinstance(part, t.Choice) for part in t.walk(e) if part is not e)
        return nested or _is_nothing(e.otherwise) or is_guarded(e) or len(self._go.pipe(e)) > _LONG_CHOICE


def _as_choice(e: t.Expr) -> t.Expr:
    """``path | default(a if x else b)`` as a choice of three."""
    if isinstance(e, t.Default) and isinstance(e.operand, t.Local | t.Field) and isinstance(e.fallback, t.Choice):
        return t.Choice(t.Not(t.IsNull(e.operand, Flag()), Flag()), e.operand, e.fallback, e.type)
    return e


def _branches(e: t.Choice) -> list[tuple[t.Expr | None, t.Expr]]:
    """Tests and values of ``a if x else b if y else c``; the last has no test."""
    rest = _branches(e.otherwise) if isinstance(e.otherwise, t.Choice) else [(None, e.otherwise)]
    return [(e.test, e.then), *rest]


def _is_nothing(e: t.Expr) -> bool:
    return isinstance(e, t.Const) and e.value == ""
