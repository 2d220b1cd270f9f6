"""A YAML document that was read: its data, and where each part of it stands in the file."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from generator.errors import Position
from generator.yaml.parser import open_parser

Path = tuple[str | int, ...]

_PLAIN_STEP = re.compile(r"[A-Za-z0-9_/-]+\Z")


def dotted(path: Sequence[str | int], longest: int | None = None) -> str:
    """A path as people write it: ``workers.queues[0].name``; a key that is no plain word is in quotes.

    With ``longest``, such a key is cut off behind so many characters.
    """
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            shown = step if _PLAIN_STEP.match(step) else json.dumps(step, ensure_ascii=False)
            if longest is not None and shown is not step and len(shown) > longest:
                shown = f"{shown[: longest - 1]}…"
            text += f".{shown}" if text else shown
    return text


@dataclass(slots=True)
class Document:
    """``value`` is plain JSON-like data; integral numbers are int. ``file`` is the name that problems show."""

    value: Any
    file: str
    text: str = field(repr=False)
    _places: dict[Path, tuple[Position, Position]] | None = field(default=None, init=False, repr=False)
    _scalars: dict[Position, str] | None = field(default=None, init=False, repr=False)

    def position(self, path: Sequence[str | int] = ()) -> Position:
        """Where the key or the item at ``path`` stands; for a path that is not in the file, where its parent does."""
        return self._find(path)[0]

    def value_position(self, path: Sequence[str | int] = ()) -> Position:
        """Where the value at ``path`` stands; for a path that is not in the file, where its parent does."""
        return self._find(path)[1]

    def written(self, path: Sequence[str | int]) -> str:
        """The scalar at ``path`` as it stands in the file: ``3.10``, of which the value is 3.1. Empty: no scalar."""
        if self._scalars is None:
            self._scalars = _scalars(self.text)
        return self._scalars.get(self.value_position(path), "")

    def _find(self, path: Sequence[str | int]) -> tuple[Position, Position]:
        if self._places is None:
            # Most documents have no problems, so that nobody asks.
            self._places = _places(self.text)
        for length in range(len(path), -1, -1):
            if found := self._places.get(tuple(path[:length])):
                return found
        return Position(1), Position(1)


def _scalars(text: str) -> dict[Position, str]:
    """All scalars as they stand in a text, by the places where they begin."""
    scalars: dict[Position, str] = {}
    parser = open_parser(text)
    while not isinstance(event := parser.get_event(), yaml.StreamEndEvent):
        if isinstance(event, yaml.ScalarEvent):
            # Of an empty one and what follows in its place, the first.
            scalars.setdefault(_position(event), str(event.value))
    return scalars


def _places(text: str) -> dict[Path, tuple[Position, Position]]:
    """Path -> positions of key and value. What an alias stands for is at the alias. ``text`` has been read before."""
    places: dict[Path, tuple[Position, Position]] = {}
    parser = open_parser(text)
    open_: list[_OpenPath] = []
    while not isinstance(event := parser.get_event(), yaml.DocumentEndEvent | yaml.StreamEndEvent):
        if isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
            continue
        if isinstance(event, yaml.CollectionEndEvent):
            open_.pop()
        else:
            position = _position(event)
            inner = open_[-1] if open_ else None
            if inner is not None and inner.key_position is None and not inner.is_list:
                inner.step, inner.key_position = event.value, position
                continue
            path = (*inner.path, inner.step) if inner is not None else ()
            places[path] = (inner.key_position or position if inner is not None else position, position)
            if isinstance(event, yaml.CollectionStartEvent):
                open_.append(_OpenPath(path, is_list=isinstance(event, yaml.SequenceStartEvent)))
                continue
        if open_:
            open_[-1].next()
    return places


def _position(event: Any) -> Position:
    return Position(event.start_mark.line + 1, event.start_mark.column + 1)


class _OpenPath:
    """A map or list whose parts are being placed."""

    def __init__(self, path: Path, *, is_list: bool) -> None:
        self.path = path
        self.is_list = is_list
        self.step: str | int = 0
        # Where the key stands whose value comes next; None before a key, and in a list.
        self.key_position: Position | None = None

    def next(self) -> None:
        """After a value."""
        if isinstance(self.step, int):
            self.step += 1
        self.key_position = None
