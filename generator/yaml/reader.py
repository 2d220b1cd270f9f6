"""YAML that a person wrote, read as Helm reads it, or refused with a reason.

Refused is what Helm and other readers take for different things, what is easily written by mistake (the same key
twice), and what costs more than a settings file may cost. Every problem tells where it is and what to write.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from generator.errors import Position, Problem, ProblemsError, did_you_mean
from generator.secrecy import HIDDEN, WHY_HIDDEN, is_named_secret
from generator.yaml.document import Document, dotted
from generator.yaml.parser import TEMPLATE_HINT, EventParser, open_parser, syntax_problem
from generator.yaml.plain import Refusal, resolve
from generator.yaml.source import character, decode, position
from generator.yaml.static import unshared

_MOST_PROBLEMS = 100

# How much may come from aliases: so many nodes in any file, and so many for each one that is written. Helm refuses a
# file when more than 99 in 100 come from aliases.
_FREE_COPIES = 500
_COPIES_PER_NODE = 20

# White space and marks that look like a blank or like nothing; in text without quotes they are there by mistake.
_LOOKS_EMPTY = re.compile(
    "[\xa0\xad\u061c\u1680\u180e\u2000-\u200f\u202f\u205f-\u2065\u206a-\u206f\u3000\ufff9-\ufffb]"
)
# Whoever writes one of these means a boolean.
_SWITCHES = frozenset({"y", "n", "yes", "no", "on", "off"})
_ESCAPE = re.compile(r"\\.", re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may cost: bytes, nesting of maps and lists, and number of keys and values with aliases expanded."""

    size: int = 1024 * 1024
    depth: int = 64
    nodes: int = 100_000


DEFAULT_LIMITS = Limits()


def read(text: str | bytes, *, file: str, limits: Limits = DEFAULT_LIMITS) -> Document:
    """The one YAML document in ``text``. An empty file has the value None. Raises ``ProblemsError``."""
    source = decode(text, file=file, size=limits.size)
    return Document(_Reader(source, file, limits).read(), file, source)


def read_once(text: str | bytes, *, file: str) -> Document:
    """What ``read`` gives, to be read only: who edits a file reads what came of it, and who loads it does so again."""
    return _read_once(decode(text, file=file, size=DEFAULT_LIMITS.size), file)


@lru_cache(maxsize=2)
def _read_once(source: str, file: str) -> Document:
    return Document(_Reader(source, file, DEFAULT_LIMITS).read(), file, source)


class _Open:
    """A map or a list that has not ended."""

    __slots__ = ("anchor", "depth", "key", "keys", "nodes_before", "value", "waits_for_key")

    def __init__(self, value: dict[str, Any] | list[Any], anchor: str | None, nodes_before: int) -> None:
        self.value = value
        self.anchor = anchor
        self.nodes_before = nodes_before
        # Levels of maps and lists below this one, so far.
        self.depth = 0
        # Of a map: the key that was read last, where each key stands, and whether a key comes next.
        self.key = ""
        self.keys: dict[str, Position] = {}
        self.waits_for_key = isinstance(value, dict)

    def put(self, value: Any) -> None:
        if isinstance(self.value, dict):
            self.value[self.key] = value
            self.waits_for_key = True
        else:
            self.value.append(value)

    def step(self, *, closed: bool) -> str | int | None:
        """The step in the path to the value that is being read, or, when not ``closed``, to the one that is open."""
        if isinstance(self.value, list):
            return len(self.value) - (0 if closed else 1)
        return None if closed and self.waits_for_key else self.key


class _Stop(Exception):
    """No more can be told about this file."""


