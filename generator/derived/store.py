"""JSON that was made of the code, in files that bear the code's digest: another code has other files.

What is kept is obeyed (the compiled chart is a program), so only a folder is used that nobody else can write to.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from generator.derived.code import code_digest
from generator.derived.sealed import unsealed, write_sealed

Made = TypeVar("Made", bound=Any)

#: Versions of the code whose things are kept: people go back and forth between branches.
_MOST = 4

_folder: Path | None = None


def keep_in(cache: Path | None) -> None:
    """Say once, when a process begins, in which folder of the user's own things are kept; ``None``: nowhere."""
    global _folder  # noqa: PLW0603  (as with Python's own cache of compiled modules, there is one for a process)
    _folder = cache / "derived" if cache is not None else None


def derived(name: str, make: Callable[[], Made]) -> Made:
    """The JSON that ``make`` gives, from an earlier run where it was kept. ``name`` tells it from all else that is.

    ``make`` may depend on nothing but the code. What it raises is not kept.
    """
    if _folder is None:
        return make()
    file = _folder / code_digest() / f"{name}.json"
    with suppress(OSError, ValueError):
        if _is_private(_folder):
            found: Made = unsealed(file.read_bytes())
            return found
    made = make()
    with suppress(OSError):  # a cache that can't be written costs time only
        _keep(file, made)
    return made


def _is_private(folder: Path) -> bool:
    found = folder.lstat()
    return found.st_uid == os.getuid() and not found.st_mode & 0o022


def _keep(file: Path, made: object) -> None:
    """Write a file, and remove what other code has left."""
    home = file.parents[1]
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not _is_private(home):
        return
    if not file.parent.exists():
        _remove_others(home)
        file.parent.mkdir(exist_ok=True, mode=0o700)
    write_sealed(file, made, default=dict)


def _remove_others(home: Path) -> None:
    """Keep the things of the versions that were seen first not long ago."""
    folders = sorted((each for each in home.iterdir() if each.is_dir()), key=lambda each: each.stat().st_mtime_ns)
    for folder in folders[: 1 - _MOST]:
        for file in folder.iterdir():
            file.unlink(missing_ok=True)
        folder.rmdir()
