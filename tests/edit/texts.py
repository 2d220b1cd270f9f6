"""Files as people write them, with everything that YAML lets them do: drawn at random, with the data they have."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

KEYS = ["a", "b", "name", "values", "example.com/team", "c d", "on"]
_WORDS = ["x", "heavy", "v1.2.3", "two words", "it's", "a#b"]
_COMMENTS = ["# one", "# two: three", "#", "# - four"]


class Writer:
    """Draws a text piece by piece."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw
        self.anchors: list[tuple[str, Any]] = []
        self._count = 0

    def chance(self, of: int) -> bool:
        return self._draw(st.integers(0, of - 1)) == 0

    def pick(self, options: list[Any]) -> Any:
        return self._draw(st.sampled_from(options))

    def gap(self, deepest: int) -> list[str]:
        """Lines that mean nothing."""
        lines: list[str] = []
        while self.chance(5):
            blank = self.chance(2)
            lines.append("" if blank else " " * self._draw(st.integers(0, deepest)) + self.pick(_COMMENTS))
        return lines

    def comment(self) -> str:
        return str(self.pick(["", "", "", "", " ", "  # why", " # two  words"]))

    def key(self, key: str) -> str:
        if key == "on" or self.chance(6):
            return json.dumps(key)
        return f"'{key}'" if self.chance(8) else key

    def scalar(self, *, flow: bool) -> tuple[str, Any]:
        value = self.pick([None, True, 1, 2.5, "", *_WORDS])
        if isinstance(value, str):
            style = self.pick(['"', "'", ""])
            if style == "'":
                return "'" + value.replace("'", "''") + "'", value
            if style or not value or (flow and "," in value):
                return json.dumps(value), value
            return value, value
        return {None: "null", True: "true"}.get(value, str(value)), value

    def flow(self, depth: int) -> tuple[str, Any]:
        kind = self.pick(["scalar", "scalar", "map", "list"]) if depth else "scalar"
        if kind == "scalar":
            return self.scalar(flow=True)
        spread = self.chance(4)
        between, pad = (",\n" + " " * 9, "\n" + " " * 9) if spread else (self.pick([", ", ",", " ,  "]), "")
        end = pad + ("," if self.chance(8) else "")
        if kind == "list":
            items = [self.flow(depth - 1) for _ in range(self._draw(st.integers(0, 3)))]
            close = end if items else ""
            return "[" + pad * bool(items) + between.join(text for text, _ in items) + close + "]", [
                v for _, v in items
            ]
        keys = self._draw(st.lists(st.sampled_from(KEYS), max_size=3, unique=True))
        values = {key: self.flow(depth - 1) for key in keys}
        inner = between.join(f"{self.key(key)}: {text}" for key, (text, _) in values.items())
        close = end if values else ""
        return "{" + pad * bool(values) + inner + close + "}", {key: value for key, (_, value) in values.items()}

    def literal(self, column: int) -> tuple[str, list[str], Any]:
        body = self.pick([["text"], ["two", "lines"], ["a", "", "b"], ["# no comment"], ["deep", "  deeper"]])
        sign, chomp = self.pick(["|", "|", ">"]), self.pick(["", "-", "+"])
        step = self.pick([1, 2, 4])
        lines = [" " * (column + step) + line if line else "" for line in body]
        return sign + chomp, lines, None

    def block(self, column: int, depth: int) -> tuple[list[str], Any]:
        """The lines of a map or list, the first of them indented too."""
        lines: list[str] = []
        if self.chance(3):
            items = []
            for number in range(self._draw(st.integers(1, 3))):
                if number:
                    lines += self.gap(column + 3)
                below, value = self.behind(column, depth, dash=True)
                lines += [" " * column + "-" + below[0], *below[1:]]
                items.append(value)
            return lines, items
        data: dict[str, Any] = {}
        for number, key in enumerate(self._draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=4, unique=True))):
            if number:
                lines += self.gap(column + 3)
            below, data[key] = self.behind(column, depth, dash=False)
            lines += [" " * column + self.key(key) + ":" + below[0], *below[1:]]
        return lines, data

    def behind(self, column: int, depth: int, *, dash: bool) -> tuple[list[str], Any]:
        """What stands behind a key or dash; the first line is the rest of its line."""
        kind = self.pick(
            ["scalar", "scalar", "empty", "flow", "literal", "alias", "folded", *["block"] * (3 * bool(depth))]
        )
        if kind == "alias" and self.anchors:
            name, value = self.pick(self.anchors)
            return [f" *{name}" + self.comment()], value
        if kind == "empty":
            return [self.pick(["", " # nothing"])], None
        if kind == "folded":
            quote = self.pick(['"', ""])
            return [f" {quote}one", " " * (column + 2) + f"two{quote}" + self.comment()], "one two"
        anchor, name = "", ""
        if self.chance(6):
            self._count += 1
            name = f"x{self._count}"
            anchor = f" &{name}"
        if kind == "literal":
            head, lines, value = self.literal(column)
            return [f"{anchor} {head}" + self.pick(["", " # text"]), *lines], value
        if kind == "block" and depth:
            compact = dash and not anchor and self.chance(2)
            inner = column + (self.pick([2, 2, 4]) if compact else self.pick([1, 2, 4] if dash else [2, 2, 4]))
            lines, value = self.block(inner, depth - 1)
            first = [lines[0][column + 1 :]] if compact else [anchor + self.pick(["", " # below"]), lines[0]]
            made = [*first, *lines[1:]]
        elif kind == "flow":
            text, value = self.flow(2)
            made = [f"{anchor} {text}" + self.comment()]
        else:
            text, value = self.scalar(flow=False)
            made = [f"{anchor}{self.pick([' ', ' ', '   '])}{text}" + self.comment()]
        if name:
            self.anchors.append((name, value))
        return made, value


@st.composite
def files(draw: st.DrawFn) -> str:
    """A file whose root is a map. Not every one can be read: people make mistakes too."""
    writer = Writer(draw)
    lines = writer.pick([[], ["# yaml-language-server: $schema=x.json"], ["---"], ["", "# top", ""]])
    keys = draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=4, unique=True))
    body: list[str] = []
    for number, key in enumerate(keys):
        if number:
            body += writer.gap(3)
        below, _ = writer.behind(0, 3, dash=False)
        body += [writer.key(key) + ":" + below[0], *below[1:]]
    line_break = writer.pick(["\n", "\n", "\n", "\r\n"])
    text = "\n".join([*lines, *body, *writer.gap(2)]) + writer.pick(["\n", "\n", "", "\n\n"])
    return str(text.replace("\n", line_break))
