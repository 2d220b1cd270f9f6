"""In which namespaces deployments are, and which of them are to be looked at again when time has passed."""

from __future__ import annotations

import threading
from heapq import heappop, heappush

from commander.changes import Target
from commander.status.facts import Seconds


class Spaces:
    """Of all clusters together: two that have a namespace of the same name are told apart by who asks. Told and asked
    by any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._targets: dict[str, set[Target]] = {}
        self._space: dict[Target, str] = {}
        self._turns: list[tuple[Seconds, str]] = []

    def __len__(self) -> int:
        return len(self._targets)

    def put(self, target: Target, space: str) -> None:
        """In which namespace a deployment is now; empty: in none."""
        with self._lock:
            was = self._space.get(target, "")
            if was == space:
                return
            if was:
                del self._space[target]
                self._targets[was].discard(target)
                if not self._targets[was]:
                    del self._targets[was]
            if space:
                self._space[target] = space
                self._targets.setdefault(space, set()).add(target)

    def within(self, space: str) -> list[Target]:
        """The deployments of a namespace: seldom more than one."""
        with self._lock:
            return list(self._targets.get(space, ()))

    def turns(self, time: Seconds, space: str) -> None:
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
