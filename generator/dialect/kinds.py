"""What a body gives: a map, a sequence, documents or text. Where only calls stand, the called macros tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from generator.dialect import syntax as s

#: Finds the macro that a call means, and the same for calls inside that macro's library.
Resolve = Callable[[s.Call], "tuple[s.Macro, Resolve] | None"]

_NAMES = {"map": "a map", "seq": "a sequence", "docs": "documents", "text": "text"}


def name_of_kind(kind: str) -> str:
    """The kind in words."""
    return _NAMES[kind.partition(":")[0]]


def macro_kind(macro: s.Macro, resolve: Resolve, above: frozenset[int] = frozenset()) -> str:
    """``map``, ``seq``, ``docs`` or ``text``. A one-line macro that is a call gives what that gives."""
    if macro.format:
        return "text"
    if isinstance(macro.inline, s.Call):
        target = resolve(macro.inline)
        return macro_kind(*target, above | {id(macro)}) if target is not None and id(macro) not in above else "map"
    return body_kind(macro.body, resolve, above | {id(macro)}) or "map"


def body_kind(children: Iterable[s.Child], resolve: Resolve, above: frozenset[int] = frozenset()) -> str:
    """The kind of children; empty when nothing tells. ``above`` are macros being looked into."""
    spliced: list[s.Call] = []
    found = _written(children, spliced)
    if found:
        return found
    for call in spliced:
        target = resolve(call)
        if target is not None and id(target[0]) not in above:
            return macro_kind(target[0], target[1], above)
    return ""


def _written(children: Iterable[s.Child], spliced: list[s.Call]) -> str:
    """The kind by the first entry, item or document; calls on the way are collected."""
    for child in children:
        found = ""
        match child:
            case s.Document():
                found = "docs"
            case s.Item():
                found = "seq"
            case s.Entry():
                found = "map"
            case s.If():
                found = next((kind for _, body in child.branches if (kind := _written(body, spliced))), "")
            case s.For():
                found = _written(child.body, spliced)
            case s.Splice() if isinstance(child.expression, s.Call):
                spliced.append(child.expression)
        if found:
            return found
    return ""
