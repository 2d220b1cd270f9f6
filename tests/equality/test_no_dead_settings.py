"""Every setting does something: changing any leaf of the values schema changes what is rendered.

A setting that changes nothing is a promise the chart does not keep. ``EXCEPTIONS`` is the short list of those that may,
and why.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pytest

from generator.airflow.chart import airflow_chart
from generator.charts import ChartSource
from generator.dialect import Release
from generator.errors import ProblemsError
from tests.render.tiny_chart import tiny_chart
from tests.support.contexts import CONTEXTS
from tests.support.draw import Drawer
from tests.support.draw_kubernetes import draw_free
from tests.support.leaf_items import item_maker
from tests.support.leaves import Leaf, leaves, with_leaf
from tests.support.values import drawn_values

#: Leaf -> why changing it changes nothing that is rendered.
EXCEPTIONS: dict[str, str] = {}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

_RELEASE = Release("quiet-star", "airflow-quiet-star")
_TRIES = 6
_DRAWN_CONTEXTS = 60

_GROUPS = sorted({str(leaf.path[0]) for leaf in leaves(airflow_chart().schema)})


@cache
def _contexts() -> list[dict[str, Any]]:
    return [
        *CONTEXTS,
        *(drawn_values(airflow_chart(), 10_000 + number, draw_free) for number in range(_DRAWN_CONTEXTS)),
    ]


@pytest.mark.parametrize("group", _GROUPS)
def test_changing_any_leaf_changes_the_rendered_output(group: str) -> None:
    dead = [
        str(leaf)
        for leaf in leaves(airflow_chart().schema)
        if leaf.path[0] == group and str(leaf) not in EXCEPTIONS and not _alive(leaf, airflow_chart(), _contexts())
    ]
    assert dead == []


def test_every_exception_is_still_needed() -> None:
    known = {str(leaf): leaf for leaf in leaves(airflow_chart().schema)}
    assert [path for path in EXCEPTIONS if path not in known or _alive(known[path], airflow_chart(), _contexts())] == []


SHARED = """\
---
apiVersion: v1
kind: Hosts
metadata: {name: hosts}
hosts:
  {% for host in values.ingress.web.hosts %}
  - {{ host.name }}
  {% endfor %}
"""


def test_a_dead_setting_is_found_that_shares_its_value_with_a_living_one(tmp_path: Path) -> None:
    """Seeded: of two settings with one and the same value in a context only the first is used."""
    known = {str(leaf): leaf for leaf in leaves(airflow_chart().schema)}
    used, dead = known["ingress.web.hosts[].name"], known["ingress.apiServer.hosts[].name"]
    chart = tiny_chart(tmp_path, {"hosts.yaml.j2": SHARED})
    ingress = CONTEXTS[0]["ingress"]
    assert ingress["web"]["hosts"] is ingress["apiServer"]["hosts"]
    assert [_alive(leaf, chart, CONTEXTS[:1]) for leaf in (used, dead)] == [True, False]


def _alive(leaf: Leaf, chart: ChartSource, contexts: Sequence[dict[str, Any]]) -> bool:
    program = chart.compiled.program  # what is wrong in templates is no reason to look at other values
    rng = random.Random(str(leaf))
    drawer = Drawer(chart.schema, rng, draw_free)
    for context in contexts:
        seen: set[bytes] = set()
        for attempt in range(_TRIES):
            value = drawer.of(leaf.rule, str(leaf.path[-1]))
            candidate = with_leaf(context, leaf, value, item_maker(leaf, airflow_chart().schema), f"k{attempt}")
            try:
                objects = program.render(chart.effective(candidate), _RELEASE)
            except ProblemsError:
                continue
            seen.add(orjson.dumps(objects))
            if len(seen) > 1:
                return True
    return False
