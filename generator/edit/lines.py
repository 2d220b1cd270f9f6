"""A text by lines, and the pieces of it that are to be replaced."""

from __future__ import annotations

from collections.abc import Iterable

from generator.edit.syntax import Node


class Lines:
    """Where lines begin and end; a line's end is before its line break."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.line_break = "\r\n" if text.partition("\n")[0].endswith("\r") else "\n"

    def joined(self, lines: Iterable[str]) -> str:
        """Lines as the file has them, without a break behind the last."""
        return self.line_break.join(lines)

    def start(self, position: int) -> int:
        """Where the line begins."""
        return self.text.rfind("\n", 0, position) + 1

    def end(self, position: int) -> int:
        """Where the line ends."""
        found = self.text.find("\n", position)
        if found < 0:
            return len(self.text)
        return found - 1 if found and self.text[found - 1] == "\r" else found

    def next(self, position: int) -> int:
        """Where the line after this one begins."""
        found = self.text.find("\n", position)
        return len(self.text) if found < 0 else found + 1

    def column(self, position: int) -> int:
        """How many characters are before the position in its line."""
        return position - self.start(position)

    def leads(self, position: int) -> bool:
        """Whether only blanks are before the position in its line."""
        return not self.text[self.start(position) : position].strip(" ")

    def is_blank(self, start: int) -> bool:
        """Whether the line that begins at ``start`` is there and has nothing in it."""
        return start < len(self.text) and not self.text[start : self.end(start)].strip(" \t")

    def comment_column(self, start: int) -> int:
        """The column of the comment in a line with nothing else; -1 when it is no such line."""
        line = self.text[start : self.end(start)]
        shown = line.lstrip(" \t")
        return len(line) - len(shown) if shown.startswith("#") else -1

    def before_comment(self, position: int) -> str:
        """The blank that is missing when a comment begins right at ``position``, as it may behind a quotation mark."""
        return " " if self.text.startswith("#", position) else ""

    def tail(self, position: int, column: int) -> int:
        """Where that ends which belongs to the value that ends at ``position``: its line, and the comments below that
        stand deeper than ``column``."""
        last = self.end(position)
        line = self.next(position)
        while line < len(self.text):
            if self.comment_column(line) > column:
                last = self.end(line)
            elif not self.is_blank(line):
                break
            line = self.next(line)
        return last

    def comments_above(self, position: int, floor: int) -> int:
        """Where the comments begin that stand right above the line of ``position`` and in its column; else where that
        line begins."""
        start, column = self.start(position), self.column(position)
        while start > floor + 1:
            above = self.start(start - 1)
            if above <= floor or self.comment_column(above) != column:
                break
            start = above
        return start


class Splices:
    """Replacements in a text, which do not overlap. Several texts put in at one place keep their order."""

    def __init__(self) -> None:
        self._splices: list[tuple[int, int, str]] = []

    def put(self, start: int, end: int, text: str) -> None:
        """Replace what is from ``start`` to ``end``."""
        self._splices.append((start, end, text))

    def result(self, text: str) -> str:
        """The text with all replacements made."""
        pieces: list[str] = []
        position = 0
        for start, end, new in sorted(self._splices, key=lambda splice: splice[:2]):
            # What is removed twice is removed.
            assert start >= position or not new, f"splices overlap at {start}"
            pieces += [text[position:start], new]
            position = max(position, end)
        return "".join([*pieces, text[position:]])


def steps(root: Node, lines: Lines) -> tuple[int, int]:
    """How far maps and lists of the file stand right of their key; what most of them do. Without any: 2 and 2."""
    maps: dict[int, int] = {}
    lists: dict[int, int] = {}
    for node in root.walk():
        if node.kind != "map" or node.flow:
            continue
        column = lines.column(node.body)
        for below in (entry.node for entry in node.entries):
            if below.kind != "scalar" and not below.flow and below.entries:
                counts = maps if below.kind == "map" else lists
                step = lines.column(below.body) - column
                counts[step] = counts.get(step, 0) + 1
    map_step = max(maps, key=lambda step: maps[step], default=2)
    return map_step, max(lists, key=lambda step: lists[step], default=map_step)
