"""The whole repository: desired state in, rendered state out, or all problems of all files and nothing written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
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
class Rendered:
    """What was made of one environment; ``folder`` is its path in the repository."""

    name: str
    folder: str
    workspaces: int
    deployments: int
    objects: int


@dataclass(frozen=True, slots=True)
class Rendering:
    """What rendered state is to be: ``files`` by their path in the repository."""

    environments: tuple[Rendered, ...]
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class RenderReport:
    """What a run made of ``rendered/``, or, in a check, would have made."""

    environments: tuple[Rendered, ...]
    changes: Changes

    def as_json(self) -> dict[str, Any]:
        """The report for machines (``--output json``)."""
        return asdict(self)


def render_repository(
    repository: Path, *, check: bool = False, chart: ChartSource | None = None, progress: Progress | None = None
) -> RenderReport:
    """Render everything into ``rendered/``; with ``check`` nothing is written. Raises ``ProblemsError``.

    ``chart`` is the Airflow chart of this version of Stargit, unless another is given.
    """
    rendering = plan_repository(repository, chart=chart, progress=progress)
    changes = compare(repository, rendering.files) if check else write(repository, rendering.files)
    return RenderReport(rendering.environments, changes)


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
    # Of an Airflow whose version is not known, nothing more can be said.
    unknown = {problem.file for problem in problems if problem.path == "runtimeVersion"}
    foreign = _Foreign()
    files: dict[str, bytes] = {}
    objects: Counter[str] = Counter()
    deployments = loaded.state.deployments
    for done, deployment in enumerate(deployments, start=1):
        try:
            rendered = render_deployment(deployment, chart)
            files |= _files(rendered)
            objects[deployment.environment.name] += sum(map(len, rendered.objects.values()))
        except ProblemsError as error:
            if deployment.file not in unknown:
                problems.extend(problem for problem in error.problems if problem.file == deployment.file)
                foreign.add(deployment, error.problems)
        if progress is not None:
            progress(done, len(deployments))
    problems.extend(foreign.problems())
    if problems:
        raise ProblemsError(problems)
    return Rendering(_summary(loaded.state, objects), dict(sorted(files.items())))


def _summary(state: DesiredState, objects: Mapping[str, int]) -> tuple[Rendered, ...]:
    workspaces = Counter(each.environment.name for each in state.workspaces)
    deployments = Counter(each.environment.name for each in state.deployments)
    return tuple(
        Rendered(name, f"{ROOT}/{name}", workspaces[name], deployments[name], objects[name])
        for name in (each.name for each in state.environments)
    )


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
    files[values] = (first + dump(_sorted(rendered.overrides))).encode()
    return files


def _sorted(value: Any) -> Any:
    """Maps in the order of their keys, so that the file does not follow the order of lines in desired state."""
    if isinstance(value, Mapping):
        return {key: _sorted(below) for key, below in sorted(value.items())}
    return value
