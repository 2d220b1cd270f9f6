"""Where the examples of settings come from."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from pydantic import Field

from generator.model import FreeMap, Item, Model, fields, optional_copy, partial_schema, values_schema
from generator.model.examples import examples
from generator.model.names import DnsName, LabelKey, LabelValue
from generator.model.number import Count, Quantity, Seconds
from generator.model.text import Line, RelativePath


class Secret(Item):
    """Where a secret is."""

    name: DnsName = Field(examples=["login"])
    """Its name."""
    key: DnsName
    """Its key."""
    version: Count | None = None
    """Its version."""


class Volume(Model):
    """A volume."""

    EXAMPLES = ({"size": "5Gi"},)

    size: Quantity = "1Gi"
    """Its size."""
    enabled: bool = False
    """Whether there is one."""


class Pod(Model):
    """A pod."""

    said: Line = Field(default="a", examples=["b", "c"])
    """With examples."""
    text: Line = "from the default"
    """With a default."""
    on: bool = True
    """Is on."""
    off: bool = False
    """Is off."""
    open: bool | None = None
    """Is open."""
    mode: Literal["slow", "fast"] = "fast"
    """Few values."""
    letter: Literal["a", "b", "c", "d", "e"] | None = None
    """Many values."""
    empty: RelativePath = ""
    """Empty text says nothing."""
    nothing: Seconds = 0
    """Zero says nothing."""
    amount: Quantity | None = None
    """With two types."""
    secret: Secret | None = None
    """A class whose settings have examples."""
    volume: Volume = Volume(size="3Gi")
    """A class with examples."""
    secrets: list[Secret] = Field(default=[])
    """A list of them."""
    labels: dict[LabelKey, LabelValue] = Field(default={})
    """A map of texts."""
    unknown: Line | None = None
    """Nobody knows."""
    free: list[FreeMap] = Field(default=[])
    """Nobody knows either."""


class LargePod(Pod):
    """A large pod."""

    said: Line = "d"


def of(model: type[Model]) -> dict[str, list[Any]]:
    return {field.name: examples(field) for field in fields(model)}


def test_an_example_is_what_is_known_best() -> None:
    assert of(Pod) == {
        "said": ["b", "c"],
        "text": ["from the default"],
        "on": [False],
        "off": [True],
        "open": [True, False],
        "mode": ["slow", "fast"],
        "letter": ["a", "b", "c", "d"],
        "empty": ["tests/dags"],
        "nothing": [30],
        "amount": ["500m", "2Gi", 4],
        "secret": [{"name": "login", "key": "airflow-metadata"}],
        "volume": [{"size": "5Gi"}],
        "secrets": [[{"name": "login", "key": "airflow-metadata"}]],
        "labels": [{"example.com/team": "data-platform"}],
        "unknown": [],
        "free": [],
    }


def test_another_default_keeps_the_examples() -> None:
    assert of(LargePod)["said"] == ["b", "c"]


def test_a_copy_without_defaults_has_the_same_examples() -> None:
    @optional_copy(Pod, prefix="Own", note="")
    class Copy(Item):
        """A pod of its own."""

    assert of(Copy) == of(Pod)
    volume = next(field.model for field in fields(Copy) if field.name == "volume")
    assert volume is not None
    assert of(volume) == of(Volume)


@pytest.mark.parametrize(
    ("example", "shown"),
    [({"size": "5Gi"}, False), ({"size": "5Gi", "enabled": True}, True)],
)
def test_complete_values_have_no_example_that_leaves_out_defaults(example: dict[str, Any], shown: bool) -> None:
    class Claim(Model):
        """A claim."""

        volume: Volume = Field(default=Volume(), examples=[example])
        """Its volume."""

    full = values_schema(Claim, title="", id="")["properties"]["volume"]
    assert full.get("examples", []) == ([example] if shown else [])
    assert partial_schema(Claim, title="", id="")["properties"]["volume"]["examples"] == [example]
