"""Which deployments may have another status since a version: what those who follow look at again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection

from commander.changes import Target

#: Targets that changed which are remembered; who is farther behind looks at all.
_REMEMBERED = 20_000


class Versions:
    """Told and asked by any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._version, self._all = 0, 0
        self._changed: OrderedDict[Target, int] = OrderedDict()

    def touch(self, targets: Collection[Target]) -> None:
        """The status of these may be another."""
        with self._lock:
            self._version += 1
            for each in targets:
                self._changed[each] = self._version
                self._changed.move_to_end(each)
            while len(self._changed) > _REMEMBERED:
                _, self._all = self._changed.popitem(last=False)

    def touch_all(self) -> None:
        """That of any may be."""
        with self._lock:
            self._version += 1
            self._all = self._version
            self._changed.clear()

    def after(self, version: int) -> tuple[int, list[Target] | None]:
        """What changed since a version, and the version by now; None: all may have."""
        with self._lock:
            if version < self._all:
                return self._version, None
            found = []
            for target, changed in reversed(self._changed.items()):
                if changed <= version:
                    break
                found.append(target)
            return self._version, found
