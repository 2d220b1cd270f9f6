"""The values model of the Airflow chart keeps the rules that schema, chart and documentation rely on."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest
import yaml

from generator.airflow import SHAPES, AirflowValues, chart_schema, check, layer_schema
from generator.airflow.chart import airflow_chart
from generator.airflow.official import OFFICIAL, instead_of
from generator.airflow.workers import WorkerQueue, Workers
from generator.model import Item, Model, closure, defaults, fields, values_yaml
from generator.model.fields import models

CLASSES = closure(AirflowValues, *SHAPES)
SCHEMA = chart_schema()
LAYER = layer_schema()


@pytest.mark.parametrize("model", CLASSES.values(), ids=CLASSES)
def test_every_setting_is_documented_in_sentences(model: type[Model]) -> None:
    assert (model.__doc__ or "").strip().endswith(".")
    assert [field.name for field in fields(model) if not field.description.rstrip("`\"'").endswith(".")] == []


@pytest.mark.parametrize("model", CLASSES.values(), ids=CLASSES)
def test_what_a_missing_value_means_is_said(model: type[Model]) -> None:
    """In an item of a list the class itself may say it once for all."""
    if "What is not given is as in" in (model.__doc__ or "") or "Parts not given" in (model.__doc__ or ""):
        return
    words = (
        "Without",
        "ithout it",
        "instead",
        "replaces",
        "Replaces",
        "eeded",
        "with it",
        "With it",
        "used when",
        "Whether",
    )
    silent = [
        field.name for field in fields(model) if field.nullable and not any(word in field.description for word in words)
    ]
    assert silent == [] or issubclass(model, Item), silent


def _inside() -> set[str]:
    """Classes that stand in lists, maps, or where there may be nothing, and all below them."""
    views = [field for model in CLASSES.values() for field in fields(model)]
    roots = [part for field in views if field.model is None or field.nullable for part in models(field.annotation)]
    return set(closure(*roots))


@pytest.mark.parametrize("name", sorted(_inside()))
def test_items_have_no_defaults(name: str) -> None:
    """Helm merges no defaults into items of lists: a default would be there with one engine and not with the other."""
    model = CLASSES[name]
    assert issubclass(model, Item)
    assert [field.name for field in fields(model) if not field.required and field.default is not None] == []


# Only kinds of images are settings, and each kind has its own defaults.
@pytest.mark.parametrize("name", sorted(set(CLASSES) - _inside() - {"Image"}))
def test_all_other_settings_have_a_default_or_may_be_null(name: str) -> None:
    assert [field.name for field in fields(CLASSES[name]) if field.required] == []


def test_knobs_have_one_form() -> None:
    """A class that changes a knob's default keeps its type; a narrower one is an exception named here."""
    changed = {
        (model.__name__, name)
        for model in CLASSES.values()
        for base in model.__mro__[1:]
        if issubclass(base, Model)
        for name, info in base.model_fields.items()
        if model.model_fields[name].annotation != info.annotation
    }
    assert changed == {("Redis", "replicas"), ("Statsd", "replicas")}


def test_a_queue_takes_every_setting_of_workers_but_those_of_all_groups() -> None:
    without = {
        "enableDefault",  # is about the group beside the queues
        "queues",  # is the list of them
        "serviceAccount",  # one identity for all groups: its rights and its cloud role are bound once
        "networkPolicy",  # one policy, which selects the pods of all groups by their component
    }
    assert set(Workers.model_fields) - set(WorkerQueue.model_fields) == without
    assert set(WorkerQueue.model_fields) - set(Workers.model_fields) == {"name"}


def test_defaults_are_valid_and_break_no_rule() -> None:
    values = defaults(AirflowValues)
    assert [
        (error.instance_path, error.message) for error in jsonschema_rs.validator_for(SCHEMA).iter_errors(values)
    ] == []
    assert check(values) == []


@pytest.mark.parametrize(
    "layer", [{}, {"scheduler": None}, {"env": None, "config": {"core": None}}, defaults(AirflowValues)]
)
def test_layers_may_be_empty_partial_or_whole(layer: dict[str, Any]) -> None:
    assert jsonschema_rs.validator_for(LAYER).is_valid(layer)


def test_shown_defaults_and_examples_are_valid() -> None:
    """What an editor shows as a default or an example is something that the schema takes."""
    settings: dict[str, Any] = {}
    values: dict[str, Any] = {}
    for name, definition in SCHEMA["$defs"].items():
        for key, setting in definition.get("properties", {}).items():
            # A default that stands for a shape names only what differs from the shape's own.
            if "properties" in SCHEMA["$defs"].get(setting.get("$ref", "")[8:], {}):
                continue
            shown = [setting[note] for note in ("default",) if note in setting] + setting.get("examples", [])
            for number, value in enumerate(shown):
                settings[f"{name}.{key}.{number}"] = setting
                values[f"{name}.{key}.{number}"] = value
    assert len(values) > 300
    together = jsonschema_rs.validator_for({"properties": settings, "$defs": SCHEMA["$defs"]})
    assert [(error.instance_path, error.message) for error in together.iter_errors(values)] == []


@pytest.mark.parametrize("name", LAYER["properties"])
def test_examples_of_the_first_keys_can_be_used_as_they_are(name: str) -> None:
    """They break no rule between settings either."""
    for example in LAYER["properties"][name]["examples"]:
        assert airflow_chart().effective({name: example})


def test_complete_values_have_examples_but_for_maps_that_the_defaults_fill() -> None:
    """An example of such a map names a few of its keys, and what Helm checks has all of them. It stands in the layers'
    schema."""
    without = {
        (name, key)
        for name, definition in {"AirflowValues": SCHEMA, **SCHEMA["$defs"]}.items()
        for key, setting in definition.get("properties", {}).items()
        if not setting.get("examples")
    }
    filled = {
        (name, field.name)
        for name, model in CLASSES.items()
        for field in fields(model)
        if field.model is not None and not issubclass(field.model, Item)
    }
    assert without <= filled


def test_values_yaml_is_the_defaults_and_holds_no_null() -> None:
    text = values_yaml(AirflowValues)
    assert yaml.safe_load(text) == json.loads(json.dumps(defaults(AirflowValues)))
    assert not [
        line for line in text.splitlines() if line.rstrip().endswith(": null") and not line.lstrip().startswith("#")
    ]


def test_values_yaml_names_every_setting() -> None:
    names = {line.strip(" #").partition(":")[0] for line in values_yaml(AirflowValues).splitlines()}
    assert {name for key in set(CLASSES) - _inside() for name in CLASSES[key].model_fields} <= names


@pytest.mark.parametrize("path", OFFICIAL)
def test_advice_is_given_for_settings_that_are_unknown(path: str) -> None:
    assert OFFICIAL[path]
    assert instead_of(path.replace("*", "x") + ".y")
    model: Any = AirflowValues
    for key in path.split("."):
        model = next((field.model for field in fields(model) if field.name == key), None) if model else None
    assert model is None


def test_advice_is_the_nearest() -> None:
    assert instead_of("workers.celery.sets[0].name") == "workers.queues"
    assert instead_of("workers.celery.replicas") == "the same settings are under workers"
    assert instead_of("nonsense") == ""
