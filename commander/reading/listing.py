"""Which of many targets are listed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from commander.changes import Target
from commander.git import Repository
from commander.reading.files import Said
from commander.reading.model import Filters, Kind
from commander.reading.places import Names
from commander.reading.view import CHART, Row, View, laid_over
from generator.errors import Problem, ProblemsError

_NONE = Filters()


def listed(
    view: View,
    repository: Repository,
    kind: Kind,
    within: Target | None,
    filters: Filters,
    after: Names | None,
    wrong: Collection[str] = (),
    places: Collection[str] | None = None,
) -> Iterator[Row]:
    """The rows of a kind for which all filters hold, by name, behind one; ``wrong`` are paths of files of which others
    know problems, ``places`` the environments to which it is narrowed, if any. Raises ``StoreError``, and
    ``ProblemsError`` for filters that such a thing can't have."""
    if kind != "deployment" and filters.of_deployments:
        what = f"{kind}s have no {' and no '.join(filters.of_deployments)}"
        raise ProblemsError([Problem(what, allowed="label, deleted, with_problems, words; the others for deployments")])
    rows = (view.rows[names] for names in view.within(view.kinds[kind], within, after, places))
    if filters == _NONE:
        return rows
    fits = _Fitting(view, repository, filters, wrong).fits
    return (row for row in rows if fits(row))


class _Fitting:
    """Whether filters hold, for many rows of one view."""

    def __init__(self, view: View, repository: Repository, filters: Filters, wrong: Collection[str]) -> None:
        self._wrong = wrong
        self._view, self._repository, self._filters = view, repository, filters
        self._label = filters.label.casefold()
        self._words = filters.words.casefold().split()
        self._for_deployments = bool(filters.of_deployments)
        #: What holds for all deployments of a workspace.
        self._defaults: dict[tuple[str, str], Mapping[str, Any]] = {}

    def fits(self, row: Row) -> bool:
        """Raises ``StoreError``."""
        said, wanted = row.said(self._repository), self._filters
        if wanted.with_problems is not None:
            has_problems = bool(said.problems) or row.path in self._wrong
            if wanted.with_problems != has_problems:
                return False
        if wanted.deleted is not None and wanted.deleted != bool(said.deleted_at):
            return False
        if self._label and self._label not in (said.label or row.target.names[-1]).casefold():
            return False
        if self._words:
            target = row.target
            text = f"{target.environment}/{target.workspace}/{target.release} {said.label.casefold()}"
            if not all(word in text for word in self._words):
                return False
        return not self._for_deployments or (not said.problems and self._runs(row.target, said))

    def _runs(self, target: Target, said: Said) -> bool:
        """Whether a deployment runs what is wanted."""
        wanted = self._filters
        around = (target.environment, target.workspace)
        defaults = self._defaults.get(around)
        if defaults is None:
            defaults = self._defaults[around] = self._view.defaults(target, self._repository)
        own = said.settings
        if wanted.hibernating is not None and wanted.hibernating != bool(_setting("hibernating", own, defaults)):
            return False
        if wanted.executor:
            executor = _setting("executor", own, defaults)
            if wanted.executor != executor and wanted.executor not in executor.split(","):
                return False
        if wanted.version:
            versions = (said.runtime_version, _setting("airflow_version", own, defaults))
            if not any(_begins(version, wanted.version) for version in versions):
                return False
        if not wanted.labels:
            return True
        labels = laid_over(defaults, own).get("labels") or {}
        return all(_has(labels.get(name), value) for name, value in wanted.labels.items())


def _setting(name: str, own: Mapping[str, Any], defaults: Mapping[str, Any]) -> Any:
    """What a deployment's own file says, or what is said for all of its workspace, or by the chart."""
    found = own[name] if name in own else defaults.get(name)
    return CHART.get(name) if found is None else found


def _begins(version: str, wanted: str) -> bool:
    """Whether a version is the wanted one, or one of its line."""
    return version == wanted or (version.startswith(wanted) and not version[len(wanted)].isalnum())


def _has(label: str | None, wanted: str) -> bool:
    return label is not None and wanted in ("", label)
