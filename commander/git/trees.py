"""Trees of git: as bytes, as entries by name, and those that are kept in memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from commander.git.objects import FILE, FOLDER, LINK

#: Trees that are kept in memory: those on the way to what changes often.
_TREES = 4096
_MODES = {b"%o" % mode: mode for mode in (FILE, FOLDER, LINK, 0o100755, 0o160000)}


def tree_bytes(entries: Mapping[str, tuple[int, str]]) -> bytes:
    """A tree of entries ``name -> (mode, name of the object)``; git sorts folders as if a '/' stood behind them."""
    rows = [_row(name, entry) for name, entry in entries.items()]
    rows.sort(key=lambda row: row[0])
    return b"".join([row for _, row in rows])


def _row(name: str, entry: tuple[int, str]) -> tuple[bytes, bytes]:
    """What an entry is sorted by, and as it stands in a tree."""
    mode, target = entry
    data = name.encode("utf-8", "surrogateescape")
    return data + b"/" if mode == FOLDER else data, b"%o %s\0%s" % (mode, data, bytes.fromhex(target))


@dataclass(frozen=True, slots=True)
class Tree:
    """The entries of a tree (see ``tree_bytes``); ``data`` is how they are written, None for one that was not made
    here: somebody else may have written the same in another way."""

    entries: Mapping[str, tuple[int, str]]
    data: bytes | None = None

    @classmethod
    def of(cls, entries: Mapping[str, tuple[int, str]]) -> Tree:
        """Of these entries."""
        return cls(entries, tree_bytes(entries))

    @property
    def written(self) -> bytes:
        """As it is written."""
        return tree_bytes(self.entries) if self.data is None else self.data

    def edited(self, entries: Mapping[str, tuple[int, str]], changed: Iterable[str]) -> Tree:
        """A tree of ``entries``, which differ from those here by the names ``changed`` at most.

        Of a folder that is written again and again, one entry comes to name another object, and the others stay.
        """
        data = self.data
        if data is None:
            return Tree.of(entries)
        for name in changed:
            before, after = self.entries.get(name), entries.get(name)
            if before == after:
                continue
            if before is None or after is None or before[0] != after[0]:
                return Tree.of(entries)
            row = _row(name, before)[1]
            parts = data.split(row)
            if len(parts) != 2:  # it is in the name of another one, too
                return Tree.of(entries)
            data = _row(name, after)[1].join(parts)
        return Tree(entries, data)


class Trees:
    """Trees in memory by name, those that were asked for last; ``most`` entries of all together."""

    def __init__(self, most: int) -> None:
        self._trees: OrderedDict[str, Tree] = OrderedDict()
        self._most, self._kept = most, 0

    def find(self, name: str) -> Tree | None:
        """A tree that is kept."""
        if name not in self._trees:
            return None
        self._trees.move_to_end(name)
        return self._trees[name]

    def keep(self, name: str, tree: Tree) -> None:
        """Keep one, as long as there is room."""
        if name in self._trees:
            self._kept -= len(self._trees.pop(name).entries)
        self._trees[name] = tree
        self._kept += len(tree.entries)
        while len(self._trees) > _TREES or (self._kept > self._most and len(self._trees) > 1):
            self._kept -= len(self._trees.popitem(last=False)[1].entries)


def entries_of(data: bytes) -> Iterator[tuple[str, int, str]]:
    """The entries of a tree: name, mode, name of the object. libgit2, which has checked them, gives them one by one at
    three times the price."""
    at, end = 0, len(data)
    while at < end:
        zero = data.index(0, at)
        mode, _, name = data[at:zero].partition(b" ")
        at = zero + 21
        if b"/" in name:
            continue  # an entry that says it is somewhere else (git's fsck: fullPathname)
        yield name.decode("utf-8", "surrogateescape"), _MODES.get(mode) or _mode(mode), data[zero + 1 : at].hex()


def _mode(text: bytes) -> int:
    """The mode that one of another time is today: once there were files that a group could write."""
    kind, bits = int(text, 8) & 0o170000, int(text, 8) & 0o777
    if kind == 0o100000:
        return 0o100755 if bits & 0o100 else FILE
    return kind
