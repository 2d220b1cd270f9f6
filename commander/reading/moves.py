"""Deployments that went from one workspace to another: their names are those of an environment, so they are known."""

from __future__ import annotations

from commander.changes import Target
from commander.git import Repository
from commander.reading.places import desired_names, workspaces_folder


def moved_from(repository: Repository, old: str | None, new: str, target: Target) -> Target | None:
    """What a deployment of the commit ``new`` was called in ``old``, when it was in another workspace there.

    Raises ``StoreError``.
    """
    if old is None or not target.release or repository.entry(old, target.file) is not None:
        return None
    if repository.entry(new, target.file) is None:
        return None
    gone = [
        names
        for path, was, now in repository.differences(old, new, workspaces_folder(target.environment))
        if was is not None and now is None
        if (names := desired_names(path)) is not None and names[2] == target.release
    ]
    return Target(*gone[0]) if len(gone) == 1 else None
