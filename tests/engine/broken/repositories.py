"""A broken repository, and what a person gets who renders it: the whole message, and nothing else that changed.

Each begins as a good repository that was rendered. Then its desired state is replaced by ``files``, and ``make`` does
what can't be said by files alone.
"""

from __future__ import annotations

import shutil
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest

from stargit.__main__ import main
from tests.desired.repositories import PLAIN, write


def _nothing(repository: Path) -> None:
    """Files say it all."""


@dataclass(frozen=True, slots=True)
class Broken:
    """``files`` is all that is under ``environments/``, and more where the path says so; ``message`` is without the
    count of problems in its last line. In it ``<repository>`` stands for the repository's folder."""

    files: Mapping[str, str | bytes]
    message: str
    make: Callable[[Path], object] = _nothing


def build(broken: Broken, folder: Path) -> Path:
    """The broken repository with the rendered state of a good one."""
    repository = write(folder / "repository", PLAIN)
    assert main(["render", "--repository", str(repository)]) == 0
    shutil.rmtree(repository / "environments")
    write(repository, broken.files)
    broken.make(repository)
    return repository


def everything(folder: Path) -> dict[str, tuple[object, ...]]:
    """All that is in the folder, by path: kind and rights, inode, time of the last change, contents."""
    return {path.relative_to(folder).as_posix(): _one(path) for path in folder.rglob("*")}


def _one(path: Path) -> tuple[object, ...]:
    found = path.lstat()
    contents: object = None
    if stat.S_ISLNK(found.st_mode):
        contents = path.readlink()
    elif stat.S_ISREG(found.st_mode):
        contents = path.read_bytes()
    return found.st_mode, found.st_ino, found.st_mtime_ns, contents


def whole(message: str) -> str:
    """The message as it is printed, with the count of its problems."""
    text = dedent(message)
    number = sum(1 for line in text.splitlines() if not line.startswith(" "))
    return f"{text}{number} problem{'' if number == 1 else 's'}\n"


def printed(arguments: list[str], repository: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of ``stargit``."""
    capsys.readouterr()
    code = main([*arguments, "--repository", str(repository)])
    out, err = capsys.readouterr()
    return code, out, err.replace(str(repository), "<repository>")


def check(broken: Broken, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``stargit render`` refuses the repository with the message, and leaves everything as it was."""
    repository = build(broken, folder)
    before = everything(repository)
    told = printed(["render"], repository, capsys)
    assert everything(repository) == before
    assert told == (1, "", whole(broken.message))
    # Who checks without rendering is told the same.
    assert printed(["render", "--check"], repository, capsys) == told
