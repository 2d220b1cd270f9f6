"""What there is in one commit, by name: never changed, so that any number of threads read it while the next is made."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeVar

from commander.changes import Target, image_of
from commander.git import Entry, Repository
from commander.reading.files import Said, said_at
from commander.reading.model import Airflow, Item, Kind
from commander.reading.places import Names, desired_names, names_of
from generator.airflow import AirflowValues
from generator.errors import Problem, did_you_mean
from generator.worktree import DESIRED, LIMITS

T = TypeVar("T")

_NOTHING: Mapping[str, Any] = MappingProxyType({})
#: What the chart says of what people filter by.
CHART: Mapping[str, Any] = {
    "executor": AirflowValues.model_fields["executor"].default,
    "airflow_version": AirflowValues.model_fields["airflowVersion"].default,
}
_KINDS: tuple[Kind, ...] = ("environment", "workspace", "deployment")


class Row:
    """A file of desired state. What it says is read when somebody asks for it, and kept."""

    __slots__ = ("_said", "entry", "path", "target")

    def __init__(self, names: Names, path: str, entry: Entry) -> None:
        self.target = Target(*names)
        self.path = path
        self.entry = entry
        self._said: Said | None = None

    def said(self, repository: Repository) -> Said:
        """What it says. Raises ``StoreError``."""
        # Two threads that ask at a time read it twice, and find the same.
        found = self._said
        if found is None:
            found = self._said = said_at(repository, self.path, self.entry)
        return found


@dataclass(frozen=True, slots=True)
class View:
    """``rows`` by name; ``all`` names and those of each kind, sorted."""

    revision: str
    rows: Mapping[Names, Row]
    all: list[Names]
    kinds: Mapping[Kind, list[Names]]

    @classmethod
    def of(cls, revision: str, files: Iterable[tuple[str, Entry]]) -> View:
        """The view of some files of a commit. Raises ``StoreError`` when they are too many."""
        rows = {names: Row(names, path, entry) for path, entry in files if (names := desired_names(path)) is not None}
        return cls(revision, rows, sorted(rows), {kind: sorted(_of_kind(rows, kind)) for kind in _KINDS})

    def step(self, revision: str, changed: Iterable[tuple[str, Entry | None]]) -> View:
        """The view of another commit, from what it has in the paths in which both differ."""
        rows = dict(self.rows)
        every = self.all
        kinds = dict(self.kinds)
        for path, entry in changed:
            names = desired_names(path)
            if names is None:
                continue
            was_there = names in rows
            if entry is None:
                rows.pop(names, None)
            else:
                rows[names] = Row(names, path, entry)
            if was_there != (entry is not None):
                kind = kind_of(names)
                # What this view has is copied once, and then changed.
                every = list(every) if every is self.all else every
                kinds[kind] = list(kinds[kind]) if kinds[kind] is self.kinds[kind] else kinds[kind]
                for listed in (every, kinds[kind]):
                    if was_there:
                        del listed[bisect_left(listed, names)]
                    else:
                        insort(listed, names)
        return View(revision, rows, every, kinds)

    def within(
        self,
        listed: Sequence[Names],
        target: Target | None,
        after: Names | None = None,
        places: Collection[str] | None = None,
    ) -> Iterator[Names]:
        """The names of a sorted list that are a target's or inside of it, behind ``after``; with ``places``, only those
        in these environments."""
        begin, end = _range(listed, target)
        if after is not None:
            begin = max(begin, bisect_right(listed, after))
        found = (listed[index] for index in range(begin, end))
        return found if places is None else (names for names in found if names[0] in places)

    def has(self, target: Target) -> bool:
        """Whether a target has a file, or anything inside."""
        begin, end = _range(self.all, target)
        return begin < end

    def namesake(self, target: Target) -> Target | None:
        """The deployment of the same name in another workspace of the environment: there is one of a name at most."""
        names = self.within(self.kinds["deployment"], Target(target.environment))
        return next(
            (Target(*each) for each in names if each[2] == target.release and each[1] != target.workspace), None
        )

    def item(self, row: Row, repository: Repository) -> Item:
        """All that is known of a row. Raises ``StoreError``."""
        target, said = row.target, row.said(repository)
        workspaces, deployments = 0, 0
        if not target.release:
            deployments = self._count("deployment", target)
            workspaces = self._count("workspace", target) if not target.workspace else 0
        return Item(
            target,
            row.entry.name,
            said.label or target.names[-1],
            said.description,
            said.deleted_at,
            said.problems,
            self.airflow(row, repository) if target.release and not said.problems else None,
            workspaces,
            deployments,
        )

    def airflow(self, row: Row, repository: Repository) -> Airflow:
        """What a deployment runs. Raises ``StoreError``."""
        said = row.said(repository)
        settings = laid_over(self.defaults(row.target, repository), said.settings)
        image = image_of(settings)
        return Airflow(
            said.runtime_version,
            settings.get("airflow_version") or CHART["airflow_version"],
            settings.get("executor") or CHART["executor"],
            image.repository,
            image.tag,
            image.digest,
            bool(settings.get("hibernating")),
            {name: value for name, value in (settings.get("labels") or {}).items() if value is not None},
        )

    def defaults(self, target: Target, repository: Repository) -> Mapping[str, Any]:
        """What environment and workspace say for all their deployments. Raises ``StoreError``."""
        around = [(target.environment, "", ""), (target.environment, target.workspace, "")]
        found = [row.said(repository).settings for names in around if (row := self.rows.get(names)) is not None]
        return laid_over(*found)

    def _count(self, kind: Kind, target: Target) -> int:
        begin, end = _range(self.kinds[kind], target)
        return end - begin


def view_of(repository: Repository, commit: str) -> View:
    """All that is in a commit. Raises ``StoreError``."""
    return View.of(commit, _capped(repository, repository.files(commit, DESIRED)))


def next_view(view: View, repository: Repository, commit: str) -> View:
    """All that is in another commit, from where it differs. Raises ``StoreError``."""
    differing = _capped(repository, repository.differences(view.revision, commit, DESIRED))
    return view.step(commit, ((path, now) for path, _, now in differing))


def view_around(repository: Repository, commit: str, target: Target) -> View:
    """As much of a commit as tells all of a target. Raises ``StoreError``."""
    above = [Target(*target.names[:length]).file for length in (1, 2, 3) if length <= len(target.names)]
    files = {path: entry for path in above if (entry := repository.entry(commit, path)) is not None}
    if not target.release:
        folder = target.file.rpartition("/")[0]
        files |= dict(_capped(repository, repository.files(commit, folder)))
    return View.of(commit, files.items())


def laid_over(*layers: Mapping[str, Any]) -> Mapping[str, Any]:
    """Settings with those of later layers over them; labels one by one."""
    layers = tuple(layer for layer in layers if layer)
    if len(layers) <= 1:
        return layers[0] if layers else _NOTHING
    found: dict[str, Any] = {}
    for layer in layers:
        labels = found.get("labels")
        found.update(layer)
        if labels and layer.get("labels"):
            found["labels"] = labels | layer["labels"]
    return found


def kind_of(names: Names) -> Kind:
    """What names are of."""
    return "deployment" if names[2] else "workspace" if names[1] else "environment"


def missing(view: View, target: Target, places: Collection[str] | None = None) -> Problem:
    """That there is no such target, with what is near: of the same environment, or, of environments, one of
    ``places``."""
    what = f"there is no {target.kind} '{target}'"
    if target.release and (found := view.namesake(target)) is not None:
        return Problem(what, file=target.file, hint=f"did you mean '{found}'?")
    around = Target(*target.names[:-1]) if len(target.names) > 1 else None
    beside = view.within(view.kinds[kind_of(names_of(target))], around, places=places)
    known = ["/".join(filter(None, names)) for names, _ in zip(beside, range(_MOST_COMPARED), strict=False)]
    return Problem(what, file=target.file, hint=did_you_mean(str(target), known))


_MOST_COMPARED = 1000


def _capped(repository: Repository, files: Iterable[T]) -> Iterator[T]:
    """Trees of trees that are the same have files without end."""
    for number, each in enumerate(files):
        if number >= LIMITS.files:
            raise repository.error(f"{DESIRED} has more than {LIMITS.files:,} files")
        yield each


def _of_kind(rows: Iterable[Names], kind: Kind) -> Iterator[Names]:
    return (names for names in rows if kind_of(names) == kind)


def _range(listed: Sequence[tuple[str, ...]], target: Target | None) -> tuple[int, int]:
    """Where the names of what is a target or inside of it stand in a sorted list."""
    if target is None:
        return 0, len(listed)
    return bisect_left(listed, target.names), bisect_left(listed, _behind(target.names))


def _behind(names: tuple[str, ...]) -> tuple[str, ...]:
    """What sorts behind names and all that is inside, and before everything else."""
    return (*names[:-1], f"{names[-1]}\0")
