"""A template file's text: places in it, problems at them, and which characters it may hold."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass, field
from functools import cached_property

from generator.errors import Position, Problem, ProblemsError

# Control characters, line separators, byte order marks, surrogates and noncharacters: YAML readers drop, change or
# refuse them. A template may hold a line feed, and a text that it writes may hold a tab, too.
_UNSAFE = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufeff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
)  # fmt: skip
_UNSAFE_IN_TEXT = re.compile(f"[{_UNSAFE}]")
_UNSAFE_IN_SOURCE = re.compile(f"[\t{_UNSAFE}]")


def unsafe_character(text: str) -> str:
    """A character of ``text`` that does not survive the way through YAML; empty when there is none."""
    found = _UNSAFE_IN_TEXT.search(text)
    return found[0] if found else ""


@dataclass(frozen=True)
class SourceFile:
    """One template file. ``name`` is the path that errors show, relative to the folder that holds the charts."""

    name: str
    text: str = field(repr=False)

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        starts.extend(index + 1 for index, char in enumerate(self.text) if char == "\n")
        return starts

    def position(self, offset: int) -> Position:
        """Line and column (from 1) of a character offset."""
        line = bisect.bisect_right(self._line_starts, offset) - 1
        return Position(line + 1, offset - self._line_starts[line] + 1)

    def problem(self, at: int, message: str, hint: str = "", allowed: str = "") -> Problem:
        """A problem at a character offset of this file."""
        return Problem(message, file=self.name, position=self.position(at), hint=hint, allowed=allowed)

    def error(self, at: int, message: str, hint: str = "", allowed: str = "") -> ProblemsError:
        """The same as an exception to raise."""
        return ProblemsError([self.problem(at, message, hint, allowed)])

    def check_characters(self) -> None:
        """Refuse what no line of a template may hold. Raises ProblemsError."""
        found = _UNSAFE_IN_SOURCE.search(self.text)
        if found is None:
            return
        match found[0]:
            case "\t":
                raise self.error(found.start(), "a tab in a template", "indent with spaces")
            case "\r":
                raise self.error(found.start(), "a carriage return in a template", "end lines with a line feed alone")
            case "\ufeff":
                raise self.error(found.start(), "a byte order mark in a template", "save the file without it")
        raise self.error(
            found.start(),
            f"the character U+{ord(found[0]):04X} in a template",
            "YAML readers drop or refuse it: leave it out",
        )
