"""Locks that a killed process left behind: whose they were, and that the owner is gone, before they are removed.

Git locks a branch by a file beside it (``refs/heads/main.lock``) that nobody removes when the process is killed; from
then on the branch can't be moved. So whoever moves a branch from here says so before, in a file that is flocked as long
as the process lives: who gets that flock knows that the owner is gone, in any container of the machine.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_ENDING = ".commander"
#: A process that moves a branch holds its lock for milliseconds. One of this age that nobody has open was left behind.
_OLD = 60.0
_LONGEST = 4096


class Owner:
    """This process's file in a repository. What it moves a branch to is written there first."""

    def __init__(self, repository: Path) -> None:
        """Raises ``OSError``."""
        for number in range(1000):
            self._path = repository / f"{os.getpid()}-{number}{_ENDING}"
            try:
                self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            except FileExistsError:
                continue
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        raise FileExistsError(f"{repository} is full of files *{_ENDING}")

    def moves_to(self, commit: str) -> None:
        """Say what a branch is moved to; empty when it was moved. Raises ``OSError``."""
        os.pwrite(self._descriptor, commit.encode().ljust(64), 0)

    def close(self) -> None:
        """Remove the file."""
        with suppress(FileNotFoundError):
            self._path.unlink()
        os.close(self._descriptor)


def remove_left_locks(repository: Path, branch: str) -> bool:
    """Remove a branch's lock where it was left by a process that is gone; whether there was such a one.

    Raises ``OSError``.
    """
    lock = repository / f"{branch}.lock"
    gone = [commit for commit in _gone(repository) if commit]
    try:
        with lock.open("rb") as stream:
            found = stream.read(_LONGEST).strip()
            age = time.time() - os.fstat(stream.fileno()).st_mtime
    except FileNotFoundError:
        return False
    # Killed before it wrote into the lock, a process leaves an empty one.
    if found in {b"", *gone} and gone:
        lock.unlink(missing_ok=True)
        return True
    if age > _OLD and not _is_open(lock):
        lock.unlink(missing_ok=True)
        return True
    return False


def _gone(repository: Path) -> Iterator[bytes]:
    """What processes that are gone were moving a branch to; their files are removed."""
    for path in sorted(repository.glob(f"*{_ENDING}")):
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield os.pread(descriptor, _LONGEST, 0).strip()
            path.unlink(missing_ok=True)
        except BlockingIOError:
            pass  # its owner lives
        finally:
            os.close(descriptor)


def _is_open(path: Path) -> bool:
    """Whether a process of this machine has a file open, as far as one may look."""
    wanted = path.resolve()
    for process in Path("/proc").glob("[0-9]*/fd"):
        with suppress(OSError):
            for descriptor in process.iterdir():
                with suppress(OSError):
                    if descriptor.resolve() == wanted:
                        return True
    return False
