"""The files of desired state as they lie in a repository: a careful walk over a folder that anybody may have written.

No symbolic link is followed, only regular files are read, and there are caps on how many and how large. The result is
plain bytes by path, so that the same loader can be given the files of a git tree.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from generator.errors import Problem, ProblemsError

#: Contents of files by their path in the repository (``environments/dev/environment.yaml``).
Files: TypeAlias = Mapping[str, bytes]

ROOT = "environments"
_DEEPEST = 5  # folders under ROOT: environment, workspaces, workspace, deployments, and one that is too many
_ENDINGS = (".yaml", ".yml")
# Other files without these endings are nobody's business; one in the place of such a folder hides what should be in it.
_FOLDERS = ("workspaces", "deployments")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much desired state is read. A deployment has some 2 KiB."""

    file_bytes: int = 1024 * 1024
    files: int = 250_000
    all_bytes: int = 1024 * 1024 * 1024


LIMITS = Limits()


def read_files(repository: Path, limits: Limits = LIMITS) -> tuple[dict[str, bytes], list[Problem]]:
    """The YAML files under ``environments/``, sorted by path, and what is wrong with the others.

    Files of other kinds and names that begin with a dot are left alone. Raises ``ProblemsError`` when there is no such
    folder, or more than the limits allow.
    """
    root = repository / ROOT
    if root.is_symlink() or not root.is_dir():
        what = "is a symbolic link" if root.is_symlink() else "is no folder" if root.exists() else "is missing"
        hint = "in this folder" if repository == Path() else f"in {repository}"
        if what == "is missing":
            hint += "; 'stargit init' makes a first one, --repository names another folder"
        allowed = "a folder with one folder for each environment"
        raise ProblemsError([Problem(what, file=ROOT, allowed=allowed, hint=hint)])
    problems: list[Problem] = []
    found: dict[str, bytes] = {}
    total = 0
    base = os.path.join(repository, "")  # noqa: PTH118  (a fleet has 10,000 of these paths)
    for path in _walk(root, ROOT, 0, problems):
        data = _read(f"{base}{path}", path, limits, problems)
        total += len(data or b"")
        if data is not None:
            found[path] = data
        if len(found) > limits.files or total > limits.all_bytes:
            raise ProblemsError(
                [Problem("has too many files", file=ROOT, allowed=f"{limits.files} files, {limits.all_bytes} bytes")]
            )
    return dict(sorted(found.items())), problems


def _walk(folder: Path, path: str, depth: int, problems: list[Problem]) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            names = sorted((entry.name, _kind(entry)) for entry in entries if not entry.name.startswith("."))
    except OSError as error:
        problems.append(Problem(f"cannot be read: {error.strerror}", file=shown(path)))
        return
    for name, kind in names:
        below = f"{path}/{name}"
        is_yaml = name.endswith(_ENDINGS)
        if kind == "folder" and not is_yaml:
            if depth < _DEEPEST:
                yield from _walk(folder / name, below, depth + 1, problems)
            else:
                problems.append(Problem("is too deep", file=shown(below), allowed="no folders under deployments/"))
        elif kind == "file":
            if is_yaml and shown(below) == below:
                yield below
            elif name in _FOLDERS:
                problems.append(Problem("is a file", file=shown(below), allowed="a folder"))
            elif is_yaml:
                problems.append(Problem("has characters in its name that are not allowed", file=shown(below)))
        elif is_yaml or kind == "link to a folder" or name in _FOLDERS:
            what = "is a symbolic link" if kind.startswith("link") else f"is a {kind}"
            allowed = "a regular file" if is_yaml else "a folder"
            hint = f"put the {'file' if is_yaml else 'folder'} itself here" if kind.startswith("link") else ""
            problems.append(Problem(what, file=shown(below), allowed=allowed, hint=hint))


def _kind(entry: os.DirEntry[str]) -> str:
    if entry.is_symlink():
        try:
            return "link to a folder" if entry.is_dir() else "link"
        except OSError:  # a link to itself
            return "link"
    if entry.is_dir(follow_symlinks=False):
        return "folder"
    return "file" if entry.is_file(follow_symlinks=False) else "device or pipe"


def _read(file: str, path: str, limits: Limits, problems: list[Problem]) -> bytes | None:
    """The file's bytes; nothing, and a problem, when it is not to be read."""
    try:
        # The name may have become a link or a pipe since the folder was listed.
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise OSError(errno.EINVAL, "it is no regular file")
            data = _contents(descriptor, min(found.st_size, limits.file_bytes) + 1)
        finally:
            os.close(descriptor)
    except OSError as error:
        problems.append(Problem(f"cannot be read: {error.strerror}", file=path))
        return None
    if len(data) > limits.file_bytes:
        problems.append(
            Problem(f"is larger than {limits.file_bytes:,} bytes", file=path, hint="is this a file for Stargit at all?")
        )
        return None
    return data


def _contents(descriptor: int, most: int) -> bytes:
    """What a file holds, at most so many bytes; one read, where the file is no longer than its size said."""
    data = os.read(descriptor, most)
    while len(data) < most and (more := os.read(descriptor, most - len(data))):
        data += more
    return data


def shown(path: str) -> str:
    """A path for people: characters that are no text or that end lines are spelled out."""
    if path.isascii() and path.isprintable():
        return path
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
