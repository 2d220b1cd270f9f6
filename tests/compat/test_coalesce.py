"""Effective values are what Helm's templates see."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.compat import Defaults, coalesce
from generator.yaml import StaticMap, dump
from tests.compat import helm

CASES: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "nothing given": ({"a": 1, "b": {"c": [1]}}, {}, {"a": 1, "b": {"c": [1]}}),
    "deep": ({"a": {"b": {"c": 1, "d": 2}}}, {"a": {"b": {"c": 3, "e": 4}}}, {"a": {"b": {"c": 3, "d": 2, "e": 4}}}),
    "lists are replaced": ({"a": [1, 2], "b": {"c": [3]}}, {"a": [], "b": {"c": [4]}}, {"a": [], "b": {"c": [4]}}),
    "empty values stay": (
        {"a": 1, "b": {"c": "x", "d": True}},
        {"a": 0, "b": {"c": "", "d": False}},
        {"a": 0, "b": {"c": "", "d": False}},
    ),
    "an empty map changes nothing": ({"a": {"b": 1}}, {"a": {}}, {"a": {"b": 1}}),
    "null removes a default": (
        {"a": 1, "b": {"c": 2, "d": {"e": 3}}},
        {"a": None, "b": {"c": None, "d": None}},
        {"b": {}},
    ),
    "null without a default stays": (
        {"a": {"b": 1}},
        {"x": None, "a": {"y": None}},
        {"x": None, "a": {"b": 1, "y": None}},
    ),
    "null in what is new stays": ({}, {"a": {"b": None, "c": [None]}}, {"a": {"b": None, "c": [None]}}),
    "something else over a map": (
        {"a": {"b": 1}, "c": {"d": {"e": 1}}},
        {"a": 1, "c": {"d": []}},
        {"a": 1, "c": {"d": []}},
    ),
    "a map over something else": (
        {"a": 1, "b": {"c": "x"}},
        {"a": {"b": None}, "b": {"c": {"d": 1}}},
        {"a": {"b": None}, "b": {"c": {"d": 1}}},
    ),
}

NULL_DEFAULTS: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "null defaults vanish": ({"a": None, "b": {"c": None, "d": {"e": None}}}, {}, {"b": {"d": {}}}),
    "not in lists": ({"a": [None, {"b": None}]}, {}, {"a": [None, {"b": None}]}),
    "null over a null default": ({"a": None, "b": {"c": None}}, {"a": None, "b": {"c": None}}, {"b": {"c": None}}),
    "a value over a null default": (
        {"a": None, "b": {"c": None}},
        {"a": {"x": None}, "b": {"c": 1}},
        {"a": {"x": None}, "b": {"c": 1}},
    ),
}

_leaves = st.one_of(
    st.none(), st.none(), st.booleans(), st.integers(-3, 3), st.text("ab", max_size=2), st.just([]), st.just([None])
)
_values = st.dictionaries(
    st.sampled_from("abcd"),
    st.recursive(_leaves, lambda inner: st.dictionaries(st.sampled_from("abcd"), inner, max_size=4), max_leaves=8),
    max_size=4,
)


@pytest.mark.parametrize("name", [*CASES, *NULL_DEFAULTS])
def test_what_helm_4_sees(name: str, tmp_path: Path) -> None:
    defaults, overrides, expected = {**CASES, **NULL_DEFAULTS}[name]
    assert coalesce(defaults, overrides) == expected
    assert helm.effective_values(tmp_path, dump(overrides), dump(defaults)) == expected


@pytest.mark.parametrize("name", CASES)
def test_helm_3_sees_the_same_when_no_default_is_null(name: str, tmp_path: Path) -> None:
    defaults, overrides, expected = CASES[name]
    assert helm.effective_values(tmp_path, dump(overrides), dump(defaults), "helm3") == expected


def _draw(drawn: random.Random, depth: int) -> dict[str, Any]:
    leaves: tuple[Any, ...] = (None, None, 0, 1, "", "x", False, True, [], [None], {})
    return {
        key: _draw(drawn, depth - 1) if depth and drawn.random() < 0.5 else drawn.choice(leaves)
        for key in "abcd"
        if drawn.random() < 0.7
    }


@pytest.mark.parametrize("seed", range(25))
def test_drawn_values(seed: int, tmp_path: Path) -> None:
    """One run of Helm for many cases: most are subtrees; the top itself is treated in another way."""
    drawn = random.Random(seed)
    defaults = {f"k{number}": _draw(drawn, 3) for number in range(20)} | _draw(drawn, 3)
    overrides = {f"k{number}": _draw(drawn, 3) for number in range(20)} | _draw(drawn, 3)
    assert coalesce(defaults, overrides) == helm.effective_values(tmp_path, dump(overrides), dump(defaults))


@given(_values, _values)
def test_prepared_defaults_give_the_same(defaults: dict[str, Any], overrides: dict[str, Any]) -> None:
    assert coalesce(Defaults(defaults), overrides) == coalesce(defaults, overrides)


@given(_values, _values)
def test_the_inputs_cannot_be_changed_by_the_result(defaults: dict[str, Any], overrides: dict[str, Any]) -> None:
    prepared = Defaults(defaults)
    before = copy.deepcopy((defaults, overrides)), json.dumps(prepared)
    _scribble(coalesce(prepared, overrides))
    assert ((defaults, overrides), json.dumps(prepared)) == before


def _scribble(value: Any) -> None:
    """Change everything in a value that lets itself be changed."""
    for item in list(value.values()) if isinstance(value, dict) else list(value):
        if isinstance(item, dict | list):
            _scribble(item)
    try:
        value.clear()
        value.extend([9]) if isinstance(value, list) else value.update(z=9)
    except TypeError as error:
        assert "cannot be changed" in str(error)  # noqa: PT017 -- both outcomes are right


def test_the_order_is_that_of_the_defaults() -> None:
    result = coalesce({"c": 1, "a": {"z": 1, "y": 2}, "b": 2}, {"new": 1, "b": 3, "a": {"x": 0, "y": 5}})
    assert json.dumps(result) == '{"c": 1, "a": {"z": 1, "y": 5, "x": 0}, "b": 3, "new": 1}'


def test_what_is_not_overridden_is_shared() -> None:
    defaults = Defaults({"a": {"b": {"c": 1}}, "d": {"e": 1}})
    result = coalesce(defaults, {"a": {"x": 1}})
    assert result["d"] is defaults["d"]
    assert result["a"]["b"] is defaults["a"]["b"]
    assert isinstance(result["d"], StaticMap)
