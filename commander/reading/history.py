"""The commits that changed a target. Git finds them, with the help of the filters in its commit-graph.

These filters serve one path at a time (git-commit-graph(1), ``--changed-paths``; git 2.39 does not use them for more),
so that each path of a target is asked for alone, and the answers are put into one order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from commander.changes import Target
from commander.git import Repository, run_git
from commander.reading.commits import commit_of
from commander.reading.errors import NotFoundError, PageTokenError
from commander.reading.index import Index
from commander.reading.model import HistoryEntry
from commander.reading.moves import moved_from
from commander.reading.places import folder_of, rendered_of
from generator.errors import Problem, ProblemsError

#: Of a page token of a history.
SHAPE = "ttnnn"
_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a history goes on: at a commit, with what the target is called there, and how many of the commits on each
    of its paths have been told."""

    commit: str
    target: Target
    told: tuple[int, ...]

    @classmethod
    def begin(cls, commit: str, target: Target) -> Place:
        """The newest that a commit knows of a target."""
        return cls(commit, target, (0,) * len(_paths(target)))

    def as_parts(self) -> list[str | int]:
        """For a page token."""
        return [self.commit, self.target.workspace, *(*self.told, 0, 0)[:3]]

    @classmethod
    def of_parts(cls, target: Target, parts: list[str | int], index: Index) -> Place:
        """From a page token. Raises ``PageTokenError``."""
        commit, workspace, *told = parts
        try:
            found = index.resolve(str(commit))
            target = replace(target, workspace=str(workspace)) if target.release else target
        except (NotFoundError, ProblemsError):
            problem = Problem("the branch does not have the commit at which the page before ended")
            hint = "its history was rewritten; ask for the first page again"
            raise PageTokenError([replace(problem, hint=hint)]) from None
        return cls(found, target, tuple(int(each) for each in told[: len(_paths(target))]))


def entries(repository: Repository, index: Index, begin: Place, most: int) -> Iterator[tuple[HistoryEntry, Place]]:
    """At most so many commits, the newest first, each with where the history goes on behind it.

    Raises ``StoreError``, and ``LookupError`` when the branch's history was rewritten meanwhile.
    """
    place: Place | None = begin
    while place is not None:
        called, again = place.target, None
        for commit, is_desired, behind in _line(repository, index, place, most):
            again = _before_move(repository, commit, called) if is_desired else None
            yield HistoryEntry(commit_of(repository, commit), called), again or behind
            most -= 1
            if again is not None or not most:
                break
        place = again if most else None


def _line(repository: Repository, index: Index, place: Place, most: int) -> Iterator[tuple[str, bool, Place]]:
    """Commits on the paths that a target has by its name, the newest first: whether the first path, that of its own
    file, is among what each changed, and the place behind."""
    told = list(place.told)
    lines = [
        _commits(repository, place.commit, path, most, skip)
        for path, skip in zip(_paths(place.target), told, strict=True)
    ]
    at = [0] * len(lines)
    while True:
        heads = [line[done] if done < len(line) else "" for line, done in zip(lines, at, strict=True)]
        if not any(heads):
            return
        latest = max(filter(None, heads), key=index.number)
        for number, head in enumerate(heads):
            if head == latest:
                at[number] += 1
                told[number] += 1
        yield latest, heads[0] == latest, replace(place, told=tuple(told))


def _commits(repository: Repository, newest: str, path: str, most: int, skip: int) -> list[str]:
    # Not `git log`, which a repository's settings make say more.
    arguments = ["--no-replace-objects", "--literal-pathspecs", "rev-list", f"--max-count={most}", f"--skip={skip}"]
    done = run_git(repository.path, [*arguments, "--end-of-options", newest, "--", path], seconds=_SECONDS)
    if done.code != 0:
        raise repository.error(f"git tells no history of {path}: {done.said}")
    return done.output.split()


def _before_move(repository: Repository, commit: str, target: Target) -> Place | None:
    """The place from which on a deployment was in another workspace, when this commit moved it."""
    parents = repository.described(commit).parents if target.release else ()
    old = moved_from(repository, parents[0], commit, target) if parents else None
    return Place.begin(parents[0], old) if old is not None else None


def _paths(target: Target) -> tuple[str, ...]:
    """What a target's history is of; its own file, or all that is inside, comes first."""
    return (folder_of(target), *(rendered_of(target, inside=False) if target.release else ()))
