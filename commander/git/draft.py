"""Commits made in memory, one on top of the other, until they are written all at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from commander.git.objects import FILE, FOLDER, Identity, commit_bytes, name_of
from commander.git.trees import Tree
from generator.worktree import RENDERED

if TYPE_CHECKING:
    from commander.git.repository import Repository, StoreError

#: Makes an armoured signature of a commit's bytes.
Sign = Callable[[bytes], str]


class Draft:
    """Begins at a commit of a store (``base``); ``tip`` is the last commit made, ``objects`` what is new, by name."""

    def __init__(self, store: Repository, base: str, sign: Sign | None = None) -> None:
        self.base = base
        self.tip = base
        self.objects: dict[str, tuple[bytes, bytes]] = {}
        #: The trees among these, which nobody else has until they are written.
        self._trees: dict[str, Tree] = {}
        self._store = store
        self._sign = sign
        self._tree = store.root(base)

    def commit(self, changes: Mapping[str, bytes | None], message: str, author: Identity, committer: Identity) -> str:
        """Put a commit on top whose files differ by ``changes`` (None removes one); its name.

        Folders that become empty go. Raises ``StoreError`` when a file is in the place of a folder or the reverse.
        """
        tree = self._edited(self._tree, {tuple(path.split("/")): data for path, data in changes.items()}, ())
        tree = tree or self._add(b"tree", b"")
        data = commit_bytes(tree, [self.tip], author, committer, message)
        if self._sign is not None:
            data = commit_bytes(tree, [self.tip], author, committer, message, self._sign(data))
        self.tip, self._tree = self._add(b"commit", data), tree
        return self.tip

    def remember(self) -> None:
        """Let the store know the trees of what is written now: the next draft begins with them."""
        for name, tree in self._trees.items():
            self._store.remember(name, tree)

    def _edited(
        self, tree: str | None, changes: Mapping[tuple[str, ...], bytes | None], above: tuple[str, ...]
    ) -> str | None:
        """The name of the tree with changes; None when nothing is left in it."""
        before = self._known(tree) if tree is not None else Tree({})
        entries = dict(before.entries)
        own = {path[0]: data for path, data in changes.items() if len(path) == 1}
        below: dict[str, dict[tuple[str, ...], bytes | None]] = {}
        for (name, *rest), data in changes.items():
            if rest:
                below.setdefault(name, {})[tuple(rest)] = data
        for name in (name for name, data in own.items() if data is None):
            entries.pop(name, None)
        for name, inner in below.items():
            mode, old = entries.get(name, (FOLDER, None))
            if mode != FOLDER:
                if not any(data is not None for data in inner.values()):
                    continue  # the folder has become a file
                if not _is_rendered(above, name):
                    raise self._in_the_way((*above, name), "file", "folder")
                old = None  # rendered state is Commander's: what stands in its way goes
            made = self._edited(old, inner, (*above, name))
            if made is None:
                entries.pop(name, None)
            else:
                entries[name] = (FOLDER, made)
        for name, data in own.items():
            if data is None:
                continue
            if name in entries and entries[name][0] == FOLDER and not _is_rendered(above, name):
                raise self._in_the_way((*above, name), "folder", "file")  # what is left in it is somebody's
            entries[name] = (FILE, self._add(b"blob", data))
        if not entries:
            return None
        now = before.edited(entries, {*own, *below})
        made = self._add(b"tree", now.written)
        self._trees[made] = now
        return made

    def _in_the_way(self, path: tuple[str, ...], there: str, needed: str) -> StoreError:
        return self._store.error(f"'{'/'.join(path)}' is a {there}, and a {needed} of this name is needed")

    def _known(self, tree: str) -> Tree:
        return self._trees.get(tree) or self._store.known_tree(tree)

    def _add(self, kind: bytes, data: bytes) -> str:
        name = name_of(kind, data)
        self.objects[name] = (kind, data)
        return name


def _is_rendered(above: tuple[str, ...], name: str) -> bool:
    """Whether something is rendered state, or stands where that belongs."""
    return (*above, name)[0] == RENDERED
