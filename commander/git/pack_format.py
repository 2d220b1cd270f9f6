"""Packs and their indexes as bytes (git's gitformat-pack(5), versions 2).

dulwich can write them, too. Of the small objects that a change makes, which are mostly folders, that takes four times
as long as writing them here.
"""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Callable, Mapping
from hashlib import sha1
from itertools import accumulate

_KINDS = {b"commit": 1, b"tree": 2, b"blob": 3}
# Rendered manifests are text that repeats itself: a higher level takes four times as long for a tenth less.
_LEVEL = 1
# Trees are mostly names of objects, in which nothing repeats itself, and commits are short. `git repack`, when it puts
# packs together, writes them as differences from each other.
_UNCOMPRESSED = 16 * 1024
#: Offsets from here on are in a table of their own.
_FAR = 1 << 31


def write_objects(write: Callable[[bytes], object], objects: Mapping[str, tuple[bytes, bytes]]) -> tuple[bytes, bytes]:
    """Write a pack of objects (name -> kind and data); its checksum, and its index."""
    digest = sha1(usedforsecurity=False)
    offset = 0

    def put(data: bytes) -> None:
        nonlocal offset
        digest.update(data)
        write(data)
        offset += len(data)

    put(struct.pack(">4sLL", b"PACK", 2, len(objects)))
    rows = []
    for name, (kind, data) in objects.items():
        level = 0 if kind != b"blob" and len(data) <= _UNCOMPRESSED else _LEVEL
        entry = _head(_KINDS[kind], len(data)) + zlib.compress(data, level)
        rows.append((bytes.fromhex(name), offset, zlib.crc32(entry)))
        put(entry)
    checksum = digest.digest()
    write(checksum)
    return checksum, index_bytes(sorted(rows), checksum)


def _head(kind: int, size: int) -> bytes:
    """Kind and size: four bits of it, then seven in each byte that follows."""
    byte, size = (kind << 4) | (size & 15), size >> 4
    head = bytearray()
    while size:
        head.append(byte | 0x80)
        byte, size = size & 0x7F, size >> 7
    head.append(byte)
    return bytes(head)


def index_bytes(rows: list[tuple[bytes, int, int]], checksum: bytes) -> bytes:
    """The index of a pack whose objects are at these places: name, offset, CRC-32, sorted."""
    counts = Counter(name[0] for name, _, _ in rows)
    far = [offset for _, offset, _ in rows if offset >= _FAR]
    numbers = iter(range(len(far)))
    near = [offset if offset < _FAR else _FAR | next(numbers) for _, offset, _ in rows]
    parts = [
        b"\xfftOc" + struct.pack(">L", 2),
        struct.pack(">256L", *accumulate(counts[first] for first in range(256))),
        *(name for name, _, _ in rows),
        struct.pack(f">{len(rows)}L", *(crc for _, _, crc in rows)),
        struct.pack(f">{len(near)}L", *near),
        struct.pack(f">{len(far)}Q", *far),
        checksum,
    ]
    data = b"".join(parts)
    return data + sha1(data, usedforsecurity=False).digest()
