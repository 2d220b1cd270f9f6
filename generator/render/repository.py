"""The whole repository: desired state in, rendered state out, or all problems of all files and nothing written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from generator.airflow.chart import airflow_chart
from generator.charts import ChartSource
from generator.desired import Deployment, DesiredState, Loaded, check_state, load_work_tree
from generator.errors import Problem, ProblemsError
from generator.render.deployment import RenderedDeployment, render_deployment
from generator.render.writer import ROOT, Changes, compare, header, write
from generator.yaml import dump, dump_all

#: Told after each deployment: how many are done, and of how many.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Rendering:
    """What rendered state is to be: ``files`` by their path in the repository."""

    state: DesiredState
    files: Mapping[str, bytes]
    objects: int


@dataclass(frozen=True, slots=True)
class RenderReport:
    """What a run made of ``rendered/``, or, in a check, would have made."""

    environments: int
    workspaces: int
    deployments: int
    objects: int
    changes: Changes

    def as_json(self) -> dict[str, Any]:
        """The report for machines (``--output json``)."""
        return {
            "environments": self.environments,
            "workspaces": self.workspaces,
            "deployments": self.deployments,
            "objects": self.objects,
            "created": list(self.changes.created),
            "changed": list(self.changes.changed),
            "removed": list(self.changes.removed),
            "unowned": list(self.changes.unowned),
            "unchanged": self.changes.unchanged,
        }


def render_repository(
    repository: Path, *, check: bool = False, chart: ChartSource | None = None, progress: Progress | None = None
) -> RenderReport:
    """Render everything into ``rendered/``; with ``check`` nothing is written. Raises ``ProblemsError``.

    ``chart`` is the Airflow chart of this version of Stargit, unless another is given.
    """
    rendering = plan_repository(repository, chart=chart, progress=progress)
    changes = compare(repository, rendering.files) if check else write(repository, rendering.files)
    state = rendering.state
    return RenderReport(
        len(state.environments), len(state.workspaces), len(state.deployments), rendering.objects, changes
    )


def plan_repository(
    repository: Path, *, chart: ChartSource | None = None, progress: Progress | None = None
) -> Rendering:
    """Load, check and render everything, and write nothing.

    Raises ``ProblemsError`` with all problems of all files: where a file is wrong, what does not depend on it is looked
    at all the same.
    """
    return _rendered(load_work_tree(repository), chart or airflow_chart(), progress)


def _rendered(loaded: Loaded, chart: ChartSource, progress: Progress | None) -> Rendering:
    problems = [*loaded.problems, *check_state(loaded.state)]
    wrong = {problem.file for problem in problems}
    foreign = _Foreign()
    files: dict[str, bytes] = {}
    objects = 0
    deployments = loaded.state.deployments
    for done, deployment in enumerate(deployments, start=1):
        try:
            rendered = render_deployment(deployment, chart)
            files |= _files(rendered)
            objects += sum(map(len, rendered.objects.values()))
        except ProblemsError as error:
            # Of files that are wrong in themselves, what follows from that is not told as well.
            if wrong.isdisjoint((deployment.file, deployment.workspace.file, deployment.environment.file)):
                problems.extend(problem for problem in error.problems if problem.file == deployment.file)
                foreign.add(deployment, error.problems)
        if progress is not None:
            progress(done, len(deployments))
    problems.extend(foreign.problems())
    if problems:
        raise ProblemsError(problems)
    return Rendering(loaded.state, dict(sorted(files.items())), objects)


class _Foreign:
    """Problems at files that many deployments share, each told once, with the deployments that have it."""

    def __init__(self) -> None:
        self._owners: dict[Problem, list[str]] = {}

    def add(self, deployment: Deployment, problems: tuple[Problem, ...]) -> None:
        for problem in problems:
            if problem.file != deployment.file:
                self._owners.setdefault(problem, []).append(deployment.file)

    def problems(self) -> list[Problem]:
        found = []
        for problem, owners in self._owners.items():
            others = f" and {len(owners) - 1} more" if len(owners) > 1 else ""
            hint = "; ".join(part for part in (problem.hint, f"found in {owners[0]}{others}") if part)
            found.append(replace(problem, hint=hint))
        return found


def _files(rendered: RenderedDeployment) -> dict[str, bytes]:
    deployment = rendered.deployment
    first = header(deployment.file)
    environment = f"{ROOT}/{deployment.environment.name}"
    folder = f"{environment}/workspaces/{deployment.workspace.name}/{deployment.name}"
    files = {f"{folder}/{name}": (first + dump_all(documents)).encode() for name, documents in rendered.objects.items()}
    values = f"{environment}/values/{deployment.workspace.name}/{deployment.name}.yaml"
    files[values] = (first + dump(rendered.overrides)).encode()
    return files
