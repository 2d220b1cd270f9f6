"""Values of a deployment or of values files: what the layers change in the chart, and what it is rendered with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from generator.airflow import airflow_of_runtime
from generator.charts import ChartSource, Values
from generator.desired.bootstrapping import bootstrap_rules
from generator.desired.deletion import values_of_deleted
from generator.desired.layers import KeyPath, Layer, Layers, Origin, key_path, reaches
from generator.desired.state import Deployment
from generator.errors import Problem, ProblemsError
from generator.yaml import dotted


@dataclass(frozen=True, slots=True)
class LayeredValues:
    """Checked values.

    ``overrides`` laid over the chart's defaults give ``effective``; Helm takes them as a values file. ``layers`` tell
    where each came from.
    """

    layers: Layers
    overrides: Values
    effective: Values


def deployment_layers(deployment: Deployment) -> Layers:
    """The layers of a deployment, from the environment's defaults to the facts that nobody can change. Of one that is
    deleted, the last one puts it to sleep."""
    environment, workspace = deployment.environment, deployment.workspace
    layers = [
        Layer("environment", environment.file, environment.document, ("defaults",), environment.settings.defaults),
        Layer("workspace", workspace.file, workspace.document, ("defaults",), workspace.settings.defaults),
    ]
    runtime = deployment.settings.runtimeVersion
    if runtime is not None and (airflow := airflow_of_runtime(runtime)) is not None:
        # Of a runtime only the minor of its Airflow is known, and only that matters to the chart.
        facts = {"airflowVersion": f"{airflow}.0", "defaultAirflowTag": runtime}
        at = ("runtimeVersion",)
        layers.append(Layer("runtime version", deployment.file, deployment.document, at, facts, derived=True))
    layers.append(
        Layer("deployment", deployment.file, deployment.document, ("values",), deployment.settings.values),
    )
    platform = {"platform": {"release": environment.settings.platform.release, "workspace": workspace.name}}
    layers.append(
        Layer("platform", environment.file, environment.document, ("platform", "release"), platform, derived=True)
    )
    if (by := deployment.deleted_by) is not None:
        asleep = values_of_deleted(Layers(tuple(layers)).merged())
        layers.append(Layer("deletedAt", by.file, by.document, ("deletedAt",), asleep, derived=True))
    return Layers(tuple(layers))


def deployment_values(deployment: Deployment, chart: ChartSource) -> LayeredValues:
    """The values of a deployment, checked. Raises ``ProblemsError``; its problems name the file and line of the layer
    that set the offending value."""
    layers = deployment_layers(deployment)
    home = Layer("deployment", deployment.file, deployment.document, ("values",), {})
    result = layered_values(layers, chart, home)
    problems = [located(problem, layers, home) for problem in _cluster_rules(result.effective, deployment)]
    if problems:
        raise ProblemsError(problems)
    return result


def layered_values(layers: Layers, chart: ChartSource, home: Layer | None) -> LayeredValues:
    """Layers over the chart's defaults, checked. ``home`` is where people would write what no layer has."""
    overrides = layers.overrides(chart.defaults)
    try:
        return LayeredValues(layers, overrides, chart.effective(overrides))
    except ProblemsError as error:
        raise ProblemsError(located(problem, layers, home) for problem in error.problems) from None


def located(problem: Problem, layers: Layers, home: Layer | None) -> Problem:
    """A problem with values, with the place where the value was written, or else where it would be in ``home``."""
    merged = layers.merged()
    path = key_path(problem.path, merged)
    origin = _written(path, layers, merged) or (home.origin(path) if home is not None else None)
    if origin is None:
        return problem
    return replace(problem, file=origin.file, position=origin.position, path=dotted(origin.path))


def _written(path: KeyPath, layers: Layers, merged: Values) -> Origin | None:
    """The layer that decided the value at ``path``. A list is decided as a whole, so what its items lack counts as
    decided too; what is not in a map is not."""
    length = reaches(merged, path)
    if length < len(path):
        around: Any = merged
        for part in path[:length]:
            around = around[part]
        if isinstance(around, dict) and not any(isinstance(part, int) for part in path[:length]):
            return None
    for layer in reversed(layers.layers):
        if length and reaches(layer.values, path[:length]) == length:
            return layer.origin(path)
    return None


def _cluster_rules(values: Values, deployment: Deployment) -> list[Problem]:
    """What the chart can do, but not every cluster."""
    problems = []
    minor = deployment.environment.settings.kubernetes.minorVersion
    bundle = values.get("dags", {}).get("bundle", {})
    if bundle.get("enabled") and bundle.get("mode") == "imageVolume" and minor < "1.33":
        problems.append(
            Problem(
                f"Kubernetes {minor} can't mount images",
                path="dags.bundle.mode",
                allowed="copy, or a cluster of Kubernetes 1.33 or later",
            )
        )
    return [*problems, *bootstrap_rules(values, deployment.environment)]
