"""New files of ``rendered/`` in the making, and the step in which they become the state.

Of a state of up to ``MANY`` files a new ``rendered/`` is made beside the old one, in which files that stay are hard
links to the old ones, and the two change places. A process that is killed at any moment leaves the old or the new
state, whole, and perhaps the folder ``STAGING``, which the next run removes. Links to 100,000 files take half a minute;
changes of a larger state go through a ``journal``.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import shutil
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

from generator.errors import Problem, ProblemsError
from generator.worktree import journal
from generator.worktree.inventory import RENDERED
from generator.worktree.links import link

STAGING = ".stargit-rendering"
#: Files that stay; of more, only those that change are touched.
MANY = 5_000
_OLD = "old"
_EXCHANGE = 2  # RENAME_EXCHANGE of linux/fs.h
_HERE = -100  # AT_FDCWD of fcntl.h


def staging_problems(repository: Path) -> Iterator[Problem]:
    """What stands where the new state is to be made."""
    place = repository / STAGING
    if os.path.lexists(place) and not place.is_symlink() and not place.is_dir():
        yield Problem("is no folder, and Stargit makes one of this name", file=STAGING, hint="remove it")


class Staging:
    """The new state in the making. A context: without ``finish`` everything stays as it was."""

    def __init__(self, repository: Path) -> None:
        self._repository = os.fspath(repository)
        self._place = f"{self._repository}/{STAGING}"
        self._folders: set[str] = set()

    def __enter__(self) -> Staging:
        _discard(Path(self._place))
        try:
            Path(self._place).mkdir(0o700)
            # Git shows nothing of it, should a run be killed.
            Path(self._place, ".gitignore").write_text("*\n", encoding="ascii")
            self.folder(RENDERED)
        except OSError:
            _discard(Path(self._place))
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # What is left of it does no harm; the next run tries again.
        with suppress(OSError):
            _discard(Path(self._place))

    def folder(self, path: str) -> str:
        """The new folder at ``path`` of the repository, made when it is missing. Raises ``OSError``."""
        if path not in self._folders:
            Path(self._place, path).mkdir(parents=True, exist_ok=True)
            self._folders.add(path)
        return f"{self._place}/{path}"

    def write(self, path: str, data: bytes) -> None:
        """Put a new file at ``path`` of the repository. Raises ``OSError``."""
        folder, _, name = path.rpartition("/")
        with open(f"{self.folder(folder)}/{name}", "wb") as stream:  # noqa: PTH123  (a fleet has 150,000 of them)
            stream.write(data)

    def finish(self, written: Sequence[str], removed: Sequence[str], kept: Collection[str]) -> None:
        """Let the new state take the place of the old one; the paths are all that there are and were.

        ``kept`` are also links and devices. Raises ``OSError``; then the old state is there.
        """
        if len(kept) > MANY:
            journal.apply(Path(self._repository), Path(self._place), written, removed)
        else:
            for path in kept:
                self._keep(path)
            self._exchange()

    def _keep(self, path: str) -> None:
        folder, _, name = path.rpartition("/")
        old, new = f"{self._repository}/{path}", f"{self.folder(folder)}/{name}"
        link(old, new)

    def _exchange(self) -> None:
        old, new = Path(self._repository, RENDERED), Path(self._place, RENDERED)
        if not os.path.lexists(old):
            new.rename(old)
            return
        shutil.copymode(old, new)
        if not _exchange(old, new):
            # Without an exchange there is a moment between two renames; the next run sees what happened (``recover``).
            aside = Path(self._place, _OLD)
            old.rename(aside)
            try:
                new.rename(old)
            except OSError:
                aside.rename(old)
                raise


def _exchange(one: Path, other: Path) -> bool:
    """Let two names change places in one step; False where the system or the file system can't. Raises ``OSError``."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:  # a C library without it
        return False
    if rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
        return False
    raise OSError(code, os.strerror(code), str(one))


def recover(repository: Path) -> None:
    """Make a whole state of what a run left that was killed in the last step, and remove the rest of it.

    On a system without an exchange that is the old one, which may lie aside; of a large state it is the new one.
    """
    left, place = repository / STAGING, repository / RENDERED
    if not os.path.lexists(left):
        return
    try:
        if not left.is_symlink():  # a link is of no run's making
            old = left / _OLD
            if old.is_dir() and not old.is_symlink() and not os.path.lexists(place):
                old.rename(place)
            journal.roll_forward(repository, left)
        _discard(left)
    except OSError as error:
        what = f"cannot be written: {error.strerror}; a run that was killed had begun to"
        raise ProblemsError([Problem(what, file=RENDERED)]) from None


def _discard(place: Path) -> None:
    if place.is_symlink():
        place.unlink()
    elif place.exists():
        shutil.rmtree(place, ignore_errors=True)


@contextmanager
def locked(repository: Path) -> Iterator[None]:
    """Runs that write the same repository wait for each other. Raises ``ProblemsError`` where it can't be opened."""
    try:
        descriptor = os.open(repository, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise ProblemsError([Problem(f"cannot be opened: {error.strerror}", file=str(repository))]) from None
    try:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
