"""What a step writes and removes, as the records of units become others."""

from __future__ import annotations

from collections.abc import Mapping

from generator.engine.records import UnitRecord
from generator.engine.undo import Undo


class StepOutput:
    """``present`` has what is in rendered state, and is kept up to date; ``written`` is what a step writes."""

    def __init__(self, present: dict[str, str], undo: Undo) -> None:
        self.written: dict[str, bytes] = {}
        self._removed: set[str] = set()
        self._present, self._undo = present, undo

    @property
    def removed(self) -> tuple[str, ...]:
        """What goes, and is not written anew by another unit."""
        return tuple(sorted(self._removed - self.written.keys()))

    def put(self, records: dict[str, UnitRecord], key: str, record: UnitRecord, files: Mapping[str, bytes]) -> None:
        """A unit has become this; ``files`` are at least those of its files that are not there yet."""
        old = records.get(key)
        for path in (old.files.keys() if old is not None else set()) - record.files.keys():
            self.remove(path)
        for path, wanted in record.files.items():
            if self._present.get(path) != wanted:
                self.written[path] = files[path]
                self._undo.set(self._present, path, wanted)
        self._undo.set(records, key, record)

    def drop(self, records: dict[str, UnitRecord], key: str) -> None:
        """A unit is gone."""
        old = self._undo.drop(records, key)
        for path in old.files if old is not None else ():
            self.remove(path)

    def remove(self, path: str) -> None:
        """A file goes, if it is there."""
        if self._undo.drop(self._present, path) is not None:
            self._removed.add(path)

    def is_there(self, record: UnitRecord) -> bool:
        """Whether all files that a record tells of are there as it says."""
        return all(self._present.get(path) == wanted for path, wanted in record.files.items())
