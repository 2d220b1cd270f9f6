"""What only somebody sees who watches: when a commit was live, and what was changed by hand and set back."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace

from commander.status.facts import Application, Seconds
from commander.status.model import Drift

#: Commits whose move is remembered to the millisecond; of others git knows the second.
_MOVES = 1000


@dataclass(frozen=True, slots=True)
class Life:
    """Of an Application: the commit that was live last, since when, and how long that took (-1: not known); and the one
    that was applied last when it was seen that nothing differs."""

    revision: str = ""
    since: Seconds = 0.0
    seconds: float = -1.0
    drift: Drift | None = None
    synced: str = ""


def is_live(application: Application) -> bool:
    """Whether what it was compared with is applied and healthy, and nothing is under way."""
    operation = application.operation
    return (
        application.sync == "Synced"
        and application.health == "Healthy"
        and not application.deleting
        and (operation is None or not operation.is_running)
    )


class Lives:
    """``commit_time`` tells when a commit was made (seconds since 1970), ``is_same`` whether two commits have the same
    of an Application. Told by several threads."""

    def __init__(
        self, commit_time: Callable[[str], float | None], is_same: Callable[[Application, str, str], bool]
    ) -> None:
        self._commit_time, self._is_same = commit_time, is_same
        self._lives: dict[tuple[str, str], Life] = {}
        self._moves: OrderedDict[str, Seconds] = OrderedDict()
        self._lock = threading.Lock()

    def moved(self, revision: str) -> None:
        """The branch is at this commit just now."""
        with self._lock:
            self._moves[revision] = time.time()
            if len(self._moves) > _MOVES:
                self._moves.popitem(last=False)

    def of(self, application: Application) -> Life:
        """What is known of an Application."""
        return self._lives.get((application.namespace, application.name), Life())

    def see(self, was: Application | None, now: Application | None, listed: bool) -> None:
        """An Application is as it is now."""
        if now is None:
            if was is not None:
                self._lives.pop((was.namespace, was.name), None)
            return
        life = self.of(now)
        seen = self._drifted(now, life)
        if is_live(now):
            seen = self._lived(now, seen, listed)
        if seen != life:
            self._lives[now.namespace, now.name] = seen

    def _lived(self, now: Application, life: Life, listed: bool) -> Life:
        revision = now.deployed or now.revision
        if not revision or revision == life.revision:
            return life
        # What was live before anybody looked: as Argo CD remembers it.
        since = max(now.deployed_at, now.health_since) if listed else time.time()
        made = self._moves.get(revision) or self._commit_time(revision)
        seconds = since - made if made is not None and since >= made else -1.0
        if listed and now.health_since > now.deployed_at + 3600:
            seconds = -1.0  # it became healthy for another reason than the sync
        return replace(life, revision=revision, since=since, seconds=seconds)

    def _drifted(self, now: Application, life: Life) -> Life:
        drift = life.drift
        operation = now.operation
        if now.sync == "Synced" and now.deployed != life.synced:
            life = replace(life, synced=now.deployed)
        # Before it was seen that nothing differs, what differs is what the sync has yet to do.
        changed = now.sync == "OutOfSync" and bool(now.deployed) and now.deployed == life.synced
        changed = changed and self._is_same(now, now.deployed, now.revision)
        if changed and now.out_of_sync and (drift is None or drift.undone):
            # A sync of the same commit that failed left it so, too; then nobody changed anything.
            if operation is None or operation.heals or operation.phase == "Succeeded":
                return replace(life, drift=Drift(tuple(map(str, now.out_of_sync)), time.time()))
        elif operation is not None and operation.heals and operation.phase == "Succeeded":
            names = tuple(map(str, operation.healed))
            if drift is None or (drift.undone and operation.started > drift.undone):
                return replace(life, drift=Drift(names, operation.started, operation.finished))
            if not drift.undone and now.sync == "Synced":
                return replace(life, drift=replace(drift, undone=time.time()))
        elif drift is not None and not drift.undone and now.sync == "Synced":
            return replace(life, drift=replace(drift, undone=time.time()))
        return life
