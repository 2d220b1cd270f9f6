"""New values as text: in block style for a place with lines of its own, in flow style inside brackets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from generator.yaml import dump, fits_literal, inline, quoted

# Inside brackets ',', ':' and '?' mean more than outside.
_PLAIN_IN_FLOW = re.compile(r"[A-Za-z0-9_./@+=$%*-]+\Z")


@dataclass(frozen=True, slots=True)
class Fragment:
    """``head`` stands behind the key or dash, ``below`` are the lines under it, indented.

    ``is_text``: what is below is text, so that a comment among it would be text too.
    """

    head: str
    below: tuple[str, ...] = ()
    is_text: bool = False


@dataclass(frozen=True, slots=True)
class Style:
    """How a file is written: how far maps and lists stand right of their key."""

    map_step: int
    list_step: int

    def under_key(self, value: Any, column: int, *, literals: bool = True, like: str = "") -> Fragment:
        """The value behind a key that stands in ``column``. Without ``literals`` no text has lines of its own.

        ``like`` is how the old value was written (``Node.style``), which is kept where it can be.
        """
        if isinstance(value, dict | list) and value:
            step = self.map_step if isinstance(value, dict) else self.list_step
            return Fragment("", tuple(self.block(value, column + step, literals=literals)))
        return _scalar(value, column + max(self.map_step, 1), literals, like)

    def behind_dash(self, value: Any, column: int, *, literals: bool = True, like: str = "") -> Fragment:
        """The value behind a dash in ``column``. What is below a map or list has its first line too."""
        if isinstance(value, dict | list) and value:
            return Fragment("", tuple(self.block(value, column + 2, literals=literals)))
        return _scalar(value, column + 2, literals, like)

    def block(self, value: dict[str, Any] | list[Any], column: int, *, literals: bool = True) -> list[str]:
        """The lines of a map or list that is not empty."""
        lines: list[str] = []
        if isinstance(value, dict):
            for key, item in value.items():
                lines += self.entry(key, item, column, literals=literals)
        else:
            for item in value:
                lines += self.item(item, column, literals=literals)
        return lines

    def entry(self, key: str, value: Any, column: int, *, literals: bool = True) -> list[str]:
        """The lines of a key in ``column`` and its value."""
        fragment = self.under_key(value, column, literals=literals)
        return [f"{' ' * column}{inline(key)}:{_behind(fragment.head)}", *fragment.below]

    def item(self, value: Any, column: int, *, literals: bool = True) -> list[str]:
        """The lines of an item of a list whose dashes are in ``column``."""
        fragment = self.behind_dash(value, column, literals=literals)
        if fragment.head:
            return [f"{' ' * column}- {fragment.head}", *fragment.below]
        first, *others = fragment.below
        return [f"{' ' * column}- {first[column + 2 :]}", *others]


def flow(value: Any, like: str = "") -> str:
    """The value on one line, for a place inside brackets."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow(key)}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    if not isinstance(value, str):
        return dump(value).rstrip("\n")
    if like == "'" and _fits_single(value):
        return _single(value)
    if like != '"' and _PLAIN_IN_FLOW.match(value) is not None:
        return inline(value)
    return quoted(value)


def _behind(head: str) -> str:
    return f" {head}" if head else ""


def _scalar(value: Any, column: int, literals: bool, like: str) -> Fragment:
    if not isinstance(value, str):
        return Fragment(dump(value).rstrip("\n"))
    if like == "'" and _fits_single(value):
        return Fragment(_single(value))
    if like == '"' and "\n" not in value:
        return Fragment(quoted(value))
    if literals and fits_literal(value):
        pad = " " * column
        body = value.removesuffix("\n").split("\n")
        head = "|" if value.endswith("\n") else "|-"
        return Fragment(head, tuple(pad + line if line else "" for line in body), is_text=True)
    return Fragment(inline(value))


def _fits_single(value: str) -> bool:
    return value.isascii() and value.isprintable()


def _single(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
