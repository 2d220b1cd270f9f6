"""What rendered state is to be: affected deployments are rendered, of the others the records are taken.

Nothing here knows a disk. Bytes go to a *sink* as they are made, and ``present`` says what need not be made again; so
the same serves a work tree and trees of git.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from generator.airflow.chart import airflow_chart
from generator.charts import ChartSource
from generator.desired import (
    Files,
    Reader,
    check_environment,
    check_names,
    check_workspace,
    placed,
)
from generator.engine.fleet import Done, Job, Name, run
from generator.engine.foreign import Foreign
from generator.engine.gitops import argocd_digest, deployment_facts, environment_files, holds, workspace_files
from generator.engine.plan import Planner
from generator.engine.records import Index, UnitRecord, Units
from generator.engine.report import Affected, Progress, Rendered
from generator.errors import Problem, ProblemsError
from generator.worktree import RENDERED

Sink: TypeAlias = Callable[[str, bytes], None]
#: The digest of a rendered file that is there; None when there is none.
PresentDigest: TypeAlias = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Desired:
    """Desired state as a run finds it.

    ``digests`` are those of ``files``, ``problems`` what is wrong with files that could not be read, ``code`` stands
    for the generator that renders.
    """

    files: Files
    digests: Mapping[str, str]
    problems: tuple[Problem, ...]
    code: str


@dataclass(frozen=True, slots=True)
class Made:
    """What came of it. ``differing`` are the paths that went to the sink: no such files are there, or others."""

    units: Units
    affected: tuple[Affected, ...]
    differing: tuple[str, ...]
    environments: tuple[Rendered, ...]

    def wanted(self) -> dict[str, str]:
        """The digests of all files that are to be there, by path."""
        return {
            path: each
            for records in (self.units.deployments, self.units.argocd)
            for record in records.values()
            for path, each in record.files.items()
        }


class Renderer:
    """Renders once. ``index`` and ``units`` are the records of the last time."""

    def __init__(
        self,
        desired: Desired,
        index: Index,
        units: Units,
        present: PresentDigest,
        *,
        chart: ChartSource | None = None,
        progress: Progress | None = None,
        processes: int | None = None,
    ) -> None:
        self._problems = list(desired.problems)
        self._desired = desired.digests
        self._code = desired.code
        self._index = index
        self._known = units
        self._present = present
        self._chart = chart
        self._progress = progress
        self._processes = processes
        self._places = placed(desired.files, (problem.file for problem in desired.problems))
        self._reader = Reader(desired.files, self._places)
        self._planner = Planner(self._places, self._desired, index.code == desired.code, units, present)
        self._units: dict[str, UnitRecord] = {}
        self._argocd: dict[str, UnitRecord] = {}
        self._affected: list[Affected] = []
        self._differing: list[str] = []

    def render(self, sink: Sink) -> Made:
        """Look at what is affected. Raises ``ProblemsError`` with everything that is wrong."""
        refused = self._check_surroundings()
        affected = dict(self._planner.affected())
        self._units = {
            "/".join(name): self._known.deployments["/".join(name)]
            for name in self._places.deployments
            if name not in affected
        }
        foreign = Foreign()
        namespaces: dict[Name, str] = {}
        if affected:
            chart = self._chart or airflow_chart()
            _ = chart.program  # what is wrong with templates is nobody's deployment's fault
            job = Job(
                self._reader,
                chart,
                self._code,
                self._known,
                self._planner.inputs,
                deployment_facts,
                self._present,
                sink,
            )
            for number, done in enumerate(run(job, list(affected), self._processes), start=1):
                self._take(done, affected[done.name], foreign)
                if done.outcome.namespace:
                    namespaces[done.name] = done.outcome.namespace
                if self._progress is not None:
                    self._progress(number, len(affected))
        self._problems.extend(self._names_twice(namespaces))
        self._problems.extend(foreign.problems())
        self._problems.extend(self._places.problems)
        self._render_argocd(sink, refused)
        self._problems.extend(self._reader.problems)
        if self._problems:
            raise ProblemsError(self._problems)
        units = Units(self._units, self._argocd)
        return Made(units, tuple(self._affected), tuple(self._differing), self._summary())

    def _check_surroundings(self) -> set[str]:
        """Check environments and workspaces, also those without deployments; the environments that are refused."""
        same = self._index.code == self._code
        refused: set[str] = set()
        for name, file in self._places.environments.items():
            if not same or self._index.desired.get(file) != self._desired[file]:
                environment = self._reader.environment(name)
                problems = list(check_environment(environment)) if environment is not None else []
                self._problems.extend(problems)
                if problems:
                    refused.add(name)
        for names, file in self._places.workspaces.items():
            if not same or self._index.desired.get(file) != self._desired[file]:
                workspace = self._reader.workspace(*names)
                self._problems.extend(check_workspace(workspace) if workspace is not None else ())
        return refused

    def _take(self, done: Done, why: str, foreign: Foreign) -> None:
        file = self._places.deployments[done.name]
        for problem in done.outcome.problems:
            if problem.file == file:
                self._problems.append(problem)
            else:
                foreign.add(file, problem)
        if done.outcome.record is not None:
            self._units["/".join(done.name)] = done.outcome.record
            self._differing += done.differing
        self._affected.append(Affected("/".join(done.name), why, done.rendered))

    def _names_twice(self, namespaces: Mapping[Name, str]) -> list[Problem]:
        """Release names and namespaces that meet; only then the files of these deployments are read again."""
        names = {name: self._names(name, namespaces) for name in self._places.deployments}
        met = Counter(each for pair in names.values() for each in pair)
        suspects = [name for name, pair in names.items() if any(met[each] > 1 for each in pair)]
        return list(check_names([each for name in suspects if (each := self._reader.deployment(*name)) is not None]))

    def _names(self, name: Name, namespaces: Mapping[Name, str]) -> list[tuple[str, str, str]]:
        """What no other deployment of its environment may have."""
        environment, _, release = name
        record = self._units.get("/".join(name))
        namespace = namespaces.get(name) or (record.facts["namespace"] if record is not None else "")
        return [(environment, "release", release), *([(environment, "namespace", namespace)] if namespace else [])]

    def _render_argocd(self, sink: Sink, refused: Collection[str]) -> None:
        """Argo CD's objects of environments that are not ``refused``, and of workspaces all of which was rendered."""
        units: dict[str, list[UnitRecord]] = {}
        for name, unit in sorted(self._units.items()):
            units.setdefault(name.rpartition("/")[0], []).append(unit)
        wanted = Counter(f"{environment}/{workspace}" for environment, workspace, _ in self._places.deployments)
        for name, file in self._places.environments.items():
            if name not in refused:
                effective = argocd_digest(self._code, [self._desired[file]])
                self._render_unit(name, effective, sink, partial(self._environment_files, name, effective))
        for (environment, workspace), file in self._places.workspaces.items():
            name = f"{environment}/{workspace}"
            found = units.get(name, [])
            around = self._places.environments.get(environment)
            if environment in refused or around is None or len(found) < wanted[name]:
                continue
            facts = [unit.facts for unit in found]
            effective = argocd_digest(self._code, [self._desired[around], self._desired[file]], facts)
            make = partial(self._workspace_files, (environment, workspace), facts, effective)
            self._render_unit(name, effective, sink, make)

    def _render_unit(
        self, name: str, effective: str, sink: Sink, make: Callable[[], tuple[UnitRecord, dict[str, bytes]] | None]
    ) -> None:
        known = self._known.argocd.get(name)
        if known is not None and holds(known, effective, self._present):
            self._argocd[name] = known
            return
        try:
            made = make()
        except ProblemsError as error:
            self._problems.extend(error.problems)
            return
        if made is None:
            return
        self._argocd[name], files = made
        for path, data in files.items():
            if self._present(path) != self._argocd[name].files[path]:
                self._differing.append(path)
                sink(path, data)

    def _environment_files(self, name: str, effective: str) -> tuple[UnitRecord, dict[str, bytes]] | None:
        environment = self._reader.environment(name)
        return environment_files(environment, effective) if environment is not None else None

    def _workspace_files(
        self, names: tuple[str, str], facts: list[Mapping[str, Any]], effective: str
    ) -> tuple[UnitRecord, dict[str, bytes]] | None:
        workspace = self._reader.workspace(*names)
        return workspace_files(workspace, facts, effective) if workspace is not None else None

    def _summary(self) -> tuple[Rendered, ...]:
        workspaces = Counter(environment for environment, _ in self._places.workspaces)
        deployments = Counter(environment for environment, _, _ in self._places.deployments)
        objects: Counter[str] = Counter()
        for name, unit in (*self._units.items(), *self._argocd.items()):
            objects[name.partition("/")[0]] += unit.objects
        return tuple(
            Rendered(name, f"{RENDERED}/{name}", workspaces[name], deployments[name], objects[name])
            for name in self._places.environments
        )
