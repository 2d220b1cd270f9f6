"""What the last run found out, kept on disk so that the next need not find it out again.

Records are in the user's cache and never in the repository: what others can write must not decide what is left out.
Losing them costs time only. The small part tells whether there is anything to do at all; the units, which are most of
it, are read only when there is.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson

from generator.derived import unsealed, write_sealed
from generator.engine.report import Rendered
from generator.worktree import Stamp

_FORMAT = 5
_BROKEN = (OSError, ValueError, TypeError, KeyError, AttributeError)


@dataclass(frozen=True, slots=True)
class UnitRecord:
    """What was made of one unit.

    ``inputs`` are the digests of its files, ``effective`` that of what its templates were given, ``facts`` what others
    need to know of it (``generator.argocd``), ``files`` the digests of its rendered files by path. ``parts`` tells of
    each template file what it was made of (``generator.engine.parts``).
    """

    inputs: tuple[str, ...]
    effective: str
    objects: int
    facts: Mapping[str, Any]
    files: Mapping[str, str]
    parts: str = ""


@dataclass(frozen=True, slots=True)
class Units:
    """``deployments`` by ``environment/workspace/release``, ``argocd`` by ``environment`` and
    ``environment/workspace``."""

    deployments: Mapping[str, UnitRecord] = field(default_factory=dict)
    argocd: Mapping[str, UnitRecord] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Index:
    """How things were when the last run ended.

    ``code`` is the digest of the generator, ``desired`` those of all files of desired state, ``stamps`` are of all
    files under ``rendered/`` by folder and name, ``unowned`` those of them that the generator did not write. ``saved``
    is when this was kept, in nanoseconds by the file system's clock.
    """

    code: str = ""
    desired: Mapping[str, str] = field(default_factory=dict)
    stamps: Mapping[str, Mapping[str, Stamp]] = field(default_factory=dict)
    unowned: tuple[str, ...] = ()
    environments: tuple[Rendered, ...] = ()
    files: int = 0
    saved: int = 0


class Store:
    """Where the records of a repository are kept; without a ``cache`` folder, nowhere."""

    def __init__(self, repository: Path, cache: Path | None) -> None:
        name = blake2b(os.fsencode(repository.resolve()), digest_size=16).hexdigest()
        self._folder = cache / "records" / name if cache is not None else None

    def index(self) -> Index:
        """The index; an empty one when there is none that can be read."""
        with suppress(*_BROKEN):
            found, saved = self._load("index.json")
            environments = tuple(Rendered(**each) for each in found["environments"])
            return Index(
                found["code"], found["desired"], found["stamps"], tuple(found["unowned"]), environments,
                found["files"], saved,
            )  # fmt: skip
        return Index()

    def units(self) -> Units:
        """The units; none when there are none that can be read."""
        with suppress(*_BROKEN):
            found, _ = self._load("units.json")
            return Units(
                {name: _unit(each) for name, each in found["deployments"].items()},
                {name: _unit(each) for name, each in found["argocd"].items()},
            )
        return Units()

    def save(self, index: Index, units: Units) -> None:
        """Keep both, if that is possible."""
        if self._folder is None:
            return
        # Names that are no text can't be kept; then the next run reads everything again.
        with suppress(OSError, orjson.JSONEncodeError):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            # Without its index the units mean nothing; so an index is never older than its units.
            (self._folder / "index.json").unlink(missing_ok=True)
            parts = {"deployments": units.deployments, "argocd": units.argocd}
            plain = {part: {name: _plain(each) for name, each in records.items()} for part, records in parts.items()}
            self._write("units.json", plain)
            self._write("index.json", {each.name: getattr(index, each.name) for each in fields(index)})

    def _load(self, name: str) -> tuple[dict[str, Any], int]:
        if self._folder is None:
            raise FileNotFoundError(name)
        with (self._folder / name).open("rb") as stream:
            saved = os.fstat(stream.fileno()).st_mtime_ns
            found = unsealed(stream.read())
        if found["format"] != _FORMAT:
            raise ValueError(f"records of format {found['format']}")
        return found, saved

    def _write(self, name: str, data: dict[str, Any]) -> None:
        assert self._folder is not None
        write_sealed(self._folder / name, {"format": _FORMAT, **data})


def _plain(record: UnitRecord) -> list[Any]:
    return [record.inputs, record.effective, record.objects, record.facts, record.files, record.parts]


def _unit(plain: list[Any]) -> UnitRecord:
    inputs, effective, objects, facts, files, parts = plain
    return UnitRecord(tuple(inputs), effective, objects, facts, files, parts)
