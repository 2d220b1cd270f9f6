"""Values files as Helm takes them: the settings of a chart and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from generator.charts import ChartSource
from generator.desired.document import checked_document
from generator.desired.effective import LayeredValues, layered_values
from generator.desired.layers import Layer, Layers
from generator.desired.schemas import VALUES_KIND
from generator.errors import Problem, ProblemsError


def values_of_files(files: Sequence[tuple[str, bytes]], chart: ChartSource) -> LayeredValues:
    """The values that files (name and contents) give, each laid over the ones before.

    Raises ``ProblemsError`` with everything that is wrong in any of them.
    """
    problems: list[Problem] = []
    layers: list[Layer] = []
    for name, data in files:
        try:
            document = checked_document(data, name, VALUES_KIND)
            layers.append(Layer("values", name, document, (), document.value or {}))
        except ProblemsError as error:
            problems.extend(error.problems)
    if problems:
        raise ProblemsError(problems)
    return layered_values(Layers(tuple(layers)), chart, layers[-1] if layers else None)
