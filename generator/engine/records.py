"""What the last run found out, kept on disk so that the next need not find it out again.

Records are in the user's cache and never in the repository: what others can write must not decide what is left out.
Losing them costs time only.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any, Self

import orjson

from generator.engine.report import Rendered
from generator.worktree import Stamp

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class UnitRecord:
    """What was made of one unit.

    ``inputs`` are the digests of its files, ``effective`` that of what its templates were given, ``facts`` what others
    need to know of it (``generator.argocd``), ``files`` the digests of its rendered files by path.
    """

    inputs: tuple[str, ...]
    effective: str
    objects: int
    facts: Mapping[str, Any]
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Records:
    """The records of a repository.

    ``code`` is the digest of the generator that made them, ``desired`` those of all files of desired state. ``units``
    are deployments by ``environment/workspace/release``, ``argocd`` by environment. ``stamps`` are those of all
    rendered files, by folder and name; ``saved`` is when the records were kept, in nanoseconds by the file system's
    clock.
    """

    code: str = ""
    desired: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, UnitRecord] = field(default_factory=dict)
    argocd: Mapping[str, UnitRecord] = field(default_factory=dict)
    stamps: Mapping[str, Mapping[str, Stamp]] = field(default_factory=dict)
    environments: tuple[Rendered, ...] = ()
    saved: int = 0

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Read what ``as_json`` wrote. Raises ``ValueError``, ``TypeError`` or ``KeyError`` for anything else."""
        found = orjson.loads(data)
        if found["format"] != _FORMAT:
            raise ValueError(f"records of format {found['format']}")
        return cls(
            found["code"],
            found["desired"],
            {name: _unit(each) for name, each in found["units"].items()},
            {name: _unit(each) for name, each in found["argocd"].items()},
            {
                folder: {name: tuple(stamp) for name, stamp in names.items()}
                for folder, names in found["stamps"].items()
            },
            tuple(Rendered(**each) for each in found["environments"]),
        )

    def as_json(self) -> bytes:
        """The records as JSON."""
        return orjson.dumps(
            {
                "format": _FORMAT,
                "code": self.code,
                "desired": self.desired,
                "units": {name: _plain(each) for name, each in self.units.items()},
                "argocd": {name: _plain(each) for name, each in self.argocd.items()},
                "stamps": self.stamps,
                "environments": [asdict(each) for each in self.environments],
            },
            option=orjson.OPT_NON_STR_KEYS,
        )


def _plain(record: UnitRecord) -> list[Any]:
    return [record.inputs, record.effective, record.objects, record.facts, record.files]


def _unit(plain: list[Any]) -> UnitRecord:
    inputs, effective, objects, facts, files = plain
    return UnitRecord(tuple(inputs), effective, objects, facts, files)


class Store:
    """Where the records of a repository are kept; without a ``cache`` folder, nowhere."""

    def __init__(self, repository: Path, cache: Path | None) -> None:
        name = blake2b(os.fsencode(repository.resolve()), digest_size=16).hexdigest()
        self._path = cache / "records" / f"{name}.json" if cache is not None else None

    def load(self) -> Records:
        """The records; empty ones when there are none that can be read."""
        if self._path is not None:
            with suppress(OSError, ValueError, TypeError, KeyError, AttributeError), self._path.open("rb") as stream:
                saved = os.fstat(stream.fileno()).st_mtime_ns
                return replace(Records.from_json(stream.read()), saved=saved)
        return Records()

    def save(self, records: Records) -> None:
        """Keep the records, if that is possible."""
        if self._path is None:
            return
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor, name = tempfile.mkstemp(dir=self._path.parent)
            try:
                with os.fdopen(descriptor, "wb") as stream:
                    stream.write(records.as_json())
                Path(name).replace(self._path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
