"""Rendered states by the names that people give them: a revision of git, a folder, the work tree as it would render.

A state is either what ``rendered/`` holds, or what ``environments/`` renders to now, made in memory.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias

from generator.errors import Problem, ProblemsError
from generator.worktree import DESIRED, RENDERED
from stargit.failures import failures_at
from stargit.git_trees import GitRepository, GitTree

#: Which state of a side is meant; ``None``: of a revision what it holds, of a folder what it renders to.
Source: TypeAlias = Literal["rendered", "desired"]
Progress: TypeAlias = Callable[[int, int], None]


class Folder(Mapping[str, bytes]):
    """The regular files below a folder, read when they are asked for. Links are not followed.

    Their paths are those from ``base``, with ``shown`` in front.
    """

    def __init__(self, base: Path, below: str, shown: str = "") -> None:
        self._base = base
        self._shown = shown
        self._paths = sorted(self._walk(base / below))

    def _walk(self, root: Path) -> Iterator[str]:
        if root.is_symlink():
            return
        for folder, folders, names in os.walk(root):
            # Git's own files, and what an interrupted run left behind.
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in names:
                file = Path(folder) / name
                if file.is_file() and not file.is_symlink():
                    yield self._shown + file.relative_to(self._base).as_posix()

    def __getitem__(self, path: str) -> bytes:
        file = self._base / path.removeprefix(self._shown)
        try:
            with failures_at(file):
                return file.read_bytes()
        except FileNotFoundError:
            raise KeyError(path) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


@dataclass(frozen=True, slots=True)
class State:
    """One side of a comparison: ``name`` for people (``HEAD: rendered/``), and its files."""

    name: str
    files: Mapping[str, bytes]


class States:
    """Finds states of one GitOps repository; a context that ends the programs that read."""

    def __init__(self, repository: Path, source: Source | None, progress: Progress) -> None:
        self._repository = repository
        self._source = source
        self._progress = progress
        self._git: GitRepository | None = None
        self._stack = ExitStack()

    def __enter__(self) -> States:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def git(self) -> GitRepository:
        """The repository's git. Raises ``ProblemsError`` when there is none."""
        if self._git is None:
            self._git = GitRepository(self._repository)
        return self._git

    def named(self, name: str) -> State:
        """The state of a revision, or, where there is no such revision, of a folder. Raises ``ProblemsError``."""
        folder = existing_folder(name)
        try:
            commit = self.git.find_commit(name)
        except ProblemsError:
            if folder is not None:
                return self.folder(folder)
            raise
        if commit is not None:
            return self.revision(name, commit)
        if folder is not None:
            return self.folder(folder)
        self.git.commit(name)
        raise AssertionError("a commit that was not found raises")

    def head(self) -> State:
        """What was committed last; nothing where nothing was committed yet."""
        if not self.git.has_commits():
            return State("nothing (there are no commits yet)", {})
        return self.named("HEAD")

    def common(self, one: str, other: str) -> State:
        """The state of the newest commit that two revisions come from."""
        commit = self.git.merge_base(self.git.commit(one), self.git.commit(other))
        return self.revision(commit[:12], commit)

    def revision(self, name: str, commit: str) -> State:
        """The state of a commit (an id)."""
        if self._source == "desired":
            files = self._render_tree(name, self._tree(commit, DESIRED))
            return State(f"{name}: {DESIRED}/ rendered", _with_foreign(files, self._tree(commit, RENDERED)))
        return State(f"{name}: {RENDERED}/", self._tree(commit, RENDERED))

    def folder(self, folder: Path) -> State:
        """The state of a folder: a GitOps repository, or one that holds rendered state alone."""
        if self._source != "rendered" and (folder / DESIRED).is_dir():
            return self.desired(folder)
        if (folder / RENDERED).is_dir():
            return State(f"{folder}: {RENDERED}/", Folder(folder, RENDERED))
        if self._source == "desired":
            return self.desired(folder)
        return State(str(folder), Folder(folder, ".", shown=f"{RENDERED}/"))

    def work_tree(self) -> State:
        """The repository's own folder."""
        if self._source == "rendered":
            return State(f"work tree: {RENDERED}/", Folder(self._repository, RENDERED))
        return replace(self.desired(self._repository), name=f"work tree: {DESIRED}/ rendered")

    def desired(self, folder: Path) -> State:
        """What a folder's ``environments/`` renders to. Raises ``ProblemsError``."""
        from generator.engine import plan_repository

        files = plan_repository(folder, progress=self._progress).files
        return State(f"{folder}: {DESIRED}/ rendered", _with_foreign(files, Folder(folder, RENDERED)))

    def _tree(self, commit: str, path: str) -> GitTree:
        tree = self.git.tree(commit, path)
        self._stack.callback(tree.close)
        return tree

    def _render_tree(self, name: str, tree: GitTree) -> Mapping[str, bytes]:
        if tree.others:
            what = "is a symbolic link, a submodule or outside of the repository"
            raise ProblemsError([Problem(what, file=f"{name}:{path}", allowed="files") for path in tree.others])
        if not tree:
            return {}
        with tempfile.TemporaryDirectory(prefix="stargit-diff-") as scratch:
            for path, data in tree.items():
                file = Path(scratch) / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(data)
            try:
                return self.desired(Path(scratch)).files
            except ProblemsError as error:
                raise ProblemsError(
                    [replace(problem, file=f"{name}:{problem.file}") for problem in error.problems]
                ) from None


def existing_folder(name: str) -> Path | None:
    """The folder of this name, if there is one."""
    try:
        return Path(name) if name and Path(name).is_dir() else None
    except (OSError, ValueError):  # a name that no file can have
        return None


def _with_foreign(files: Mapping[str, bytes], present: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """Rendered files, and what people put beside them in ``rendered/``, which a run leaves alone."""
    from generator.worktree import HEADER

    foreign = {path: present[path] for path in present if path not in files}
    return {**files, **{path: data for path, data in foreign.items() if not data.startswith(HEADER.encode())}}


def differing(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> list[str]:
    """The paths of files that are on one side alone or have other bytes, sorted; git's objects are not read for it."""
    length = next((len(value) for side in (old, new) if isinstance(side, GitTree) for value in side.ids.values()), 0)
    found = [path for path in old if path not in new]
    for path in new:
        if path not in old or _stamp(old, path, length) != _stamp(new, path, length):
            found.append(path)
    return sorted(found)


def _stamp(side: Mapping[str, bytes], path: str, length: int) -> bytes | str:
    """What tells contents apart: the id that git has or would give them, or without git the bytes themselves."""
    if isinstance(side, GitTree):
        return side.ids[path]
    data = side[path]
    if not length:
        return data
    made = hashlib.sha1(usedforsecurity=False) if length == 40 else hashlib.sha256(usedforsecurity=False)
    made.update(b"blob %d\0" % len(data))
    made.update(data)
    return made.hexdigest()


class Part(Mapping[str, bytes]):
    """Some files of a state."""

    def __init__(self, files: Mapping[str, bytes], paths: list[str]) -> None:
        self._files = files
        self._paths = [path for path in paths if path in files]

    def __getitem__(self, path: str) -> bytes:
        return self._files[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)
