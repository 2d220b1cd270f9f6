"""Values laid over each other: chart < environment < workspace < deployment, and from where each came.

Maps merge at every depth, everything else is replaced as a whole, lists too. Null removes what the layers below and
the chart have. This is what Helm does with several values files, so the result can be given to Helm as one file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from generator.errors import Position
from generator.yaml import Document, dotted

#: Keys of maps and indexes of lists, from the root to a value.
KeyPath: TypeAlias = tuple[str | int, ...]
Values: TypeAlias = dict[str, Any]

#: Stands in messages for the rest of a long key.
_CUT = "…"
_END = re.compile(r"[.\[]")
# What stands in quotes and is there as it stands.
_PLAIN = re.compile(r'[^"\\…]*')
_INDEX = re.compile(r"\[([0-9]{1,9})\]")
# A key that is not there: quoted, or up to the next step.
_STEP = re.compile(r'"(?:[^"\\]|\\.)*"|[^.\[]+|.')


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value was written: ``layer`` is the word for people (``workspace``), ``path`` the place in the file."""

    layer: str
    file: str
    position: Position
    path: KeyPath


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of values: those at ``at`` in a document.

    A ``derived`` layer has values that follow from what stands at ``at`` and are not written there themselves.
    """

    name: str
    file: str
    document: Document
    at: KeyPath
    values: Mapping[str, Any]
    derived: bool = False

    def origin(self, path: KeyPath) -> Origin:
        """Where the value at ``path`` of the values, or what is nearest above it, was written."""
        place = self.at if self.derived else (*self.at, *path)
        return Origin(self.name, self.file, self.document.position(place), place)


@dataclass(frozen=True, slots=True)
class Layers:
    """Layers from the lowest to the highest, not counting the chart's own defaults."""

    layers: tuple[Layer, ...]

    def merged(self) -> Values:
        """All layers in one; nulls are kept, as they also remove defaults of the chart. The result is a new dict."""
        result: Values = {}
        for layer in self.layers:
            _merge(result, layer.values)
        return result

    def overrides(self, defaults: Mapping[str, Any]) -> Values:
        """What to lay over the chart's ``defaults``: ``merged`` without the nulls that have nothing to remove.

        Maps are in the order of their keys: that of the lines that people write means nothing.
        """
        return _without_idle_nulls(self.merged(), defaults)

    def origins(self, path: KeyPath) -> list[Origin]:
        """The layers that say something at ``path``, the one that decided it first. Empty: the chart's default."""
        return [layer.origin(path) for layer in reversed(self.layers) if reaches(layer.values, path) == len(path)]


def reaches(value: Any, path: Sequence[str | int]) -> int:
    """How many steps of ``path`` there are in ``value``."""
    for step, part in enumerate(path):
        if isinstance(value, list):
            there = isinstance(part, int) and 0 <= part < len(value)
        else:
            there = isinstance(value, Mapping) and part in value
        if not there:
            return step
        value = value[part]
    return len(path)


def key_path(text: str, value: Any) -> KeyPath:
    """A path as problems have it (``workers.queues[0].labels."example.com/team"``) taken apart along ``value``.

    Keys with dots in them may be quoted or not: of all readings, the one that is there is taken, or goes deepest into
    ``value``. What is not there is split at dots.
    """
    # Keys like `a` and `a.a` beside each other make readings double at every step; each is looked at once.
    known: dict[tuple[int, str], KeyPath] = {}

    def read(rest: str, at: Any) -> KeyPath:
        if not isinstance(at, (Mapping, list)):  # nothing is there, and how many steps there are, people decide
            return tuple(_plain_steps(rest))
        if (id(at), rest) not in known:
            found = [(head, *read(tail, below)) for head, tail, below in _steps(rest, at)]
            known[id(at), rest] = max(found, key=lambda path: _fit(at, path), default=())
        return known[id(at), rest]

    return read(text, value)


def _steps(text: str, value: Any) -> Iterator[tuple[str | int, str, Any]]:
    """The first part of a path in all readings, the text after it, and the value there."""
    if isinstance(value, Mapping):
        keys = [
            (key, form)
            for key in _candidates(text, value)
            for form in dict.fromkeys(_forms(key, text))
            if _begins(text, form)
        ]
        yield from ((key, text[len(form) :].removeprefix("."), value[key]) for key, form in keys)
        if keys:
            return
    if (step := _plain_step(text)) is not None:
        key, rest = step
        there = isinstance(key, int) and isinstance(value, list) and key < len(value)
        yield key, rest, value[key] if there else None


def _plain_steps(text: str) -> Iterator[str | int]:
    """A path taken apart at its dots and brackets."""
    while (step := _plain_step(text)) is not None:
        key, text = step
        yield key


def _plain_step(text: str) -> tuple[str | int, str] | None:
    """The first step of a path, split at its dot or bracket, and the rest; None at the end."""
    if match := _INDEX.match(text):
        return int(match[1]), text[match.end() :].removeprefix(".")
    if match := _STEP.match(text):
        return _key(match[0]), text[match.end() :].removeprefix(".")
    return None


def _key(written: str) -> str:
    try:
        return str(json.loads(written)) if written.startswith('"') else written
    except ValueError:  # a long key, cut off before its closing quotation mark
        return written


def _candidates(text: str, value: Mapping[str, Any]) -> Iterable[str]:
    """The keys that a path may begin with, in the map's order: a map may have thousands, and as many problems."""
    if text.startswith('"'):
        begin = _PLAIN.match(text, 1)
        assert begin is not None
        return [key for key in value if key.startswith((begin[0], '"'))]
    ends = [*(match.start() for match in _END.finditer(text)), len(text)]
    found = {text[:end] for end in ends if text[:end] in value}
    return found if len(found) < 2 else [key for key in value if key in found]


def _forms(key: str, text: str) -> Iterator[str]:
    """How a key may stand at the beginning of a path: as it is, in quotes, and cut off, as a long one is for people."""
    quoted = dotted([key])
    yield key
    yield quoted
    cut = text.find(_CUT)
    if cut > 0 and quoted.startswith(text[:cut]):
        yield text[: cut + 1]


def _fit(value: Any, path: KeyPath) -> tuple[bool, int]:
    """How well a reading fits: whether all of it is there, and how far it goes."""
    length = reaches(value, path)
    return length == len(path), length


def _begins(text: str, step: str) -> bool:
    return text.startswith(step) and text[len(step) :][:1] in ("", ".", "[")


def _merge(below: Values, above: Mapping[str, Any]) -> None:
    for key, value in above.items():
        if isinstance(value, Mapping):
            under = below.get(key)
            result: Values = under if isinstance(under, dict) else {}
            _merge(result, value)
            below[key] = result
        else:
            below[key] = value


def _without_idle_nulls(values: Mapping[str, Any], defaults: Mapping[str, Any]) -> Values:
    result: Values = {}
    for key, value in sorted(values.items()):
        default = defaults.get(key)
        if isinstance(value, Mapping):
            result[key] = _without_idle_nulls(value, default if isinstance(default, Mapping) else {})
        elif value is not None or default is not None:
            result[key] = value
    return result
