"""One run over a repository: affected deployments, Argo CD's objects, and what that makes of ``rendered/``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

from generator.airflow.chart import airflow_chart
from generator.argocd import facts_of
from generator.charts import ChartSource
from generator.desired import (
    Deployment,
    Files,
    Reader,
    check_environment,
    check_names,
    check_workspace,
    placed,
)
from generator.engine.fleet import Done, Job, Name, run
from generator.engine.gitops import argocd_digest, argocd_files, holds
from generator.engine.plan import Planner
from generator.engine.present import Present, not_ours
from generator.engine.records import Index, UnitRecord, Units
from generator.engine.report import Affected, Changes, Rendered, Rendering, RenderReport
from generator.errors import Problem, ProblemsError
from generator.render import CLUSTER_SCOPED
from generator.worktree import RENDERED, STAGING, Staging, Stamp, stamp

Sink: TypeAlias = Callable[[str, bytes], None]


class Run:
    """Everything about one run. Use one of ``check``, ``write`` and ``in_memory``, once."""

    def __init__(
        self,
        repository: Path,
        files: Files,
        desired: Mapping[str, str],
        code: str,
        index: Index,
        units: Units,
        present: Present,
        problems: Iterable[Problem],
        *,
        chart: ChartSource | None,
        progress: Callable[[int, int], None] | None,
        processes: int | None,
    ) -> None:
        self._problems = list(problems)
        self._repository = repository
        self._desired = desired
        self._code = code
        self._index = index
        self._known = units
        self._present = present
        self._chart = chart
        self._progress = progress
        self._processes = processes
        self._places = placed(files, (problem.file for problem in self._problems))
        self._reader = Reader(files, self._places)
        self._planner = Planner(self._places, desired, index.code == code, units, present)
        self._units: dict[str, UnitRecord] = {}
        self._argocd: dict[str, UnitRecord] = {}
        self._affected: list[Affected] = []
        self._differing: list[str] = []

    def check(self) -> RenderReport:
        """What ``write`` would do."""
        self._render(lambda path, data: None)
        changes = self._changes()
        left = (STAGING,) if (self._repository / STAGING).is_dir() else ()
        changes = replace(changes, removed=(*left, *changes.removed))
        return RenderReport(self._summary(), changes, tuple(self._affected))

    def validate(self) -> tuple[Rendered, ...]:
        """Look for what is wrong and do nothing else."""
        self._render(lambda path, data: None)
        return self._summary()

    def in_memory(self) -> Rendering:
        """All files as bytes."""
        files: dict[str, bytes] = {}
        self._render(files.__setitem__)
        return Rendering(self._summary(), dict(sorted(files.items())))

    def write(self) -> tuple[RenderReport, Index, Units]:
        """Bring ``rendered/`` up to date; the records are for the next run."""
        try:
            with Staging(self._repository) as staging:
                self._render(staging.write)
                changes = self._changes()
                if changes:
                    written = (*changes.created, *changes.changed)
                    kept = {*self._wanted(), *changes.unowned}.difference(written)
                    staging.finish(written, changes.removed, kept)
        except OSError as error:
            raise ProblemsError([self._failure(error)]) from None
        index = Index(
            self._code,
            self._desired,
            self._stamps(changes),
            changes.unowned,
            self._summary(),
            len(self._wanted()),
        )
        return (
            RenderReport(index.environments, changes, tuple(self._affected)),
            index,
            Units(self._units, self._argocd),
        )

    # --- rendering -----------------------------------------------------------------------------------------------

    def _render(self, sink: Sink) -> None:
        """Look at what is affected. Raises ``ProblemsError`` with everything that is wrong."""
        self._check_surroundings()
        affected = dict(self._planner.affected())
        self._units = {
            "/".join(name): self._known.deployments["/".join(name)]
            for name in self._places.deployments
            if name not in affected
        }
        foreign = _Foreign()
        namespaces: dict[Name, str] = {}
        if affected:
            chart = self._chart or airflow_chart()
            _ = chart.compiled  # what is wrong with templates is nobody's deployment's fault
            job = Job(
                self._reader,
                chart,
                self._code,
                self._known,
                self._planner.inputs,
                _facts,
                self._present.digest,
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
        self._render_argocd(sink)
        self._problems.extend(self._reader.problems)
        if self._problems:
            raise ProblemsError(self._problems)

    def _check_surroundings(self) -> None:
        """Environments and workspaces, also those without deployments."""
        same = self._index.code == self._code
        for name, file in self._places.environments.items():
            if not same or self._index.desired.get(file) != self._desired[file]:
                environment = self._reader.environment(name)
                self._problems.extend(check_environment(environment) if environment is not None else ())
        for names, file in self._places.workspaces.items():
            if not same or self._index.desired.get(file) != self._desired[file]:
                workspace = self._reader.workspace(*names)
                self._problems.extend(check_workspace(workspace) if workspace is not None else ())

    def _take(self, done: Done, why: str, foreign: _Foreign) -> None:
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
        known = {name: unit.facts["namespace"] for name, unit in self._units.items()}
        met: Counter[tuple[str, str, str]] = Counter()
        for name in self._places.deployments:
            namespace = namespaces.get(name) or known.get("/".join(name), "")
            met[name[0], "release", name[2]] += 1
            met[name[0], "namespace", namespace] += 1
        suspects = [
            name
            for name in self._places.deployments
            if met[name[0], "release", name[2]] > 1
            or met[name[0], "namespace", namespaces.get(name) or known.get("/".join(name), "")] > 1
        ]
        return list(check_names([each for name in suspects if (each := self._reader.deployment(*name)) is not None]))

    def _render_argocd(self, sink: Sink) -> None:
        """Argo CD's objects of the environments all of whose deployments could be rendered."""
        for name, file in self._places.environments.items():
            names = [each for each in self._places.workspaces if each[0] == name]
            digests = [self._desired[file], *(self._desired[self._places.workspaces[each]] for each in names)]
            units = {path: unit for path, unit in self._units.items() if path.startswith(f"{name}/")}
            effective = argocd_digest(self._code, digests, units)
            known = self._known.argocd.get(name)
            if known is not None and holds(known, effective, self._present):
                self._argocd[name] = known
                continue
            environment = self._reader.environment(name)
            workspaces = [each for key in names if (each := self._reader.workspace(*key)) is not None]
            all_rendered = len(units) == sum(1 for each in self._places.deployments if each[0] == name)
            if environment is None or len(workspaces) < len(names) or not all_rendered:
                continue
            try:
                self._argocd[name], files = argocd_files(environment, workspaces, units, effective)
            except ProblemsError as error:
                self._problems.extend(error.problems)
                continue
            for path, data in files.items():
                if self._present.digest(path) != self._argocd[name].files[path]:
                    self._differing.append(path)
                    sink(path, data)

    # --- what comes of it ----------------------------------------------------------------------------------------

    def _wanted(self) -> dict[str, str]:
        """The digests of all files that are to be there."""
        return {
            path: each
            for units in (self._units, self._argocd)
            for unit in units.values()
            for path, each in unit.files.items()
        }

    def _changes(self) -> Changes:
        """What differs from what is there. Raises ``ProblemsError`` when something is in the way."""
        inventory, present = self._present.inventory, self._present
        wanted = self._wanted()
        problems: list[Problem] = []
        created: list[str] = []
        changed: list[str] = []
        removed: list[str] = []
        unowned = list(inventory.others)
        for path in sorted(self._differing):
            if inventory.stamp(path) is None:
                created.append(path)
                if (problem := present.in_the_way(path)) is not None:
                    problems.append(problem)
            else:
                changed.append(path)
                if not present.is_ours(path):
                    problems.append(not_ours(path))
        for path in inventory.paths():
            if path not in wanted:
                (removed if present.is_ours(path) else unowned).append(path)
        if problems:
            raise ProblemsError(problems)
        unchanged = len(wanted) - len(created) - len(changed)
        return Changes(tuple(created), tuple(changed), tuple(sorted(removed)), tuple(sorted(unowned)), unchanged)

    def _summary(self) -> tuple[Rendered, ...]:
        workspaces = Counter(environment for environment, _ in self._places.workspaces)
        deployments = Counter(environment for environment, _, _ in self._places.deployments)
        objects: Counter[str] = Counter()
        for name, unit in self._units.items():
            objects[name.partition("/")[0]] += unit.objects
        return tuple(
            Rendered(name, f"{RENDERED}/{name}", workspaces[name], deployments[name], objects[name])
            for name in self._places.environments
        )

    def _stamps(self, changes: Changes) -> dict[str, dict[str, Stamp]]:
        """The stamps as they are now: what was not changed kept its own."""
        stamps = {folder: dict(names) for folder, names in self._present.inventory.files.items()}
        for path in changes.removed:
            folder, _, name = path.rpartition("/")
            del stamps[folder][name]
            if not stamps[folder]:
                del stamps[folder]
        for path in (*changes.created, *changes.changed):
            folder, _, name = path.rpartition("/")
            stamps.setdefault(folder, {})[name] = stamp(self._repository / path)
        return stamps

    def _failure(self, error: OSError) -> Problem:
        file = Path(error.filename2 or error.filename or self._repository / RENDERED)
        path = file.relative_to(self._repository).as_posix() if file.is_relative_to(self._repository) else str(file)
        path = path.removeprefix(f"{STAGING}/")
        return Problem(f"cannot be written: {error.strerror}", file=path, hint="nothing was changed")


def _facts(deployment: Deployment, objects: Mapping[str, list[Any]]) -> Mapping[str, Any]:
    return facts_of(deployment, objects, CLUSTER_SCOPED).as_json()


class _Foreign:
    """Problems at files that many deployments share, each told once, with the deployments that have it."""

    def __init__(self) -> None:
        self._owners: dict[Problem, list[str]] = {}

    def add(self, file: str, problem: Problem) -> None:
        self._owners.setdefault(problem, []).append(file)

    def problems(self) -> list[Problem]:
        found = []
        for problem, owners in self._owners.items():
            others = f" and {len(owners) - 1} more" if len(owners) > 1 else ""
            hint = "; ".join(part for part in (problem.hint, f"found in {owners[0]}{others}") if part)
            found.append(replace(problem, hint=hint))
        return found
