"""How a target differs between two commits: settings of its file, and objects that are rendered of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

from commander.changes import Target
from commander.git import Entry, Repository
from commander.reading.contents import FILE_BYTES, Room, Side, settings_between
from commander.reading.errors import NotFoundError
from commander.reading.events import changes_between
from commander.reading.files import text_at
from commander.reading.model import Comparison, Fate, SettingChange
from commander.reading.moves import moved_from
from commander.reading.places import rendered_of
from generator.diff import diff
from generator.errors import Problem

_MOST_SETTINGS = 1000


def comparison(repository: Repository, old: str | None, new: str, target: Target) -> Comparison:
    """What differs of a target, from a commit (None: from nothing) to another. Raises ``StoreError``, and
    ``NotFoundError`` when neither has anything of it."""
    old_target = moved_from(repository, old, new, target)
    earlier = old_target or target
    was = repository.entry(old, earlier.file) if old is not None else None
    now = repository.entry(new, target.file)
    settings, only_layout, problems = _settings(repository, (earlier.file, was), (target.file, now))
    before, after, left_out = _rendered(repository, old, new, earlier, target)
    targets = changes_between(repository, old, new, target)
    if was is None and now is None and not targets:
        what = f"neither {(old or 'nothing')[:12]} nor {new[:12]} has anything of {target}"
        raise NotFoundError(Problem(what, file=target.file))
    return Comparison(
        old or "",
        new,
        target,
        "moved" if old_target is not None else _fate(was, now),
        tuple(settings[:_MOST_SETTINGS]),
        max(0, len(settings) - _MOST_SETTINGS),
        only_layout,
        problems,
        diff(before, after),
        left_out,
        targets,
        old_target,
    )


def _fate(was: Entry | None, now: Entry | None) -> Fate | None:
    if was == now:
        return None
    return "created" if was is None else "removed" if now is None else "changed"


def _settings(
    repository: Repository, old: tuple[str, Entry | None], new: tuple[str, Entry | None]
) -> tuple[list[SettingChange], bool, tuple[Problem, ...]]:
    """The settings that differ, whether only layout does, and why a file can't be read."""
    if old[1] == new[1]:
        return [], False, ()
    return settings_between(_side(repository, *old), _side(repository, *new))


def _side(repository: Repository, path: str, entry: Entry | None) -> Side:
    return Side(path, *text_at(repository, path, entry)) if entry is not None else Side(path, None)


def _rendered(
    repository: Repository, old: str | None, new: str, earlier: Target, target: Target
) -> tuple[_Files, _Files, int]:
    """The files that differ and are compared, and how many are not."""
    before, after = _Files(repository), _Files(repository)
    if earlier == target:
        pairs = chain.from_iterable(
            repository.differences(old, new, folder) for folder in rendered_of(target, inside=True)
        )
    else:
        pairs = chain(_one_side(repository, old, earlier, 0), _one_side(repository, new, target, 1))
    room = Room()
    for path, was, now in pairs:
        there = [each for each in (was, now) if each is not None]
        if not all(each.is_file for each in there):
            room.left_out += 1
            continue
        if not room.has(*(repository.data_size(each.name) for each in there)):
            continue
        if was is not None:
            before.names[path] = was.name
        if now is not None:
            after.names[path] = now.name
    return before, after, room.left_out


def _one_side(
    repository: Repository, commit: str | None, target: Target, side: int
) -> Iterator[tuple[str, Entry | None, Entry | None]]:
    """All that is rendered of a target, as what differs from nothing: gone (0), or new (1)."""
    for folder in rendered_of(target, inside=True):
        for path, _, entry in repository.differences(None, commit, folder):
            yield (path, entry, None) if side == 0 else (path, None, entry)


class _Files(Mapping[str, bytes]):
    """Files of a commit, read when somebody asks for one."""

    def __init__(self, repository: Repository) -> None:
        self.names: dict[str, str] = {}
        self._repository = repository

    def __getitem__(self, path: str) -> bytes:
        return self._repository.data(self.names[path], FILE_BYTES) or b""

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)
