"""A bare repository on this machine, to be read: commits, trees, files, references.

What is in it may have been pushed by anybody: modes other than files and folders are told and never followed, sizes
have caps, names of objects come from git itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pygit2

from commander.git.objects import FILE, FOLDER, Identity
from commander.git.trees import Tree, Trees, entries_of

T = TypeVar("T")

#: Entries of trees that are kept in memory.
_ENTRIES = 1_000_000
_DEEPEST = 16
#: What libgit2 keeps of what it read, of all repositories together. Trees are kept here, and files are read once.
_CACHED = 64 * 1024 * 1024


class StoreError(Exception):
    """The repository is not as Commander needs it; the message is for the person who looks after it.

    ``retry``: it may pass by itself, and the same may be tried again. ``defect``: what happened in Commander, where it
    is the one to be mended.
    """

    def __init__(self, message: str, *, retry: bool = False, defect: BaseException | None = None) -> None:
        super().__init__(message)
        self.retry = retry
        self.defect = defect


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


@dataclass(frozen=True, slots=True)
class Described:
    """A commit without its files."""

    author: Identity
    committer: Identity
    message: str
    parents: tuple[str, ...]


#: Packs that are open at a time, of all repositories of a process: each takes a descriptor, also when it is gone.
_OPEN_PACKS = 128


class Repository:
    """``branch`` is a full name (``refs/heads/main``). Not for several threads at a time; each opens its own."""

    def __init__(self, path: Path, branch: str, *, entries: int = _ENTRIES) -> None:
        """Open a bare repository; trees of so many ``entries`` are kept in memory. Raises ``StoreError``."""
        if not (branch.startswith("refs/heads/") and pygit2.reference_is_valid_name(branch)):
            raise StoreError(f"{branch[:200]!r} is no full name of a branch, as refs/heads/main is")
        self.path = path
        self.branch = branch
        self._trees = Trees(entries)
        pygit2.settings.cache_max_size(_CACHED)
        pygit2.settings.mwindow_file_limit = _OPEN_PACKS
        self._open()
        if not self._repository.is_bare:
            raise StoreError(f"{path} has a work tree; Commander needs a bare repository (git clone --bare)")

    def _open(self) -> None:
        try:
            self._repository = pygit2.Repository(os.fspath(self.path), pygit2.enums.RepositoryOpenFlag.NO_SEARCH)
        except pygit2.GitError as error:
            raise StoreError(f"{self.path} is no git repository that can be opened: {error}") from None

    def look_again(self) -> None:
        """Let go of packs that are gone: whoever writes makes many, and puts them together. Raises ``StoreError``."""
        self._open()

    def error(self, message: str, *, retry: bool = False, defect: BaseException | None = None) -> StoreError:
        """An error that names the repository."""
        return StoreError(f"{self.path}: {message}", retry=retry, defect=defect)

    def tip(self, reference: str = "") -> str | None:
        """The commit that the branch (or another reference) is at; None when there is none. Raises ``StoreError``."""
        name = reference or self.branch
        with self._readable(name):
            found = self._repository.references.get(name)
            return None if found is None else str(found.resolve().target)

    def root(self, commit: str) -> str:
        """The tree of a commit. Raises ``StoreError`` when there is no such commit."""
        return str(self._commit(commit).tree_id)

    def tree(self, name: str) -> Mapping[str, tuple[int, str]]:
        """The entries of a tree: mode and name of the object. To be read only. Raises ``StoreError``."""
        return self.known_tree(name).entries

    def known_tree(self, name: str) -> Tree:
        """A tree, with its bytes where it was made here not long ago. Raises ``StoreError``."""
        if (known := self._trees.find(name)) is not None:
            return known
        found = self._object(name, pygit2.Tree, "tree")
        tree = Tree({part: (mode, each) for part, mode, each in entries_of(found.read_raw())})
        self.remember(name, tree)
        return tree

    def remember(self, name: str, tree: Tree) -> None:
        """Keep a tree in memory, as long as there is room."""
        self._trees.keep(name, tree)

    def files(self, commit: str, folder: str = "", after: str = "") -> Iterator[tuple[str, Entry]]:
        """All that is no folder in a commit, or below one of its folders, by path (in the order of its bytes), behind
        the path ``after``. A folder that is too deep is given itself. Raises ``StoreError``."""
        found = self.entry(commit, folder) if folder else Entry(FOLDER, self.root(commit))
        if found is None or found.mode != FOLDER:
            return iter(())
        depth = folder.count("/") + 1 if folder else 0
        behind = after.encode("utf-8", "surrogateescape")
        return self._walk(found.name, f"{folder}/" if folder else "", depth, behind)

    def entry(self, commit: str, path: str) -> Entry | None:
        """What a commit has at a path; None: nothing. Raises ``StoreError``."""
        found = Entry(FOLDER, self.root(commit))
        for part in path.split("/"):
            row = self.tree(found.name).get(part) if found.mode == FOLDER else None
            if row is None:
                return None
            found = Entry(*row)
        return found

    def changed(self, old: str, new: str) -> Iterator[tuple[str, Entry | None]]:
        """The paths in which two commits differ, with what they have in the new one. Raises ``StoreError``."""
        return ((path, now) for path, _, now in self.differences(old, new))

    def differences(
        self, old: str | None, new: str | None, folder: str = ""
    ) -> Iterator[tuple[str, Entry | None, Entry | None]]:
        """The paths in which two commits differ (None: one without files), or a folder or file of theirs does, with
        what they have in the old one and in the new one. Raises ``StoreError``."""
        was, now = (self._at(commit, folder) for commit in (old, new))
        if was == now:
            return
        if was is not None and was.mode != FOLDER and (now is None or now.mode == FOLDER):
            yield folder, was, None
        if now is not None and now.mode != FOLDER:
            yield folder, was if was is not None and was.mode != FOLDER else None, now
        before, after = (each.name if each is not None and each.mode == FOLDER else None for each in (was, now))
        yield from self._differences(before, after, f"{folder}/" if folder else "")

    def _at(self, commit: str | None, folder: str) -> Entry | None:
        if commit is None:
            return None
        return self.entry(commit, folder) if folder else Entry(FOLDER, self.root(commit))

    def data(self, name: str, most: int) -> bytes | None:
        """The contents of a file; None when they are more than ``most`` bytes. Raises ``StoreError``."""
        # Looked up before: what is taken as an object is in memory, however large.
        if self.data_size(name) > most:
            return None
        return bytes(self._object(name, pygit2.Blob, "file").data)

    def data_size(self, name: str) -> int:
        """How many bytes a file has. Raises ``StoreError``."""
        try:
            kind, size = self._header(name)
        except (KeyError, ValueError, pygit2.GitError):
            self._open()  # as in _object
            try:
                kind, size = self._header(name)
            except (KeyError, ValueError, pygit2.GitError):
                raise self.error(f"there is no object {name}") from None
        if kind != pygit2.enums.ObjectType.BLOB:
            raise self.error(f"{name} is no file")
        return size

    def _header(self, name: str) -> tuple[int, int]:
        kind, size = self._repository.odb.read_header(pygit2.Oid(hex=name))
        return int(kind), size

    def message(self, commit: str) -> str:
        """The message of a commit. Raises ``StoreError``."""
        return _text(self._commit(commit))

    def described(self, commit: str) -> Described:
        """Who wrote a commit, when, and what for. Raises ``StoreError``."""
        found = self._commit(commit)
        parents = tuple(map(str, found.parent_ids))
        return Described(_identity(found.author), _identity(found.committer), _text(found), parents)

    def log(self, newest: str, before: str | None = None) -> Iterator[tuple[str, str]]:
        """The commits that ``newest`` has and ``before`` has not, with their messages, children before parents.

        All parents are followed: who merges what Commander pushed into a branch of one's own has it as second parent.
        Raises ``StoreError``.
        """
        return ((str(commit.id), _text(commit)) for commit in self._between(newest, before))

    def names(self, newest: str, before: str | None = None, *, first_parents: bool = False) -> Iterator[bytes]:
        """The commits that ``newest`` has and ``before`` has not, each as 20 bytes, children before parents; with
        ``first_parents`` only the line that these make. Raises ``StoreError``."""
        return (commit.id.raw for commit in self._between(newest, before, first_parents=first_parents))

    def contains(self, commit: str, ancestor: str) -> bool:
        """Whether ``ancestor`` is the commit or one that it follows from. Raises ``StoreError``."""
        with self._readable(f"the history of {commit}"):
            return commit == ancestor or self._repository.descendant_of(commit, ancestor)

    def _between(self, newest: str, before: str | None, *, first_parents: bool = False) -> Iterator[pygit2.Commit]:
        begin, end = self._commit(newest).id, self._commit(before).id if before is not None else None
        with self._readable(f"the history of {newest}"):
            walker = self._repository.walk(begin, pygit2.enums.SortMode.TOPOLOGICAL)
            if first_parents:
                walker.simplify_first_parent()
            if end is not None:
                walker.hide(end)
            yield from walker

    @contextmanager
    def _readable(self, what: str) -> Iterator[None]:
        """Raises ``StoreError`` for what libgit2 raises of a repository from which something is missing."""
        try:
            yield
        except (KeyError, ValueError, pygit2.GitError) as error:
            raise self.error(f"{what} can't be read: {error}") from None

    def _walk(self, name: str, prefix: str, depth: int, behind: bytes) -> Iterator[tuple[str, Entry]]:
        found = self._object(name, pygit2.Tree, "tree")
        for part, mode, each in entries_of(found.read_raw()):
            path = prefix + part
            is_folder = mode == FOLDER and depth < _DEEPEST
            if behind and _is_behind(behind, path, is_folder):
                continue
            if is_folder:
                yield from self._walk(each, f"{path}/", depth + 1, behind)
            else:
                yield path, Entry(mode, each)

    def _differences(
        self, old: str | None, new: str | None, prefix: str
    ) -> Iterator[tuple[str, Entry | None, Entry | None]]:
        if old == new:
            return
        before = self.tree(old) if old is not None else {}
        after = self.tree(new) if new is not None else {}
        # Folders are wide, and few of their entries differ.
        differing = [part for part, entry in after.items() if before.get(part) != entry]
        differing += [part for part in before if part not in after]
        for part in sorted(differing):
            was, now = before.get(part), after.get(part)
            path = prefix + part
            if was is not None and was[0] != FOLDER and (now is None or now[0] == FOLDER):
                yield path, Entry(*was), None
            deep = path.count("/") >= _DEEPEST
            if now is not None and (now[0] != FOLDER or deep):
                yield path, Entry(*was) if was is not None and was[0] != FOLDER else None, Entry(*now)
            if not deep:
                yield from self._differences(_folder(was), _folder(now), f"{path}/")

    def _commit(self, name: str) -> pygit2.Commit:
        return self._object(name, pygit2.Commit, "commit")

    def _object(self, name: str, kind: type[T], what: str) -> T:
        found: Any
        try:
            found = self._repository[name]
        except (KeyError, ValueError, pygit2.GitError):
            found = self._again(name)
        if not isinstance(found, kind):
            raise self.error(f"{name} is no {what}")
        return found

    def _again(self, name: str) -> Any:
        """An object that was not found. Who put packs together removed those that were known here."""
        self._open()
        try:
            return self._repository[name]
        except (KeyError, ValueError, pygit2.GitError):
            raise self.error(f"there is no object {name}") from None


def _folder(entry: tuple[int, str] | None) -> str | None:
    return entry[1] if entry is not None and entry[0] == FOLDER else None


def _text(commit: pygit2.Commit) -> str:
    """The message. Not decoded as the commit says: anybody can write the name of an encoding that nobody knows."""
    return commit.raw_message.decode("utf-8", "replace")


def _identity(found: pygit2.Signature) -> Identity:
    name, email = (each.decode("utf-8", "replace") for each in (found.raw_name, found.raw_email))
    return Identity(name, email, found.time)


def _is_behind(last: bytes, path: str, is_folder: bool) -> bool:
    """Whether a path, or all that is in this folder, stands at or before ``last``."""
    name = path.encode("utf-8", "surrogateescape")
    if is_folder:
        return name + b"/" < last and not last.startswith(name + b"/")
    return name <= last
