"""Another value in the place of one in lines, nothing of which stays but the comment in the line of its key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from generator.edit.fragments import Fragment, Style
from generator.edit.lines import Lines, Splices
from generator.edit.syntax import Node


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: behind ``mark``, in a map or list whose keys or dashes are in ``column`` (-1: the file)."""

    mark: int
    column: int
    in_list: bool = False


class Replacer:
    """Puts the replacements into ``splices``."""

    def __init__(self, lines: Lines, style: Style, splices: Splices) -> None:
        self._lines = lines
        self._text = lines.text
        self._style = style
        self._splices = splices

    def replace(self, node: Node, new: Any, place: Place) -> None:
        """Write another value in the place of a node, nothing of which stays."""
        if place.column < 0:
            self._replace_root(node, new)
        elif node.is_empty:
            self._fill(node, new, place)
        elif node.style in ("|", ">"):
            self._replace_text_block(node, new, place)
        elif node.is_block:
            self._replace_block(node, new, place)
        else:
            self._replace_inline(node, new, place)

    def _fragment(self, new: Any, place: Place, *, literals: bool = True, like: str = "") -> Fragment:
        make = self._style.behind_dash if place.in_list else self._style.under_key
        return make(new, place.column, literals=literals, like=like)

    def _replace_root(self, node: Node, new: Any) -> None:
        lines = self._style.block(new, 0) if new else ["{}"]
        end = self._lines.tail(node.end, -1) if node.is_block else node.end
        before = "" if self._lines.leads(node.body) else self._lines.line_break
        self._splices.put(node.body, end, before + self._lines.joined(lines))

    def _fill(self, node: Node, new: Any, place: Place) -> None:
        """Write behind a key or dash that has nothing behind it. Commented-out settings below it stay above."""
        end = self._lines.tail(node.end, place.column)
        fragment = self._fragment(new, place, literals=end == self._lines.end(node.end))
        if fragment.head:
            self._splices.put(node.end, node.end, f" {fragment.head}")
            self.insert_below(end, fragment.below)
        elif place.in_list and end == node.end:
            self._splices.put(node.end, end, self._behind_dash(fragment, place))
        else:
            self.insert_below(end, fragment.below)

    def _replace_inline(self, node: Node, new: Any, place: Place) -> None:
        """A scalar, an alias, or something in brackets."""
        line_end = self._lines.end(node.end)
        tail = self._text[node.end : line_end].strip()
        quiet = self._lines.tail(node.end, place.column) == line_end
        fragment = self._fragment(new, place, literals=quiet, like=node.style)
        if fragment.head:
            self._splices.put(node.body, node.end, fragment.head + self._lines.before_comment(node.end))
            self.insert_below(line_end, fragment.below)
        elif "\n" in self._text[place.mark : node.body]:
            # The value is on a line of its own; so is what takes its place, in the same column.
            column = self._lines.column(node.body)
            if self._lines.leads(node.body):
                lines = self._style.block(new, column, literals=not tail)
                self._splices.put(node.body, node.end, self._lines.joined(lines)[column:])
            else:  # an anchor is before it
                self._splices.put(self.behind_word(node.body), node.end, "")
                self.insert_below(line_end, fragment.below)
        elif place.in_list and not tail and node.anchor is None:
            self._splices.put(place.mark, line_end, self._behind_dash(fragment, place))
        else:
            blank = self._lines.before_comment(node.end)
            self._splices.put(self.behind_word(node.body, place.mark), node.end, blank)
            self.insert_below(line_end, fragment.below)

    def _replace_text_block(self, node: Node, new: Any, place: Place) -> None:
        """A text behind ``|`` or ``>``."""
        line_end = self._lines.end(node.body)
        header_end = node.body
        while header_end < line_end and self._text[header_end] not in " \t":
            header_end += 1
        end = max(line_end, node.end)
        quiet = self._lines.tail(end, place.column) == end
        fragment = self._fragment(new, place, literals=quiet)
        comment = self._text[header_end:line_end].strip()
        if fragment.head:
            self._splices.put(node.body, header_end, fragment.head)
        elif place.in_list and not comment and node.anchor is None:
            self._splices.put(place.mark, end, self._behind_dash(fragment, place))
            return
        else:
            self._splices.put(self.behind_word(node.body, place.mark), header_end, "")
        self.insert_below(line_end, fragment.below)
        self._splices.put(line_end, end, "")

    def _replace_block(self, node: Node, new: Any, place: Place) -> None:
        """A map or list in lines."""
        end = self._lines.tail(node.end, place.column)
        if "\n" not in self._text[place.mark : node.body]:
            # It begins behind a dash.
            comment = self._text[node.end : self._lines.end(node.end)].strip()
            if "\n" not in self._text[node.body : node.end]:
                end = node.end
            fragment = self._fragment(new, place, literals=not comment)
            if fragment.head:
                self._splices.put(node.body, end, self._lines.joined([fragment.head, *fragment.below]))
            else:
                self._splices.put(place.mark, end, self._behind_dash(fragment, place))
            return
        fragment = self._fragment(new, place)
        head_end = place.mark
        if node.anchor is not None and "\n" not in self._text[place.mark : node.start]:
            head_end = node.start + 1 + len(node.anchor)
        line_end = self._lines.end(head_end)
        if fragment.head:
            self._splices.put(head_end, head_end, f" {fragment.head}")
        self.insert_below(line_end, fragment.below)
        self._splices.put(line_end, end, "")

    def _behind_dash(self, fragment: Fragment, place: Place) -> str:
        """A map or list that begins in the dash's own line."""
        return " " + self._lines.joined(fragment.below)[place.column + 2 :]

    def behind_word(self, position: int, floor: int = 0) -> int:
        """Behind what stands before the blanks that are before ``position``."""
        while position > floor and self._text[position - 1] in " \t":
            position -= 1
        return position

    def insert_below(self, line_end: int, lines: Sequence[str]) -> None:
        """Add lines below the one that ends at ``line_end``."""
        if lines:
            self._splices.put(line_end, line_end, self._lines.line_break + self._lines.joined(lines))
