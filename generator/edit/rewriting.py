"""From a file and the data that it is to have to replacements in its text: as few lines as can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from generator.edit.alignment import origins, same
from generator.edit.flow_rewriting import FlowRewriter
from generator.edit.fragments import Fragment, Style, flow
from generator.edit.lines import Lines, Splices, steps
from generator.edit.syntax import Entry, Node

#: Keys of a file that stay below all others.
_LAST = ("defaults", "values")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands: behind ``mark``, in a map or list whose keys or dashes are in ``column`` (-1: the file)."""

    mark: int
    column: int
    in_list: bool = False


class Rewriter:
    """Collects the replacements that give a file other data.

    ``touched`` are the nodes with anchors whose value changes or is removed, ``gone`` the nodes that are no longer
    written.
    """

    def __init__(self, text: str, root: Node) -> None:
        self.splices = Splices()
        self.touched: list[Node] = []
        self.gone: list[Node] = []
        self._root = root
        self._lines = Lines(text)
        self._text = text
        self._style = Style(*steps(root, self._lines))
        self._flow = FlowRewriter(self._lines, self.splices, self._change_in_flow, self._remove_node)

    def rewrite(self, data: Any) -> None:
        """Make the replacements that give the file this data."""
        self._change(self._root, data, _Place(0, -1))

    # --- values --------------------------------------------------------------------------------------------------

    def _change(self, node: Node, new: Any, place: _Place) -> None:
        if same(node.value, new):
            return
        if node.anchor is not None and node.target is None:
            self.touched.append(node)
        kept = _kept(node, new)
        if not any(origin is not None for origin in kept):
            self._replace(node, new, place)
        elif node.flow:
            self._flow.change(node, new, kept)
        else:
            self._change_block(node, new, kept)

    def _change_in_flow(self, entry: Entry, new: Any) -> None:
        """Of an entry inside brackets."""
        node = entry.node
        if same(node.value, new):
            return
        if node.anchor is not None and node.target is None:
            self.touched.append(node)
        kept = _kept(node, new)
        has_brackets = self._text.startswith(("{", "["), node.body)
        if node.flow and has_brackets and any(origin is not None for origin in kept):
            self._flow.change(node, new, kept)
            return
        self._remove_below(node)
        text = flow(new, node.style)
        if not node.is_empty:
            self.splices.put(node.body, node.end, text + self._lines.before_comment(node.end))
        elif entry.key_node is not None and entry.mark < 0:
            self.splices.put(entry.end, entry.end, f": {text}")
        else:
            self.splices.put(node.end, node.end, f" {text}")

    def _change_block(self, node: Node, new: Any, kept: Sequence[int | None]) -> None:
        """Of a map or list in lines, some entries of which stay."""
        column = self._lines.column(node.entries[0].start)
        is_map = node.kind == "map"
        items = list(new.items()) if is_map else [("", item) for item in new]
        staying = sorted(origin for origin in kept if origin is not None)
        is_file = node is self._root and is_map
        if is_file:
            both = sorted(zip(items, kept, strict=True), key=lambda each: each[0][0] in _LAST)
            items, kept = [item for item, _ in both], [origin for _, origin in both]
        for (_, value), origin in zip(items, kept, strict=True):
            if origin is not None:
                self._change_entry(node.entries[origin], value, column, is_map=is_map)
        self._remove_entries(node, set(staying), column)
        after: int | None = None
        first = staying[0]
        for (key, value), origin in zip(items, kept, strict=True):
            if origin is not None:
                after = origin
                continue
            lines = self._style.entry(key, value, column) if is_map else self._style.item(value, column)
            if is_map:
                after = self._last_before(node, staying) if is_file and key not in _LAST else staying[-1]
            if after is None:
                self._insert_before(node.entries[first], lines, column)
            else:
                entry = node.entries[after]
                self._insert_below(self._lines.tail(entry.end, column), lines)

    def _change_entry(self, entry: Entry, new: Any, column: int, *, is_map: bool) -> None:
        if is_map and entry.mark < 0 and not same(entry.node.value, new):
            # '? key' and nothing more.
            lines = self._style.entry(entry.key, new, column, literals=False)
            self.splices.put(entry.start, entry.end, self._joined(lines)[column:])
        else:
            self._change(entry.node, new, _Place(entry.mark, column, not is_map))

    @staticmethod
    def _last_before(node: Node, staying: Sequence[int]) -> int | None:
        """The entry of the file behind which new ones stand: above the values, which are long."""
        head = [index for index in staying if node.entries[index].key not in _LAST]
        return head[-1] if head else None

    # --- replacing -----------------------------------------------------------------------------------------------

    def _replace(self, node: Node, new: Any, place: _Place) -> None:
        """Write another value in the place of a node, nothing of which stays."""
        self._remove_below(node)
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

    def _fragment(self, new: Any, place: _Place, *, literals: bool = True, like: str = "") -> Fragment:
        make = self._style.behind_dash if place.in_list else self._style.under_key
        return make(new, place.column, literals=literals, like=like)

    def _replace_root(self, node: Node, new: Any) -> None:
        lines = self._style.block(new, 0) if new else ["{}"]
        end = self._lines.tail(node.end, -1) if node.is_block else node.end
        before = "" if self._lines.leads(node.body) else self._lines.line_break
        self.splices.put(node.body, end, before + self._joined(lines))

    def _fill(self, node: Node, new: Any, place: _Place) -> None:
        """Write behind a key or dash that has nothing behind it. Commented-out settings below it stay above."""
        end = self._lines.tail(node.end, place.column)
        fragment = self._fragment(new, place, literals=end == self._lines.end(node.end))
        if fragment.head:
            self.splices.put(node.end, node.end, f" {fragment.head}")
            self._insert_below(end, fragment.below)
        elif place.in_list and end == node.end:
            self.splices.put(node.end, end, self._behind_dash(fragment, place))
        else:
            self._insert_below(end, fragment.below)

    def _replace_inline(self, node: Node, new: Any, place: _Place) -> None:
        """A scalar, an alias, or something in brackets."""
        line_end = self._lines.end(node.end)
        tail = self._text[node.end : line_end].strip()
        quiet = self._lines.tail(node.end, place.column) == line_end
        fragment = self._fragment(new, place, literals=quiet, like=node.style)
        if fragment.head:
            self.splices.put(node.body, node.end, fragment.head + self._lines.before_comment(node.end))
            self._insert_below(line_end, fragment.below)
        elif "\n" in self._text[place.mark : node.body]:
            # The value is on a line of its own; so is what takes its place, in the same column.
            column = self._lines.column(node.body)
            if self._lines.leads(node.body):
                lines = self._style.block(new, column, literals=not tail)
                self.splices.put(node.body, node.end, self._joined(lines)[column:])
            else:  # an anchor is before it
                self.splices.put(self._behind_word(node.body), node.end, "")
                self._insert_below(line_end, fragment.below)
        elif place.in_list and not tail and node.anchor is None:
            self.splices.put(place.mark, line_end, self._behind_dash(fragment, place))
        else:
            blank = self._lines.before_comment(node.end)
            self.splices.put(self._behind_word(node.body, place.mark), node.end, blank)
            self._insert_below(line_end, fragment.below)

    def _replace_text_block(self, node: Node, new: Any, place: _Place) -> None:
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
            self.splices.put(node.body, header_end, fragment.head)
        elif place.in_list and not comment and node.anchor is None:
            self.splices.put(place.mark, end, self._behind_dash(fragment, place))
            return
        else:
            self.splices.put(self._behind_word(node.body, place.mark), header_end, "")
        self._insert_below(line_end, fragment.below)
        self.splices.put(line_end, end, "")

    def _replace_block(self, node: Node, new: Any, place: _Place) -> None:
        """A map or list in lines."""
        end = self._lines.tail(node.end, place.column)
        if "\n" not in self._text[place.mark : node.body]:
            # It begins behind a dash.
            comment = self._text[node.end : self._lines.end(node.end)].strip()
            if "\n" not in self._text[node.body : node.end]:
                end = node.end
            fragment = self._fragment(new, place, literals=not comment)
            if fragment.head:
                self.splices.put(node.body, end, self._joined([fragment.head, *fragment.below]))
            else:
                self.splices.put(place.mark, end, self._behind_dash(fragment, place))
            return
        fragment = self._fragment(new, place)
        head_end = place.mark
        if node.anchor is not None and "\n" not in self._text[place.mark : node.start]:
            head_end = node.start + 1 + len(node.anchor)
        line_end = self._lines.end(head_end)
        if fragment.head:
            self.splices.put(head_end, head_end, f" {fragment.head}")
        self._insert_below(line_end, fragment.below)
        self.splices.put(line_end, end, "")

    def _behind_dash(self, fragment: Fragment, place: _Place) -> str:
        """A map or list that begins in the dash's own line."""
        return " " + self._joined(fragment.below)[place.column + 2 :]

    def _behind_word(self, position: int, floor: int = 0) -> int:
        """Behind what stands before the blanks that are before ``position``."""
        while position > floor and self._text[position - 1] in " \t":
            position -= 1
        return position

    # --- adding --------------------------------------------------------------------------------------------------

    def _insert_below(self, line_end: int, lines: Sequence[str]) -> None:
        if lines:
            self.splices.put(line_end, line_end, self._lines.line_break + self._joined(lines))

    def _insert_before(self, entry: Entry, lines: Sequence[str], column: int) -> None:
        text = self._joined(lines) + self._lines.line_break
        if self._lines.leads(entry.start):
            begin = self._lines.comments_above(entry.start, -1)
            if begin == 0:
                begin = self._lines.start(entry.start)  # a comment at the top is about the file
            self.splices.put(begin, begin, text)
        else:
            self.splices.put(entry.start, entry.start, text[column:] + " " * column)

    def _joined(self, lines: Sequence[str]) -> str:
        return self._lines.line_break.join(lines)

    # --- removing ------------------------------------------------------------------------------------------------

    def _remove_entries(self, node: Node, staying: set[int], column: int) -> None:
        """Take out the lines of the entries that do not stay; some do."""
        entries = node.entries
        begin = 0
        if 0 not in staying and not self._lines.leads(entries[0].start):
            # It begins behind a dash, where the first one that stays moves to.
            begin = min(staying)
            removed, first = entries[begin - 1], entries[begin]
            tail = self._lines.tail(removed.end, column)
            if self._text[tail : first.start].strip():
                start = self._behind_word(entries[0].start)
                self.splices.put(start, tail, "")
            else:
                self.splices.put(entries[0].start, first.start, "")
            for entry in entries[:begin]:
                self._remove_entry(entry)
        above: Entry | None = None
        for index in range(begin, len(entries)):
            if index in staying:
                above = entries[index]
            else:
                self._remove_entry(entries[index])
                self._remove_lines(node, index, column, blanks=above is None or self._keeps(above.node))

    def _keeps(self, node: Node) -> bool:
        """Whether it ends in a text behind ``|+``, to which all blank lines below belong."""
        while node.entries:
            node = node.entries[-1].node
        return node.style in ("|", ">") and "+" in self._text[node.body : node.end].partition("\n")[0]

    def _remove_lines(self, node: Node, index: int, column: int, *, blanks: bool) -> None:
        """Take out an entry; with ``blanks`` the blank lines below too: no map begins with them, no text gets them."""
        entry = node.entries[index]
        lines = self._lines
        floor = lines.tail(node.entries[index - 1].end, column) if index else -1
        start = lines.start(entry.start)
        if index or node is not self._root:
            start = lines.comments_above(entry.start, floor)
        end = lines.tail(entry.end, column)
        below = lines.next(end)
        while blanks and lines.is_blank(below):
            end, below = lines.end(below), lines.next(below)
        if below >= len(self._text) or lines.is_blank(below):
            # No blank lines at the end of the file, and none twice.
            while start > floor + 1 and lines.is_blank(lines.start(start - 1)) and lines.start(start - 1) > floor:
                start = lines.start(start - 1)
        if start:
            self.splices.put(lines.end(start - 1), end, "")
        else:
            self.splices.put(0, below, "")

    def _remove_entry(self, entry: Entry) -> None:
        if entry.key_node is not None and entry.key_node.anchor is not None:
            self.touched.append(entry.key_node)
        self._remove_node(entry.node)

    def _remove_node(self, node: Node) -> None:
        if node.anchor is not None and node.target is None:
            self.touched.append(node)
        self._remove_below(node)

    def _remove_below(self, node: Node) -> None:
        self.gone.append(node)
        self.touched += [below for below in node.walk() if below is not node and below.anchor and below.target is None]


def _kept(node: Node, new: Any) -> Sequence[int | None]:
    """For each entry of the new value the index of the one in the file that it takes the place of."""
    if node.target is not None:
        return ()
    if node.kind == "map" and isinstance(new, Mapping):
        known = {entry.key: index for index, entry in enumerate(node.entries)}
        return [known.get(key) for key in new]
    if node.kind == "list" and isinstance(new, list):
        return origins(node.value, new)
    return ()
