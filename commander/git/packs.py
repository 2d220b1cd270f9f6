"""New objects written as one pack, so that they survive power loss at the price of one sync a batch."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from commander.git.pack_format import write_objects

_MARK = "_commander_"


def write_pack(folder: Path, objects: Mapping[str, tuple[bytes, bytes]], owner: str) -> None:
    """Write objects (name -> kind and data) as a pack into ``objects/pack``; when this returns they are on the disk.

    Names that begin with ``tmp_`` are left behind by a process that was killed; ``owner`` is the one who writes now.
    Raises ``OSError``, and then there is no pack.
    """
    temporary = folder / f"tmp_pack{_MARK}{owner}"
    index = folder / f"tmp_idx{_MARK}{owner}"
    try:
        with _synced(temporary) as stream:
            checksum, rows = write_objects(stream.write, objects)
        with _synced(index) as stream:
            stream.write(rows)
        # Readers look for indexes, so that comes last.
        name = f"pack-{checksum.hex()}"
        temporary.replace(folder / f"{name}.pack")
        index.replace(folder / f"{name}.idx")
        sync_folder(folder)
    except BaseException:
        for each in (temporary, index):
            with suppress(OSError):
                each.unlink(missing_ok=True)
        raise


def sync_folder(folder: Path) -> None:
    """Let the names in a folder survive power loss. Raises ``OSError``."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _synced(path: Path) -> Iterator[IO[bytes]]:
    with path.open("wb") as stream:
        yield stream
        stream.flush()
        os.fsync(stream.fileno())


def owner_of(name: str) -> str:
    """Who writes a temporary file of this name; empty when it is not of a Commander."""
    return name.partition(_MARK)[2]
