"""What environments say of Argo CD, as of a commit: which repository and branch it follows, where it is."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from commander.changes import Target
from commander.git import FOLDER, Repository
from commander.reading.files import settings_of, text_at
from generator.desired import GitOps
from generator.errors import ProblemsError
from generator.worktree import DESIRED


class GitOpsSettings:
    """Keeps what it read of each file, by the name of its contents. For one thread."""

    def __init__(self) -> None:
        self._read: dict[str, GitOps | None] = {}

    def at(self, repository: Repository, commit: str) -> Mapping[str, GitOps]:
        """The settings of the environments that have some, by name; a file that is wrong is left out. Raises
        ``StoreError``."""
        folder = repository.entry(commit, DESIRED)
        if folder is None or folder.mode != FOLDER:
            return {}
        read: dict[str, GitOps | None] = {}
        found: dict[str, GitOps] = {}
        for name in sorted(repository.tree(folder.name)):
            try:
                path = Target(name).file
            except ProblemsError:
                continue
            entry = repository.entry(commit, path)
            if entry is None:
                continue
            if entry.name not in self._read:
                text, problems = text_at(repository, path, entry)
                read[entry.name] = None if problems else gitops_of(text, path)
            else:
                read[entry.name] = self._read[entry.name]
            if (gitops := read[entry.name]) is not None:
                found[name] = gitops
        self._read = read
        return found


def gitops_of(text: bytes, path: str) -> GitOps | None:
    """What an environment's file says; None where it says nothing, or something that can't be."""
    value, problems = settings_of(text, path)
    if problems or not isinstance(value.get("gitops"), dict):
        return None
    try:
        return GitOps.model_validate(value["gitops"])
    except ValidationError:
        return None
