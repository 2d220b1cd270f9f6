"""Git's objects as bytes, and the names that follow from these (git's Documentation/gitcore-tutorial)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha1

FILE = 0o100644
FOLDER = 0o040000
LINK = 0o120000

#: What may not stand in a name or an address of an identity; git leaves these out itself.
_CRUFT = re.compile(r"[\x00-\x1f\x7f<>]")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who wrote, or who committed, and when: seconds since 1970, UTC."""

    name: str
    email: str
    seconds: int

    def line(self) -> bytes:
        """As it stands in a commit."""
        name = _CRUFT.sub(" ", self.name).strip() or "unknown"
        email = _CRUFT.sub("", self.email).replace(" ", "")
        return f"{name} <{email}> {self.seconds} +0000".encode()


def name_of(kind: bytes, data: bytes) -> str:
    """The name of an object: 40 hex digits. (SHA-1 is what repositories on all forges have.)"""
    return sha1(b"%s %d\0%s" % (kind, len(data), data), usedforsecurity=False).hexdigest()


def blob_name(data: bytes) -> str:
    """The name of a file's contents."""
    return name_of(b"blob", data)


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
    """The entries of a tree (see ``tree_bytes``); ``data`` is how they are written, of one that was made here."""

    entries: Mapping[str, tuple[int, str]]
    data: bytes = b""

    @classmethod
    def of(cls, entries: Mapping[str, tuple[int, str]]) -> Tree:
        """Of these entries."""
        return cls(entries, tree_bytes(entries))

    def edited(self, entries: Mapping[str, tuple[int, str]], changed: Iterable[str]) -> Tree:
        """A tree of ``entries``, which differ from those here by the names ``changed`` at most.

        Of a folder that is written again and again, one entry comes to name another object, and the others stay.
        """
        data = self.data
        for name in changed:
            before, after = self.entries.get(name), entries.get(name)
            if before == after:
                continue
            if not data or before is None or after is None or before[0] != after[0]:
                return Tree.of(entries)
            row = _row(name, before)[1]
            parts = data.split(row)
            if len(parts) != 2:  # it is in the name of another one, too
                return Tree.of(entries)
            data = _row(name, after)[1].join(parts)
        return Tree(entries, data)


def commit_bytes(
    tree: str, parents: Sequence[str], author: Identity, committer: Identity, message: str, signature: str = ""
) -> bytes:
    """A commit; ``signature`` is an armoured one of what this gives without it."""
    lines = [b"tree " + tree.encode(), *(b"parent " + parent.encode() for parent in parents)]
    lines += [b"author " + author.line(), b"committer " + committer.line()]
    if signature:
        lines.append(b"gpgsig " + signature.strip().replace("\n", "\n ").encode())
    return b"\n".join(lines) + b"\n\n" + message.encode()
