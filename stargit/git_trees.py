"""Trees of a git repository, read from its objects: no checkout, no index, nothing written.

``git`` itself reads them, with fixed arguments. Revisions are resolved to object ids first, so that nothing a person
types can become an option.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from generator.errors import Problem, ProblemsError

_SECONDS = 300
_LONGEST_REVISION = 1024
_MOST_BYTES = 256 * 1024 * 1024
_REGULAR = ("100644", "100755")
_OBJECT_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
# What a surrounding git (a hook, a rebase) sets would point to its own repository and index.
_KEPT = ("GIT_CONFIG", "GIT_SSH", "GIT_ASKPASS", "GIT_CEILING_DIRECTORIES", "GIT_EXEC_PATH")


class GitRepository:
    """The git repository that a folder is in; ``folder`` may be below its root."""

    def __init__(self, folder: Path) -> None:
        """Raises ``ProblemsError`` when the folder is in no repository, or git refuses to read it."""
        self.folder = folder
        done = self._run("rev-parse", "--is-shallow-repository", "--show-prefix")
        if done.returncode != 0:
            raise ProblemsError([self._no_repository(done.stderr)])
        shallow, prefix, *_ = [*done.stdout.decode("utf-8", "surrogateescape").split("\n"), ""]
        self.is_shallow = shallow == "true"
        #: The folder's path in the repository, empty or with a slash at its end.
        self.prefix = prefix

    def commit(self, revision: str) -> str:
        """The id of the commit that a branch, tag, ``HEAD~1`` or abbreviated id means. Raises ``ProblemsError``."""
        found = self.find_commit(revision)
        if found is None:
            raise ProblemsError([self._unknown(revision)])
        return found

    def find_commit(self, revision: str) -> str | None:
        """The same, or None when there is no such commit."""
        if not _is_revision(revision):
            return None
        done = self._run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        found = done.stdout.decode("ascii", "replace").strip()
        return found if done.returncode == 0 and _OBJECT_ID.match(found) else None

    def has_commits(self) -> bool:
        """Whether HEAD is a commit; in a new repository it is not."""
        return self.find_commit("HEAD") is not None

    def merge_base(self, one: str, other: str) -> str:
        """The newest commit that both commits (ids) come from. Raises ``ProblemsError`` when there is none here."""
        done = self._run("merge-base", one, other)
        found = done.stdout.decode("ascii", "replace").strip()
        if done.returncode != 0 or _OBJECT_ID.match(found) is None:
            hint = "fetch more history: git fetch --unshallow" if self.is_shallow else ""
            raise ProblemsError([Problem(f"{one[:12]} and {other[:12]} have no commit in common", hint=hint)])
        return found

    def tree(self, commit: str, path: str) -> GitTree:
        """The files below a folder of a commit (an id), by their paths from ``folder``; the caller closes it."""
        listed = self._run("ls-tree", "-r", "-z", "--full-tree", commit, "--", f"{self.prefix}{path}/")
        if listed.returncode != 0:
            words = listed.stderr.decode("utf-8", "replace").strip()
            hint = "fetch what is missing: git fetch --refetch" if "missing" in words else ""
            raise ProblemsError([Problem(f"git cannot list {path}/ of {commit[:12]}: {words[-500:]}", hint=hint)])
        ids: dict[str, str] = {}
        others: list[str] = []
        for entry in listed.stdout.split(b"\0")[:-1]:
            head, _, name = entry.partition(b"\t")
            mode, kind, object_id = head.decode("ascii").split(" ")
            shown = name.decode("utf-8", "replace").removeprefix(self.prefix)
            if mode in _REGULAR and kind == "blob" and _is_plain(shown):
                ids[shown] = object_id
            else:
                others.append(shown)
        return GitTree(self._command("cat-file", "--batch"), ids, tuple(others))

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        command = self._command(*arguments)
        try:
            return subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=_SECONDS,
                env=_environment(),
            )  # fmt: skip
        except FileNotFoundError:
            raise ProblemsError([_no_git()]) from None
        except subprocess.TimeoutExpired:
            raise ProblemsError([Problem(f"git {arguments[0]} took more than {_SECONDS} s")]) from None

    def _command(self, *arguments: str) -> list[str]:
        settings = ("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-c", "core.quotePath=false")
        return ["git", "-C", str(self.folder), "--no-pager", "--no-optional-locks", *settings, *arguments]

    def _no_repository(self, said: bytes) -> Problem:
        words = said.decode("utf-8", "replace").strip()
        if "dubious ownership" in words:
            hint = "git config --global --add safe.directory <the folder>, if you trust it"
            return Problem("belongs to somebody else, so git does not read it", file=str(self.folder), hint=hint)
        if "not a git repository" in words:
            hint = "run 'git init' and commit, or name two folders to compare"
            return Problem("is in no git repository", file=str(self.folder), hint=hint)
        return Problem(f"git cannot read it: {words[-500:]}", file=str(self.folder))

    def _unknown(self, revision: str) -> Problem:
        hint = "see 'git branch --all' and 'git log'"
        if self.is_shallow:
            hint = (
                f"this clone has only a part of the history; fetch more: git fetch --unshallow origin {_ref(revision)}"
            )
        elif revision.startswith("origin/"):
            hint = f"fetch it first: git fetch origin {_ref(revision)}"
        elif not self.has_commits():
            hint = "this repository has no commits yet"
        allowed = "a branch, a tag, a commit, or a folder"
        return Problem(f"'{revision[:200]}' is no revision of this repository", allowed=allowed, hint=hint.strip())


@dataclass(eq=False)
class GitTree(Mapping[str, bytes]):
    """Files of one tree; each is read when it is asked for. ``others`` are links and submodules, which are not read."""

    _batch: Sequence[str]
    ids: Mapping[str, str]
    others: tuple[str, ...]
    _process: subprocess.Popen[bytes] | None = None

    def __getitem__(self, path: str) -> bytes:
        object_id = self.ids[path]
        process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{object_id}\n".encode())
        process.stdin.flush()
        return _blob(process.stdout, object_id, path)

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids)

    def __len__(self) -> int:
        return len(self.ids)

    def close(self) -> None:
        """End the program that reads."""
        if self._process is not None:
            self._process.communicate()
            self._process = None

    def _start(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(
            self._batch, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment()
        )
        return self._process


def _blob(stream: IO[bytes], object_id: str, path: str) -> bytes:
    head = stream.readline().split()
    if len(head) != 3 or head[1] != b"blob":
        hint = "the repository is damaged or not all of it was fetched; try git fsck"
        raise ProblemsError([Problem(f"git cannot read {object_id[:12]}", file=path, hint=hint)])
    size = int(head[2])
    if size > _MOST_BYTES:
        raise ProblemsError([Problem(f"has more than {_MOST_BYTES // 1024 // 1024} MiB", file=path)])
    data = stream.read(size + 1)
    return data[:size]


def _environment() -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_") or key.startswith(_KEPT)}
    return {**kept, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_LITERAL_PATHSPECS": "1"}


def _is_revision(text: str) -> bool:
    return bool(text) and len(text) <= _LONGEST_REVISION and not text.startswith("-") and text.isprintable()


def _is_plain(path: str) -> bool:
    """Whether a path names a place below its folder: a tree that was made by hand may hold ``..``."""
    parts = PurePosixPath(path).parts
    return bool(parts) and not path.startswith("/") and ".." not in parts and "\0" not in path


def _ref(revision: str) -> str:
    name = re.split(r"[~^@:]", revision.removeprefix("origin/"))[0]
    return name if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._/-]*", name) else ""


def _no_git() -> Problem:
    return Problem("there is no program 'git'", hint="install git, or compare two folders")
