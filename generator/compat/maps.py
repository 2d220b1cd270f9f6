"""Functions over maps and lists that give in Python what their Go counterparts give in a chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def length(value: Mapping[str, Any] | Sequence[Any] | None) -> int:
    """The number of items; null has none."""
    return len(value) if value else 0


def keys(value: Mapping[str, Any] | None) -> list[str]:
    """The keys, sorted by code point."""
    return sorted(value) if value else []


def first(items: Sequence[Any] | None) -> Any:
    """The first item; null when there is none."""
    return items[0] if items else None


def join(items: Sequence[str] | None, separator: str) -> str:
    """The strings in one."""
    return separator.join(items) if items else ""


def merge(*maps: Mapping[str, Any] | None) -> dict[str, Any]:
    """One map of all, not deep: the last one that has a key wins, also with null, ``false`` or an empty value."""
    result: dict[str, Any] = {}
    for each in maps:
        if each:
            result.update(each)
    return result


def overlay(
    below: Mapping[str, Mapping[str, Any] | None] | None, above: Mapping[str, Mapping[str, Any] | None] | None
) -> dict[str, dict[str, Any]]:
    """Maps of maps, merged section by section; ``above`` wins. A section that is null counts as empty."""
    result = {section: dict(entries or {}) for section, entries in (below or {}).items()}
    for section, entries in (above or {}).items():
        result[section] = merge(result.get(section), entries)
    return result


def override(base: Mapping[str, Any], item: Mapping[str, Any], ways: Mapping[str, Any]) -> dict[str, Any]:
    """``base`` with what ``item`` gives: maps are merged (not deep), lists appended, other values replaced.

    What is null in ``item`` stays as it is in ``base``. ``ways`` names keys that go another way: those with a map are
    overridden in the same way in place of being merged, and the map tells which of their keys go another way; those
    with ``"replace"`` are replaced.
    """
    result = dict(base)
    for key, value in item.items():
        if value is None:
            continue
        old, way = result.get(key), ways.get(key)
        if way == "replace":
            result[key] = value
        elif isinstance(old, dict) and isinstance(value, dict):
            result[key] = {**old, **value} if way is None else override(old, value, way)
        elif isinstance(old, list) and isinstance(value, list):
            result[key] = [*old, *value]
        else:
            result[key] = value
    return result


def latest(key: str, *lists: Sequence[Any] | None) -> list[Any]:
    """All items in one list. Of maps that have the same text under ``key`` only the last stays, at its place."""
    items: list[Any] = []
    for each in lists:
        if each:
            items += each
    try:
        if len({item[key] for item in items}) == len(items):
            return items
    except (KeyError, TypeError):
        pass  # not all are maps with a text there
    names = [item.get(key) if isinstance(item, dict) else None for item in items]
    last = {name: place for place, name in enumerate(names) if isinstance(name, str)}
    return [
        item
        for place, (item, name) in enumerate(zip(items, names, strict=True))
        if not isinstance(name, str) or last[name] == place
    ]


def sum_of(items: Sequence[int] | None) -> int:
    """The sum of integers; null has none."""
    return sum(items or ())


def total(
    items: Sequence[Mapping[str, Any]] | None, first: str, first_default: int, second: str, second_default: int
) -> int:
    """The sum over the items of one integer field times another, each with a default for null or absent."""
    result = 0
    for item in items or ():
        one, other = item.get(first), item.get(second)
        result += (first_default if one is None else one) * (second_default if other is None else other)
    return result
