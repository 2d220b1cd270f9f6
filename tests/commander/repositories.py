"""Bare repositories for tests, and git itself as the judge of what was written."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from commander.git import Identity, Store

MAIN = "refs/heads/main"
PERSON = Identity("Ada Person", "ada@example.com", 1_700_000_000)
ROBOT = Identity("Commander", "commander@example.com", 1_700_000_001)


def git(repository: Path, *arguments: str, check: bool = True) -> str:
    """What git says."""
    done = subprocess.run(["git", "-C", repository, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0 or not check, done.stderr
    return done.stdout.strip()


def bare(folder: Path, files: Mapping[str, str | bytes] = {"README.md": "A repository.\n"}) -> Path:
    """A bare repository whose main has one commit with these files."""
    repository = folder / "repository.git"
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", repository], check=True)
    lines: list[bytes] = [b"commit refs/heads/main\ncommitter Ada Person <ada@example.com> 1700000000 +0000\n"]
    lines.append(b"data 6\nbegin\n\n")
    for path, text in files.items():
        data = text.encode() if isinstance(text, str) else text
        lines.append(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data))
    subprocess.run(["git", "-C", repository, "fast-import", "--quiet"], input=b"".join(lines), check=True)
    return repository


def store(repository: Path) -> Store:
    """Opened at main."""
    return Store(repository, MAIN)


def contents(repository: Path, revision: str = "main") -> dict[str, str]:
    """Every file of a revision, as git shows it."""
    names = git(repository, "ls-tree", "-r", "--name-only", "-z", revision).split("\0")
    return {name: git(repository, "cat-file", "blob", f"{revision}:{name}") for name in names if name}


def fsck(repository: Path) -> None:
    """Git finds nothing wrong."""
    done = subprocess.run(
        ["git", "-C", repository, "fsck", "--strict", "--full", "--no-dangling"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr
