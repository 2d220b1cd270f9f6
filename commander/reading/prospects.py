"""What files that are not written yet would change, by meaning: for previews."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from commander.git import Repository
from commander.reading.files import settings_of
from commander.reading.model import Fate, FileChange, Prospect
from commander.reading.settings import setting_changes
from generator.diff import diff
from generator.errors import Problem
from generator.worktree import DESIRED, LIMITS, RENDERED

#: As much is compared of rendered state as of two commits.
_MOST_FILES = 2000


def prospect(repository: Repository, base: str, files: Mapping[str, bytes | None]) -> Prospect:
    """What ``files`` (None: it goes) change of a commit. Raises ``StoreError``."""
    desired = [
        _file_change(path, _data(repository, base, path), files[path])
        for path in sorted(files)
        if path.startswith(f"{DESIRED}/")
    ]
    rendered = [path for path in sorted(files) if path.startswith(f"{RENDERED}/")]
    compared = rendered[:_MOST_FILES]
    before = {path: data for path in compared if (data := _data(repository, base, path)) is not None}
    after = {path: data for path in compared if (data := files[path]) is not None}
    return Prospect(base, tuple(desired), diff(before, after), len(rendered) - len(compared))


def _data(repository: Repository, commit: str, path: str) -> bytes | None:
    entry = repository.entry(commit, path)
    return repository.data(entry.name, LIMITS.file_bytes) if entry is not None and entry.is_file else None


def _file_change(path: str, old: bytes | None, new: bytes | None) -> FileChange:
    data: list[Any] = []
    problems: list[Problem] = []
    for text in (old, new):
        value, wrong = settings_of(text, path) if text is not None else (None, ())
        data.append(value if text is not None and not wrong else None)
        problems += wrong
    settings = tuple(setting_changes(*data)) if not problems else ()
    fate: Fate = "created" if old is None else "removed" if new is None else "changed"
    only_layout = fate == "changed" and not settings and not problems and old != new
    return FileChange(path, fate, settings, only_layout, tuple(problems))
