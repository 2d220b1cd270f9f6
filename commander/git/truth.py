"""Where the truth is: the branch of the local repository, or that of a remote, of which the local one is a copy."""

from __future__ import annotations

import re
from typing import Protocol

from commander.git.program import Done, run_git
from commander.git.repository import StoreError
from commander.git.store import MovedError, Store

_URL = re.compile(r"(https?://|ssh://|git://|file:///|/)[^\s\x00-\x1f]+\Z|[\w.-]+@[\w.-]+:[^\s\x00-\x1f]+\Z")
_COPY = "refs/stargit/remote"
#: How git says that somebody else was first, or is just now moving the branch.
_FIRST = (
    "stale info",
    "fetch first",
    "non-fast-forward",
    "cannot lock ref",
    "failed to update ref",
    "incorrect old value",
)


class Truth(Protocol):
    """Who decides where the branch is."""

    def tip(self) -> str | None:
        """Where the branch is, as far as is known. Raises ``StoreError``."""

    def look(self) -> None:
        """Find out where it is now. Raises ``StoreError``."""

    def publish(self, old: str, new: str) -> None:
        """Move the branch; the objects are written. When this returns, all who ask the truth see it.

        Raises ``MovedError`` when it is not at ``old`` any more, ``StoreError`` when it can't be moved, ``OSError``.
        """


class Local:
    """The local repository is the truth."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def tip(self) -> str | None:
        """Where the branch is."""
        return self._store.tip()

    def look(self) -> None:
        """It is always known."""

    def publish(self, old: str, new: str) -> None:
        """Compare and swap."""
        self._store.move(old, new)


class Remote:
    """A repository elsewhere is the truth: what is pushed there is done, and nothing else.

    The local branch follows. Without an answer to a push (the line broke, time ran out) it is looked whether it came
    through.
    """

    def __init__(self, store: Store, url: str, *, seconds: float = 60.0) -> None:
        """``seconds`` is how long one call may take. Raises ``StoreError`` for what is no URL of a repository."""
        if _URL.match(url) is None or url.startswith("-"):
            raise StoreError(f"{url[:200]!r} is no URL of a repository (https, ssh, git, file, or user@host:path)")
        self._store = store
        self._url = url
        self._seconds = seconds
        self._known = False

    def tip(self) -> str | None:
        """Where the branch was when somebody looked last."""
        if not self._known:
            self.look()
        return self._store.tip()

    def look(self) -> None:
        """Fetch, and let the local branch be where the remote's is. Raises ``StoreError``."""
        branch = self._store.branch
        done = self._git(
            "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--", self._url, f"+{branch}:{_COPY}"
        )
        if done.code != 0:
            if "couldn't find remote ref" in done.error:
                raise self._store.error(f"{self._shown} has no branch {branch}; push a first commit")
            raise self._store.error(f"{self._shown} can't be fetched from: {done.said}")
        theirs, mine = self._store.tip(_COPY), self._store.tip()
        if theirs is not None and theirs != mine:
            self._store.move(mine, theirs)
        self._known = True

    def publish(self, old: str, new: str) -> None:
        """Push ``new`` where ``old`` is."""
        branch = self._store.branch
        # Not forced: the lease only says sooner that somebody else was first.
        lease = f"--force-with-lease={branch}:{old}"
        done = self._git("push", "--porcelain", "--no-verify", lease, "--", self._url, f"{new}:{branch}")
        if done.code != 0 and not self._came_through(done, new):
            raise self._refusal(done)
        try:
            if self._store.tip() != new:
                self._store.move(old, new)
        except BaseException:
            self._known = False  # it is done all the same, and will be seen by the next look
            raise

    def _came_through(self, done: Done, new: str) -> bool:
        """Whether a push without an answer was done."""
        if _status(done) is not None:
            return False
        self._known = False
        try:
            self.look()
        except StoreError:
            return False
        tip = self._store.tip()
        return tip is not None and self._store.contains(tip, new)

    def _refusal(self, done: Done) -> Exception:
        status = _status(done) or ""
        if any(words in status for words in _FIRST):
            self.look()
            return MovedError(self._store.tip())
        if status:
            detail = " ".join(line[8:].strip() for line in done.error.splitlines() if line.startswith("remote: "))
            return self._store.error(f"{self._shown} refuses: {f'{status} {detail}'.strip()}")
        return self._store.error(f"{self._shown} can't be pushed to: {done.said}")

    @property
    def _shown(self) -> str:
        """The URL without a login."""
        return re.sub(r"://[^/@]*@", "://", self._url)

    def _git(self, *arguments: str) -> Done:
        done = run_git(self._store.path, arguments, seconds=self._seconds)
        hidden = re.search(r"://([^/@]+)@", self._url)
        if hidden is None:
            return done
        return Done(done.code, done.output.replace(hidden[1], "..."), done.error.replace(hidden[1], "..."))


def _status(done: Done) -> str | None:
    """What the other side says of the branch (git-push(1), output of --porcelain); None when it said nothing."""
    for line in done.output.splitlines():
        if line.startswith("!\t"):
            return line.split("\t")[2]
    return None
