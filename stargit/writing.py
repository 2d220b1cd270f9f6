"""Files of a repository that commands write: each whole or not at all, and none that somebody else wrote meanwhile."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from generator.errors import Problem, ProblemsError
from stargit.failures import failures_at


def write_new(folder: Path, files: Mapping[str, str]) -> None:
    """Write files (path below ``folder`` -> text) that must not be there yet: all, or none.

    Raises ``ProblemsError`` when something is in the way of any.
    """
    refuse_present(folder, files)
    written: list[Path] = []
    made: list[Path] = []
    try:
        for path, text in files.items():
            target = folder / path
            made += _make_folders(target.parent)
            with _draft(target, text) as draft:
                os.link(draft, target)  # unlike a rename, it fails when there is a file
            written.append(target)
    except BaseException as error:
        for target in written:
            target.unlink(missing_ok=True)
        for each in reversed(made):
            with suppress(OSError):  # somebody else has put something into it
                each.rmdir()
        if isinstance(error, FileExistsError):
            raise ProblemsError([_present(os.path.relpath(str(error.filename2 or error.filename), folder))]) from None
        raise


def refuse_present(folder: Path, files: Iterable[str]) -> None:
    """Raises ``ProblemsError`` when any of the files is there, or something that is no folder is above it."""
    problems = []
    for path in files:
        above = folder
        for part in Path(path).parts[:-1]:
            above /= part
            if above.is_symlink() or (above.exists() and not above.is_dir()):
                what = "is a symbolic link" if above.is_symlink() else "is no folder"
                problems.append(Problem(what, file=os.path.relpath(above, folder), allowed="a folder"))
                break
        else:
            if os.path.lexists(folder / path):
                problems.append(_present(path))
    if problems:
        raise ProblemsError(problems)


def replace_text(folder: Path, path: str, old: bytes, new: str) -> None:
    """Replace a file that was read as ``old``. Raises ``ProblemsError`` when it is another one by now."""
    target = folder / path
    if target.is_symlink() or target.read_bytes() != old:
        raise ProblemsError([Problem("was changed by somebody else meanwhile", file=path, hint="try again")])
    with _draft(target, new) as draft:
        draft.chmod(target.stat().st_mode & 0o7777)
        draft.replace(target)


def _present(path: str) -> Problem:
    return Problem("is there already, and is not written over", file=path, hint="choose another name, or move it away")


def _make_folders(folder: Path) -> list[Path]:
    """Make a folder and those above it; the ones that were made, the outermost first."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    made = []
    for each in reversed(missing):
        with suppress(FileExistsError):
            each.mkdir()
            made.append(each)
    return made


@contextmanager
def _draft(target: Path, text: str) -> Iterator[Path]:
    """A file beside the target with its new text, on disk to survive power loss; removed when it is still there."""
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with failures_at(target), draft.open("x", encoding="utf-8", newline="") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        yield draft
    finally:
        draft.unlink(missing_ok=True)
