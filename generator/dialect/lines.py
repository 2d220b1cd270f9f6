"""A template's text as logical lines: comments, statements and content. A tag may span several physical lines.

Neighbours: ``structure`` makes a tree of the lines, ``expressions`` parses what stands inside tags.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generator.dialect.source import SourceFile


@dataclass(frozen=True, slots=True)
class Tag:
    """The inside of one ``{{ }}`` or ``{% %}``: offsets of its first and one past its last character."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Comment:
    """``{# ... #}`` alone on its line."""

    at: int
    text: str


@dataclass(frozen=True, slots=True)
class Statement:
    """``{% ... %}`` alone on its line. ``inline`` holds the expression of a one-line macro."""

    at: int
    tag: Tag
    inline: Tag | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """A line of YAML or text.

    ``pieces`` are literal strings and tags, in order; ``at`` is the first character that is not a blank.
    """

    at: int
    indent: int
    pieces: tuple[str | Tag, ...]

    @property
    def text(self) -> str | None:
        """The line's text when it has no tag, else None."""
        if not self.pieces:
            return ""
        return self.pieces[0] if len(self.pieces) == 1 and isinstance(self.pieces[0], str) else None


Line = Comment | Statement | Content

_OPENERS = ("{{", "{%", "{#")
_DEPTH = {"{": 1, "[": 1, "(": 1, "}": -1, "]": -1, ")": -1}


def logical_lines(source: SourceFile) -> list[Line]:
    """Split a file into logical lines. Raises ProblemsError."""
    source.check_characters()
    return list(_Scanner(source).lines())


class _Scanner:
    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.text = source.text

    def lines(self) -> Iterator[Line]:
        offset = 0
        while offset < len(self.text):
            line, offset = self._line(offset)
            if line is not None:
                yield line

    def _line(self, start: int) -> tuple[Line | None, int]:
        at = start
        while at < len(self.text) and self.text[at] == " ":
            at += 1
        if at >= len(self.text):
            return None, at
        if self.text[at] == "\n":
            return Content(at, 0, ()), at + 1
        match self.text[at : at + 2]:
            case "{#":
                return self._comment(at)
            case "{%":
                return self._statement(at)
        return self._content(start, at)

    def _comment(self, at: int) -> tuple[Line, int]:
        end = self.text.find("#}", at + 2)
        if end < 0:
            raise self.source.error(at, "a comment is not closed", "end it with #}")
        self._no_trim(at + 2, end)
        return Comment(at, self.text[at + 2 : end].strip()), self._rest(end + 2, "a comment")

    def _rest(self, offset: int, what: str) -> int:
        end = self.text.find("\n", offset)
        end = len(self.text) if end < 0 else end
        rest = self.text[offset:end]
        if rest.strip():
            at = offset + len(rest) - len(rest.lstrip())
            raise self.source.error(at, f"something stands behind {what}", f"{what} stands alone on its line")
        return end + 1

    def _statement(self, at: int) -> tuple[Line, int]:
        tag, after = self._tag(at, "%}")
        if self.text[after : after + 2] == "{{":
            inline, behind = self._tag(after, "}}")
            if self.text[behind : behind + 2] == "{%":
                closing, end = self._tag(behind, "%}")
                if self.text[closing.start : closing.end].strip() == "endmacro":
                    return Statement(at, tag, inline), self._rest(end, "a macro")
            raise self.source.error(behind, "a one-line macro is not closed", "end it with {% endmacro %}")
        return Statement(at, tag), self._rest(after, "a statement")

    def _content(self, start: int, at: int) -> tuple[Line, int]:
        pieces: list[str | Tag] = []
        offset = at
        while True:
            end = self.text.find("\n", offset)
            end = len(self.text) if end < 0 else end
            found = [(index, opener) for opener in _OPENERS if (index := self.text.find(opener, offset, end)) >= 0]
            if not found:
                literal = self.text[offset:end].rstrip(" ")
                if literal:
                    pieces.append(literal)
                return Content(at, at - start, tuple(pieces)), end + 1
            index, opener = min(found)
            if opener != "{{":
                what = "a statement" if opener == "{%" else "a comment"
                raise self.source.error(index, f"{what} inside a line", f"{what} stands alone on its line")
            if index > offset:
                pieces.append(self.text[offset:index])
            tag, offset = self._tag(index, "}}")
            pieces.append(tag)

    def _tag(self, at: int, closer: str) -> tuple[Tag, int]:
        """The tag that opens at ``at``; braces and strings inside it are skipped over."""
        depth = 0
        offset = at + 2
        while offset < len(self.text):
            char = self.text[offset]
            if char in "\"'":
                offset = self._string(offset)
                continue
            if depth == 0 and self.text.startswith(closer, offset):
                self._no_trim(at + 2, offset)
                return Tag(at + 2, offset), offset + 2
            depth += _DEPTH.get(char, 0)
            if depth < 0:
                raise self.source.error(offset, f"'{char}' closes nothing", f"the tag ends with {closer}")
            offset += 1
        raise self.source.error(at, "a tag is not closed", f"end it with {closer}")

    def _no_trim(self, start: int, end: int) -> None:
        """``{%- -%}``: Jinja and Go trim white space by it. A minus sign of a number has a blank before it."""
        for at in (start, end - 1):
            if start < end and self.text[at] in "-+":
                hint = "white space is the compiler's work: leave it out"
                raise self.source.error(at, f"'{self.text[at]}' at the edge of a tag", hint)

    def _string(self, at: int) -> int:
        quote = self.text[at]
        offset = at + 1
        while offset < len(self.text):
            if self.text[offset] == "\\":
                offset += 2
            elif self.text[offset] == quote:
                return offset + 1
            else:
                offset += 1
        raise self.source.error(at, "a string is not closed", f"end it with {quote}")