class _Reader:
    def __init__(self, text: str, file: str, limits: Limits) -> None:
        self._text = text
        self._file = file
        self._limits = limits
        self._problems: list[Problem] = []
        self._open: list[_Open] = []
        self._root: Any = None
        self._documents = 0
        self._has_slash_escape = "\\/" in text
        self._nodes = 0
        self._copied = 0
        # Anchor -> value, nodes in it, how deep they are nested; None while it is open.
        self._anchors: dict[str, tuple[Any, int, int] | None] = {}

    def read(self) -> Any:
        try:
            self._events(open_parser(self._text))
        except _Stop:
            pass
        except yaml.YAMLError as error:
            self._problems.append(syntax_problem(error, self._text, self._file))
        if self._problems:
            raise ProblemsError(self._problems)
        return self._root

    def _events(self, parser: EventParser) -> None:
        while True:
            event = parser.get_event()
            kind = type(event)
            if kind is yaml.ScalarEvent:
                self._count(1, event)
                if self._open and self._open[-1].waits_for_key:
                    self._key(event)
                else:
                    self._put(self._scalar(event))
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                self._start({} if kind is yaml.MappingStartEvent else [], event)
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self._end()
            elif kind is yaml.AliasEvent:
                self._alias(event)
            elif kind is yaml.DocumentStartEvent:
                self._document(event)
            elif kind is yaml.StreamEndEvent:
                return

    # --- events --------------------------------------------------------------------------------------------------

    def _document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            self._problem("a second document", event, allowed="one document", hint="put it into a file of its own")
            raise _Stop
        if event.version or event.tags:
            self._problem("a directive", event, hint="remove the lines that begin with '%'")

    def _start(self, value: dict[str, Any] | list[Any], event: Any) -> None:
        self._count(1, event)
        if self._open and self._open[-1].waits_for_key:
            is_template = self._text.startswith("{{", event.start_mark.index - 1)
            hint = TEMPLATE_HINT if is_template or self._text.startswith("{{", event.start_mark.index) else ""
            self._problem("a map or list as a key", event, allowed="text", hint=hint)
            raise _Stop
        if len(self._open) >= self._limits.depth:
            self._too_deep(event)
        self._refuse_tag(event)
        self._put(value)
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        self._open.append(_Open(value, event.anchor, self._nodes))

    def _end(self) -> None:
        ended = self._open.pop()
        levels = ended.depth + 1
        if self._open:
            self._open[-1].depth = max(self._open[-1].depth, levels)
        if ended.anchor is not None:
            self._anchors[ended.anchor] = (ended.value, self._nodes - ended.nodes_before + 1, levels)

    def _alias(self, event: Any) -> None:
        if self._open and self._open[-1].waits_for_key:
            self._problem(f"the alias *{event.anchor} as a key", event, hint="write the key out")
            raise _Stop
        if event.anchor not in self._anchors:
            name = HIDDEN if self._is_confidential() else event.anchor
            self._problem(
                f"no anchor &{name} before the alias *{name}", event,
                hint=did_you_mean(event.anchor, self._anchors) or "put text that begins with '*' into quotes",
            )  # fmt: skip
            self._put(None)
            return
        target = self._anchors[event.anchor]
        if target is None:
            self._problem(f"the alias *{event.anchor} inside its own anchor", event, hint="write it out")
            raise _Stop
        value, nodes, depth = target
        self._copied += nodes
        self._count(nodes, event)
        if self._copied > max(_FREE_COPIES, _COPIES_PER_NODE * (self._nodes - self._copied)):
            self._problem(
                f"aliases make {self._copied:,} keys and values of {self._nodes - self._copied:,}", event,
                allowed=f"{_COPIES_PER_NODE} times as many", hint="write less by alias",
            )  # fmt: skip
            raise _Stop
        if len(self._open) + depth > self._limits.depth:
            self._too_deep(event)
        if self._open:
            self._open[-1].depth = max(self._open[-1].depth, depth)
        self._put(unshared(value))

    def _key(self, event: Any) -> None:
        map_ = self._open[-1]
        text: str = event.value
        map_.key = text
        map_.waits_for_key = False
        self._refuse_tag(event)
        if event.implicit[0]:
            self._refuse_what_looks_empty(text, event)
            self._refuse_key(text, event)
        else:
            self._refuse_in_quotes(text, event)
        if text in map_.keys:
            first = map_.keys[text]
            self._problem(
                f"the key {text!r:.80} again; line {first.line} has it already", event, hint="keep one of them"
            )
        else:
            map_.keys[text] = _position(event)
        if event.anchor is not None:
            self._anchors[event.anchor] = (text, 1, 0)

    def _refuse_key(self, text: str, event: Any) -> None:
        """Refuse a key without quotes that is no text to Helm or to others."""
        value = resolve(text)
        if text == "<<":
            hint = "write the keys out; an alias can stand for a whole value"
            self._problem("the merge key <<, which programs read in different ways", event, hint=hint)
        elif isinstance(value, Refusal):
            self._problem(f"the key {value.message}", event, hint=f'write "{text}":')
        elif not isinstance(value, str):
            kind = "null" if value is None else "a boolean" if isinstance(value, bool) else "a number"
            self._problem(f"the key {text!r:.80} is {kind}, and a key is text", event, hint=f'write "{text}":')

    def _scalar(self, event: Any) -> Any:
        self._refuse_tag(event)
        value: Any = event.value
        if event.implicit[0]:
            self._refuse_what_looks_empty(value, event)
            value = resolve(value)
            if isinstance(value, Refusal):
                if event.value.lower() not in _SWITCHES and self._is_confidential():
                    message = f"{HIDDEN} is no text to all programs"
                    value = Refusal(message, f"put it in quotes if it is text; {WHY_HIDDEN}")
                self._problem(value.message, event, hint=value.hint)
                value = None
        else:
            self._refuse_in_quotes(value, event)
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, 1, 0)
        return value

    # --- helpers -------------------------------------------------------------------------------------------------

    def _put(self, value: Any) -> None:
        if self._open:
            self._open[-1].put(value)
        else:
            self._root = value

    def _count(self, nodes: int, event: Any) -> None:
        self._nodes += nodes
        if self._nodes > self._limits.nodes:
            message = f"more than {self._limits.nodes:,} keys and values"
            self._problem(message, event, hint="split the file")
            raise _Stop

    def _too_deep(self, event: Any) -> None:
        message = f"maps and lists nested more than {self._limits.depth} deep"
        self._problems.append(Problem(message, file=self._file, position=_position(event)))
        raise _Stop

    def _refuse_tag(self, event: Any) -> None:
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!", 1)
            hint = "remove it; text that looks like something else is written in quotes"
            shown = HIDDEN if self._is_confidential() else f"{tag!r:.80}"
            self._problem(f"the tag {shown}", event, hint=hint)

    def _refuse_what_looks_empty(self, text: str, event: Any) -> None:
        if not text.isascii() and _LOOKS_EMPTY.search(text) is not None:
            found = _LOOKS_EMPTY.search(self._text, event.start_mark.index)
            assert found is not None  # without quotes there are no escapes: what is in the text is in the file
            hint = f'write a blank, or, if it is meant, "\\u{ord(found[0]):04x}" in double quotes'
            message = f"the character {character(found[0])} in text without quotes"
            self._problem(message, event, hint=hint, at=position(self._text, found.start()))

    def _refuse_in_quotes(self, text: str, event: Any) -> None:
        if self._has_slash_escape and event.style == '"':
            written = self._text[event.start_mark.index : event.end_mark.index]
            if any(match[0] == "\\/" for match in _ESCAPE.finditer(written)):
                self._problem("the escape \\/, which Helm does not know", event, hint="write '/'")
        if not text.isascii() and _SURROGATE.search(text) is not None:
            hint = "write a character beyond U+FFFF itself, or as \\U0001f600"
            self._problem("half of a character (a surrogate)", event, hint=hint)

    def _is_confidential(self) -> bool:
        """Whether what is being read may be a secret: one without quotes is easily taken for something else."""
        for open_ in self._open:
            step = open_.step(closed=open_ is self._open[-1])
            if isinstance(open_.value, dict) and isinstance(step, str) and is_named_secret(open_.value, step):
                return True
        return False

    def _problem(
        self, message: str, event: Any, *, allowed: str = "", hint: str = "", at: Position | None = None
    ) -> None:
        """Note a problem ``at`` a position, or where the event begins."""
        steps = [open_.step(closed=open_ is self._open[-1]) for open_ in self._open]
        path = dotted([step for step in steps if step is not None])
        at = at or _position(event)
        secret = self._is_confidential()
        self._problems.append(
            Problem(message, file=self._file, position=at, path=path, allowed=allowed, hint=hint, secret=secret)
        )
        if len(self._problems) >= _MOST_PROBLEMS:
            message = f"has {_MOST_PROBLEMS} problems up to here, and was not read further"
            self._problems.append(Problem(message, file=self._file, position=Position(at.line, at.column + 1)))
            raise _Stop


def _position(event: Any) -> Position:
    return Position(event.start_mark.line + 1, event.start_mark.column + 1)
