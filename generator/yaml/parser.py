"""PyYAML's event parser, and its complaints in words for the person who wrote the file.

Only events are taken from PyYAML: what a scalar means is decided by ``generator.yaml.plain``, and PyYAML's own loader,
which recurses, is not used. libyaml and go-yaml, which reads for Helm, share their origin.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Protocol

import yaml
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner

from generator.errors import Position, Problem
from generator.yaml.source import position as place


class EventParser(Protocol):
    """What both of PyYAML's parsers can do."""

    def get_event(self) -> Any:
        """The next event; raises ``yaml.YAMLError``."""


class PurePythonParser(Reader, Scanner, Parser):
    """PyYAML's own parser, where libyaml is missing."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)


def _choose() -> Callable[[str], EventParser]:
    if not yaml.__with_libyaml__:
        return PurePythonParser
    from yaml._yaml import CParser

    return CParser


open_parser: Callable[[str], EventParser] = _choose()

#: What to do about `{{ x }}` in a file.
TEMPLATE_HINT = "templates are not filled in here; text with '{{' or '{%' in it is put into quotes"

# What git leaves in a file when two changes meet.
_CONFLICT = re.compile(r"^(<{7}|>{7}|={7})(?= |$)", re.MULTILINE)
# YAML takes no longer ones, unless they begin with '?'.
_LONGEST_KEY = 1024

# Part of a complaint -> what to do about it.
_HINTS = (
    ("mapping values are not allowed", "put the text after the key into quotes, or mend the indentation of this line"),
    ("block sequence entries are not allowed", "write the list on lines of its own below the key"),
    ("block mapping", "mend the indentation of this line; every key of a map stands in the same column"),
    ("block collection", "mend the indentation of this line; every '-' of a list stands in the same column"),
    ("a key without a ':'", "write 'key: value'; a key stands on one line, and a space follows the colon"),
    ("simple key", "write 'key: value'; a key stands on one line, and a space follows the colon"),
    ("flow sequence", "close the list with ']' and put ',' between its items"),
    ("flow mapping", "close the map with '}' and put ',' between its entries"),
    ("Unicode character escape", "write a character beyond U+FFFF itself, or as \\U0001f600; a single half is none"),
    ("escape", "double the backslash, or write the text in single quotes"),
    (
        "quoted scalar",
        "close the quotes; a quotation mark in the text is written \\\" in double and '' in single quotes",
    ),
    ("block scalar", "write '|' or '>' and begin the text on the next line, deeper than the key"),
    ("alias", "an alias such as *name needs an anchor &name before it"),
    ("anchor", "an anchor is '&' and a name of letters and digits"),
    ("incompatible YAML", "remove the lines that begin with '%'"),
    ("directive", "remove the line that begins with '%'"),
    ("document", "a line '---' or '...' ends the document; indent it if it is text"),
)


def syntax_problem(error: yaml.YAMLError, text: str, file: str) -> Problem:
    """A complaint of the parser about ``text`` as a problem."""
    mark = getattr(error, "problem_mark", None)
    began = getattr(error, "context_mark", None)
    context = getattr(error, "context", None) or ""
    found = getattr(error, "problem", None) or getattr(error, "reason", None) or "this is not YAML"
    if mark is None or (began is not None and "end of stream" in found):
        mark, began = began, None
    if "could not find expected ':'" in found:
        # What should have a colon behind it is where the parser began, not where it gave up.
        mark, began, context, found = began or mark, None, "", "a key without a ':' and a blank behind it"
    position = None if mark is None else Position(mark.line + 1, mark.column + 1)
    if conflict := _CONFLICT.search(text):
        hint = "settle which lines are to stay, and remove the lines of marks"
        return Problem("a mark of a merge conflict", file=file, position=place(text, conflict.start()), hint=hint)
    line = _line(text, position)
    if "mapping values are not allowed" in found and position is not None:
        key = line[: position.column - 1].strip()
        if len(key) > _LONGEST_KEY:
            message = f"a key of {len(key):,} characters"
            start = Position(position.line, line.index(key) + 1)
            return Problem(message, file=file, position=start, allowed=f"at most {_LONGEST_KEY:,}")
    is_template = "{{" in line or "{%" in line
    if "cannot start any token" in found:
        char = line[position.column - 1 : position.column] if position is not None else ""
        if char != "\t":
            hint = TEMPLATE_HINT if is_template else f"put text that begins with {char!r} into quotes"
            return Problem(f"{char!r} cannot begin a value", file=file, position=position, hint=hint)
        return Problem(
            "a tab where a value or a key should be", file=file, position=position, hint="indent with spaces"
        )
    if "tab" in found:
        return Problem("a tab in the indentation", file=file, position=position, hint="indent with spaces")
    if began is not None and mark is not None and began.line != mark.line:
        context += f" that began in line {began.line + 1}"
    hints = [hint for complaint in (found, context) for part, hint in _HINTS if part in complaint]
    message = f"{context}: {found}" if context else str(found)
    hint = TEMPLATE_HINT if is_template else next(iter(hints), "")
    return Problem(message, file=file, position=position, hint=hint)


def _line(text: str, position: Position | None) -> str:
    if position is None:
        return ""
    lines = text.split("\n", position.line)
    return lines[position.line - 1] if position.line <= len(lines) else ""
