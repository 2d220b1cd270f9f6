"""A bare repository on this machine: its objects read, new ones written durably, its branches moved.

What is in it may have been pushed by anybody: modes other than files and folders are told and never followed, sizes
have caps, names of objects come from git itself.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pygit2

from commander.git.draft import Draft, Sign
from commander.git.locks import Owner, remove_left_locks
from commander.git.objects import FILE, FOLDER
from commander.git.packs import leftovers, sync_folder, write_pack
from commander.git.program import run_git

T = TypeVar("T")

_MANY_PACKS = 50
_TIDYING = 600.0
#: Trees that are kept in memory: those on the way to what changes often.
_TREES = 4096
_DEEPEST = 16


class StoreError(Exception):
    """The repository is not as Commander needs it; the message is for the person who looks after it."""


class MovedError(Exception):
    """Somebody else moved the branch meanwhile: ``tip`` is where it is now."""

    def __init__(self, tip: str | None) -> None:
        super().__init__(f"the branch is at {tip}")
        self.tip = tip


@dataclass(frozen=True, slots=True)
class Entry:
    """A file (or link, or submodule) of a tree: mode as git has it, name of its contents."""

    mode: int
    name: str

    @property
    def is_file(self) -> bool:
        """An ordinary file, executable or not."""
        return self.mode in (0o100644, 0o100755)

    @property
    def told(self) -> str:
        """Stands for contents and mode; the contents' own name for a file as Commander writes it."""
        return self.name if self.mode == FILE else f"{self.mode:o} {self.name}"


