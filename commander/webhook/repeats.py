"""What has to be told once more, because Argo CD forgets.

It marks an Application that is to be looked at anew, and takes the mark away when it has looked
(``persistReconciliationStatus`` of controller/appcontroller.go in Argo CD 3.5). Of two commits that come within the
second or so that a look takes, the mark of the later one goes with that of the first, and the Application stays behind
until the next poll. So what was told twice within a short time is told again when all is quiet.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import replace

from commander.webhook.push import Push

#: Seconds within which two tellings may be in each other's way: in a large repository a look takes some.
_NEAR = 10.0
#: Seconds of quiet before something is told again; and how long it waits at most, when there is no quiet.
_QUIET, _LONGEST = 3.0, 15.0
#: Of so many files nothing is kept; Argo CD has enough to do, and polls.
_MOST = 20_000


class Repeats:
    """Remembers what was told lately. Times are seconds by any clock that only goes forward."""

    def __init__(self) -> None:
        self._last = 0.0
        #: Of each address the folders that were told, and of those that were told twice one file each.
        self._once: dict[str, set[str]] = {}
        self._twice: dict[str, tuple[Push, dict[str, str]]] = {}
        self._since: float | None = None

    def told(self, pushes: Iterable[Push], now: float) -> None:
        """These were told."""
        if now - self._last > _NEAR:
            self._once.clear()
        for push in pushes:
            self._last = now
            once = self._once.setdefault(push.repository, set())
            _, twice = self._twice.get(push.repository, (push, {}))
            for path in (*push.added, *push.modified, *push.removed):
                folder = posixpath.dirname(path)
                if folder in once:
                    twice[folder] = path
                once.add(folder)
            if len(once) > _MOST:
                once.clear()
                twice.clear()
            if twice:
                self._twice[push.repository] = push, twice
                self._since = now if self._since is None else self._since

    def due(self, now: float) -> float | None:
        """In how many seconds something is to be told again; None: nothing is."""
        if self._since is None:
            return None
        return max(0.0, min(self._last + _QUIET, self._since + _LONGEST) - now)

    def take(self) -> list[Push]:
        """What is to be told again. ``before`` is ``after``, so that Argo CD takes no Application for unchanged."""
        found = [
            replace(push, before=push.after, added=(), modified=tuple(twice.values()), removed=())
            for push, twice in self._twice.values()
        ]
        self._twice.clear()
        self._since = None
        return found
