"""Packs and indexes are those that git makes of the same objects."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from commander.git import blob_name
from commander.git.objects import name_of
from commander.git.pack_format import index_bytes, write_objects
from tests.commander.repositories import bare

#: Around where the size takes one more byte, and where trees begin to be compressed.
SIZES = (0, 1, 15, 16, 17, 2047, 2048, 2049, 262_143, 262_144, 300_000)


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    """A pack of blobs of all sizes, its index beside it; nothing else."""
    objects = {}
    for size in SIZES:
        data = bytes(number % 251 for number in range(size))
        objects[blob_name(data)] = (b"blob", data)
    rows = b"".join(b"100644 %05d\0%s" % (number, bytes.fromhex(blob_name(b""))) for number in range(1000))
    for data in (rows[: 33 * 400], rows):  # one is stored as it is, the other compressed
        objects[name_of(b"tree", data)] = (b"tree", data)
    folder = bare(tmp_path) / "objects" / "pack"
    with (folder / "pack-ours.pack").open("wb") as stream:
        _, index = write_objects(stream.write, objects)
    (folder / "pack-ours.idx").write_bytes(index)
    return folder / "pack-ours.pack"


def test_git_makes_the_same_index(packed: Path) -> None:
    theirs = packed.with_name("theirs.idx")
    subprocess.run(["git", "index-pack", "--strict", "-o", theirs, packed], check=True, capture_output=True)
    assert theirs.read_bytes() == packed.with_suffix(".idx").read_bytes()


def test_git_reads_every_object(packed: Path) -> None:
    shown = subprocess.run(["git", "verify-pack", "-v", packed], check=True, capture_output=True, text=True).stdout
    sizes = [int(line.split()[2]) for line in shown.splitlines() if " blob " in line]
    assert sorted(sizes) == sorted(SIZES)


def test_offsets_beyond_two_gibibytes_are_in_a_table_of_their_own() -> None:
    rows = [(bytes([number]) * 20, offset, number) for number, offset in ((1, 1 << 33), (2, 12), (3, (1 << 31)))]
    command, data = ["git", "show-index", "--object-format=sha1"], index_bytes(rows, b"\0" * 20)
    shown = subprocess.run(command, input=data, check=True, capture_output=True).stdout.decode()
    assert [line.split()[:2] for line in shown.splitlines()] == [[str(offset), name.hex()] for name, offset, _ in rows]
