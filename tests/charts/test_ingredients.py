"""A template file whose ingredients are the same gives the same objects, whatever else of the values changes."""

from __future__ import annotations

import random
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import pytest

from generator.airflow.chart import airflow_chart
from generator.charts import Values
from generator.dialect import Release
from generator.errors import ProblemsError
from generator.yaml import dump_all
from tests.support.contexts import CONTEXTS
from tests.support.draw import Drawer
from tests.support.draw_kubernetes import draw_free
from tests.support.leaf_items import item_maker
from tests.support.leaves import leaves, with_leaf
from tests.support.values import drawn_values

_RELEASE = Release("quiet-star", "airflow-quiet-star")
_SURROUNDINGS = b"surroundings"


def made(values: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]] | None:
    """Ingredients and texts by template file; None for values that the chart refuses."""
    chart = airflow_chart()
    try:
        objects = chart.render(chart.effective(values), _RELEASE)
    except ProblemsError:
        return None
    texts = {file: dump_all(objects.get(file, ())) for file in chart.program.files}
    return chart.ingredients.digests(values, _SURROUNDINGS), texts


def misled(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[list[str], int] | None:
    """Files that differ though their ingredients do not, and how many have the same ingredients."""
    first, second = made(one), made(other)
    if first is None or second is None:
        return None
    same = [file for file, digest in first[0].items() if second[0][file] == digest]
    return [file for file in same if first[1][file] != second[1][file]], len(same)


def mixed(values: Values, others: Values, rng: random.Random) -> Values:
    """``values`` with a few parts as ``others`` have them, at any depth."""
    result = deepcopy(values)
    for _ in range(rng.choice([1, 1, 2, 4])):
        mine, theirs = result, others
        while theirs:
            key = rng.choice(sorted(theirs))
            below = theirs[key]
            if isinstance(below, dict) and below and isinstance(mine.get(key), dict) and rng.random() < 0.8:
                mine, theirs = mine[key], below
                continue
            mine[key] = deepcopy(below)
            break
    return result


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_drawn_values_that_differ_somewhere(seed: int) -> None:
    rng = random.Random(seed)
    compared = kept = 0
    for _ in range(100):
        numbers = rng.sample(range(20_000), 2)
        values, others = (drawn_values(airflow_chart(), number, draw_free) for number in numbers)
        if (found := misled(values, mixed(values, others, rng))) is not None:
            wrong, same = found
            assert wrong == [], numbers
            compared, kept = compared + 1, kept + same
    assert compared > 30
    assert kept > 5 * compared


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_any_leaf_that_changes(part: int) -> None:
    """Also with everything switched on, so that every leaf is read by somebody."""
    drawer = Drawer(airflow_chart().schema, random.Random(part), draw_free)
    context = CONTEXTS[0]
    compared = 0
    for leaf in sorted(leaves(airflow_chart().schema), key=str)[part::4]:
        value = drawer.of(leaf.rule, str(leaf.path[-1]))
        changed = with_leaf(context, leaf, value, item_maker(leaf, airflow_chart().schema), "k")
        if (found := misled(context, changed)) is not None:
            assert found[0] == [], str(leaf)
            compared += 1
    assert compared > 50


def test_a_change_of_one_component_is_nothing_to_the_others() -> None:
    before = made({"executor": "CeleryExecutor"})
    after = made({"executor": "CeleryExecutor", "scheduler": {"resources": {"requests": {"memory": "1Gi"}}}})
    assert before is not None
    assert after is not None
    assert [file for file in before[0] if before[0][file] != after[0][file]] == ["quotas.yaml", "scheduler.yaml"]


def test_ingredients_tell_surroundings_and_kinds_of_values_apart() -> None:
    digests = airflow_chart().ingredients.digests
    values: list[Any] = ["1", 1, 1.0, True, None, [], {}, [1], ["1"]]
    seen = [
        digests({"scheduler": {"podAnnotations": {"a": value}}}, surroundings)["scheduler.yaml"]
        for value in values
        for surroundings in (b"one", b"other")
    ]
    assert len(set(seen)) == len(seen)
    assert digests({"scheduler": None}, b"")["scheduler.yaml"] != digests({}, b"")["scheduler.yaml"]
