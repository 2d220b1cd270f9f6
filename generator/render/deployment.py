"""One deployment: its values in, its objects and the texts of its files out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generator.charts import ChartSource, Values
from generator.desired import Deployment, deployment_values
from generator.dialect import Release
from generator.errors import Position, Problem, ProblemsError
from generator.render.checks import check_objects
from generator.render.images import image_problems
from generator.render.namespace import namespace_object
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
        raise ProblemsError(_owned(deployment, problem) for problem in error.problems) from None
    if NAMESPACE_FILE in rendered:
        raise ValueError(f"the chart {chart.name} has a template {NAMESPACE_FILE}, which Stargit makes itself")
    objects = {NAMESPACE_FILE: [namespace_object(deployment)], **rendered}
    problems = [_owned(deployment, problem) for problem in check_objects(objects, deployment.namespace)]
    problems.extend(template_problems(deployment, values.layers, objects))
    problems.extend(image_problems(deployment, values.layers, chart.defaults, objects))
    if problems:
        raise ProblemsError(problems)
    return RenderedDeployment(deployment, objects, values.overrides)


def _owned(deployment: Deployment, problem: Problem) -> Problem:
    """What is wrong with the rendered objects is told at the deployment's file."""
    return Problem(
        problem.message,
        file=deployment.file,
        position=Position(1),
        path=problem.path,
        allowed=problem.allowed,
        hint=problem.hint,
    )
