"""What the branch has now, in memory: made once from git, then following the branch commit by commit.

Who asks is given a view that stays as it is; the lock is held only while the next one is made.
"""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from commander.git import Repository, StoreError
from commander.reading.errors import NotFoundError
from commander.reading.view import View, next_view, view_of
from generator.errors import Problem

_HEX = re.compile(r"[0-9a-f]{7,40}\Z")
_WHOLE = 40
#: Commits that are looked at one by one before git is asked for all.
_LINE = 200
#: Trees that each open repository keeps in memory may have so many entries: some 30 MiB.
_ENTRIES = 100_000
#: Repositories that stay open while nobody uses them.
_IDLE = 8
#: So often one is used before it lets go of packs that are gone.
_USES = 64


class Repositories:
    """One bare repository, open as often as it is used at a time."""

    def __init__(self, path: Path, branch: str) -> None:
        self._path, self._branch = path, branch
        # The one that was used last comes first: it has in memory what was read last. The oldest go.
        self._idle: deque[tuple[Repository, int]] = deque(maxlen=_IDLE)

    @contextmanager
    def one(self) -> Iterator[Repository]:
        """A repository that nobody else uses meanwhile. Raises ``StoreError``."""
        try:
            repository, uses = self._idle.pop()
        except IndexError:
            repository, uses = Repository(self._path, self._branch, entries=_ENTRIES), 0
        if uses >= _USES:
            repository.look_again()
            uses = 0
        try:
            yield repository
        finally:
            self._idle.append((repository, uses + 1))

    def close(self) -> None:
        """Let go of those that nobody uses."""
        self._idle.clear()


class Index:
    """The view of the branch's tip, and the commits that the branch has."""

    def __init__(self, repository: Repository) -> None:
        """Read what there is. Raises ``StoreError``."""
        self._lock = threading.Lock()
        #: The commits, with numbers that are larger for later ones.
        self._commits: dict[bytes, int] = {}
        tip = _tip(repository)
        self._number(repository, tip)
        self._view = view_of(repository, tip)

    def view(self, repository: Repository) -> View:
        """What the branch has now. Raises ``StoreError``."""
        view = self._view
        if view.revision == repository.tip():
            return view
        with self._lock:
            # Others may have gone farther while this one waited.
            tip = _tip(repository)
            if self._view.revision != tip:
                self._follow(repository, tip)
            return self._view

    def has(self, commit: str) -> bool:
        """Whether the branch has a commit, which is told by 40 hex digits, as far as it was viewed last."""
        return bytes.fromhex(commit) in self._commits

    def number(self, commit: str) -> int:
        """Larger for a later commit. Raises ``LookupError`` when the branch does not have it."""
        return self._commits[bytes.fromhex(commit)]

    def resolve(self, revision: str) -> str:
        """The whole name of a commit of the branch. Raises ``NotFoundError``."""
        text = revision.lower()
        if _HEX.match(text) is None:
            allowed = f"7 to {_WHOLE} hex digits, the beginning of a commit's name"
            raise NotFoundError(Problem(f"'{revision[:100]}' is no revision", allowed=allowed))
        if len(text) == _WHOLE:
            found = [text] if self.has(text) else []
        else:
            found = self._beginning(text)
        if len(found) == 1:
            return found[0]
        if found:
            shown = ", ".join(sorted(found)[:5])
            raise NotFoundError(Problem(f"{len(found)} commits begin with {text}: {shown}", hint="give more digits"))
        hint = "the history tells which there are; it may have been rewritten since"
        raise NotFoundError(Problem(f"the branch has no commit {text}", hint=hint))

    def _beginning(self, text: str) -> list[str]:
        begin = bytes.fromhex(text[: len(text) // 2 * 2])
        with self._lock:
            near = [each for each in self._commits if each.startswith(begin)]
        return [name for each in near if (name := each.hex()).startswith(text)]

    def _follow(self, repository: Repository, tip: str) -> None:
        old = self._view
        new: list[bytes] | None = None
        try:
            new = _since(repository, old.revision, tip)
            view = next_view(old, repository, tip)
        except (StoreError, KeyError, ValueError):
            # History was rewritten, and what it was is gone.
            new, view = None, view_of(repository, tip)
        self._number(repository, tip, new)
        self._view = view

    def _number(self, repository: Repository, tip: str, new: list[bytes] | None = None) -> None:
        """Number the commits that are new, the latest first; None: all are."""
        commits = self._commits if new is not None else {}
        new = new if new is not None else list(repository.names(tip))
        begin = len(commits)
        # In one go: nobody sees a commit without those that it follows from.
        commits.update(zip(reversed(new), range(begin, begin + len(new)), strict=True))
        self._commits = commits


def _since(repository: Repository, old: str, tip: str) -> list[bytes] | None:
    """The commits that came after one, the latest first; None when the tip does not follow from it."""
    # A few commits in a line is what nearly always comes; a walk takes as long as clocks of committers differ.
    line: list[bytes] = []
    name = tip
    while len(line) < _LINE:
        line.append(bytes.fromhex(name))
        parents = repository.described(name).parents
        if parents == (old,):
            return line
        if len(parents) != 1:
            break
        name = parents[0]
    return list(repository.names(tip, old)) if repository.contains(tip, old) else None


def _tip(repository: Repository) -> str:
    tip = repository.tip()
    if tip is None:
        raise repository.error(f"there is no branch {repository.branch}; push a first commit")
    return tip
