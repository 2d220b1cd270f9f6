"""Where the truth is: the branch of the local repository, or that of a remote, of which the local one is a copy."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from typing import Protocol

from commander.git.login import split_login, without_login
from commander.git.patience import Patience
from commander.git.program import Done
from commander.git.refusals import is_passing, push_refusal, push_status, stuck, told_by_remote
from commander.git.repository import StoreError
from commander.git.store import MovedError, Store

_URL = re.compile(r"(https?://|ssh://|git://|file:///|/)[^\s\x00-\x1f]+\Z|[\w.-]+@[\w.-]+:[^\s\x00-\x1f]+\Z")
#: A host or user that ssh would take for an option.
_HOSTILE = re.compile(r"^-|(://|@)-|://[^/]*@-|:-")
_COPY = "refs/stargit/remote"
#: After a push that nobody answered, it is not waited as long again to hear what became of it.
_LOOKING = 10.0
#: Seconds that others are let be first at most.
_LONGEST_MOMENT = 2.0
#: Seconds for which somebody else who pushed is thought to push again.
_RIVALRY = 30.0


class Truth(Protocol):
    """Who decides where the branch is. ``retried`` is called when something is tried again that may pass by itself."""

    retried: Callable[[], None]

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

    def __init__(self, store: Store, *, patience: float = 2.0) -> None:
        """``patience`` is for how many seconds it is tried again when somebody holds the branch's lock."""
        self._store = store
        self._patience = Patience(patience)
        self._patience.again = self._again
        self.retried: Callable[[], None] = lambda: None

    def tip(self) -> str | None:
        """Where the branch is."""
        return self._store.tip()

    def look(self) -> None:
        """It is always known."""

    def publish(self, old: str, new: str) -> None:
        """Compare and swap."""
        self._patience.spend(lambda: self._store.move(old, new))

    def _again(self) -> None:
        self.retried()


class Remote:
    """A repository elsewhere is the truth: what is pushed there is done, and nothing else.

    The local branch follows. Without an answer to a push (the line broke, time ran out) it is looked whether it came
    through. What may pass by itself is tried again.
    """

    def __init__(self, store: Store, url: str, *, seconds: float = 60.0, patience: float | Patience = 20.0) -> None:
        """``seconds`` is how long one call may take, ``patience`` for how long it is tried again when the remote is
        away. Raises ``StoreError`` for what is no URL of a repository."""
        if _URL.match(url) is None or _HOSTILE.search(url) is not None:
            allowed = "https, ssh, git, file, or user@host:path"
            raise StoreError(f"{without_login(url)[:200]!r} is no URL of a repository ({allowed})")
        self._store = store
        self._url, self._login = split_login(url)
        self._seconds = seconds
        self._patience = patience if isinstance(patience, Patience) else Patience(patience)
        self._patience.again = self._again
        self.retried: Callable[[], None] = lambda: None
        self._known = False
        self._rivals_until = self._pushed_at = float("-inf")
        self._pushing = 0.0
        self._chance: Callable[[], float] = random.random

    def tip(self) -> str | None:
        """Where the branch was when somebody looked last."""
        if not self._known or self._gave_way():
            self.look()
        return self._store.tip()

    def look(self) -> None:
        """Fetch, and let the local branch be where the remote's is. Raises ``StoreError``."""
        self._patience.spend(lambda: self._fetch(self._seconds))

    def publish(self, old: str, new: str) -> None:
        """Push ``new`` where ``old`` is."""
        self._patience.spend(lambda: self._push(old, new))
        self._pushed_at = time.monotonic()
        try:
            if self._store.tip() == old:
                self._store.move(old, new)
        except BaseException:
            self._known = False  # it is done all the same, and will be seen by the next look
            raise

    def _again(self) -> None:
        self.retried()

    def _gave_way(self) -> bool:
        """Let others be first for a moment, if there are any and one was first oneself just now.

        Who pushed last knows where the branch is, and would be first again and again: a rival has to fetch before, and
        a person to merge. So it is mostly a short moment, and sometimes a long one.
        """
        now = time.monotonic()
        moment = min(_LONGEST_MOMENT, self._pushing * (1 + 5 * self._chance() ** 2))
        left = self._pushed_at + moment - now
        if now > self._rivals_until or left <= 0:
            return False
        time.sleep(left)
        return True

    def _fetch(self, seconds: float) -> None:
        branch = self._store.branch
        self._known = False
        done = self._git(
            "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--", self._url, f"+{branch}:{_COPY}",
            seconds=seconds,
        )  # fmt: skip
        if done.code != 0:
            if "couldn't find remote ref" in done.error:
                raise StoreError(f"{self._url} has no branch {branch}; push a first commit")
            if "cannot lock ref" in done.error or "unable to create" in done.error.lower():
                self._store.remove_left()  # of a git that went on for a while after its Commander was killed
            message = f"{self._url} can't be fetched from: {done.said}"
            raise StoreError(message, retry=is_passing(done))
        theirs, mine = self._store.tip(_COPY), self._store.tip()
        if theirs is not None and theirs != mine:
            self._store.move(mine, theirs)
            if mine is not None:
                self._rivals_until = time.monotonic() + _RIVALRY
        self._known = True

    def _push(self, old: str, new: str) -> None:
        branch = self._store.branch
        # A lease takes the place of git's own check that nothing is lost: with it a push goes through where the branch
        # is at `old`, and that alone. Nothing is lost because `new` descends from `old`.
        lease = f"--force-with-lease={branch}:{old}"
        begun = time.monotonic()
        done = self._git(
            "push", "--porcelain", "--no-verify", lease, "--", self._url, f"{new}:{branch}", seconds=self._seconds
        )
        self._pushing = time.monotonic() - begun
        if done.code == 0:
            return
        shown = self._url
        match push_refusal(done):
            case "silent":
                if not self._came_through(new):
                    raise StoreError(f"{shown} can't be pushed to: {done.said}", retry=is_passing(done))
            case "first":
                self._fetch(self._seconds)
                tip = self._store.tip()
                if tip is not None and self._store.contains(tip, new):
                    return  # an earlier attempt, of which nothing was heard
                if tip != old:
                    self._known = False  # whoever waits before the next attempt looks again after that
                    raise MovedError(tip)
                said = "; ".join(part for part in (push_status(done), stuck(done, branch)) if part)
                raise StoreError(f"{shown} can't move {branch} just now: {said}", retry=True)
            case kind:
                said = f"{push_status(done)} {told_by_remote(done)}".strip()
                raise StoreError(f"{shown} refuses: {said}", retry=kind == "passing")

    def _came_through(self, new: str) -> bool:
        """Whether a push without an answer was done."""
        try:
            self._fetch(min(self._seconds, _LOOKING))
        except StoreError:
            return False
        tip = self._store.tip()
        return tip is not None and self._store.contains(tip, new)

    def _git(self, *arguments: str, seconds: float) -> Done:
        login = self._login
        secrets = {"http.extraHeader": f"Authorization: {login.header}"} if login is not None else {}
        done = self._store.git(arguments, seconds=seconds, secrets=secrets)
        return done if login is None else Done(done.code, login.hidden(done.output), login.hidden(done.error))
