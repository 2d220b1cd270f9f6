"""What a killed process left behind in a repository: that its owner is gone is known before it is removed.

Git locks a branch by a file beside it (``refs/heads/main.lock``) that nobody removes when the process is killed; from
then on the branch can't be moved. It is the same with other locks and with half-written packs. So whoever writes from
here has a file that is flocked as long as the process and the git programs that it started live: who gets that flock
knows that all of them are gone, in any container of the machine.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from commander.git.packs import owner_of

_ENDING = ".commander"
#: Of one that is not flocked yet.
_BEGUN = ".commander-begun"
#: A process that moves a branch holds its lock for milliseconds. One of this age that nobody has open was left behind.
_OLD = 60.0
#: The same of what takes longer: packs that are being written.
_VERY_OLD = 3600.0
_LONGEST = 4096
#: Where git (fetch, repack, multi-pack-index, commit-graph) leaves what it had begun.
_LEFT = (
    "packed-refs.lock",
    "refs/stargit/*.lock",
    "objects/info/*.lock",
    "objects/info/commit-graphs/*.lock",
    "objects/info/commit-graphs/tmp_*",
    "objects/pack/*.lock",
    "objects/pack/tmp_*",
    "objects/pack/.tmp-*",
)
#: What git repack names packs that are whole, before they have their last names.
_RENAMED = ".tmp-"
#: So that nobody puts a pack together with others before a branch leads to it; begins with who wrote that.
_KEEPS, _FETCHED = "objects/pack/*.keep", b"fetch-pack "


class Owner:
    """This process's file in a repository. What it moves a branch to is written there first."""

    def __init__(self, repository: Path) -> None:
        """Raises ``OSError``."""
        for number in range(1000):
            self.name = f"{os.getpid()}-{number}"
            self._path = repository / f"{self.name}{_ENDING}"
            if (descriptor := _taken(self._path, repository / f"{self.name}{_BEGUN}")) is not None:
                self.descriptor = descriptor
                return
        raise FileExistsError(f"{repository} is full of files *{_ENDING}")

    def moves_to(self, commit: str) -> None:
        """Say what a branch is moved to; empty when it was moved. Raises ``OSError``."""
        os.pwrite(self.descriptor, commit.encode().ljust(64), 0)

    def close(self) -> None:
        """Remove the file."""
        with suppress(FileNotFoundError):
            self._path.unlink()
        os.close(self.descriptor)


def _taken(path: Path, begun: Path) -> int | None:
    """A new file that is flocked when others see it by its ``path``; None when it is another's. Raises ``OSError``."""
    try:
        descriptor = os.open(begun, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Who has the name of what is begun is the only one who may make the other.
        if _is_at(begun, descriptor):
            if not path.exists():
                begun.rename(path)
                return descriptor
            begun.unlink()
    except (BlockingIOError, FileNotFoundError):
        pass  # it was taken for what a process that is gone left behind
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None


def remove_left(repository: Path, branch: str, *, killed: bool = False) -> bool:
    """Remove what processes that are gone left behind; whether a lock of the branch was among it.

    ``killed``: a git of this process's own is among them. Raises ``OSError``.
    """
    with _gone(repository) as gone:
        removed = _remove_lock(repository / f"{branch}.lock", [commit for commit in gone.values() if commit])
        _remove_begun(repository, gone, killed)
    return removed


def _remove_lock(lock: Path, commits: Sequence[bytes]) -> bool:
    """``commits`` are what processes that are gone were moving a branch to."""
    try:
        with lock.open("rb") as stream:
            found = stream.read(_LONGEST).strip()
            age = time.time() - os.fstat(stream.fileno()).st_mtime
    except FileNotFoundError:
        return False
    # Killed before it wrote into the lock, a process leaves an empty one.
    if not (found in {b"", *commits} and commits) and not (age > _OLD and _inode(lock) not in _open_files()):
        return False
    lock.unlink(missing_ok=True)
    return True


def _remove_begun(repository: Path, gone: Collection[str], killed: bool) -> None:
    """Locks, packs and other files that git or a Commander had begun and will not end."""
    found = [path for pattern in _LEFT for path in repository.glob(pattern)]
    found += [path for path in repository.glob(_KEEPS) if _starts(path, _FETCHED)]
    if not found:
        return
    in_use, by_others = _open_files(), _open_files(but=os.getpid())
    for path in found:
        try:
            age = time.time() - path.stat().st_mtime
        except FileNotFoundError:
            continue
        if owner := owner_of(path.name):
            left = owner in gone or not (repository / f"{owner}{_ENDING}").exists()
        else:
            # Packs with both files libgit2 reads by any name; for that they need not have one.
            used = by_others if path.name.startswith(_RENAMED) else in_use
            left = (bool(gone) or killed or age > _VERY_OLD) and _inode(path) not in used
        if left:
            path.unlink(missing_ok=True)


def _starts(path: Path, wanted: bytes) -> bool:
    try:
        with path.open("rb") as stream:
            return stream.read(len(wanted)) == wanted
    except FileNotFoundError:
        return False


@contextmanager
def _gone(repository: Path) -> Iterator[dict[str, bytes]]:
    """Owners that are gone, with what they were moving a branch to. Their files go when all is cleaned up."""
    found: dict[str, bytes] = {}
    with ExitStack() as held:
        for path in sorted(repository.glob(f"*{_ENDING}")):
            if (descriptor := _left_behind(path, held)) is not None:
                found[path.name.removesuffix(_ENDING)] = os.pread(descriptor, _LONGEST, 0).strip()
        # Of these nothing was begun.
        begun = [path for path in repository.glob(f"*{_BEGUN}") if _left_behind(path, held) is not None]
        yield found
        for path in (*begun, *(repository / f"{name}{_ENDING}" for name in found)):
            path.unlink(missing_ok=True)


def _left_behind(path: Path, held: ExitStack) -> int | None:
    """An owner's file, flocked as long as it is ``held``; None when the owner lives. Raises ``OSError``."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    held.callback(os.close, descriptor)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return None
    # While it was waited, its owner may have gone, and another one of the same name come.
    return descriptor if _is_at(path, descriptor) else None


def _is_at(path: Path, descriptor: int) -> bool:
    status = os.fstat(descriptor)
    return _inode(path) == (status.st_dev, status.st_ino)


def _inode(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _open_files(but: int | None = None) -> set[tuple[int, int]]:
    """The files that processes of this machine, all or ``but`` one, have open, as far as one may look."""
    found = set()
    for process in Path("/proc").glob("[0-9]*/fd"):
        if process.parent.name == str(but):
            continue
        with suppress(OSError):
            for descriptor in process.iterdir():
                if (inode := _inode(descriptor)) is not None:
                    found.add(inode)
    return found
