"""Deployments that are rendered before it is known whether that is what will be asked for, by whoever has time.

What is ``Prepared`` says of what contents and by what code it was made; a ``Snapshot`` takes it where these are the
ones at hand, and renders itself where they are not. So it may come from another process, late, or never.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from generator.airflow.chart import airflow_chart
from generator.charts import ChartSource
from generator.derived import code_digest
from generator.desired import Places, Reader
from generator.engine.fleet import Done, Job, Name, run
from generator.engine.gitops import deployment_facts
from generator.engine.records import UnitRecord, Units
from generator.worktree import DESIRED

#: Environments that are kept in memory with the workspaces that were met.
_ENVIRONMENTS = 32


@dataclass(frozen=True, slots=True)
class Prepared:
    """What becomes of a deployment by ``code``, of the files that the record's ``inputs`` name. Nothing is wrong
    with it."""

    code: str
    done: Done

    def fits(self, code: str, inputs: tuple[str, ...], present: Callable[[str], str | None]) -> bool:
        """Whether it is of these files by this code, and has the bytes of all files that are not there yet."""
        record, files = self.done.outcome.record, self.done.outcome.files or {}
        return (
            record is not None
            and self.code == code
            and record.inputs == inputs
            and all(path in files or present(path) == wanted for path, wanted in record.files.items())
        )


@dataclass(frozen=True, slots=True)
class Sources:
    """The contents of a deployment's files, and of those around it."""

    environment: bytes
    workspace: bytes
    deployment: bytes


class _Around:
    """An environment that was read, and what was read in it."""

    def __init__(self, name: str, data: bytes) -> None:
        path = f"{DESIRED}/{name}/environment.yaml"
        self.files = {path: data}
        self.workspaces: dict[tuple[str, str], str] = {}
        self.deployments: dict[Name, str] = {}
        self.reader = Reader(self.files, Places({name: path}, self.workspaces, self.deployments, ()))


class Preparer:
    """Renders single deployments. ``digest`` gives names of contents; it has to be that of the snapshot."""

    def __init__(self, digest: Callable[[bytes], str], chart: ChartSource | None = None) -> None:
        self.code = code_digest() + (chart.digest if chart is not None else "")
        self._chart = chart or airflow_chart()
        self._digest = digest
        self._around: dict[tuple[str, bytes], _Around] = {}

    def prepare(self, name: Name, sources: Sources, known: UnitRecord | None) -> Prepared | None:
        """Render a deployment; None when something is wrong with it. The files that ``known`` tells of are there."""
        environment, workspace, release = name
        around = self._surroundings(environment, sources.environment)
        reader, files = around.reader, around.files
        folder = f"{DESIRED}/{environment}/workspaces/{workspace}"
        file = f"{folder}/workspace.yaml"
        if files.get(file) != sources.workspace:
            files[file] = sources.workspace
            around.workspaces[environment, workspace] = file
            reader.forget(environment, workspace)
        file = f"{folder}/deployments/{release}.yaml"
        files[file] = sources.deployment
        around.deployments[name] = file
        try:
            (done,) = run(self._job(reader, name, sources, known), [name], 1)
        finally:
            reader.problems.clear()
            del files[file], around.deployments[name]
        outcome = done.outcome
        return Prepared(self.code, done) if outcome.record is not None and not outcome.problems else None

    def _surroundings(self, name: str, data: bytes) -> _Around:
        found = self._around.get((name, data))
        if found is None:
            if len(self._around) >= _ENVIRONMENTS:
                self._around.clear()
            found = self._around[name, data] = _Around(name, data)
        return found

    def _job(self, reader: Reader, name: Name, sources: Sources, known: UnitRecord | None) -> Job:
        inputs = tuple(map(self._digest, (sources.environment, sources.workspace, sources.deployment)))
        there: Mapping[str, str] = known.files if known is not None else {}
        units = Units({"/".join(name): known} if known is not None else {})
        return Job(
            reader,
            self._chart,
            self.code,
            units,
            lambda _: inputs,
            deployment_facts,
            there.get,
            sink=None,
            digest=self._digest,
        )
