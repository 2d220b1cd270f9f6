"""Copies of models whose settings may all be left out."""

from __future__ import annotations

import pytest
from pydantic import Field

from generator.model import FieldView, Item, Model, fields, optional_copy, partial_schema, values_schema
from generator.model.number import Count, Seconds
from generator.model.text import Line


class Part(Item):
    """A part."""

    label: Line
    """What is on it."""


class Limits(Model):
    """How far it may go."""

    seconds: Seconds = 5
    """How long."""


class Base(Model):
    """What all have."""

    limits: Limits = Limits()
    first: Limits = Limits(seconds=1)
    """The limits of the first."""


class Machine(Base):
    """A machine."""

    count: Count = 3
    """How many."""
    parts: list[Part] = Field(default=[], examples=[[{"label": "a"}]])
    """Its parts."""
    owner: Line | None = None
    """Who has it. Without it: nobody."""
    all: bool = True
    """About all machines."""


@optional_copy(Machine, prefix="Own", note="Else as the machine.", without=("all",))
class Special(Item):
    """A machine of its own."""

    name: Line
    """How it is called."""
    count: Count | None = None
    """How many of these."""


def _view(field: FieldView) -> tuple[str, object, bool, bool, object, tuple[object, ...]]:
    return (field.description, field.annotation, field.required, field.nullable, field.default, field.examples)


def test_what_is_not_declared_is_copied_and_may_be_null() -> None:
    views = {field.name: field for field in fields(Special)}
    limits = views["limits"].model
    assert limits is not None
    assert {name: _view(view) for name, view in views.items()} == {
        "name": ("How it is called.", Line, True, False, None, ()),
        "count": ("How many of these.", Count, False, True, None, ()),
        "parts": ("Its parts.", list[Part], False, True, None, ([{"label": "a"}],)),
        "owner": ("Who has it. Without it: nobody.", Line, False, True, None, ()),
        "limits": ("How far it may go.", limits, False, True, None, ()),
        "first": ("The limits of the first.", limits, False, True, None, ()),
    }
    assert (Special.__name__, Special.__doc__) == ("Special", "A machine of its own.")


def test_maps_with_fixed_keys_are_copied_under_names_of_their_own() -> None:
    limits = next(field.model for field in fields(Special) if field.name == "limits")
    assert limits is not None
    assert issubclass(limits, Item)
    assert (limits.__name__, limits.__doc__) == ("OwnLimits", "How far it may go. Else as the machine.")
    assert [_view(field) for field in fields(limits)] == [("How long.", Seconds, False, True, None, (5,))]


def test_a_copy_stands_in_schemas() -> None:
    class Shop(Model):
        """A shop."""

        specials: list[Special] = Field(default=[])
        """What it sells."""

    full = values_schema(Shop, title="Shop", id="urn:shop")["$defs"]
    assert set(full["Special"]["properties"]) == {"name", "count", "parts", "owner", "limits", "first"}
    assert full["Special"]["required"] == ["name"]
    assert "required" not in full["OwnLimits"]
    assert {"SpecialItem", "OwnLimitsItem"} <= set(partial_schema(Shop, title="Shop", id="urn:shop")["$defs"])


@pytest.mark.parametrize(
    ("without", "message"),
    [(("nothing",), "Machine has no nothing"), (("count",), "Wrong declares count and is without it")],
)
def test_a_list_of_what_is_left_out_that_does_not_fit_is_refused(without: tuple[str, ...], message: str) -> None:
    with pytest.raises(TypeError, match=message):

        @optional_copy(Machine, prefix="Own", note="", without=without)
        class Wrong(Item):
            """Wrong."""

            count: Count | None = None
