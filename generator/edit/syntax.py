"""Where each part of a file stands: its keys, values, dashes and anchors as positions in the text.

The events are those of the parser with which ``generator.yaml.read`` reads, so both always see the same file.
ruamel.yaml's round trip was tried: it takes twenty times as long, folds lines and drops ``---``, and moves comments
and blanks of files that it did not write. It is a judge in the tests instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import yaml

from generator.yaml import Document
from generator.yaml.parser import EventParser, open_parser

_ANCHOR = re.compile(r"&\S+")
#: White space, comments and line breaks between two tokens.
_GAP = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")


@dataclass(slots=True, eq=False)
class Node:
    """A value. ``start`` is where it begins with its anchor, ``body`` without, ``end`` is behind its last character.

    Block maps and lists begin at their first key or dash. ``style`` is the quotation mark, ``|`` or ``>`` of a scalar.
    An alias has a ``target``, and ``anchor`` is its name.
    """

    kind: Literal["map", "list", "scalar"]
    start: int
    body: int
    end: int
    value: Any
    flow: bool = False
    style: str = ""
    anchor: str | None = None
    target: Node | None = None
    entries: list[Entry] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing where a value may be."""
        return self.kind == "scalar" and self.body == self.end and self.target is None

    @property
    def is_block(self) -> bool:
        """Whether it has lines of its own: a map or list without brackets, or a text behind ``|`` or ``>``."""
        return self.style in ("|", ">") or (self.kind != "scalar" and not self.flow)

    def walk(self) -> Iterator[Node]:
        """This node, keys with anchors, and all below."""
        yield self
        for entry in self.entries:
            if entry.key_node is not None and entry.key_node.anchor is not None:
                yield entry.key_node
            yield from entry.node.walk()


@dataclass(slots=True, eq=False)
class Entry:
    """A key with its value, or an item. ``start`` is at the key, ``?`` or ``-``; ``mark`` behind ``:`` or ``-``, and -1
    when there is neither."""

    start: int
    mark: int
    key: str
    key_node: Node | None
    node: Node

    @property
    def end(self) -> int:
        """Behind its last character."""
        known = self.mark if self.key_node is None else max(self.mark, self.key_node.end)
        return max(known, self.node.end)


def parse(document: Document) -> Node | None:
    """The tree of a document that was read; None when nothing but comments is in it."""
    return _Builder(document.text).build(document.value)


def gap_end(text: str, position: int) -> int:
    """Where the next token begins: behind white space and comments."""
    match = _GAP.match(text, position)
    assert match is not None
    return match.end()


class _Builder:
    def __init__(self, text: str) -> None:
        self._text = text
        self._parser: EventParser = open_parser(text)
        # Behind the last token that was seen.
        self._cursor = 0
        self._anchors: dict[str, Node] = {}

    def build(self, value: Any) -> Node | None:
        event = self._next()
        while isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
            event = self._next()
        if isinstance(event, yaml.StreamEndEvent):
            return None
        self._cursor = event.start_mark.index
        node = self._node(event, value)
        return None if node.is_empty else node

    def _next(self) -> Any:
        # PyYAML's types say that events may lack marks; those of a parser never do.
        return self._parser.get_event()

    def _node(self, event: Any, value: Any) -> Node:
        start = event.start_mark.index
        if isinstance(event, yaml.AliasEvent):
            name = str(event.anchor)
            target = self._anchors[name]
            node = Node("scalar", start, start, start + 1 + len(name), value, anchor=name, target=target)
        elif isinstance(event, yaml.ScalarEvent):
            node = self._scalar(event, value)
        else:
            node = self._collection(event, value)
        self._cursor = node.end
        return node

    def _scalar(self, event: Any, value: Any) -> Node:
        start, end = event.start_mark.index, event.end_mark.index
        style = event.style or ""
        body = self._body(event)
        if style in ("|", ">"):
            end = _end_of_block(self._text, body, end)
        elif not style and not event.value:
            # Parsers differ in where an empty value is; without an anchor the caller knows better.
            end = body
        node = Node("scalar", start, body, end, value, style=style, anchor=event.anchor)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        return node

    def _body(self, event: Any) -> int:
        start: int = event.start_mark.index
        if event.anchor is None:
            return start
        match = _ANCHOR.match(self._text, start)
        assert match is not None
        behind = start + 1 + len(event.anchor)
        if isinstance(event, yaml.ScalarEvent) and not event.value and not event.style:
            return behind
        return gap_end(self._text, behind)

    def _collection(self, event: Any, value: Any) -> Node:
        is_map = isinstance(event, yaml.MappingStartEvent)
        body = self._body(event)
        node = Node("map" if is_map else "list", event.start_mark.index, body, body, value, anchor=event.anchor)
        node.flow = bool(event.flow_style)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        has_brackets = node.flow and self._text[body] in "{["
        self._cursor = body + 1 if has_brackets else body
        following = self._next()
        while not isinstance(following, yaml.CollectionEndEvent):
            node.entries.append(self._entry(following, value) if is_map else self._item(following, value, node))
            following = self._next()
        if has_brackets:
            node.end = _end(following)
        elif node.entries:
            node.end = node.entries[-1].end
        return node

    def _entry(self, event: Any, value: Any) -> Entry:
        before = self._indicator(self._cursor, event.start_mark.index, "?")
        key = self._node(event, event.value)
        following = self._next()
        colon = self._indicator(key.end, max(following.start_mark.index, key.end), ":")
        mark = colon + 1 if colon >= 0 else -1
        behind = self._cursor = max(mark, key.end)
        node = self._placed(self._node(following, value[event.value]), behind)
        return Entry(before if before >= 0 else key.start, mark, event.value, key, node)

    def _item(self, event: Any, value: Any, parent: Node) -> Entry:
        index = len(parent.entries)
        dash = -1 if parent.flow else self._indicator(self._cursor, event.start_mark.index, "-")
        mark = dash + 1 if dash >= 0 else -1
        behind = self._cursor = max(mark, self._cursor)
        node = self._placed(self._node(event, value[index]), behind)
        return Entry(dash if dash >= 0 else node.start, mark, "", None, node)

    def _placed(self, node: Node, behind: int) -> Node:
        """An empty value is right behind its colon or dash."""
        if node.is_empty and node.anchor is None:
            node.start = node.body = node.end = behind
        self._cursor = max(behind, node.end)
        return node

    def _indicator(self, start: int, end: int, sign: str) -> int:
        """Where ``sign`` is between two tokens; -1 when it is not."""
        position = gap_end(self._text, start)
        while position < end:
            if self._text[position] == sign:
                return position
            position = gap_end(self._text, position + 1)
        return -1


def _end(event: Any) -> int:
    return int(event.end_mark.index)


def _end_of_block(text: str, start: int, end: int) -> int:
    """Where the last line of a block scalar ends that belongs to its text, without the line break."""
    header = text[start:end].partition("\n")[0]
    indicators = header.partition(" ")[0]
    begin = text.rfind("\n", start, end) + 1
    if begin and not text[begin:end].strip(" "):
        end = begin  # what is in the last line indents the next token
    lines = text[start:end].splitlines(keepends=True)
    if "+" not in indicators:
        explicit = any(char.isdigit() for char in indicators)
        filled = [line for line in lines[1:] if line.strip()]
        least = 0 if explicit or not filled else min(len(line) - len(line.lstrip(" ")) for line in filled)
        while len(lines) > 1 and not lines[-1].strip(" \r\n") and len(lines[-1].rstrip("\r\n")) <= least:
            lines.pop()
    whole = "".join(lines)
    return start + len(whole.removesuffix("\n").removesuffix("\r"))
