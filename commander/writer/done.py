"""The changes that were done, by their keys: all that a branch ever had, so a few bytes of each."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

_BYTES = 16
_COMMIT = 20


@dataclass(frozen=True, slots=True)
class Done:
    """The ``commit`` of a change, and the ``digest`` that stands for what was asked."""

    commit: str
    digest: str | bytes

    def is_of(self, digest: str) -> bool:
        """Whether a change with such a digest is the same one."""
        return _mark(digest) == (_mark(self.digest) if isinstance(self.digest, str) else self.digest)


class Doings:
    """Commits of changes by the changes' keys. Keys and digests, which may be anything in commits of others, are kept
    as hashes of 16 bytes."""

    def __init__(self) -> None:
        self._rows: dict[bytes, bytes] = {}

    def __len__(self) -> int:
        """How many changes."""
        return len(self._rows)

    def find(self, key: str) -> Done | None:
        """What is known of a change; None: it was not done."""
        row = self._rows.get(_mark(key))
        return None if row is None else Done(row[:_COMMIT].hex(), row[_COMMIT:])

    def add(self, key: str, commit: str, digest: str) -> None:
        """A change was done, unless one with this key is known."""
        self._rows.setdefault(_mark(key), bytes.fromhex(commit) + _mark(digest))

    def take(self, others: Doings) -> list[bytes]:
        """Add what others know; what was added, for ``forget``."""
        new = [mark for mark in others._rows if mark not in self._rows]
        self._rows.update((mark, others._rows[mark]) for mark in new)
        return new

    def forget(self, added: list[bytes]) -> None:
        """Take back what was added."""
        for mark in added:
            del self._rows[mark]


def _mark(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_BYTES).digest()
