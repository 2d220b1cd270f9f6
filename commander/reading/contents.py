"""Contents that are compared: of one file of desired state by its settings, of many rendered ones within bounds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from commander.reading.files import settings_of
from commander.reading.model import SettingChange
from commander.reading.settings import setting_changes
from generator.errors import Problem

#: Files of both sides that are compared by meaning, and the bytes of one, and of all.
_MOST_FILES = 2000
FILE_BYTES = 4 * 1024 * 1024
_ALL_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Side:
    """A file before or after: its ``text`` (None: it is not there), or the ``problems`` with reading it."""

    path: str
    text: bytes | None
    problems: tuple[Problem, ...] = ()


def settings_between(old: Side, new: Side) -> tuple[list[SettingChange], bool, tuple[Problem, ...]]:
    """The settings that differ, whether two files that are not the same differ in none, and why one can't be read."""
    data: list[Any] = []
    problems: list[Problem] = []
    for side in (old, new):
        value: Any = None
        wrong = side.problems
        if side.text is not None and not wrong:
            value, wrong = settings_of(side.text, side.path)
        data.append(value)
        problems += wrong
    if problems:
        return [], False, tuple(dict.fromkeys(problems))
    found = list(setting_changes(*data))
    return found, not found and old.text is not None and new.text is not None, ()


@dataclass(slots=True)
class Room:
    """For how many files, and bytes, there still is room; ``left_out`` counts pairs that found none."""

    left_out: int = 0
    _files: int = field(default=0, init=False)
    _bytes: int = field(default=0, init=False)

    def has(self, *sizes: int) -> bool:
        """Whether a file is compared whose contents before and after, as far as there, have these sizes."""
        files, total = self._files + len(sizes), self._bytes + sum(sizes)
        if files > _MOST_FILES or total > _ALL_BYTES or max(sizes, default=0) > FILE_BYTES:
            self.left_out += 1
            return False
        self._files, self._bytes = files, total
        return True
