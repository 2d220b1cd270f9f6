"""One kind of objects of a cluster, listed once and then watched: in a thread of its own, for as long as it lives.

A watch that breaks is resumed where it was; when the server does not remember so far back (410), all is listed anew.
While the cluster is away, what was seen last is kept, and since when it is old.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from commander.status.connection import BrokenError, ClusterError, Connection, GoneError, Watch

F = TypeVar("F")
#: Namespace and name.
Key: TypeAlias = tuple[str, str]
#: What can't be read: since when (seconds since 1970), why, and what it is.
Old: TypeAlias = tuple[float, str, str]

_FIRST_WAIT, _LONGEST_WAIT = 0.2, 15.0
#: Seconds. A watch that ends sooner, and told nothing, is no watch.
_SHORT = 1.0
#: Objects of a kind that are kept. What a cluster has more is left out, and that is told.
_MOST = 200_000
_LAST = 2.0


@dataclass(frozen=True, slots=True)
class Kind(Generic[F]):
    """What is followed: its path, what narrows it, how a document becomes a fact (None: of no interest), and how many
    facts are kept."""

    name: str
    path: str
    read: Callable[[Mapping[str, Any]], F | None]
    parameters: Mapping[str, str]
    most: int = _MOST


class Follower(Generic[F]):
    """``changed`` is told in its thread: what objects were and what they are (None: not there), and whether that was
    read in a list; ``outage``, its name and why it can't be read any more, or an empty text when it can be again."""

    def __init__(
        self,
        connection: Connection,
        kind: Kind[F],
        changed: Callable[[Sequence[tuple[F | None, F | None]], bool], None],
        outage: Callable[[str, str], None],
    ) -> None:
        self.kind = kind
        self._connection, self._changed, self._outage = connection, changed, outage
        self._facts: dict[Key, F] = {}
        self._spaces: dict[str, set[Key]] = {}
        self._left_out: set[Key] = set()
        self._lock = threading.Lock()
        self._version = ""
        self._watch: Watch | None = None
        self._closed = threading.Event()
        self._begun = time.time()
        self._heard = 0.0
        self.failure = "it is being read for the first time"
        self._first = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"commander-follows-{kind.name}", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Let it end, without waiting for that."""
        self._closed.set()
        if (watch := self._watch) is not None:
            watch.close()

    def close(self) -> None:
        """End it."""
        self.end()
        self._thread.join(_LAST)

    def wait(self, seconds: float) -> bool:
        """Until it was listed for the first time, or could not be."""
        return self._first.wait(seconds)

    @property
    def stale_since(self) -> float | None:
        """Since when (seconds since 1970) what it knows is old; None: it is not."""
        return (self._heard or self._begun) if self.failure else None

    @property
    def is_known(self) -> bool:
        """Whether it was ever read."""
        return self._heard > 0

    @property
    def left_out(self) -> int:
        """How many objects of interest there are that it does not keep, because they are too many. One of them is taken
        in when there is room and it changes, or all is listed anew."""
        return len(self._left_out)

    def one(self, namespace: str, name: str) -> F | None:
        """The fact of an object."""
        with self._lock:
            return self._facts.get((namespace, name))

    def within(self, namespace: str) -> list[F]:
        """The facts of a namespace."""
        with self._lock:
            return [self._facts[key] for key in self._spaces.get(namespace, ())]

    @property
    def all(self) -> list[F]:
        """The facts of all objects."""
        with self._lock:
            return list(self._facts.values())

    # --- the thread ----------------------------------------------------------------------------------------------

    def _run(self) -> None:
        wait = _FIRST_WAIT
        while not self._closed.is_set():
            began, version = time.monotonic(), self._version
            try:
                if not self._version:
                    self._relist()
                began, version = time.monotonic(), self._version
                self._watched()
            except GoneError:
                self._version = ""
            except BrokenError:  # nothing is old yet; if the cluster is away, the next attempt says so
                pass
            except Exception as error:  # also a defect: it must not end what all others are told
                if self._closed.is_set():
                    return
                self._fail(
                    str(error) if isinstance(error, ClusterError) else f"a defect: {type(error).__name__}: {error}"
                )
                self._first.set()
                began, version = time.monotonic(), self._version
            if time.monotonic() - began >= _SHORT or self._version not in ("", version):
                wait = _FIRST_WAIT
                continue
            # A server that ends each watch at once is not asked all the time, and those that lost the same cluster
            # don't come back at the same moment.
            self._closed.wait(random.uniform(wait / 2, wait))  # noqa: S311
            wait = min(wait * 2, _LONGEST_WAIT)

    def _relist(self) -> None:
        def keep(document: dict[str, Any]) -> tuple[Key, F] | None:
            fact = self.kind.read(document)
            return None if fact is None else (_key(document), fact)

        kept, version = self._connection.list(self.kind.path, self.kind.parameters, keep)
        found: dict[Key, F] = dict(kept[: self.kind.most])
        left_out = {key for key, _ in kept[self.kind.most :]} - found.keys()
        with self._lock:
            before, self._facts, self._spaces, self._left_out = self._facts, found, {}, left_out
            for key in found:
                self._spaces.setdefault(key[0], set()).add(key)
        self._version = version
        self._well()
        self._first.set()
        pairs = ((before.get(key), found.get(key)) for key in before.keys() | found.keys())
        if changes := [(was, now) for was, now in pairs if was != now]:
            self._tell(changes, listed=True)

    def _watched(self) -> None:
        self._watch = watch = self._connection.watch(self.kind.path, self._version, self.kind.parameters)
        self._well()
        try:
            if self._closed.is_set():  # it was while this was opened
                watch.close()
            for kind, document in watch:
                self._version = (document.get("metadata") or {}).get("resourceVersion") or self._version
                self._heard = time.time()
                if kind == "BOOKMARK":
                    continue
                self._put(_key(document), None if kind == "DELETED" else self.kind.read(document))
        finally:
            self._watch = None
        self._heard = time.time()

    def _put(self, key: tuple[str, str], fact: F | None) -> None:
        with self._lock:
            was = self._facts.pop(key, None)
            space = self._spaces.setdefault(key[0], set())
            space.discard(key)
            self._left_out.discard(key)
            if fact is not None and len(self._facts) >= self.kind.most:
                self._left_out.add(key)
                fact = None
            if fact is not None:
                self._facts[key] = fact
                space.add(key)
            if not space:
                del self._spaces[key[0]]
        if was != fact:
            self._tell([(was, fact)], listed=False)

    def _tell(self, changes: Sequence[tuple[F | None, F | None]], *, listed: bool) -> None:
        if not self._closed.is_set():  # who ended it has forgotten all of it
            self._changed(changes, listed)

    def _well(self) -> None:
        self._heard = time.time()
        if self.failure:
            self.failure = ""
            self._outage(self.kind.name, "")

    def _fail(self, reason: str) -> None:
        had = self.failure
        self.failure = reason
        if had != reason:
            self._outage(self.kind.name, reason)


def _key(document: Mapping[str, Any]) -> tuple[str, str]:
    metadata = document.get("metadata") or {}
    return (str(metadata.get("namespace") or ""), str(metadata.get("name") or ""))


def stale(followers: Iterable[Follower[Any]]) -> Old | None:
    """Of those that can't be read, the one for the longest time; None: all can be."""
    found = [(since, each.failure, each.kind.name) for each in followers if (since := each.stale_since) is not None]
    return min(found) if found else None
