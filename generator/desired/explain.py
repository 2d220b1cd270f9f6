"""Where each value of a deployment comes from, and what it took the place of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from generator.charts import ChartSource
from generator.desired.effective import deployment_layers
from generator.desired.layers import KeyPath, Layer, Origin, reaches
from generator.desired.state import Deployment


@dataclass(frozen=True, slots=True)
class Said:
    """What one layer says; ``origin`` is None for the chart's own default."""

    value: Any
    origin: Origin | None


@dataclass(frozen=True, slots=True)
class Explained:
    """A value of a deployment. ``said`` has what decided it first, then what it took the place of.

    Lists are one value: a layer that gives a list replaces the whole list. A value that is null removes what the layers
    below say.
    """

    path: KeyPath
    said: tuple[Said, ...]


def explain(deployment: Deployment, chart: ChartSource, path: KeyPath = ()) -> list[Explained]:
    """The values at and below ``path``, sorted; without a path those that some layer sets.

    Empty when there is no such value. The deployment must be valid (``deployment_values``).
    """
    layers = deployment_layers(deployment)
    values = [layers.merged()] if not path else [layers.merged(), dict(chart.defaults)]
    paths = {leaf for value in values for leaf in _leaves(_at(value, path), path) if reaches(value, path) == len(path)}
    return [Explained(leaf, tuple(_said(leaf, layers.layers, chart))) for leaf in sorted(paths, key=_words)]


def _said(path: KeyPath, layers: tuple[Layer, ...], chart: ChartSource) -> Iterator[Said]:
    for layer in reversed(layers):
        if reaches(layer.values, path) == len(path):
            yield Said(_at(layer.values, path), layer.origin(path))
    if reaches(chart.defaults, path) == len(path):
        yield Said(_at(chart.defaults, path), None)


def _leaves(value: Any, path: KeyPath) -> Iterator[KeyPath]:
    if isinstance(value, Mapping) and value:
        for key, below in value.items():
            yield from _leaves(below, (*path, key))
    else:
        yield path


def _at(value: Any, path: KeyPath) -> Any:
    for step in path[: reaches(value, path)]:
        value = value[step]
    return value


def _words(path: KeyPath) -> tuple[str, ...]:
    return tuple(map(str, path))
