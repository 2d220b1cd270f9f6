"""Which of many targets are listed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
    view: View, repository: Repository, kind: Kind, within: Target | None, filters: Filters, after: Names | None
) -> Iterator[Row]:
    """The rows of a kind for which all filters hold, by name, behind one. Raises ``StoreError``, and ``ProblemsError``
    for filters that such a thing can't have."""
    if kind != "deployment" and filters.of_deployments:
        what = f"{kind}s have no {' and no '.join(filters.of_deployments)}"
        raise ProblemsError([Problem(what, allowed="label, deleted, with_problems, words; the others for deployments")])
    rows = (view.rows[names] for names in view.within(view.kinds[kind], within, after))
    if filters == _NONE:
        return rows
    fits = _Fitting(view, repository, filters).fits
    return (row for row in rows if fits(row))


class _Fitting:
    """Whether filters hold, for many rows of one view."""

    def __init__(self, view: View, repository: Repository, filters: Filters) -> None:
        self._view, self._repository, self._filters = view, repository, filters
        self._label = filters.label.casefold()
        self._words = filters.words.casefold().split()
        self._for_deployments = bool(filters.of_deployments)
        #: What holds for all deployments of a workspace.
        self._defaults: dict[tuple[str, str], Mapping[str, Any]] = {}

    def fits(self, row: Row) -> bool:
        """Raises ``StoreError``."""
        said, wanted = row.said(self._repository), self._filters
        if wanted.with_problems is not None and wanted.with_problems != bool(said.problems):
            return False
        if wanted.deleted is not None and wanted.deleted != bool(said.deleted_at):
            return False
        if self._label and self._label not in (said.label or row.target.names[-1]).casefold():
            return False
        if self._words:
            text = f"{row.target} {said.label}".casefold()
            if not all(word in text for word in self._words):
                return False
        return not self._for_deployments or (not said.problems and self._runs(row.target, said))

    def _runs(self, target: Target, said: Said) -> bool:
        """Whether a deployment runs what is wanted."""
        wanted = self._filters
        around = (target.environment, target.workspace)
        if around not in self._defaults:
            self._defaults[around] = laid_over(CHART, self._view.defaults(target, self._repository))
        settings = laid_over(self._defaults[around], said.settings)
        if wanted.hibernating is not None and wanted.hibernating != bool(settings.get("hibernating")):
            return False
        executor = settings.get("executor") or CHART["executor"]
        if wanted.executor and wanted.executor != executor and wanted.executor not in executor.split(","):
            return False
        versions = (said.runtime_version, settings.get("airflow_version") or CHART["airflow_version"])
        if wanted.version and not any(_begins(version, wanted.version) for version in versions):
            return False
        labels = settings.get("labels") or {}
        return all(_has(labels.get(name), value) for name, value in wanted.labels.items())


def _begins(version: str, wanted: str) -> bool:
    """Whether a version is the wanted one, or one of its line."""
    return version == wanted or (version.startswith(wanted) and not version[len(wanted)].isalnum())


def _has(label: str | None, wanted: str) -> bool:
    return label is not None and wanted in ("", label)
