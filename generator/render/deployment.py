"""One deployment: its values in, its objects and the texts of its files out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from generator.charts import ChartSource, Values
from generator.desired import Deployment, deployment_values
from generator.dialect import Release
from generator.errors import Position, Problem, ProblemsError
from generator.render.checks import Objects, find_problems
from generator.render.images import image_problems
from generator.render.namespace import namespace_object
from generator.render.places import Written, asked_place, object_place
from generator.render.pod_security import security_problems
from generator.render.pods import PodProblem, joined, template_problems

NAMESPACE_FILE = "namespace.yaml"


@dataclass(frozen=True, slots=True)
class RenderedDeployment:
    """``objects`` by file name, ``overrides`` as Helm takes them to make the same of the packed chart."""

    deployment: Deployment
    objects: Mapping[str, list[Any]]
    overrides: Values


def render_deployment(deployment: Deployment, chart: ChartSource, without: Collection[str] = ()) -> RenderedDeployment:
    """Render and check a deployment, but for the template files ``without``. Raises ``ProblemsError`` with everything
    that is wrong with it.

    The objects share parts with each other and with the chart: they are to be read only.
    """
    values = deployment_values(deployment, chart)
    release = Release(deployment.name, deployment.namespace)
    written = Written.of(deployment, values.layers)
    try:
        rendered = chart.render(values.effective, release, without)
    except ProblemsError as error:
        raise ProblemsError(_placed(problem, written.head) for problem in error.problems) from None
    if NAMESPACE_FILE in rendered:
        raise ValueError(f"the chart {chart.name} has a template {NAMESPACE_FILE}, which Stargit makes itself")
    namespace = namespace_object(deployment)
    objects = {NAMESPACE_FILE: [namespace], **rendered}
    problems = release_problems(objects, release, written)
    if not problems:
        # Of objects that are none, and of pods that are broken, nothing could be said.
        problems.extend(security_problems(objects, namespace, written))
    problems.extend(image_problems(deployment, values.layers, chart.defaults, objects))
    if problems:
        raise ProblemsError(problems)
    return RenderedDeployment(deployment, objects, values.overrides)


def release_problems(objects: Objects, release: Release, written: Written) -> list[Problem]:
    """What is wrong with the objects of a release, whoever rendered them, each where people wrote what leads to it."""
    found = find_problems(objects, release.namespace)
    problems: list[Problem] = []
    # What one setting leads to in many pods is one problem.
    asked: list[Problem] = []
    for document, problem in found:
        of_pod = problem if isinstance(problem, PodProblem) else None
        at = asked_place(written, document, of_pod.parts, of_pod.key) if of_pod else None
        placed = _placed(of_pod.plain() if of_pod else problem, at or object_place(written, document))
        (problems if at is None else asked).append(placed)
    problems.extend(joined(asked))
    problems.extend(template_problems(written, objects))
    return problems


def _placed(problem: Problem, at: tuple[str, Position | None, str]) -> Problem:
    """The problem at a file, a position and a path."""
    file, position, path = at
    return replace(problem, file=file, position=position, path=problem.path or path)
