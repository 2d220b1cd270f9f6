"""The bare repository that is written: new objects durably, its branch moved by comparing and swapping, in shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import pygit2

from commander.git.draft import Draft, Sign
from commander.git.locks import Owner, remove_left
from commander.git.packs import sync_folder, write_pack
from commander.git.program import Done, run_git
from commander.git.repository import Repository, StoreError
from commander.git.size import Size, Sizes
from commander.git.tidying import Tidying

#: Packs that are put together. Reading hardly minds two hundred, and each time costs git seconds in a large repository.
_MANY_PACKS = 200
#: What libgit2 raises when a reference can't be read or moved.
_IMMOVABLE = (pygit2.GitError, OSError, ValueError, KeyError)


class MovedError(Exception):
    """Somebody else moved the branch meanwhile: ``tip`` is where it is now."""

    def __init__(self, tip: str | None) -> None:
        super().__init__(f"the branch is at {tip}")
        self.tip = tip


class Store(Repository):
    """``branch`` is a full name (``refs/heads/main``). Not for several threads at a time, but for ``size``."""

    def __init__(self, path: Path, branch: str) -> None:
        """Open a bare repository. Raises ``StoreError``."""
        super().__init__(path, branch)
        pygit2.settings.enable_fsync_gitdir(True)
        self._packs = path / "objects" / "pack"
        self._sizes = Sizes(path)
        self._tidying: Tidying | None = None
        #: How many packs there were when they had just been put together.
        self._tidied = 0
        #: Whether a git that was started from here was killed, and may have left something behind.
        self._killed = False
        try:
            self._packs.mkdir(exist_ok=True)
            remove_left(path, branch)
            self._owner = Owner(path)
        except OSError as error:
            raise StoreError(f"{path} can't be written: {error.strerror}") from None

    def close(self) -> None:
        """Nothing more is written from here."""
        if self._tidying is not None:
            self._tidying.stop()
            self._tidying.close()
            self._tidying = None
            self._killed = True
        if self._killed:
            with suppress(OSError):
                self.remove_left()
        self._owner.close()

    def draft(self, base: str, sign: Sign | None = None) -> Draft:
        """Begin commits on top of one."""
        return Draft(self, base, sign)

    def write(self, draft: Draft) -> None:
        """Put a draft's objects on the disk, to survive power loss. Raises ``OSError``."""
        if draft.objects:
            write_pack(self._packs, draft.objects, self._owner.name)
            draft.remember()

    def git(self, arguments: Sequence[str], *, seconds: float, secrets: Mapping[str, str] | None = None) -> Done:
        """Run git here, with settings that are ``secrets``. What it leaves behind when it is killed is removed.

        Raises ``OSError``.
        """
        inherited = (self._owner.descriptor,)
        done = run_git(self.path, arguments, seconds=seconds, inherited=inherited, secrets=secrets or {})
        if done.code is None or done.code < 0:
            self._killed = True
            self.remove_left()
        return done

    def size(self) -> Size:
        """How large it is, as of a few seconds ago; may be asked by any thread. Raises ``OSError``."""
        return self._sizes.now()

    def tidy(self, *, wait: bool = False) -> None:
        """Put packs together when many were written: every look for an object goes through all of them.

        It is done by a git beside this one; call it again and again to hear how that went, or ``wait`` until it is
        done. Raises ``StoreError``, ``OSError``; then nothing is lost.
        """
        if self._tidying is None:
            if self._count() - self._tidied < _MANY_PACKS:
                return
            self._tidied = self._count()  # where it fails, not at once again
            self.remove_left()
            self._tidying = Tidying(self.path, self._owner.descriptor)
        if wait:
            self._tidying.wait()
        if self._tidying.ended():
            failure = self._tidying.failure()
            self._killed |= bool(failure)
            self._tidying.close()
            self._tidying = None
            self._open()  # packs that it had found are gone
            if failure:
                raise self.error(failure)
            self._tidied = self._count()

    def remove_left(self) -> bool:
        """Remove what processes that are gone left behind; whether a lock of the branch was among it.

        Raises ``OSError``.
        """
        return remove_left(self.path, self.branch, killed=self._killed)

    def move(self, old: str | None, new: str) -> None:
        """Move the branch, whose objects must be written, from one commit to another, to survive power loss.

        Raises ``MovedError`` when it is not at ``old`` any more, ``StoreError`` when it can't be moved, ``OSError``.
        """
        self._owner.moves_to(new)
        try:
            self._set(old, new)
        except _IMMOVABLE as error:
            if (now := self.tip()) != old:
                raise MovedError(now) from None
            if not self.remove_left():
                raise self._immovable(error) from None
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
        except _IMMOVABLE as error:
            raise self._immovable(error) from None

    def _immovable(self, error: Exception) -> StoreError:
        # Mostly a lock, and whoever has it lets go of it.
        return self.error(f"{self.branch} can't be moved: {error}", retry=True)

    def _count(self) -> int:
        return sum(1 for _ in self._packs.glob("*.pack"))
