"""Long lines of a Go template as several: an action may span lines (Go 1.16, so every Helm that the chart takes).

What is too wide is broken where its argument begins that makes it wide: the pairs of a ``dict`` and the items of a
``list`` get a line each, and pipes follow behind the last parenthesis.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass

#: Lines up to here stay as they are. Only a word that is longer by itself, such as a string, makes a longer one.
WIDTH = 120

_STEP = 2
_STRING = r'"(?:[^"\\]|\\.)*"|`[^`]*`'
_TOKEN = re.compile(rf'{_STRING}|[()]|[^\s()"`]+|\s+')
_ACTION = re.compile(rf'\{{\{{(?:{_STRING}|[^"`])*?\}}\}}')
#: Their arguments are a list: each has a line of its own, and so has the parenthesis behind them.
_COLLECTIONS = ("dict", "list")
_KEYWORDS = ("if", "else", "with", "range")
#: Their first argument tells what they are for, and stays beside them.
_NAMED = (("include",), ("printf",))


@dataclass(frozen=True, slots=True)
class _Group:
    """Words in parentheses, and what touches the closing one (``.host``)."""

    words: tuple[_Word, ...]
    suffix: str = ""

    def __str__(self) -> str:
        return f"({_flat(self.words)}){self.suffix}"


_Word = str | _Group


def laid_out(line: str) -> list[str]:
    """A printed line as lines: its last action is broken (before it may stand one that gives a key)."""
    if len(line) <= WIDTH:
        return [line]
    actions = list(_ACTION.finditer(line))
    if not actions:
        return [line]
    action = actions[-1]
    opening = "{{- " if action[0].startswith("{{- ") else "{{ "
    closing = " -}}" if action[0].endswith(" -}}") else " }}"
    head, tail = line[: action.start()] + opening, closing + line[action.end() :]
    words = _parsed(action[0][len(opening) : -len(closing)])
    indent = len(line) - len(line.lstrip()) + _STEP
    lines = _laid(words, len(head), indent, len(tail))
    lines[0] = head + lines[0]
    return [*lines[:-1], lines[-1] + tail]


def comment_lines(text: str, indent: int) -> list[str]:
    """A comment of the chart, its lines no longer than ``WIDTH``."""
    begin, end = "{{- /* ", " */}}"
    room = WIDTH - indent - len(begin) - len(end)
    wrap = textwrap.TextWrapper(room, break_long_words=False, break_on_hyphens=False)
    lines = [part for line in text.replace("*/", "* /").split("\n") for part in wrap.wrap(line.strip()) or [""]]
    pad = " " * indent
    lines = [pad + (" " * len(begin) if index else begin) + line for index, line in enumerate(lines)]
    return [*lines[:-1], lines[-1] + end]


def _parsed(text: str) -> tuple[_Word, ...]:
    """The words of an action."""
    stack: list[list[_Word]] = [[]]
    touching = False
    for part in _TOKEN.findall(text):
        if part.isspace():
            touching = False
            continue
        last = stack[-1][-1] if stack[-1] else None
        if part == "(":
            stack.append([])
            touching = False
        elif part == ")":
            words = stack.pop()
            stack[-1].append(_Group(tuple(words)))
            touching = True
        elif touching and isinstance(last, _Group):
            stack[-1][-1] = _Group(last.words, last.suffix + part)
        else:
            stack[-1].append(part)
            touching = False
    return tuple(stack[0])


def _flat(words: tuple[_Word, ...]) -> str:
    return " ".join(map(str, words))


def _laid(words: tuple[_Word, ...], column: int, indent: int, tail: int) -> list[str]:
    """Words as lines: the first begins at ``column``, behind the last stand ``tail`` characters.

    The first line is without its indentation, all others have theirs, which is at least ``indent``.
    """
    flat = _flat(words)
    if column + len(flat) + tail <= WIDTH:
        return [flat]
    if "|" in words:
        at = len(words) - words[::-1].index("|") - 1
        lines = _laid(words[:at], column, indent, len(flat) - len(_flat(words[:at])) + tail)
        return [*lines[:-1], f"{lines[-1]} {_flat(words[at:])}"]
    start = next((index + 1 for index, word in enumerate(words) if word in (":=", "=")), 0)
    name = words[start] if start < len(words) else ""
    if name in _COLLECTIONS:
        return _collection(words, start, indent)
    wide = [index for index, word in enumerate(words) if isinstance(word, _Group)]
    if wide:
        # The last argument alone is broken where the others leave room for it.
        last = wide[-1]
        before, after = _flat(words[:last]), _flat(words[last + 1 :])
        group = words[last]
        assert isinstance(group, _Group)
        opens = len(str(group.words[0])) if group.words else 0
        if column + len(before) + opens + 2 <= WIDTH and _ends_in_collection(group):
            lines = _word(group, column + len(before) + 1, indent, tail + (len(after) + 1 if after else 0))
            lines[0] = f"{before} {lines[0]}" if before else lines[0]
            lines = [*lines[:-1], f"{lines[-1]} {after}"] if after else lines
            if _width(lines, column) <= WIDTH:
                return lines
            # A word that is wider by itself is no reason for the other form.
            other = _arguments(words, start, indent, tail)
            return lines if _width(lines, column) <= max(WIDTH, _width(other, column)) else other
    return _arguments(words, start, indent, tail)


def _width(lines: list[str], column: int) -> int:
    return max(column + len(lines[0]), *map(len, lines[1:]), 0)


def _is_collection(group: _Group) -> bool:
    return bool(group.words) and group.words[0] in _COLLECTIONS


def _ends_in_collection(word: _Word) -> bool:
    """Whether the lines of a ``dict`` or ``list`` are what an argument is broken into."""
    if isinstance(word, str):
        return False
    return _is_collection(word) or any(_ends_in_collection(inner) for inner in word.words[-1:])


def _word(word: _Word, column: int, indent: int, tail: int) -> list[str]:
    """One word as lines."""
    if isinstance(word, str) or column + len(str(word)) + tail <= WIDTH:
        return [str(word)]
    lines = _laid(word.words, column + 1, indent + (0 if _is_collection(word) else _STEP), tail + 1 + len(word.suffix))
    lines = [f"({lines[0]}", *lines[1:]]
    return [*lines[:-1], f"{lines[-1]}){word.suffix}"]


def _collection(words: tuple[_Word, ...], start: int, indent: int) -> list[str]:
    """``dict`` or ``list``: a line for each pair or item, and an empty one on which the parenthesis closes."""
    step = 2 if words[start] == "dict" else 1
    lines = [_flat(words[: start + 1])]
    inner = indent + _STEP
    for index in range(start + 1, len(words), step):
        *keys, value = words[index : index + step]
        lead = f"{_flat(tuple(keys))} " if keys else ""
        laid = _word(value, inner + len(lead), inner, 0)
        lines += [f"{' ' * inner}{lead}{laid[0]}", *laid[1:]]
    return [*lines, " " * indent]


def _arguments(words: tuple[_Word, ...], start: int, indent: int, tail: int) -> list[str]:
    """A line for each argument, behind the name of what is called."""
    while start < len(words) and words[start] in _KEYWORDS:
        start += 1
    start += 2 if words[start : start + 1] in _NAMED else 1
    lines = [_flat(words[:start])]
    inner = indent + _STEP
    for word in words[start:]:
        laid = _word(word, inner, inner, tail + 1)
        lines += [" " * inner + laid[0], *laid[1:]]
    return lines
