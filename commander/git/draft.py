"""Commits made in memory, one on top of the other, until they are written all at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from commander.git.objects import FILE, FOLDER, Identity, commit_bytes, name_of, tree_bytes
from generator.worktree import RENDERED

if TYPE_CHECKING:
    from commander.git.repository import Repository

#: Makes an armoured signature of a commit's bytes.
Sign = Callable[[bytes], str]


class Draft:
    """Begins at a commit of a store (``base``); ``tip`` is the last commit made, ``objects`` what is new, by name."""

    def __init__(self, store: Repository, base: str, sign: Sign | None = None) -> None:
        self.base = base
        self.tip = base
        self.objects: dict[str, tuple[bytes, bytes]] = {}
        #: Entries of the trees among these, which nobody else has until they are written.
        self._trees: dict[str, Mapping[str, tuple[int, str]]] = {}
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
        for name, entries in self._trees.items():
            self._store.remember(name, entries)

    def _edited(
        self, tree: str | None, changes: Mapping[tuple[str, ...], bytes | None], above: tuple[str, ...]
    ) -> str | None:
        """The name of the tree with changes; None when nothing is left in it."""
        entries = dict(self._entries(tree)) if tree is not None else {}
        below: dict[str, dict[tuple[str, ...], bytes | None]] = {}
        for (name, *rest), data in changes.items():
            if rest:
                below.setdefault(name, {})[tuple(rest)] = data
            elif data is None:
                entries.pop(name, None)
            else:
                entries[name] = (FILE, self._add(b"blob", data))
        for name, inner in below.items():
            mode, old = entries.get(name, (FOLDER, None))
            if mode != FOLDER:
                if not any(data is not None for data in inner.values()):
                    continue  # the folder has become a file
                if above[:1] != (RENDERED,):
                    where = "/".join((*above, name))
                    raise self._store.error(f"'{where}' is a file, and a folder of this name is needed")
                old = None  # rendered state is Commander's: what stands in its way goes
            made = self._edited(old, inner, (*above, name))
            if made is None:
                entries.pop(name, None)
            else:
                entries[name] = (FOLDER, made)
        if not entries:
            return None
        made = self._add(b"tree", tree_bytes(entries))
        self._trees[made] = entries
        return made

    def _entries(self, tree: str) -> Mapping[str, tuple[int, str]]:
        return self._trees.get(tree) or self._store.tree(tree)

    def _add(self, kind: bytes, data: bytes) -> str:
        name = name_of(kind, data)
        self.objects[name] = (kind, data)
        return name
