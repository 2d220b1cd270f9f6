"""Rendered state on disk made what it is to be, or compared with it."""

from __future__ import annotations

import errno
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from generator.engine.present import Present, not_ours
from generator.engine.rendering import Made, Renderer
from generator.engine.report import Changes
from generator.errors import Problem, ProblemsError
from generator.worktree import MANY, RENDERED, STAGING, Staging, Stamp, same_but_for_names, scan, stamp


def compare(made: Made, present: Present, *, prune_all: bool = False) -> Changes:
    """What differs from what is there.

    Raises ``ProblemsError`` when something is in the way, and, but for ``prune_all``, when of an environment everything
    would go.
    """
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
    if not prune_all:
        problems.extend(_emptied(removed, wanted))
    if problems:
        raise ProblemsError(problems)
    unchanged = len(wanted) - len(created) - len(changed)
    return Changes(tuple(created), tuple(changed), tuple(sorted(removed)), tuple(sorted(unowned)), unchanged)


def _emptied(removed: Iterable[str], wanted: Collection[str]) -> Iterator[Problem]:
    """Environments that have rendered deployments and would have none.

    Whoever has a part of the repository only, or a wrong path, would else commit the end of every Airflow in them.
    """
    folders = {_deployments(path) for path in wanted}
    gone = Counter(folder for path in removed if (folder := _deployments(path)) not in folders)
    for folder, files in sorted(gone.items()):
        if folder:
            environment = folder.split("/")[1]
            yield Problem(
                f"{files} file{'' if files == 1 else 's'} of deployments would be removed, and none would be left:"
                f" environments/{environment}/ has no deployments",
                file=folder,
                allowed="at least one deployment of each environment that has rendered ones",
                hint="is this the whole repository, and its right revision? --prune-all removes them all the same",
            )


def _deployments(path: str) -> str:
    """The folder with an environment's deployments that a rendered file is in; empty for other files."""
    parts = path.split("/")
    return "/".join(parts[:3]) if len(parts) > 3 and parts[2] == "workspaces" else ""


def write(repository: Path, renderer: Renderer, present: Present, *, prune_all: bool = False) -> tuple[Made, Changes]:
    """Render and bring ``rendered/`` up to date. Raises ``ProblemsError``; then nothing was changed."""
    try:
        with Staging(repository) as staging:
            made = renderer.render(staging.write)
            changes = compare(made, present, prune_all=prune_all)
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
