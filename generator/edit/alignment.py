"""Which parts of old and new data are one and the same."""

from __future__ import annotations

import json
from difflib import SequenceMatcher
from typing import Any

from generator.edit.operations import Items

# Comparing all with all takes the square of this.
_MOST_COMPARED = 500


def same(old: Any, new: Any) -> bool:
    """Whether two values are the same to JSON: the order of keys is no matter, 1 is 1.0, and true is not 1."""
    if isinstance(old, bool) or isinstance(new, bool):
        return old is new
    if isinstance(old, dict) and isinstance(new, dict):
        return old.keys() == new.keys() and all(same(value, new[key]) for key, value in old.items())
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(same, old, new))
    return bool(old == new)


def origins(old: list[Any], new: list[Any]) -> list[int | None]:
    """For each item of a new list the index of the old item that it takes the place of, in growing order."""
    if isinstance(new, Items) and new.origins is not None:
        return new.origins
    begin = 0
    while begin < min(len(old), len(new)) and same(old[begin], new[begin]):
        begin += 1
    behind = 0
    while behind < min(len(old), len(new)) - begin and same(old[-1 - behind], new[-1 - behind]):
        behind += 1
    middle = _aligned(old[begin : len(old) - behind], new[begin : len(new) - behind])
    return [
        *range(begin),
        *(None if index is None else begin + index for index in middle),
        *range(len(old) - behind, len(old)),
    ]


def _aligned(old: list[Any], new: list[Any]) -> list[int | None]:
    if not old or not new:
        return [None] * len(new)
    if len(old) > _MOST_COMPARED or len(new) > _MOST_COMPARED:
        return [index if index < len(old) else None for index in range(len(new))]
    found: list[int | None] = []
    matcher = SequenceMatcher(None, list(map(_named, old)), list(map(_named, new)), autojunk=False)
    for _, a, b, c, d in matcher.get_opcodes():
        found += [a + index if a + index < b else None for index in range(d - c)]
    return found


def _named(item: Any) -> str:
    """What makes two items one: the name, where they have names."""
    if isinstance(item, dict) and isinstance(item.get("name"), str):
        return f"name {item['name']}"
    return json.dumps(item, sort_keys=True)
