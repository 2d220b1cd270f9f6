"""Git's objects as bytes, and the names that follow from these (git's Documentation/gitcore-tutorial)."""

from __future__ import annotations

import re
from collections.abc import Sequence
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


def commit_bytes(
    tree: str, parents: Sequence[str], author: Identity, committer: Identity, message: str, signature: str = ""
) -> bytes:
    """A commit; ``signature`` is an armoured one of what this gives without it."""
    lines = [b"tree " + tree.encode(), *(b"parent " + parent.encode() for parent in parents)]
    lines += [b"author " + author.line(), b"committer " + committer.line()]
    if signature:
        lines.append(b"gpgsig " + signature.strip().replace("\n", "\n ").encode())
    return b"\n".join(lines) + b"\n\n" + message.encode()
