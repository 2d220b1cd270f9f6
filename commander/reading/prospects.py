"""What files that are not written yet would change, by meaning: for previews."""

from __future__ import annotations

from collections.abc import Mapping

from commander.git import Repository
from commander.reading.contents import FILE_BYTES, Room, Side, settings_between
from commander.reading.model import Fate, FileChange, Prospect
from generator.diff import diff
from generator.worktree import DESIRED, LIMITS, RENDERED


def prospect(repository: Repository, base: str, files: Mapping[str, bytes | None]) -> Prospect:
    """What ``files`` (None: it goes) change of a commit. Raises ``StoreError``."""
    desired = [
        _file_change(path, _data(repository, base, path), files[path])
        for path in sorted(files)
        if path.startswith(f"{DESIRED}/")
    ]
    room = Room()
    before: dict[str, bytes] = {}
    after: dict[str, bytes] = {}
    for path in sorted(files):
        if path.startswith(f"{RENDERED}/"):
            _compare(repository, base, path, files[path], room, before, after)
    return Prospect(base, tuple(desired), diff(before, after), room.left_out)


def _compare(
    repository: Repository,
    base: str,
    path: str,
    new: bytes | None,
    room: Room,
    before: dict[str, bytes],
    after: dict[str, bytes],
) -> None:
    """Put a rendered file to what is compared, if there is room."""
    old = repository.entry(base, path)
    if old is not None and not old.is_file:
        old = None  # what is in the way of a rendered file goes
    sizes = [repository.data_size(old.name)] if old is not None else []
    if not room.has(*sizes, *([len(new)] if new is not None else [])):
        return
    if old is not None:
        before[path] = repository.data(old.name, FILE_BYTES) or b""
    if new is not None:
        after[path] = new


def _data(repository: Repository, commit: str, path: str) -> bytes | None:
    entry = repository.entry(commit, path)
    return repository.data(entry.name, LIMITS.file_bytes) if entry is not None and entry.is_file else None


def _file_change(path: str, old: bytes | None, new: bytes | None) -> FileChange:
    settings, only_layout, problems = settings_between(Side(path, old), Side(path, new))
    fate: Fate = "created" if old is None else "removed" if new is None else "changed"
    return FileChange(path, fate, tuple(settings), only_layout and old != new, problems)
