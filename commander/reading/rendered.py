"""Rendered files of a target, page by page, of one commit."""

from __future__ import annotations

from collections.abc import Iterator

from commander.changes import Target
from commander.git import Entry, Repository
from commander.reading.model import RenderedFile
from commander.reading.places import rendered_of, rendered_target

#: What a page, and with it a file, may have in bytes: a message of gRPC has at most 4 MiB.
_MOST_BYTES = 3 * 1024 * 1024


def rendered_files(
    repository: Repository, commit: str, target: Target, *, inside: bool, after: str, most: int
) -> tuple[list[RenderedFile], bool]:
    """At most so many files behind the path ``after``, and whether there are more. Raises ``StoreError``."""
    found: list[RenderedFile] = []
    left = _MOST_BYTES
    for path, entry in _entries(repository, commit, target, inside, after):
        size = repository.data_size(entry.name) if entry.is_file else 0
        sent = size if size <= _MOST_BYTES else 0
        if len(found) == most or (found and sent > left):
            return found, True
        left -= sent
        data = repository.data(entry.name, _MOST_BYTES) if entry.is_file else None
        found.append(RenderedFile(path, entry.name, size, data))
    return found, False


def _entries(
    repository: Repository, commit: str, target: Target, inside: bool, after: str
) -> Iterator[tuple[str, Entry]]:
    for place in rendered_of(target, inside=inside):
        file = repository.entry(commit, place)
        if file is None:
            continue
        if place.endswith(".yaml"):
            if place > after:
                yield place, file
            continue
        for path, entry in repository.files(commit, place, after):
            if inside or rendered_target(path) == target:
                yield path, entry
