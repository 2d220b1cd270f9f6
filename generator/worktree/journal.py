"""A few changes of a large ``rendered/``: a journal says what is to be moved, then it is moved.

Killed before the journal is written, the old state is there; killed after, ``roll_forward`` makes the new one of it
when the next run begins. Each file is whole at any time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

import orjson

from generator.worktree.inventory import RENDERED

_JOURNAL = "journal.json"
_KEPT = "kept"


def apply(repository: Path, staging: Path, written: Sequence[str], removed: Sequence[str]) -> None:
    """Move the files that ``written`` names from ``staging`` to their places and remove others.

    Raises ``OSError`` when that fails; then everything was put back.
    """
    kept = staging / _KEPT
    kept.mkdir()
    for number, path in enumerate((*written, *removed)):
        with suppress(FileNotFoundError):
            (kept / str(number)).hardlink_to(repository / path)
    journal = staging / _JOURNAL
    made: list[Path] = []
    try:
        unfinished = staging / f"{_JOURNAL}.new"
        unfinished.write_bytes(orjson.dumps({"written": written, "removed": removed}))
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
    """End what a run that was killed had begun. Raises ``OSError``."""
    try:
        journal = orjson.loads((staging / _JOURNAL).read_bytes())
    except (OSError, ValueError):
        return
    _move(repository, staging, journal["written"], journal["removed"], [])
    (staging / _JOURNAL).unlink()
    _prune(repository, journal["removed"])


def _move(repository: Path, staging: Path, written: Iterable[str], removed: Iterable[str], made: list[Path]) -> None:
    # Removed first: a file may have been where a folder is needed.
    for path in removed:
        (repository / path).unlink(missing_ok=True)
    for path in written:
        target = repository / path
        missing = []
        folder = target.parent
        while not folder.is_dir():
            missing.append(folder)
            folder = folder.parent
        for each in reversed(missing):
            each.mkdir()
            made.append(each)
        with suppress(FileNotFoundError):  # moved before the run was killed
            (staging / path).replace(target)


def _prune(repository: Path, removed: Iterable[str]) -> None:
    """Remove the folders that have become empty."""
    for path in sorted(removed, reverse=True):
        with suppress(OSError):
            for folder in Path(path).parents:
                if folder == Path(RENDERED):
                    break
                (repository / folder).rmdir()
