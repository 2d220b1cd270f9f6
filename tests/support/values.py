"""Valid sets of values of a chart, drawn by number: the same number gives the same set on every machine."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from generator.charts import ChartSource
from generator.dialect import Release
from generator.errors import ProblemsError
from tests.support.draw import Drawer

_NAMES = ("r", "demo", "quiet-star-1234", "a1", "x-" + "y" * 20)


def drawn_values(chart: ChartSource, number: int, free: Callable[[str, random.Random], Any] | None = None) -> dict[str, Any]:
    """Values that schema and rules accept. What the rules refuse is taken out, setting by setting, until they accept the rest."""
    values = Drawer(chart.schema, random.Random(f"values-{number}"), free).values()
    for _ in range(40):
        try:
            chart.effective(values)
        except ProblemsError as error:
            for problem in error.problems:
                _remove(values, problem.path)
        else:
            return values
    raise AssertionError(f"value set {number} can't be repaired: {values}")


def drawn_release(number: int) -> Release:
    """A release for a drawn set."""
    rng = random.Random(f"release-{number}")
    return Release(rng.choice(_NAMES), rng.choice(("default", "airflow-prod", "n1")))


def _remove(values: dict[str, Any], path: str) -> None:
    """Take out the setting at a path, or, where it is not there, the nearest map above it that is."""
    parts = path.replace("[", ".").replace("]", "").split(".")
    holder: Any = values
    trail: list[tuple[dict[str, Any], str]] = []
    for part in parts:
        if not isinstance(holder, dict) or part not in holder:
            break
        trail.append((holder, part))
        holder = holder[part]
    if trail:
        owner, key = trail[-1]
        del owner[key]
    else:
        values.clear()
