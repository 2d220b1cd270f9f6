"""The bare repository that is written: new objects durably, its branch moved by comparing and swapping, in shape."""

from __future__ import annotations

from pathlib import Path

import pygit2

from commander.git.draft import Draft, Sign
from commander.git.locks import Owner, remove_left_locks
from commander.git.packs import leftovers, sync_folder, write_pack
from commander.git.program import run_git
from commander.git.repository import Repository, StoreError

_MANY_PACKS = 50
_TIDYING = 600.0


class MovedError(Exception):
    """Somebody else moved the branch meanwhile: ``tip`` is where it is now."""

    def __init__(self, tip: str | None) -> None:
        super().__init__(f"the branch is at {tip}")
        self.tip = tip


class Store(Repository):
    """``branch`` is a full name (``refs/heads/main``). Not for several threads at a time."""

    def __init__(self, path: Path, branch: str) -> None:
        """Open a bare repository. Raises ``StoreError``."""
        super().__init__(path, branch)
        pygit2.settings.enable_fsync_gitdir(True)
        self._packs = path / "objects" / "pack"
        self._packs.mkdir(exist_ok=True)
        self._new_packs = sum(1 for _ in self._packs.glob("*.pack"))
        try:
            for each in leftovers(self._packs):
                each.unlink(missing_ok=True)
            remove_left_locks(path, branch)
            self._owner = Owner(path)
        except OSError as error:
            raise StoreError(f"{path} can't be written: {error.strerror}") from None

    def close(self) -> None:
        """Nothing more is written from here."""
        self._owner.close()

    def draft(self, base: str, sign: Sign | None = None) -> Draft:
        """Begin commits on top of one."""
        return Draft(self, base, sign)

    def write(self, draft: Draft) -> None:
        """Put a draft's objects on the disk, to survive power loss. Raises ``OSError``."""
        if draft.objects:
            write_pack(self._packs, draft.objects)
            self._new_packs += 1

    def tidy(self) -> None:
        """Put packs together when many were written: every look for an object goes through all of them.

        Geometric (git-repack(1)): packs of like size become one, so that an object is copied a few times in all,
        however long the repository is served. Raises ``StoreError``, ``OSError``; then nothing is lost.
        """
        if self._new_packs < _MANY_PACKS:
            return
        self._new_packs = 0
        for arguments in (
            ("repack", "--geometric=2", "-d", "-q", "--write-midx"),
            ("commit-graph", "write", "--reachable", "--split", "--no-progress"),
        ):
            done = run_git(self.path, arguments, seconds=_TIDYING)
            if done.code != 0:
                raise self.error(f"git {arguments[0]} failed: {done.said}")
        self._open()  # packs that it had found are gone

    def move(self, old: str | None, new: str) -> None:
        """Move the branch, whose objects must be written, from one commit to another, to survive power loss.

        Raises ``MovedError`` when it is not at ``old`` any more, ``StoreError`` when it can't be moved, ``OSError``.
        """
        self._owner.moves_to(new)
        try:
            self._set(old, new)
        except (pygit2.GitError, OSError, ValueError) as error:
            if (now := self.tip()) != old:
                raise MovedError(now) from None
            if not remove_left_locks(self.path, self.branch):
                raise self.error(f"{self.branch} can't be moved: {error}") from None
            self._set_again(old, new)
        self._owner.moves_to("")
        sync_folder((self.path / self.branch).parent)

    def _set(self, old: str | None, new: str) -> None:
        if old is None:
            self._repository.references.create(self.branch, new)
            return
        reference = self._repository.references.get(self.branch)
        if reference is None or str(reference.resolve().target) != old:
            raise MovedError(self.tip())
        reference.set_target(new)  # fails where it was moved since it was read

    def _set_again(self, old: str | None, new: str) -> None:
        try:
            self._set(old, new)
        except (pygit2.GitError, OSError, ValueError) as error:
            raise self.error(f"{self.branch} can't be moved: {error}") from None
