"""From a file and the data that it is to have to replacements in its text: as few lines as can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generator.edit.alignment import origins, same
from generator.edit.flow_rewriting import FlowRewriter
from generator.edit.fragments import Style, flow
from generator.edit.lines import Lines, Splices, steps
from generator.edit.replacing import Place, Replacer
from generator.edit.syntax import Entry, Node

#: Keys of a file that stay below all others.
_LAST = ("defaults", "values")


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
        self._replacer = Replacer(self._lines, self._style, self.splices)
        self._flow = FlowRewriter(self._lines, self.splices, self._change_in_flow, self._remove_node)

    def rewrite(self, data: Any) -> None:
        """Make the replacements that give the file this data."""
        self._change(self._root, data, Place(0, -1))

    # --- values --------------------------------------------------------------------------------------------------

    def _change(self, node: Node, new: Any, place: Place) -> None:
        if same(node.value, new):
            return
        if node.anchor is not None and node.target is None:
            self.touched.append(node)
        kept = _kept(node, new)
        if not any(origin is not None for origin in kept):
            self._remove_below(node)
            self._replacer.replace(node, new, place)
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
                self._replacer.insert_below(self._lines.tail(entry.end, column), lines)

    def _change_entry(self, entry: Entry, new: Any, column: int, *, is_map: bool) -> None:
        if is_map and entry.mark < 0 and not same(entry.node.value, new):
            # '? key' and nothing more.
            lines = self._style.entry(entry.key, new, column, literals=False)
            self.splices.put(entry.start, entry.end, self._lines.joined(lines)[column:])
        else:
            self._change(entry.node, new, Place(entry.mark, column, not is_map))

    @staticmethod
    def _last_before(node: Node, staying: Sequence[int]) -> int | None:
        """The entry of the file behind which new ones stand: above the values, which are long."""
        head = [index for index in staying if node.entries[index].key not in _LAST]
        return head[-1] if head else None

    # --- adding --------------------------------------------------------------------------------------------------

    def _insert_before(self, entry: Entry, lines: Sequence[str], column: int) -> None:
        text = self._lines.joined(lines) + self._lines.line_break
        if self._lines.leads(entry.start):
            begin = self._lines.comments_above(entry.start, -1)
            if begin == 0:
                begin = self._lines.start(entry.start)  # a comment at the top is about the file
            self.splices.put(begin, begin, text)
        else:
            self.splices.put(entry.start, entry.start, text[column:] + " " * column)

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
                start = self._replacer.behind_word(entries[0].start)
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
