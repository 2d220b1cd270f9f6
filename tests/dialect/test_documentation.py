"""docs/dialect.md agrees with the compiler: its examples compile, and its tables name all there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from generator.dialect import Compiler, Release
from generator.dialect.functions import FILTERS
from generator.dialect.map_functions import FUNCTIONS
from generator.dialect.statements import FORMATS
from tests.dialect.small import FULL, SCHEMA, STATICS

_PAGE = (Path(__file__).parents[2] / "docs" / "dialect.md").read_text(encoding="utf-8")
_EXAMPLES = re.findall(r"^```jinja\n(.*?)^```$", _PAGE, re.MULTILINE | re.DOTALL)

_LIBRARY = """\
{% macro object(name: str, cfg: Component) %}
name: {{ name }}
labels: {{ cfg.labels or none }}
{% endmacro %}
{% macro selector(name: str) %}
component: {{ name }}
{% endmacro %}
{% macro pod(name: str, cfg: Component) %}
metadata: {{ object(name, cfg) }}
spec:
  nodeName: {{ cfg.account }}
{% endmacro %}
{% macro container(cfg: Component) %}
image: {{ cfg.name }}
{% endmacro %}
"""
#: What stands around a fragment of the page.
_AROUND = '{% import "metadata.yaml.j2" as pod %}\n{% set cfg = values.flower %}\n---\n'


def _compiler() -> Compiler:
    extra = {"type": "array", "items": {"$ref": "#/$defs/Free"}}
    flower = SCHEMA["$defs"]["Flower"]
    flower = {
        **flower,
        "properties": {**flower["properties"], "extraContainers": extra},
        "required": [*flower["required"], "extraContainers"],
    }
    return Compiler("page", {**SCHEMA, "$defs": {**SCHEMA["$defs"], "Flower": flower}}, STATICS)


def test_the_examples_compile_and_give_what_the_page_says() -> None:
    assert len(_EXAMPLES) == 2
    templates = {
        f"example-{number}.yaml.j2": text if "---" in text else _AROUND + text for number, text in enumerate(_EXAMPLES)
    }
    chart = _compiler().compile(templates, {"metadata.yaml.j2": _LIBRARY})
    assert chart.go_files
    values = {**FULL, "flower": {**FULL["flower"], "extraContainers": [{"name": "proxy"}]}}
    assert chart.program.render(values, Release("r", "n")) == {
        "example-0.yaml": [
            {
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "metadata": {"name": "flower", "labels": {"own": "1"}},
                "spec": {
                    "replicas": 2,
                    "strategy": {"type": "Recreate"},
                    "selector": {"matchLabels": {"component": "flower"}},
                    "template": {
                        "metadata": {"name": "flower", "labels": {"own": "1"}},
                        "spec": {"nodeName": "robot"},
                    },
                },
            }
        ],
        "example-1.yaml": [{"containers": [{"name": "scheduler", "image": "flower"}, {"name": "proxy"}]}],
    }


@pytest.mark.parametrize("name", sorted(FILTERS))
def test_every_filter_is_on_the_page(name: str) -> None:
    assert re.search(rf"\\\| {name}\b", _PAGE), f"'| {name}' is not in docs/dialect.md"


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_function_is_on_the_page(name: str) -> None:
    assert f"`{name}(" in _PAGE


def test_every_format_is_on_the_page() -> None:
    assert all(f"`as {name}`" in _PAGE for name in FORMATS)