class Store:
    """``branch`` is a full name (``refs/heads/main``). Not for several threads at a time."""

    def __init__(self, path: Path, branch: str) -> None:
        """Open a bare repository. Raises ``StoreError``."""
        self.path = path
        self.branch = branch
        self._open()
        if not self._repository.is_bare:
            raise StoreError(f"{path} has a work tree; Commander needs a bare repository (git clone --bare)")
        pygit2.settings.enable_fsync_gitdir(True)
        self._packs = path / "objects" / "pack"
        self._packs.mkdir(exist_ok=True)
        self._new_packs = sum(1 for _ in self._packs.glob("*.pack"))
        self._trees: OrderedDict[str, Mapping[str, tuple[int, str]]] = OrderedDict()
        try:
            for each in leftovers(self._packs):
                each.unlink(missing_ok=True)
            remove_left_locks(path, branch)
            self._owner = Owner(path)
        except OSError as error:
            raise StoreError(f"{path} can't be written: {error.strerror}") from None

    def _open(self) -> None:
        try:
            self._repository = pygit2.Repository(os.fspath(self.path), pygit2.enums.RepositoryOpenFlag.NO_SEARCH)
        except pygit2.GitError as error:
            raise StoreError(f"{self.path} is no git repository that can be opened: {error}") from None

    def close(self) -> None:
        """Nothing more is written from here."""
        self._owner.close()

    def error(self, message: str) -> StoreError:
        """An error that names the repository."""
        return StoreError(f"{self.path}: {message}")

    # --- reading -------------------------------------------------------------------------------------------------

    def tip(self, reference: str = "") -> str | None:
        """The commit that the branch (or another reference) is at; None when there is none. Raises ``StoreError``."""
        name = reference or self.branch
        try:
            found = self._repository.references.get(name)
        except pygit2.GitError as error:
            raise self.error(f"{name} can't be read: {error}") from None
        return None if found is None else str(found.resolve().target)

    def root(self, commit: str) -> str:
        """The tree of a commit. Raises ``StoreError`` when there is no such commit."""
        return str(self._commit(commit).tree_id)

    def tree(self, name: str) -> Mapping[str, tuple[int, str]]:
        """The entries of a tree: mode and name of the object. To be read only. Raises ``StoreError``."""
        if name in self._trees:
            self._trees.move_to_end(name)
            return self._trees[name]
        found = self._object(name, pygit2.Tree, "tree")
        entries = {_text(each): (int(each.filemode), str(each.id)) for each in found}
        self.remember(name, entries)
        return entries

    def remember(self, name: str, entries: Mapping[str, tuple[int, str]]) -> None:
        """Keep a tree in memory that may not be written yet."""
        self._trees[name] = entries
        while len(self._trees) > _TREES:
            self._trees.popitem(last=False)

    def files(self, commit: str, folder: str = "") -> Iterator[tuple[str, Entry]]:
        """All that is no folder in a commit, or below one of its folders, by path. A folder that is too deep is given
        itself. Raises ``StoreError``."""
        name: str | None = self.root(commit)
        for part in folder.split("/") if folder else ():
            mode, name = self.tree(name).get(part, (0, None)) if name is not None else (0, None)
            name = name if mode == FOLDER else None
        depth = folder.count("/") + 1 if folder else 0
        return self._walk(name, f"{folder}/" if folder else "", depth) if name is not None else iter(())

    def changed(self, old: str, new: str) -> Iterator[tuple[str, Entry | None]]:
        """The paths in which two commits differ, with what they have in the new one. Raises ``StoreError``."""
        return self._differences(self.root(old), self.root(new), "")

    def data(self, name: str, most: int) -> bytes | None:
        """The contents of a file; None when they are more than ``most`` bytes. Raises ``StoreError``."""
        found = self._object(name, pygit2.Blob, "file")
        return bytes(found.data) if found.size <= most else None

    def message(self, commit: str) -> str:
        """The message of a commit. Raises ``StoreError``."""
        return self._commit(commit).message

    def log(self, newest: str, before: str | None = None) -> Iterator[tuple[str, str]]:
        """The commits that ``newest`` has and ``before`` has not, with their messages, children before parents.

        All parents are followed: who merges what Commander pushed into a branch of one's own has it as second parent.
        """
        walker = self._repository.walk(self._commit(newest).id, pygit2.enums.SortMode.TOPOLOGICAL)
        if before is not None:
            walker.hide(self._commit(before).id)
        return ((str(commit.id), commit.message) for commit in walker)

    def contains(self, commit: str, ancestor: str) -> bool:
        """Whether ``ancestor`` is the commit or one that it follows from."""
        return commit == ancestor or self._repository.descendant_of(commit, ancestor)

    def _walk(self, name: str, prefix: str, depth: int) -> Iterator[tuple[str, Entry]]:
        found = self._object(name, pygit2.Tree, "tree")
        for each in found:
            path, mode = prefix + _text(each), int(each.filemode)
            if mode == FOLDER and depth < _DEEPEST:
                yield from self._walk(str(each.id), f"{path}/", depth + 1)
            else:
                yield path, Entry(mode, str(each.id))

    def _differences(self, old: str | None, new: str | None, prefix: str) -> Iterator[tuple[str, Entry | None]]:
        if old == new:
            return
        before = self.tree(old) if old is not None else {}
        after = self.tree(new) if new is not None else {}
        for part in sorted(before.keys() | after.keys()):
            was, now = before.get(part), after.get(part)
            if was == now:
                continue
            path = prefix + part
            if was is not None and was[0] != FOLDER and (now is None or now[0] == FOLDER):
                yield path, None
            deep = path.count("/") >= _DEEPEST
            if now is not None and (now[0] != FOLDER or deep):
                yield path, Entry(*now)
            if not deep:
                yield from self._differences(_folder(was), _folder(now), f"{path}/")

    def _commit(self, name: str) -> pygit2.Commit:
        return self._object(name, pygit2.Commit, "commit")

    def _object(self, name: str, kind: type[T], what: str) -> T:
        try:
            found: Any = self._repository[name]
        except (KeyError, ValueError, pygit2.GitError):
            raise self.error(f"there is no object {name}") from None
        if not isinstance(found, kind):
            raise self.error(f"{name} is no {what}")
        return found

    # --- writing -------------------------------------------------------------------------------------------------

    def draft(self, base: str, sign: Sign | None = None) -> Draft:
        """Begin commits on top of one."""
        return Draft(self, base, sign)

    def write(self, draft: Draft) -> None:
        """Put a draft's objects on the disk, to survive power loss. Raises ``OSError``."""
        if draft.objects:
            write_pack(self._packs, draft.objects)
            self._new_packs += 1

    def tidy(self) -> None:
        """Put packs together when many were written: every look for an object goes through all of them.

        Geometric (git-repack(1)): packs of like size become one, so that an object is copied a few times in all,
        however long the repository is served. Raises ``StoreError``, ``OSError``; then nothing is lost.
        """
        if self._new_packs < _MANY_PACKS:
            return
        self._new_packs = 0
        for arguments in (
            ("repack", "--geometric=2", "-d", "-q", "--write-midx"),
            ("commit-graph", "write", "--reachable", "--split", "--no-progress"),
        ):
            done = run_git(self.path, arguments, seconds=_TIDYING)
            if done.code != 0:
                raise self.error(f"git {arguments[0]} failed: {done.said}")
        self._open()  # packs that it had found are gone

    def move(self, old: str | None, new: str) -> None:
        """Move the branch, whose objects must be written, from one commit to another, to survive power loss.

        Raises ``MovedError`` when it is not at ``old`` any more, ``StoreError`` when it can't be moved, ``OSError``.
        """
        self._owner.moves_to(new)
        try:
            self._set(old, new)
        except (pygit2.GitError, OSError, ValueError) as error:
            if (now := self.tip()) != old:
                raise MovedError(now) from None
            if not remove_left_locks(self.path, self.branch):
                raise self.error(f"{self.branch} can't be moved: {error}") from None
            self._set_again(old, new)
        self._owner.moves_to("")
        sync_folder((self.path / self.branch).parent)

    def _set(self, old: str | None, new: str) -> None:
        if old is None:
            self._repository.references.create(self.branch, new)
            return
        reference = self._repository.references.get(self.branch)
        if reference is None or str(reference.resolve().target) != old:
            raise MovedError(self.tip())
        reference.set_target(new)  # fails where it was moved since it was read

    def _set_again(self, old: str | None, new: str) -> None:
        try:
            self._set(old, new)
        except (pygit2.GitError, OSError, ValueError) as error:
            raise self.error(f"{self.branch} can't be moved: {error}") from None


def _folder(entry: tuple[int, str] | None) -> str | None:
    return entry[1] if entry is not None and entry[0] == FOLDER else None


def _text(entry: pygit2.Object) -> str:
    name = entry.raw_name
    assert name is not None
    return bytes(name).decode("utf-8", "surrogateescape")
