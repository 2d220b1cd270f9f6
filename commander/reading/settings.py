"""How two files of desired state differ, setting by setting, without what is secret."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from commander.reading.model import SettingChange
from generator.diff.mask import Context, masked
from generator.edit import Path, Where, path_text

#: A value that is longer as JSON is shortened, or only told of.
_LONGEST = 4000


def setting_changes(old: Any, new: Any) -> Iterator[SettingChange]:
    """The settings in which two files' data differ, in the order of the new one; then what is gone, and lists of named
    things that are in another order."""
    before, after = _Leaves.of(old), _Leaves.of(new)
    for path in [*after.values, *(path for path in before.values if path not in after.values)]:
        was, now = before.values.get(path), after.values.get(path)
        if was is None or now is None or was.value != now.value:
            hidden = any(each is not None and each.value != each.shown for each in (was, now))
            yield SettingChange(path_text(path), _told(was), _told(now), hidden)
    for path, names in after.orders.items():
        earlier = before.orders.get(path, [])
        if [each for each in earlier if each in set(names)] != [each for each in names if each in set(earlier)]:
            yield SettingChange(path_text(path), _json(earlier), _json(names))


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A value, and what is shown of it, as JSON."""

    value: str
    shown: str


@dataclass(frozen=True, slots=True)
class _Leaves:
    """The leaves of a file's data by path, and the names in its lists of named things. A list of nothing but plain
    values is one leaf: what is added at its beginning would change all others."""

    values: dict[Path, _Leaf] = field(default_factory=dict)
    orders: dict[Path, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, data: Any) -> _Leaves:
        found = cls()
        if data is not None:
            found._add(data, masked(data, Context()), ())
        return found

    def _add(self, value: Any, shown: Any, path: Path) -> None:
        if isinstance(value, dict) and value:
            for key, below in value.items():
                self._add(below, shown[key], (*path, key))
        elif isinstance(value, list) and any(isinstance(each, (dict, list)) for each in value):
            names = _names(value)
            if names is not None:
                self.orders[path] = names
            for index, (below, shown_below) in enumerate(zip(value, shown, strict=True)):
                step = Where("name", names[index]) if names is not None else index
                self._add(below, shown_below, (*path, step))
        else:
            text = _json(value)
            self.values[path] = _Leaf(text, text if shown == value else _json(shown))


def _names(items: list[Any]) -> list[str] | None:
    """What the items are known by, where each has a name of its own."""
    names = [each.get("name") if isinstance(each, dict) else None for each in items]
    found = [name for name in names if isinstance(name, str)]
    return found if len(found) == len(items) == len(set(found)) else None


def _told(leaf: _Leaf | None) -> str:
    if leaf is None:
        return ""
    if len(leaf.shown) <= _LONGEST:
        return leaf.shown
    if leaf.shown.startswith('"'):
        return _json(f"{json.loads(leaf.shown)[:_LONGEST]}...")
    return _json(f"({len(leaf.shown):,} characters)")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
