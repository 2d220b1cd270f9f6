"""Paths as people write them: ``values.workers.queues[name=heavy].replicas``."""

from __future__ import annotations

import json
import re
from typing import Any

from generator.edit.operations import Path, Step, Where, is_item
from generator.errors import Problem, ProblemsError
from generator.yaml import dotted

_QUOTED = r'"(?:[^"\\]|\\.)*"'
_INDEX = re.compile(r"\[([0-9]{1,9})\]")
_WHERE = re.compile(rf"\[({_QUOTED}|[^\[\]=\"]+)=({_QUOTED}|[^\[\]\"]*)\]")
_KEY = re.compile(rf"{_QUOTED}|[^.\[\]\"]+")
_LONGEST = 4096
_MOST_STEPS = 64


def parse_path(text: str, data: Any = None) -> Path:
    """A path taken apart: keys with dots between, ``[0]`` for an item, ``[name=heavy]`` for the item with that name.

    A key with a dot, a bracket or a quotation mark in it stands in double quotes. Without them a key with dots is found
    when ``data``, what the path leads into, has it. Raises ``ProblemsError``.
    """
    if len(text) > _LONGEST:
        raise ProblemsError([Problem(f"a path of {len(text):,} characters", allowed=f"at most {_LONGEST:,}")])
    steps: list[Step] = []
    rest, at = text, data
    while rest or not steps:
        if len(steps) >= _MOST_STEPS:
            raise ProblemsError([Problem(f"a path of more than {_MOST_STEPS} steps", path=text)])
        if rest.startswith("["):
            step, rest = _item(rest, text)
        else:
            step, rest = _key(rest, at, text)
        steps.append(step)
        at = _below(at, step)
        if rest.startswith(".") and len(rest) > 1 and not rest.startswith(".["):
            rest = rest[1:]
        elif rest and not rest.startswith("["):
            raise _wrong(text, rest)
    return tuple(steps)


def path_text(path: Path) -> str:
    """The path as people write it; ``parse_path`` takes it apart again."""
    text = ""
    for step in path:
        if isinstance(step, Where):
            text += f"[{_word(step.key)}={_word(step.value)}]"
        elif isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{dotted([step])}" if text else dotted([step])
    return text


def key_path(path: Path, data: Any) -> tuple[str | int, ...]:
    """The path with indexes in place of ``Where``, as far as ``data`` has the items; what follows is left out."""
    found: list[str | int] = []
    for step in path:
        if isinstance(step, Where):
            items = data if isinstance(data, list) else []
            index = next((index for index, item in enumerate(items) if is_item(item, step)), -1)
            if index < 0:
                break
            found.append(index)
            data = items[index]
        else:
            found.append(step)
            data = _below(data, step)
    return tuple(found)


def _item(rest: str, text: str) -> tuple[Step, str]:
    if match := _INDEX.match(rest):
        return int(match[1]), rest[match.end() :]
    if match := _WHERE.match(rest):
        return Where(_plain(match[1], text), _plain(match[2], text)), rest[match.end() :]
    raise _wrong(text, rest)


def _key(rest: str, at: Any, text: str) -> tuple[str, str]:
    if isinstance(at, dict):
        known = [key for key in at if key and rest.startswith(key) and rest[len(key) :][:1] in ("", ".", "[")]
        if known:
            longest = max(known, key=len)
            return longest, rest[len(longest) :]
    match = _KEY.match(rest)
    if match is None:
        raise _wrong(text, rest)
    return _plain(match[0], text), rest[match.end() :]


def _below(at: Any, step: Step) -> Any:
    if isinstance(at, dict) and isinstance(step, str):
        return at.get(step)
    if isinstance(at, list):
        if isinstance(step, int):
            return at[step] if step < len(at) else None
        if isinstance(step, Where):
            return next((item for item in at if is_item(item, step)), None)
    return None


def _plain(word: str, text: str) -> str:
    if not word.startswith('"'):
        return word
    try:
        return str(json.loads(word))
    except ValueError:
        raise _wrong(text, word) from None


def _word(text: str) -> str:
    return text if re.fullmatch(r'[^\[\]="\\]+', text) and text.isprintable() else json.dumps(text, ensure_ascii=False)


def _wrong(text: str, rest: str) -> ProblemsError:
    found = f"{rest!r:.60} cannot be read" if rest else "it ends too early"
    return ProblemsError(
        [
            Problem(
                f"this is no path: {found}",
                path=text,
                allowed="keys with dots between them, [0] or [name=...] for the items of lists",
                hint='a key with a dot or bracket in it stands in double quotes: labels."example.com/team"',
            )
        ]
    )
