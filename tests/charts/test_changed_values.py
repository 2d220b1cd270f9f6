"""Looking only at what is not the chart's own says the same of values as the whole schema does."""

from __future__ import annotations

import random
from typing import Any

import jsonschema_rs
import pytest

from generator.airflow.chart import airflow_chart
from generator.charts.changed import ChangedValues
from generator.compat import coalesce
from tests.support.draw import Drawer

WRONG: list[dict[str, Any]] = [
    {"shceduler": {}},
    {"scheduler": {"replicas": "2"}},
    {"scheduler": None},
    {"scheduler": []},
    {"executor": None},
    {"labels": {"a b": "c"}},
    {"dags": {"gitSync": {"depth": True}}},
]


@pytest.mark.parametrize("values", WRONG, ids=str)
def test_wrong_values_are_not_said_to_be_valid(values: dict[str, Any]) -> None:
    chart = airflow_chart()
    effective = coalesce(chart.defaults, values)
    assert not chart._validator.is_valid(effective)
    assert not ChangedValues(chart.schema, chart.defaults).are_valid(effective)


def test_drawn_values_with_something_spoilt() -> None:
    chart = airflow_chart()
    changed = ChangedValues(chart.schema, chart.defaults)
    drawer, rng = Drawer(chart.schema, random.Random(7)), random.Random(8)
    said = set()
    for _ in range(150):
        values = drawer.values()
        if rng.random() < 0.5 and values:
            values[rng.choice(sorted(values))] = rng.choice([None, 3, "x", [], {}, {"x": {}}])
        effective = coalesce(chart.defaults, values)
        valid = chart._validator.is_valid(effective)
        assert changed.are_valid(effective) is valid
        said.add(valid)
    assert said == {True, False}


OBJECT = {"type": "object", "properties": {"a": {"type": "integer"}, "b": {}}, "additionalProperties": False}


def test_of_a_schema_about_several_settings_together_nothing_is_known() -> None:
    defaults = {"a": 1}
    assert ChangedValues(OBJECT, defaults).are_valid({**defaults, "b": 2})
    for more in ({"anyOf": [{"required": ["b"]}]}, {"if": {"required": ["b"]}, "then": False}, {"maxProperties": 1}):
        assert not ChangedValues({**OBJECT, **more}, defaults).are_valid({**defaults, "b": 2})


def test_of_defaults_that_are_not_valid_themselves_nothing_is_known() -> None:
    assert not ChangedValues(OBJECT, {"a": "x"}).are_valid({"a": 1})


def test_what_must_be_there_is_missed() -> None:
    schema = {**OBJECT, "required": ["a", "b"]}
    assert not ChangedValues(schema, {"a": 1}).are_valid({"a": 1})
    assert ChangedValues(schema, {"a": 1}).are_valid({"a": 1, "b": None})
    assert jsonschema_rs.Draft7Validator(schema).is_valid({"a": 1, "b": None})
