"""Everything that people ask of a repository, from any number of threads."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from commander.changes import Target
from commander.git import Repository
from commander.reading import tokens
from commander.reading.charts import ChartVersions
from commander.reading.comparing import comparison
from commander.reading.errors import NotFoundError, PageTokenError, RevisionGoneError
from commander.reading.events import event_of, line_after
from commander.reading.files import text_at
from commander.reading.gitops import GitOpsSettings
from commander.reading.history import SHAPE, Place, entries
from commander.reading.index import Index, Repositories
from commander.reading.listing import listed
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
    Prospect,
    RenderedFile,
)
from commander.reading.places import Names, names_of
from commander.reading.prospects import prospect
from commander.reading.rendered import rendered_files
from commander.reading.searching import matches, words_of
from commander.reading.view import View, missing, view_around
from generator.desired import GitOps
from generator.errors import Problem

T = TypeVar("T")

_ALL = Filters()


class Reading:
    """Answers from git alone, at the branch's tip unless another commit is asked for (``at``: 40 hex digits, or at
    least 7 of them). What was acknowledged is seen: each call looks where the branch is.

    Every method raises ``NotFoundError`` for targets and commits that are not there, ``ProblemsError`` for questions
    that can't be asked (``PageTokenError`` for tokens), and ``StoreError`` when the repository can't be read.
    """

    def __init__(self, path: Path, branch: str) -> None:
        """Read a bare repository whose ``branch`` is a full name. Raises ``StoreError``."""
        self._repositories = Repositories(path, branch)
        with self._repositories.one() as repository:
            self._index = Index(repository)
        self._known: Mapping[str, tuple[Problem, ...]] = {}
        self._gitops, self._gitops_lock = GitOpsSettings(), threading.Lock()
        self._charts, self._charts_lock = ChartVersions(), threading.Lock()

    def know(self, problems: Iterable[Problem]) -> None:
        """What the writer knows to be wrong with files at the tip, in place of what was told before."""
        found: dict[str, list[Problem]] = {}
        for problem in problems:
            found.setdefault(problem.file, []).append(problem)
        self._known = {file: tuple(each) for file, each in found.items()}

    def close(self) -> None:
        """Let go of the repository's files."""
        self._repositories.close()

    def read_ahead(self) -> None:
        """Read what all files say, which else is done when it is first asked for; 10,000 take seconds."""
        with self._repositories.one() as repository:
            for row in self._index.view(repository).rows.values():
                row.said(repository)

    # --- commits -------------------------------------------------------------------------------------------------

    def tip(self) -> str:
        """The commit that the branch is at."""
        with self._repositories.one() as repository:
            return self._index.view(repository).revision

    def contains(self, revision: str) -> bool:
        """Whether a commit is in what is read here: the branch's tip, or something that it follows from. Of an empty
        text it is."""
        try:
            self.resolve(revision)
        except NotFoundError:
            return False
        return True

    def resolve(self, revision: str) -> str:
        """The whole name of a commit of the branch's history; of an empty text, the tip's."""
        with self._repositories.one() as repository:
            return self._resolve(repository, revision)

    # --- what there is -------------------------------------------------------------------------------------------

    def get(self, target: Target, at: str = "", places: Collection[str] | None = None) -> Found:
        """A target, with its file. Of one that is not there it is told what is near, of environments in ``places``."""
        with self._repositories.one() as repository:
            view = self._index.view(repository)
            if at:
                view = view_around(repository, self._index.resolve(at), target)
            row = view.rows.get(names_of(target))
            if row is None:
                raise NotFoundError(missing(view, target, places))
            text, _ = text_at(repository, row.path, row.entry)
            item = view.item(row, repository)
            return Found(item if at else self._told(item), text.decode("utf-8", "replace"), view.revision)

    def namesake(self, target: Target) -> Target | None:
        """The deployment that has the same name in another workspace of its environment, at the tip."""
        with self._repositories.one() as repository:
            return self._index.view(repository).namesake(target)

    def revisions(self, targets: Sequence[Target], at: str) -> tuple[str, ...]:
        """The revisions of targets at a commit; empty for one that has no file there."""
        with self._repositories.one() as repository:
            commit = self._resolve(repository, at)
            entries = [repository.entry(commit, target.file) for target in targets]
            return tuple(entry.told if entry is not None else "" for entry in entries)

    def list(
        self,
        kind: Kind,
        *,
        within: Target | None = None,
        filters: Filters = _ALL,
        places: Collection[str] | None = None,
        page_size: int = PAGE_SIZE,
        page_token: str = "",
    ) -> Page[Item]:
        """Targets of a kind by name, of all environments (or only of ``places``), or within one or a workspace."""
        tokens.check_size(page_size)
        question = _list_question(kind, within, filters)
        after = _names(tokens.place_of(page_token, question, "ttt"))
        with self._repositories.one() as repository:
            view = self._view_with(repository, within, places)
            items: list[Item] = []
            for row in listed(view, repository, kind, within, filters, after, self._known.keys(), places):
                if len(items) == page_size:
                    return _page(items, tokens.token(question, names_of(items[-1].target)), view.revision)
                items.append(self._told(view.item(row, repository)))
            return _page(items, "", view.revision)

    def beginning(
        self,
        page: Page[Item],
        count: int,
        kind: Kind,
        *,
        within: Target | None = None,
        filters: Filters = _ALL,
    ) -> Page[Item]:
        """The first items of a page of ``list``, one at least, as a page of their own: for who has room for no more."""
        items = page.items[:count]
        place = names_of(items[-1].target)
        return _page(items, tokens.token(_list_question(kind, within, filters), place), page.revision)

    def search(
        self,
        words: str,
        *,
        within: Target | None = None,
        places: Collection[str] | None = None,
        page_size: int = PAGE_SIZE,
        page_token: str = "",
    ) -> Page[Match]:
        """Lines of desired state that have all words, in small or capital letters; with ``places``, only of these
        environments."""
        tokens.check_size(page_size)
        wanted = words_of(words)
        question = ("search", wanted, within)
        place = tokens.place_of(page_token, question, "tttn")
        after, line = _names(place), int(place[3]) if place is not None else 0
        with self._repositories.one() as repository:
            view = self._view_with(repository, within, places)
            found: list[Match] = []
            for match in matches(view, repository, wanted, within, after, line, places):
                if len(found) == page_size:
                    last = (*names_of(found[-1].target), found[-1].number)
                    return _page(found, tokens.token(question, last), view.revision)
                found.append(match)
            return _page(found, "", view.revision)

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
        too. A page ends earlier when it has some MiB. All pages are of one commit."""
        tokens.check_size(page_size)
        question = ("rendered", target, at, inside)
        place = tokens.place_of(page_token, question, "tt")
        with self._repositories.one() as repository:
            commit = self._continued(repository, str(place[0])) if place is not None else self._resolve(repository, at)
            after = str(place[1]) if place is not None else ""
            files, more = rendered_files(repository, commit, target, inside=inside, after=after, most=page_size)
            if not files and place is None and repository.entry(commit, target.file) is None:
                raise NotFoundError(missing(view_around(repository, commit, target), target))
            return _page(files, tokens.token(question, (commit, files[-1].path)) if more else "", commit)

    def gitops(self) -> Mapping[str, GitOps]:
        """What environments say of Argo CD now, by name; those that say nothing are not there."""
        with self._gitops_lock, self._repositories.one() as repository:
            return self._gitops.at(repository, self._index.view(repository).revision)

    def is_same(self, paths: Sequence[str], one: str, other: str) -> bool:
        """Whether two commits have the same in some files and folders. Of a commit that is not here, False."""
        if one == other:
            return True
        try:
            with self._repositories.one() as repository:
                commits = [self._resolve(repository, each) for each in (one, other)]
                return all(repository.entry(commits[0], path) == repository.entry(commits[1], path) for path in paths)
        except NotFoundError:
            return False

    def chart_version(self, target: Target, application: str, revision: str) -> str:
        """The version of the packed chart that a deployment's Application names in a commit; empty where none is."""
        try:
            with self._charts_lock, self._repositories.one() as repository:
                return self._charts.at(repository, self._resolve(repository, revision), target, application)
        except NotFoundError:
            return ""

    def commit_time(self, revision: str) -> int | None:
        """When a commit was made, in seconds since 1970; None of one that is not here."""
        try:
            with self._repositories.one() as repository:
                return repository.described(self._resolve(repository, revision)).committer.seconds
        except NotFoundError:
            return None

    # --- what it was ---------------------------------------------------------------------------------------------

    def history(
        self,
        target: Target,
        *,
        page_size: int = PAGE_SIZE,
        page_token: str = "",
        places: Collection[str] | None = None,
    ) -> Page[HistoryEntry]:
        """Commits that changed a target or what is inside of it, the newest first; of a deployment also those that
        changed what is rendered of it. Moves between workspaces are followed. Also of targets that are gone; ``places``
        as in ``get``."""
        tokens.check_size(page_size)
        question = ("history", target)
        parts = tokens.place_of(page_token, question, SHAPE)
        with self._repositories.one() as repository:
            view = self._index.view(repository)
            if parts is None:
                place = Place.begin(view.revision, target)
            else:
                place = Place.of_parts(target, parts, self._index)
            try:
                found = list(entries(repository, self._index, place, page_size + 1))
            except LookupError:
                raise repository.error("the branch's history was rewritten just now; ask again") from None
            if not found and parts is None and not view.has(target):
                raise NotFoundError(missing(view, target, places))
            more = len(found) > page_size
            token = tokens.token(question, found[page_size - 1][1].as_parts()) if more else ""
            return _page([entry for entry, _ in found[:page_size]], token, view.revision)

    def changes_of(self, commit: str, target: Target) -> Comparison:
        """What a commit changed of a target, compared with the commit's first parent."""
        with self._repositories.one() as repository:
            new = self._resolve(repository, commit)
            old = next(iter(repository.described(new).parents), None)
            return comparison(repository, old, new, target)

    def compare(self, old: str, new: str, target: Target) -> Comparison:
        """How a target differs between two commits."""
        with self._repositories.one() as repository:
            return comparison(repository, self._resolve(repository, old), self._resolve(repository, new), target)

    def prospect(self, base: str, files: Mapping[str, bytes | None]) -> Prospect:
        """What files that are not written would change of a commit; None removes one."""
        with self._repositories.one() as repository:
            return prospect(repository, self._resolve(repository, base), files)

    # --- what happens --------------------------------------------------------------------------------------------

    def event(self, commit: str) -> Event:
        """What a commit changed, compared with its first parent."""
        with self._repositories.one() as repository:
            return event_of(repository, self._resolve(repository, commit))

    def events_after(self, revision: str, until: str = "") -> Iterator[Event]:
        """What each commit changed that the branch got since ``revision``, the oldest first, up to ``until`` (empty:
        the tip). Who follows them is at ``until`` exactly: the oldest is compared with ``revision`` itself.

        Raises ``RevisionGoneError`` at once when the branch does not have ``revision``, or ``until`` does not follow
        from it.
        """
        with self._repositories.one() as repository:
            end = self._resolve(repository, until)
            try:
                begin = self._index.resolve(revision)
            except NotFoundError as error:
                raise _gone(error.problem.message) from None
            # All that the branch has the tip follows from.
            if until and not repository.contains(end, begin):
                raise _gone(f"{end[:12]} does not follow from {begin[:12]}")
        return self._events(begin, end)

    def _events(self, begin: str, end: str) -> Iterator[Event]:
        with self._repositories.one() as repository:
            line = line_after(repository, begin, end)
        before = begin
        for name in line:
            # Nobody has a repository while who asked thinks about the last one.
            with self._repositories.one() as repository:
                event = event_of(repository, name, before)
            yield event
            before = name

    # --- helpers -------------------------------------------------------------------------------------------------

    def _told(self, item: Item) -> Item:
        """With what the writer knows."""
        known = self._known.get(item.target.file)
        return replace(item, problems=tuple(dict.fromkeys((*item.problems, *known)))) if known else item

    def _resolve(self, repository: Repository, revision: str) -> str:
        view = self._index.view(repository)
        return self._index.resolve(revision) if revision else view.revision

    def _view_with(self, repository: Repository, target: Target | None, places: Collection[str] | None) -> View:
        view = self._index.view(repository)
        if target is not None and not view.has(target):
            raise NotFoundError(missing(view, target, places))
        return view

    def _continued(self, repository: Repository, commit: str) -> str:
        """The commit of a page token."""
        self._index.view(repository)
        try:
            return self._index.resolve(commit)
        except NotFoundError as error:
            raise PageTokenError([error.problem]) from None


def _list_question(kind: Kind, within: Target | None, filters: Filters) -> object:
    return ("list", kind, within, filters, sorted(filters.labels.items()))


def _page(items: Sequence[T], token: str, revision: str) -> Page[T]:
    return Page(tuple(items), token, revision)


def _names(place: list[str | int] | None) -> Names | None:
    return (str(place[0]), str(place[1]), str(place[2])) if place is not None else None


def _gone(message: str) -> RevisionGoneError:
    hint = "its history was rewritten, or this never was a part of it: list anew, and follow from the tip on"
    return RevisionGoneError(Problem(message, hint=hint))
