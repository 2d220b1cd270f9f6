"""In which namespaces deployments are, and which of them are to be looked at again when time has passed."""

from __future__ import annotations

import threading
from heapq import heappop, heappush
from typing import TypeAlias

from commander.changes import Target
from commander.status.facts import Seconds

#: A cluster (``str`` of how it is reached) and a namespace.
Space: TypeAlias = tuple[str, str]


class Spaces:
    """Told and asked by any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._targets: dict[Space, tuple[Target, ...]] = {}
        self._space: dict[Target, Space] = {}
        self._turns: list[tuple[Seconds, Space]] = []

    def __len__(self) -> int:
        return len(self._targets)

    def put(self, target: Target, space: Space | None) -> None:
        """Where a deployment is now; None: nowhere."""
        with self._lock:
            was = self._space.get(target)
            if was == space:
                return
            if was is not None:
                del self._space[target]
                if left := tuple(each for each in self._targets[was] if each != target):
                    self._targets[was] = left
                else:
                    del self._targets[was]
            if space is not None:
                self._space[target] = space
                self._targets[space] = (*self._targets.get(space, ()), target)

    def within(self, space: Space) -> tuple[Target, ...]:
        """The deployments of a namespace: seldom more than one."""
        return self._targets.get(space, ())

    def turns(self, time: Seconds, space: Space) -> None:
        """From that time on, what is there is to be judged otherwise."""
        with self._lock:
            heappush(self._turns, (time, space))

    def turned(self, now: Seconds) -> set[Target]:
        """The deployments of which that time has come; each is told once."""
        found: set[Target] = set()
        with self._lock:
            while self._turns and self._turns[0][0] <= now:
                found.update(self._targets.get(heappop(self._turns)[1], ()))
        return found
