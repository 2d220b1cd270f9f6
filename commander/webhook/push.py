"""What lies between two commits, as GitHub tells of a push: the form that Argo CD takes, signed.

Argo CD compares the host and the path of ``html_url`` with each Application's repository, the branch with what the
Application follows, and the changed files with its ``manifest-generate-paths``; it refreshes those that match
(``HandleEvent`` and ``AppFilesHaveChanged`` of util/webhook and util/app/path in Argo CD 3.5). Of the others it moves
the manifests that it has from the commit ``before`` to the commit ``after``.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice, pairwise
from urllib.parse import urlsplit

import orjson

from commander.git import Repository
from generator.desired import GitOps
from generator.worktree import RENDERED

#: Argo CD compares each file with each Application. More are not told, and then all are looked at.
MOST_FILES = 5_000
#: Of a longer way only the two ends are compared.
_MOST_COMMITS = 500
_NOTHING = "0" * 40
_HEADS = "refs/heads/"
#: What Applications follow as single files, not with the folder around.
_SINGLE_IN = ("argocd", "values")
_SINGLE = "namespace.yaml"


@dataclass(frozen=True, slots=True)
class Push:
    """A move of a branch. ``repository`` is its address as people's browsers have it; of ``files``, by what became of
    them, there is one of each folder that Argo CD follows as a whole. None: they are too many."""

    repository: str
    branch: str
    before: str
    after: str
    added: tuple[str, ...] = ()
    modified: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def files(self) -> int:
        """How many files it tells of; 0: all may have changed."""
        return len(self.added) + len(self.modified) + len(self.removed)

    def as_json(self) -> bytes:
        """The payload of GitHub's event ``push``, as far as Argo CD reads it."""
        name = self.branch.removeprefix(_HEADS)
        commit = {"id": self.after, "added": self.added, "modified": self.modified, "removed": self.removed}
        return orjson.dumps(
            {
                "ref": self.branch,
                "before": self.before or _NOTHING,
                "after": self.after,
                # Who follows HEAD is told, too: that this branch is not the default one can't be known here.
                "repository": {"html_url": self.repository, "default_branch": name},
                "commits": [commit] if self.files else [],
            }
        )


def pushes(repository: Repository, before: str, after: str, settings: Mapping[str, GitOps]) -> list[Push]:
    """A push for each address under which Argo CD reads this repository, as far as the rendered state of environments
    differs that follow the branch. Raises ``StoreError``.

    What a commit on the way changed and a later one changed back is told, too: Argo CD may have read it in between, as
    what somebody pushed and Commander put right.
    """
    found: dict[str, _Files] = {}
    steps = _steps(repository, before, after)
    for environment, gitops in settings.items():
        address = web_address(gitops.repository)
        if address and follows(gitops.revision, repository.branch):
            files = found.setdefault(address, _Files())
            for old, new in steps:
                for path, was, now in repository.differences(old, new, f"{RENDERED}/{environment}"):
                    files.see(posixpath.normpath(posixpath.join(gitops.path, path)), was is not None, now is not None)
    return [
        files.as_push(Push(address, repository.branch, before, after)) for address, files in found.items() if files.seen
    ]


def _steps(repository: Repository, before: str, after: str) -> list[tuple[str, str]]:
    """The commits from one to the other, two and two; only the ends where the way is long, or where there is none."""
    if not before or before == after or not repository.contains(after, before):
        return [(before, after)]
    names = [name.hex() for name in islice(repository.names(after, before, first_parents=True), _MOST_COMMITS + 1)]
    if not 1 < len(names) <= _MOST_COMMITS:
        return [(before, after)]
    way = [*names, before]
    return [(old, new) for new, old in pairwise(way)][::-1]


def web_address(repository: str) -> str:
    """What Argo CD knows a repository by in a push, whichever way it reads it; empty for one that it can't know."""
    if "://" not in repository:  # git@git.example.com:platform/airflow.git
        host, _, path = repository.rpartition("@")[2].partition(":")
        return f"https://{host}/{path.strip('/').removesuffix('.git')}"
    url = urlsplit(repository)
    if url.scheme not in ("http", "https", "ssh") or not url.hostname:
        return ""
    return f"https://{url.hostname}/{url.path.strip('/').removesuffix('.git')}"


def follows(revision: str, branch: str) -> bool:
    """Whether who follows a revision is told of this branch."""
    return revision in ("HEAD", branch, branch.removeprefix(_HEADS))


class _Files:
    """The files of one push."""

    def __init__(self) -> None:
        self.seen = False
        self._fates: dict[str, str] = {}
        self._folders: set[str] = set()

    def see(self, path: str, was: bool, now: bool) -> None:
        self.seen = True
        folder, _, name = path.rpartition("/")
        single = name == _SINGLE or any(f"/{each}/" in path for each in _SINGLE_IN)
        if len(self._fates) <= MOST_FILES and (single or folder not in self._folders):
            self._folders.add(folder)
            self._fates[path] = "modified" if was and now else "added" if now else "removed"

    def as_push(self, push: Push) -> Push:
        if len(self._fates) > MOST_FILES:
            return push
        by_fate: dict[str, list[str]] = {"added": [], "modified": [], "removed": []}
        for path, fate in self._fates.items():
            by_fate[fate].append(path)
        return Push(
            push.repository, push.branch, push.before, push.after,
            tuple(by_fate["added"]), tuple(by_fate["modified"]), tuple(by_fate["removed"]),
        )  # fmt: skip
