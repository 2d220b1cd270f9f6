"""Rendered state on disk made what it is to be, or compared with it."""

from __future__ import annotations

import errno
from pathlib import Path

from generator.engine.present import Present, not_ours
from generator.engine.rendering import Made, Renderer
from generator.engine.report import Changes
from generator.errors import Problem, ProblemsError
from generator.worktree import MANY, RENDERED, STAGING, Staging, Stamp, same_but_for_names, scan, stamp


def compare(made: Made, present: Present) -> Changes:
    """What differs from what is there. Raises ``ProblemsError`` when something is in the way."""
    wanted = made.wanted()
    problems: list[Problem] = []
    created: list[str] = []
    changed: list[str] = []
    removed: list[str] = []
    unowned = list(present.inventory.others)
    for path in sorted(made.differing):
        if present.inventory.stamp(path) is None:
            created.append(path)
            if (problem := present.in_the_way(path)) is not None:
                problems.append(problem)
        else:
            changed.append(path)
            if not present.is_ours(path):
                problems.append(not_ours(path))
    for path in present.inventory.paths():
        if path not in wanted:
            (removed if present.is_ours(path) else unowned).append(path)
    if problems:
        raise ProblemsError(problems)
    unchanged = len(wanted) - len(created) - len(changed)
    return Changes(tuple(created), tuple(changed), tuple(sorted(removed)), tuple(sorted(unowned)), unchanged)


def write(repository: Path, renderer: Renderer, present: Present) -> tuple[Made, Changes]:
    """Render and bring ``rendered/`` up to date. Raises ``ProblemsError``; then nothing was changed."""
    try:
        with Staging(repository) as staging:
            made = renderer.render(staging.write)
            changes = compare(made, present)
            if changes:
                written = (*changes.created, *changes.changed)
                kept = {*made.wanted(), *changes.unowned}.difference(written)
                staging.finish(written, changes.removed, kept)
    except OSError as error:
        raise ProblemsError([_failure(repository, error)]) from None
    return made, changes


def stamps(repository: Path, changes: Changes, present: Present) -> dict[str, dict[str, Stamp]]:
    """The stamps after a change: what was not changed kept its own, but for the links that a small state is made of."""
    result = {folder: dict(names) for folder, names in present.inventory.files.items()}
    if changes and changes.unchanged <= MANY:
        for folder, names in scan(repository).files.items():
            known = result.get(folder, {})
            # A file that somebody else changed meanwhile keeps the old stamp: the next run sees that it is another.
            known.update({name: new for name, new in names.items() if same_but_for_names(new, known.get(name, []))})
    for path in changes.removed:
        folder, _, name = path.rpartition("/")
        del result[folder][name]
        if not result[folder]:
            del result[folder]
    for path in (*changes.created, *changes.changed):
        folder, _, name = path.rpartition("/")
        result.setdefault(folder, {})[name] = stamp(repository / path)
    return result


def _failure(repository: Path, error: OSError) -> Problem:
    file = Path(error.filename2 or error.filename or repository / RENDERED)
    path = file.relative_to(repository).as_posix() if file.is_relative_to(repository) else str(file)
    path = path.removeprefix(f"{STAGING}/")
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    hint = f"nothing was changed{'; make room on the disk, and try again' if full else ''}"
    return Problem(f"cannot be written: {error.strerror}", file=path, hint=hint)
