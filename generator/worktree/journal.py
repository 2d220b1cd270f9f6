"""A few changes of a large ``rendered/``: a journal says what is to be moved, then it is moved.

Killed before the journal is written, the old state is there; killed after, ``roll_forward`` makes the new one of it
when the next run begins. Each file is whole at any time.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from generator.worktree.inventory import RENDERED, is_generated
from generator.worktree.links import link

_JOURNAL = "journal.json"
_KEPT = "kept"
# Bytes. A state of a million files, each of which changes, needs half of it.
_LARGEST = 256 * 1024 * 1024


def apply(repository: Path, staging: Path, written: Sequence[str], removed: Sequence[str]) -> None:
    """Move the files that ``written`` names from ``staging`` to their places and remove others.

    Raises ``OSError`` when that fails; then everything was put back.
    """
    kept = staging / _KEPT
    kept.mkdir()
    for number, path in enumerate((*written, *removed)):
        with suppress(FileNotFoundError):
            link(f"{repository}/{path}", f"{kept}/{number}")
    journal = staging / _JOURNAL
    made: list[Path] = []
    try:
        unfinished = staging / f"{_JOURNAL}.new"
        # Names that are no text survive in it, too.
        unfinished.write_text(json.dumps({"written": written, "removed": removed}), encoding="ascii")
        unfinished.replace(journal)
        _move(repository, staging, written, removed, made)
        journal.unlink()
    except BaseException:
        for number, path in enumerate((*written, *removed)):
            if (kept / str(number)).exists():
                (kept / str(number)).replace(repository / path)
            else:
                (repository / path).unlink(missing_ok=True)
        for folder in reversed(made):
            with suppress(OSError):
                folder.rmdir()
        journal.unlink(missing_ok=True)
        raise
    _prune(repository, removed)


def roll_forward(repository: Path, staging: Path) -> None:
    """End what a run that was killed had begun. Raises ``OSError``.

    Who can put files into a repository can put a journal there. One that no run can have written is left unread: it
    must lead to nothing but generated files under ``rendered/``.
    """
    try:
        written, removed = _read(repository, staging)
    except (OSError, ValueError, RecursionError):
        return
    _move(repository, staging, written, removed, [])
    (staging / _JOURNAL).unlink()
    _prune(repository, removed)


def _read(repository: Path, staging: Path) -> tuple[list[str], list[str]]:
    """What the journal says is written and removed. Raises ``OSError`` or ``ValueError`` when there is none of ours."""
    # A link or a pipe of this name is of no run's making, and opening a pipe would wait for ever.
    descriptor = os.open(staging / _JOURNAL, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError("no file")
        with open(descriptor, "rb", closefd=False) as stream:
            text = stream.read(_LARGEST + 1)
    finally:
        os.close(descriptor)
    if len(text) > _LARGEST:
        raise ValueError("too large")
    journal = json.loads(text)
    if not isinstance(journal, dict):
        raise ValueError("no map")
    return _paths(repository, staging, journal.get("written")), _paths(repository, staging, journal.get("removed"))


def _paths(repository: Path, staging: Path, found: object) -> list[str]:
    if not isinstance(found, list):
        raise ValueError("no list")
    paths: list[str] = []
    for path in found:
        if not isinstance(path, str) or not path.startswith(f"{RENDERED}/") or ".." in path.split("/"):
            raise ValueError("a path that is not under rendered/")
        _check_generated(repository, path)
        _check_generated(staging, path)
        paths.append(path)
    return paths


def _check_generated(root: Path, path: str) -> None:
    """Raises ``OSError`` or ``ValueError`` unless a generated file or nothing is there, and no link on the way."""
    for folder in Path(path).parents:
        if (root / folder).is_symlink():
            raise ValueError("a link on the way")
    try:
        mode = (root / path).lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return
    if not stat.S_ISREG(mode) or not is_generated(root / path):
        raise ValueError("not generated")


def _move(repository: Path, staging: Path, written: Iterable[str], removed: Iterable[str], made: list[Path]) -> None:
    # Removed first: a file may have been where a folder is needed.
    for path in removed:
        (repository / path).unlink(missing_ok=True)
    present: set[str] = set()
    for path in written:
        folder = path.rpartition("/")[0]
        if folder not in present:
            _make(repository / folder, made)
            present.add(folder)
        with suppress(FileNotFoundError):  # moved before the run was killed
            os.replace(f"{staging}/{path}", f"{repository}/{path}")  # noqa: PTH105  (a fleet has 150,000 of them)


def _make(folder: Path, made: list[Path]) -> None:
    """Make a folder and those above it; what was made is told at once, so that it can be undone."""
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for each in reversed(missing):
        each.mkdir()
        made.append(each)


def _prune(repository: Path, removed: Iterable[str]) -> None:
    """Remove the folders that have become empty."""
    for path in sorted(removed, reverse=True):
        with suppress(OSError):
            for folder in Path(path).parents:
                if folder == Path(RENDERED):
                    break
                (repository / folder).rmdir()
