"""Results of macros are remembered where nobody can tell, but by the time it takes."""

from __future__ import annotations

import copy
from typing import Any

from generator.dialect import ChartProgram, Release
from generator.dialect.memory import LastingMemory
from generator.yaml import SharedMap, static
from tests.dialect.small import FULL, compiled

# One macro reads the release, one reads nothing but what it is given.
_LIBRARY = """\
{% macro names(component: str) %}
name: {{ release.name ~ "-" ~ component }}
title: {{ values.title }}
{% endmacro %}
{% macro checks(cfg: Component) %}
- name: {{ cfg.name }}
  replicas: {{ cfg.replicas }}
  account: {{ cfg.account }}
{% endmacro %}
"""
_TEMPLATE = """\
{% import "lib.yaml.j2" as lib %}
---
one: {{ lib.names("web") }}
two: {{ lib.names("web") }}
other: {{ lib.names("worker") }}
queues:
  {% for queue in values.queues %}
  {{ lib.checks(queue) }}
  {% endfor %}
flower:
  {{ lib.checks(values.flower) }}
again:
  {{ lib.checks(values.flower) }}
"""


def _program() -> ChartProgram:
    return compiled(_TEMPLATE, _LIBRARY).program


def _render(program: ChartProgram, values: dict[str, Any], name: str = "r") -> dict[str, Any]:
    document = program.render(values, Release(name, "n"))["test.yaml"][0]
    assert isinstance(document, dict)
    return document


def test_what_stands_twice_in_a_release_is_one_object() -> None:
    document = _render(_program(), FULL)
    assert document["one"] is document["two"]
    assert document["one"] == {"name": "r-web", "title": "A title"}
    assert document["other"] == {"name": "r-worker", "title": "A title"}


def test_nothing_of_one_release_is_seen_in_the_next() -> None:
    program = _program()
    _render(program, FULL)
    document = _render(program, {**FULL, "title": "Another"}, "s")
    assert document["one"] == {"name": "s-web", "title": "Another"}


def test_parts_that_never_change_give_one_object_for_all_releases() -> None:
    program = _program()
    values = static(FULL)
    first, second = _render(program, values), _render(program, values, "s")
    assert first["flower"][0] is second["flower"][0]
    assert second["flower"] == [{"name": "flower", "replicas": 2, "account": "robot"}]


def test_a_part_that_can_change_is_built_anew() -> None:
    program = _program()
    values = copy.deepcopy(FULL)
    before = _render(program, values)["flower"]
    values["flower"]["replicas"] = 9
    assert before == [{"name": "flower", "replicas": 2, "account": "robot"}]
    assert _render(program, values)["flower"] == [{"name": "flower", "replicas": 9, "account": "robot"}]


def test_maps_of_releases_long_gone_are_never_taken_for_new_ones() -> None:
    """Identities of dead objects are given to new ones; only what a memory keeps alive is found by identity."""
    program = _program()
    for replicas in range(300):
        values = {**FULL, "queues": static([{**FULL["queues"][0], "replicas": replicas}])}
        assert _render(program, values)["queues"][0]["replicas"] == replicas


def test_a_memory_that_is_full_forgets() -> None:
    memory = LastingMemory()
    for number in range(20_000):
        memory.keep((number,), {"n": number})
    assert 0 < len(memory.results) <= 8192
    assert memory.get((19_999,)) == {"n": 19_999}


def test_a_map_that_is_remembered_cannot_be_changed() -> None:
    memory = LastingMemory()
    assert type(memory.keep((1,), {"a": 1})) is SharedMap
