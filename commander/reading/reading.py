"""Everything that people ask of a repository, from any number of threads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from commander.changes import Target
from commander.reading.model import (
    PAGE_SIZE,
    Comparison,
    Event,
    Filters,
    Found,
    HistoryEntry,
    Item,
    Kind,
    Match,
    Page,
    RenderedFile,
)

_ALL = Filters()


class Reading:
    """Answers from git alone, at the branch's tip unless another commit is asked for (``at``: 40 hex digits, or at
    least 7 of them). What was acknowledged is seen: each call looks where the branch is.

    Every method raises ``NotFoundError`` for targets and commits that are not there, ``ProblemsError`` for questions
    that can't be asked (``PageTokenError`` for tokens), and ``StoreError`` when the repository can't be read.
    """

    def __init__(self, path: Path, branch: str, *, cache: Path | None = None) -> None:
        """Read a bare repository whose ``branch`` is a full name. ``cache`` is a folder of the user's own in which
        what files say is kept for the next start. Raises ``StoreError``."""
        raise NotImplementedError

    def tip(self) -> str:
        """The commit that the branch is at."""
        raise NotImplementedError

    def contains(self, revision: str) -> bool:
        """Whether a commit is in what is read here: the branch's tip, or something that it follows from."""
        raise NotImplementedError

    def resolve(self, revision: str) -> str:
        """The whole name of a commit of the branch's history; of an empty text, the tip's."""
        raise NotImplementedError

    def get(self, target: Target, at: str = "") -> Found:
        """A target, with its file."""
        raise NotImplementedError

    def list(
        self,
        kind: Kind,
        *,
        within: Target | None = None,
        filters: Filters = _ALL,
        page_size: int = PAGE_SIZE,
        page_token: str = "",
    ) -> Page[Item]:
        """Targets of a kind by name, of all environments, or within one or a workspace."""
        raise NotImplementedError

    def search(
        self, words: str, *, within: Target | None = None, page_size: int = PAGE_SIZE, page_token: str = ""
    ) -> Page[Match]:
        """Lines of desired state that have all words, in small or capital letters."""
        raise NotImplementedError

    def rendered(
        self,
        target: Target,
        at: str = "",
        *,
        inside: bool = False,
        page_size: int = PAGE_SIZE,
        page_token: str = "",
    ) -> Page[RenderedFile]:
        """What is rendered of a target: of a workspace or an environment Argo CD's objects, or all that is ``inside``,
        too. A page ends earlier when it has some MiB."""
        raise NotImplementedError

    def history(self, target: Target, *, page_size: int = PAGE_SIZE, page_token: str = "") -> Page[HistoryEntry]:
        """Commits that changed a target or what is inside of it, the newest first; of a deployment also those that
        changed what is rendered of it. Moves between workspaces are followed. Also of targets that are gone."""
        raise NotImplementedError

    def changes_of(self, commit: str, target: Target) -> Comparison:
        """What a commit changed of a target, compared with the commit's first parent."""
        raise NotImplementedError

    def compare(self, old: str, new: str, target: Target) -> Comparison:
        """How a target differs between two commits."""
        raise NotImplementedError

    def event(self, commit: str) -> Event:
        """What a commit changed, compared with its first parent."""
        raise NotImplementedError

    def events_after(self, revision: str, until: str = "") -> Iterator[Event]:
        """What each commit changed that the branch got since ``revision``, the oldest first, up to ``until`` (empty:
        the tip). Who follows them is at ``until`` exactly: the oldest is compared with ``revision`` itself.

        Raises ``RevisionGoneError`` at once when ``revision`` is not in the branch's history.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Let go of the repository's files."""
        raise NotImplementedError
