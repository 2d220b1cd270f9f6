"""One deployment: its values in, its objects and the texts of its files out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from generator.charts import ChartSource, Values
from generator.desired import Deployment, deployment_values
from generator.dialect import Release
from generator.errors import Position, Problem, ProblemsError
from generator.render.checks import find_problems
from generator.render.images import image_problems
from generator.render.namespace import namespace_object
from generator.render.places import object_place
from generator.render.pods import template_problems

NAMESPACE_FILE = "namespace.yaml"


@dataclass(frozen=True, slots=True)
class RenderedDeployment:
    """``objects`` by file name, ``overrides`` as Helm takes them to make the same of the packed chart."""

    deployment: Deployment
    objects: Mapping[str, list[Any]]
    overrides: Values


def render_deployment(deployment: Deployment, chart: ChartSource) -> RenderedDeployment:
    """Render and check a deployment. Raises ``ProblemsError`` with everything that is wrong with it.

    The objects share parts with each other and with the chart: they are to be read only.
    """
    values = deployment_values(deployment, chart)
    release = Release(deployment.name, deployment.namespace)
    try:
        rendered = chart.render(values.effective, release)
    except ProblemsError as error:
        head = (deployment.file, Position(1), "")
        raise ProblemsError(_placed(problem, head) for problem in error.problems) from None
    if NAMESPACE_FILE in rendered:
        raise ValueError(f"the chart {chart.name} has a template {NAMESPACE_FILE}, which Stargit makes itself")
    objects = {NAMESPACE_FILE: [namespace_object(deployment)], **rendered}
    problems = [
        _placed(problem, object_place(deployment, values.layers, document))
        for document, problem in find_problems(objects, deployment.namespace)
    ]
    problems.extend(template_problems(deployment, values.layers, objects))
    problems.extend(image_problems(deployment, values.layers, chart.defaults, objects))
    if problems:
        raise ProblemsError(problems)
    return RenderedDeployment(deployment, objects, values.overrides)


def _placed(problem: Problem, at: tuple[str, Position | None, str]) -> Problem:
    """The problem at a file, a position and a path."""
    file, position, path = at
    return replace(problem, file=file, position=position, path=problem.path or path)
