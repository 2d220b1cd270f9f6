"""What each template file of a chart is made of: digests of just the values that it reads.

A file whose digest stays the same gives the same objects, whatever else of the values changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any, TypeAlias

import orjson

Path: TypeAlias = tuple[str, ...]
#: Hex digits of a digest. It is compared with that of one file of one release alone.
DIGEST_LENGTH = 16
#: Paths of overrides whose readers are remembered. Keys that people make up are among them.
_REMEMBERED = 1 << 14


class Ingredients:
    """``reads`` are the paths that each of ``files`` reads (``generator.dialect.reads``)."""

    def __init__(self, files: Sequence[str], reads: Mapping[str, Sequence[Sequence[str]]]) -> None:
        self._files = tuple(files)
        self._root = _Node()
        for number, file in enumerate(files):
            for path in reads[file]:
                self._root.add(tuple(path), number)
        self._readers = lru_cache(_REMEMBERED)(self._root.readers)

    def digests(self, overrides: Mapping[str, Any], surroundings: bytes) -> dict[str, str]:
        """A digest for each file: of the ``overrides`` of the defaults that it reads, and of all that it follows from
        besides."""
        found: list[list[Any]] = [[] for _ in self._files]
        for leaf in _leaves(overrides, ()):
            for number in self._readers(leaf[0]):
                found[number].append(leaf)
        half = DIGEST_LENGTH // 2
        return {
            file: blake2b(orjson.dumps(read, default=dict), digest_size=half, key=surroundings[:64]).hexdigest()
            for file, read in zip(self._files, found, strict=True)
        }


class _Node:
    """A place in the values: who reads it as a whole, and what is below."""

    __slots__ = ("below", "files")

    def __init__(self) -> None:
        self.below: dict[str, _Node] = {}
        self.files: set[int] = set()

    def add(self, path: Path, file: int) -> None:
        node = self
        for key in path:
            node = node.below.setdefault(key, _Node())
        node.files.add(file)

    def readers(self, path: Path) -> tuple[int, ...]:
        """The files that read what is at a path, what is around it, or what is in it."""
        node, found = self, set(self.files)
        for key in path:
            below = node.below.get(key)
            if below is None:
                return tuple(sorted(found))
            node = below
            found |= node.files
        return tuple(sorted(found.union(*node._all())))

    def _all(self) -> Iterator[set[int]]:
        for each in self.below.values():
            yield each.files
            yield from each._all()


def _leaves(value: Mapping[str, Any], above: Path) -> Iterator[tuple[Path, Any]]:
    """Each value that is no map, and each empty map, with its path."""
    for key, below in value.items():
        if isinstance(below, dict) and below:
            yield from _leaves(below, (*above, key))
        else:
            yield (*above, key), below
