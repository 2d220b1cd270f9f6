"""JSON text byte for byte as Helm's ``toJson`` writes it."""

from __future__ import annotations

import json
import math
import random
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from generator.compat import to_json
from generator.yaml import static
from tests.compat import helm
from tests.yaml.nasty import STRINGS, documents


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        (3.0, "3"),
        (-0.0, "-0"),
        (0.1, "0.1"),
        (1e-6, "0.000001"),
        (9.9e-7, "9.9e-7"),
        (1e-7, "1e-7"),
        (5e-324, "5e-324"),
        (123456789.125, "123456789.125"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (1.5e300, "1.5e+300"),
        (2**53, "9007199254740992"),
        (2**53 + 1, "9007199254740992"),
        (13808533935078818000, "13808533935078818000"),
        (10**30, "1e+30"),
        (None, "null"),
        (True, "true"),
        ([], "[]"),
        ({}, "{}"),
        ("<a&b>\u2028\x07\b\f\x7fé😀", '"\\u003ca\\u0026b\\u003e\\u2028\\u0007\\b\\f\x7fé😀"'),
        ({"b": 1, "a": 2, "Z": 3, "é": 4, "10": 5, "9": 6}, '{"10":5,"9":6,"Z":3,"a":2,"b":1,"é":4}'),
        ({"a": "3.0", "b": "12:3.5", "c": ["1.0", "[1.5", None]}, '{"a":"3.0","b":"12:3.5","c":["1.0","[1.5",null]}'),
    ],
)  # fmt: skip
def test_go_writes_it_so(value: Any, text: str) -> None:
    assert to_json(value) == text
    assert to_json([value]) == f"[{text}]"
    assert to_json(static({"x": value})) == f'{{"x":{text}}}'


def test_helm_writes_the_same(tmp_path: Path) -> None:
    drawn = random.Random(5)
    floats = [struct.unpack("<d", drawn.randbytes(8))[0] for _ in range(2000)]
    floats += [drawn.uniform(0.1, 10) * 10.0 ** drawn.randrange(-10, 25) for _ in range(1500)]
    floats += [float(drawn.randrange(2**70)) for _ in range(500)]
    floats += [round(drawn.uniform(-1e6, 1e6), drawn.randrange(7)) for _ in range(500)]
    values = [number for number in floats if math.isfinite(number)] + [*STRINGS] + [{text: [text]} for text in STRINGS]
    assert len(values) > 4000
    texts = helm.evaluate(tmp_path, "(toJson (index $c 0))", [[value] for value in values])
    for value, text in zip(values, texts, strict=True):
        assert to_json(value) == text


@given(documents)
def test_it_is_json_of_the_same_data(document: Any) -> None:
    assert helm.plain(json.loads(to_json(document))) == helm.plain(document)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, "\ud800", {"\udfff": 1}, 10**400, [[1.5, -math.inf]]])
def test_what_json_cannot_hold_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"number of JSON|surrogate|float64"):
        to_json({"a": value})


@pytest.mark.parametrize("value", [{1, 2}, b"a", object(), {1: 2}, {None: 1.5}])
def test_what_is_no_json_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match=r"JSON-like|must be a string"):
        to_json([value])


def test_endless_nesting_is_refused() -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(ValueError, match="nested too deep"):
        to_json(endless)
