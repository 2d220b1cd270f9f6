"""Changes of dicts that can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

K = TypeVar("K")
V = TypeVar("V")

_NOTHING: Any = object()


class Undo:
    """Changes dicts and remembers what was there; ``back`` puts it back, the last change first."""

    def __init__(self) -> None:
        self._old: list[tuple[dict[Any, Any], Any, Any]] = []
        self._also: list[Callable[[], None]] = []

    def set(self, target: dict[K, V], key: K, value: V) -> None:
        """``target[key] = value``."""
        self._old.append((target, key, target.get(key, _NOTHING)))
        target[key] = value

    def drop(self, target: dict[K, V], key: K) -> V | None:
        """``target.pop(key, None)``."""
        if key not in target:
            return None
        found = target.pop(key)
        self._old.append((target, key, found))
        return found

    def also(self, act: Callable[[], None]) -> None:
        """Something to do when it was taken back."""
        self._also.append(act)

    def back(self) -> None:
        """Take everything back. What was changed by somebody else meanwhile must have been taken back before."""
        for target, key, old in reversed(self._old):
            if old is _NOTHING:
                target.pop(key, None)
            else:
                target[key] = old
        self._old.clear()
        for act in self._also:
            act()
