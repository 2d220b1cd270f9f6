"""Replacements inside brackets: ``{a: 1, b: [x, y]}``, on one line or on several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from generator.edit.fragments import flow
from generator.edit.lines import Lines, Splices
from generator.edit.syntax import Entry, Node, gap_end


class FlowRewriter:
    """``change`` is told of entries that stay, ``remove`` of nodes that go."""

    def __init__(
        self,
        lines: Lines,
        splices: Splices,
        change: Callable[[Entry, Any], None],
        remove: Callable[[Node], None],
    ) -> None:
        self._lines = lines
        self._text = lines.text
        self._splices = splices
        self._change = change
        self._remove = remove

    def change(self, node: Node, new: Any, kept: Sequence[int | None]) -> None:
        """Give a map or list in brackets other data; some of its entries stay."""
        is_map = node.kind == "map"
        items = list(new.items()) if is_map else [("", item) for item in new]
        staying = sorted(origin for origin in kept if origin is not None)
        for (_, value), origin in zip(items, kept, strict=True):
            if origin is not None:
                self._change(node.entries[origin], value)
        self._remove_others(node, set(staying))
        # What is new, by the entry that it is written behind; None: before the first.
        added: dict[int | None, list[str]] = {}
        after: int | None = None
        for (key, value), origin in zip(items, kept, strict=True):
            if origin is not None:
                after = origin
            else:
                text = f"{flow(key)}: {flow(value)}" if is_map else flow(value)
                added.setdefault(staying[-1] if is_map else after, []).append(text)
        for last, texts in added.items():
            if last is None:
                first = node.entries[staying[0]]
                between = self._between(first)
                self._splices.put(first.start, first.start, "".join(f"{text},{between}" for text in texts))
            else:
                self._add_behind(node.entries[last], texts)

    def _add_behind(self, entry: Entry, texts: Sequence[str]) -> None:
        between = self._between(entry)
        line_end = self._lines.end(entry.end)
        comma = self._comma(entry)
        rest = self._text[max(comma + 1, entry.end) : line_end].strip()
        if between != " " and rest.startswith("#"):
            # The comment stays with the entry that it is about.
            lines = ",".join(between + text for text in texts)
            if comma < 0:
                self._splices.put(entry.end, entry.end, ",")
            self._splices.put(line_end, line_end, lines + ("," if comma >= 0 else ""))
        else:
            self._splices.put(entry.end, entry.end, "".join(f",{between}{text}" for text in texts))

    def _between(self, entry: Entry) -> str:
        """What is written before an entry beside this one: a blank, or a line break and the same indentation."""
        if not self._lines.leads(entry.start):
            return " "
        return self._lines.line_break + " " * self._lines.column(entry.start)

    def _comma(self, entry: Entry) -> int:
        """Where the comma behind an entry is; -1 when there is none."""
        position = gap_end(self._text, entry.end)
        return position if self._text.startswith(",", position) else -1

    def _remove_others(self, node: Node, staying: set[int]) -> None:
        last = max(staying)
        for index, entry in enumerate(node.entries):
            if index in staying:
                continue
            self._remove(entry.node)
            comma = self._comma(entry)
            end = comma + 1 if comma >= 0 else entry.end
            if self._fills_lines(entry, end):
                self._splices.put(self._lines.start(entry.start), self._lines.next(end), "")
            elif index < last and "\n" not in self._text[entry.start : node.entries[index + 1].start]:
                self._splices.put(entry.start, node.entries[index + 1].start, "")
            elif index > last and "\n" not in self._text[node.entries[index - 1].end : end]:
                # With the comma before it; one behind it then belongs to the entry before.
                self._splices.put(node.entries[index - 1].end, entry.end, "")
            else:
                start = entry.start
                while self._text[start - 1] in " \t":
                    start -= 1
                self._splices.put(start, end, "")

    def _fills_lines(self, entry: Entry, end: int) -> bool:
        """Whether nothing else but a comment is on the lines of an entry."""
        rest = self._text[end : self._lines.end(end)].strip()
        return self._lines.leads(entry.start) and (not rest or rest.startswith("#"))
