"""How large a repository is, looked up in its folders."""

from __future__ import annotations

import os
import re
import threading
import time
from dataclasses import dataclass
from pathlib import Path

_LOOSE = re.compile(r"[0-9a-f]{2}\Z")
#: Where the number of all objects stands in an index (gitformat-pack(5), version 2): the end of the fan-out table.
_COUNT = 8 + 255 * 4
#: Seconds for which an answer is good.
_FRESH = 5.0


@dataclass(frozen=True, slots=True)
class Size:
    """``bytes`` of the object store; ``objects`` counts one that is in several packs as often."""

    bytes: int
    packs: int
    objects: int


class Sizes:
    """Asked by any thread; looks at most every few seconds, and reads each pack's index once."""

    def __init__(self, repository: Path) -> None:
        self._folder = repository / "objects"
        self._guard = threading.Lock()
        self._counts: dict[str, int] = {}
        self._last = (-_FRESH, Size(0, 0, 0))

    def now(self) -> Size:
        """Raises ``OSError``."""
        with self._guard:
            when, size = self._last
            if time.monotonic() - when > _FRESH:
                size = self._look()
                self._last = (time.monotonic(), size)
            return size

    def _look(self) -> Size:
        size, packs, objects = 0, 0, 0
        counts: dict[str, int] = {}
        folders = [each.name for each in os.scandir(self._folder) if each.is_dir()]
        for folder in folders:
            for entry in os.scandir(self._folder / folder):
                try:
                    if not entry.is_file(follow_symlinks=False):
                        continue
                    size += entry.stat(follow_symlinks=False).st_size
                    if entry.name.endswith(".idx"):
                        counts[entry.name] = self._counts.get(entry.name) or _count(Path(entry.path))
                except FileNotFoundError:
                    continue  # packs are put together meanwhile
                packs += entry.name.endswith(".pack")
                objects += _LOOSE.match(folder) is not None
        self._counts = counts
        return Size(size, packs, objects + sum(counts.values()))


def _count(index: Path) -> int:
    with index.open("rb") as stream:
        stream.seek(_COUNT)
        return int.from_bytes(stream.read(4), "big")
