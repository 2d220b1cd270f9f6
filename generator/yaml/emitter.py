"""JSON-like data to block YAML, for files that people review and programs compare.

The same data gives the same bytes: keys in the order given, two spaces of indentation, sequences at the column of their
key (as kubectl writes them), strings as ``generator.yaml.scalars`` says.

A renderer writes thousands of documents that are alike, so texts are remembered: each key and each short string once
per depth, and whole subtrees that never change (``StaticMap``, ``StaticList``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import isfinite
from typing import Any

from generator.yaml.scalars import block, fits_literal, inline
from generator.yaml.static import SharedMap, StaticList, StaticMap

_CONTAINERS = (dict, list)
_STATIC = (StaticMap, StaticList)
_STATIC_MAPS = frozenset({StaticMap, SharedMap})

_MAX_DEPTH = 128
_EXACT = 2**53
_REMEMBERED_TEXTS = 4096
_REMEMBERED_LENGTH = 128

# A key longer than this is written as '? key': readers give up on ': ' after 1024 characters.
_LONGEST_SIMPLE_KEY = 1000

#: Ends a document whose last value is a literal block. Programs that split a stream of documents trim white space
#: before '---' (Helm) or cut the line feed off (older Kubernetes code); then the text's last line feed would be lost.
END_OF_TEXT = "# keeps the line break at the end of the text above\n"


class _Texts(dict[str, str]):
    """String -> what is written for it at one depth. Emptied when it is full; long strings are not kept."""

    __slots__ = ("_write",)

    def __init__(self, write: Callable[[str], str]) -> None:
        self._write = write

    def __missing__(self, text: str) -> str:
        written = self._write(text)
        if len(text) <= _REMEMBERED_LENGTH:
            if len(self) >= _REMEMBERED_TEXTS:
                self.clear()
            self[text] = written
        return written


class _Depth:
    """What is written at one depth: keys before a scalar, keys before a block, and strings with their line feed."""

    __slots__ = ("dash", "heads", "keys", "strings")

    def __init__(self, depth: int) -> None:
        pad = "  " * depth
        self.dash = pad + "- "
        self.keys = _Texts(lambda key: _key(key, pad) + " ")
        self.heads = _Texts(lambda key: _key(key, pad) + "\n")
        self.strings = _Texts(lambda text: block(text, pad + "  ") + "\n")


def _key(key: str, pad: str) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a key must be a string, not {type(key).__name__}: {key!r:.80}")
    written = inline(str.__str__(key))
    if len(written) > _LONGEST_SIMPLE_KEY:
        return f"{pad}? {written}\n{pad}:"
    return f"{pad}{written}:"


_DEPTHS = tuple(_Depth(depth) for depth in range(_MAX_DEPTH))


def _number(value: float) -> str:
    """A finite float, so that YAML 1.1 sees a number too: a point in the mantissa, a sign in the exponent."""
    if not isfinite(value):
        raise ValueError(f"{value!r} is not a number of JSON")
    text = float.__repr__(value)
    if text.endswith(".0") and text != "-0.0" and abs(value) <= _EXACT:
        # To Helm and to Kubernetes 3.0 and 3 are one number, and Kubernetes refuses 3.0 where it wants an integer.
        return text[:-2]
    mantissa, e, exponent = text.partition("e")
    if e and "." not in mantissa:
        mantissa += ".0"
    return mantissa + e + exponent


def _leaf(value: object, depth: _Depth) -> str:
    """What is written for a value that is neither an exact ``str`` nor a map or list with anything in it."""
    if value is None:
        return "null\n"
    if isinstance(value, bool):
        return "true\n" if value else "false\n"
    if isinstance(value, int):
        return int.__repr__(value) + "\n"
    if isinstance(value, float):
        return _number(value) + "\n"
    if isinstance(value, str):
        return depth.strings[str.__str__(value)]
    if isinstance(value, dict):
        return "{}\n"
    if isinstance(value, list):
        return "[]\n"
    raise TypeError(f"only JSON-like data can be written as YAML, not {type(value).__name__}: {value!r:.80}")


def _map(value: dict[str, Any], level: int, pieces: list[str]) -> None:
    """Appends the text of a map that is not empty; every key at ``level``."""
    depth = _DEPTHS[level]
    keys, heads, strings = depth.keys, depth.heads, depth.strings
    append = pieces.append
    # Tests of the exact type come first: they are an order of magnitude faster than isinstance.
    for key, item in value.items():
        kind = type(item)
        if kind is str:
            append(keys[key])
            append(strings[item])
        elif kind is dict and item:
            append(heads[key])
            _map(item, level + 1, pieces)
        elif kind in _STATIC_MAPS and item:
            append(heads[key])
            append(item.texts.get(level + 1) or _static_text(item, level + 1))
        elif kind is list and item:
            append(heads[key])
            _list(item, level, pieces)
        elif kind is bool:
            append(keys[key])
            append("true\n" if item else "false\n")
        elif kind is int:
            append(f"{keys[key]}{item}\n")
        elif item and isinstance(item, _CONTAINERS):
            append(heads[key])
            _subtree(item, level + 1 if isinstance(item, dict) else level, pieces)
        else:
            append(keys[key])
            append(_leaf(item, depth))


def _list(value: list[Any], level: int, pieces: list[str]) -> None:
    """Appends the text of a list that is not empty; every dash at ``level``."""
    depth = _DEPTHS[level]
    dash = depth.dash
    append = pieces.append
    for item in value:
        kind = type(item)
        if kind is str:
            append(dash)
            append(depth.strings[item])
        elif kind in _STATIC_MAPS and item:
            text = item.texts.get(level + 1) or _static_text(item, level + 1)
            append(dash)
            append(text[len(dash) :])
        elif item and isinstance(item, _CONTAINERS):
            # The block's first line is written at the block's own depth; the dash takes the place of its indentation.
            first = len(pieces)
            if type(item) is dict:
                _map(item, level + 1, pieces)
            else:
                _subtree(item, level + 1, pieces)
            pieces[first] = dash + pieces[first][len(dash) :]
        else:
            append(dash)
            append(_leaf(item, depth))


def _subtree(value: dict[str, Any] | list[Any], level: int, pieces: list[str]) -> None:
    """Appends the text of a map or list of any kind that is not empty; a static one's text is made once per depth."""
    if isinstance(value, _STATIC):
        pieces.append(value.texts.get(level) or _static_text(value, level))
    elif isinstance(value, dict):
        _map(value, level, pieces)
    else:
        _list(value, level, pieces)


