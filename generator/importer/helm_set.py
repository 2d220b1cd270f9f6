"""Parameters of an Argo CD Application: values as on Helm's command line (``--set a.b[0]=text``)."""

from __future__ import annotations

import re
from typing import Any

from generator.importer.result import KeyPath

_STEP = re.compile(r"((?:\\.|[^.\[\\])*)((?:\[[0-9]{1,4}\])*)(\.|\Z)")
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,15})\Z")
_MOST_ITEMS = 1000


def parameter_path(name: str) -> KeyPath | None:
    """The path that a parameter's name stands for; None when it is none."""
    path: list[str | int] = []
    at = 0
    while at < len(name):
        match = _STEP.match(name, at)
        if match is None or not (match[1] or match[2]):
            return None
        if match[1]:
            path.append(re.sub(r"\\(.)", r"\1", match[1]))
        path.extend(int(index) for index in re.findall(r"\[([0-9]+)\]", match[2]))
        at = match.end()
    if not path or isinstance(path[0], int) or any(isinstance(step, int) and step >= _MOST_ITEMS for step in path):
        return None
    return tuple(path)


def parameter_value(text: str, *, force_string: bool) -> Any:
    """The value that Helm makes of a parameter's text."""
    if force_string:
        return text
    if text.startswith("{") and text.endswith("}"):
        inner = text[1:-1]
        return [parameter_value(each.strip(), force_string=False) for each in inner.split(",")] if inner else []
    if text in ("true", "false"):
        return text == "true"
    if text == "null":
        return None
    return int(text) if _INTEGER.match(text) else text.replace("\\,", ",")


def can_set(values: dict[str, Any], path: KeyPath) -> bool:
    """Whether a value can be set at a path: lists have no gaps."""
    at: Any = values
    for number, step in enumerate(path):
        if isinstance(step, int) != isinstance(at, list) or (isinstance(step, int) and step > len(at)):
            return False
        if isinstance(step, int):
            below = at[step] if step < len(at) else None
        else:
            below = at.get(step)
        kind = list if number + 1 < len(path) and isinstance(path[number + 1], int) else dict
        at = below if isinstance(below, kind) else kind()
    return True


def set_at(values: dict[str, Any], path: KeyPath, value: Any) -> None:
    """Set a value at a path where that is possible, making what is above it."""
    at: Any = values
    for number, step in enumerate(path):
        last = number == len(path) - 1
        below: Any = value if last else ([] if isinstance(path[number + 1], int) else {})
        items: Any = dict(enumerate(at)) if isinstance(at, list) else at
        if isinstance(at, list) and step == len(at):
            at.append(below)
        elif last or not isinstance(items.get(step), type(below)):
            at[step] = below
        at = at[step]