def _static_text(value: StaticMap | StaticList, level: int) -> str:
    """The text of a static map or list that is not empty, kept for the next time."""
    pieces: list[str] = []
    if isinstance(value, dict):
        _map(value, level, pieces)
    else:
        _list(value, level, pieces)
    text = value.texts[level] = "".join(pieces)
    return text


def _ends_in_literal(value: object) -> bool:
    """Whether the last thing written of ``value`` is a literal block that ends in a line feed."""
    while isinstance(value, _CONTAINERS) and value:
        value = value[-1] if isinstance(value, list) else value[next(reversed(value))]
    return isinstance(value, str) and value.endswith("\n") and fits_literal(value)


def _document(value: object, pieces: list[str]) -> None:
    try:
        if isinstance(value, _CONTAINERS) and value:
            _subtree(value, 0, pieces)
        else:
            pieces.append(_leaf(value, _DEPTHS[0]))
    except IndexError:
        raise ValueError(f"data nested more than {_MAX_DEPTH} deep cannot be written as YAML") from None
    # What was written last is a line, or several: only these can be a literal block.
    last = pieces[-1]
    if last.find("\n") != len(last) - 1 and _ends_in_literal(value):
        pieces.append(END_OF_TEXT)


def dump(value: object) -> str:
    """``value`` as one YAML document without ``---``; ends with a line feed.

    ``value`` is JSON-like: dict with string keys, list, str, int, float, bool, None, and subclasses of these. Raises
    ``TypeError`` for anything else, ``ValueError`` for NaN, infinities, lone surrogates and nesting beyond 128.
    """
    pieces: list[str] = []
    _document(value, pieces)
    return "".join(pieces)


def dump_all(documents: Iterable[object]) -> str:
    """The documents as a YAML stream in which every one begins with a line ``---``; no documents, no text.

    So a document is a block of lines of its own in a review, and ``dump_all(a) + dump_all(b) == dump_all(a + b)``.
    Takes and raises what ``dump`` does.
    """
    pieces: list[str] = []
    for document in documents:
        pieces.append("---\n")
        _document(document, pieces)
    return "".join(pieces)
