"""docs/side-by-side.md: a template, its Go form, its manifest; ``python -m tests.docs.side_by_side`` writes it anew."""

from __future__ import annotations

from pathlib import Path

from generator.airflow.chart import airflow_chart
from generator.dialect import Release
from generator.yaml import dump, dump_all

PAGE = Path(__file__).parents[2] / "docs" / "side-by-side.md"
_VALUES = {"flower": {"enabled": True, "replicas": 1, "tolerations": [{"key": "dedicated", "operator": "Exists"}]}}

_TEXT = """# One template, three forms

The template of Flower, as it is written, as it stands in the Helm chart, and the manifest that both give. The macros
come from libraries under `chart-templates/airflow/_lib/`; each is one `define` in `templates/_<library>.tpl`.

This page is written by `python -m tests.docs.side_by_side`; a test fails when it is out of date.

## The template: `chart-templates/airflow/flower.yaml.j2`

```jinja
{template}```

What to notice: no indentation, quoting or null check anywhere; every path is checked against the schema of the values
when the chart is built.

## The Helm chart: `templates/flower.yaml`

```yaml
{golang}```

What the compiler added: `quote` and `toJson` by the types of the values, `int64` because Helm's numbers are floats,
conditions where a value may be absent, and includes with the names of the macros.

## The manifest

With these values:

```yaml
{values}```

```yaml
{manifest}```
"""


def page() -> str:
    """The page's text."""
    chart = airflow_chart()
    objects = chart.render(chart.effective(_VALUES), Release("demo", "airflow-demo"))
    return _TEXT.format(
        template=chart.template_texts()[0]["flower.yaml.j2"],
        golang=chart.compiled.go_files["flower.yaml"].text,
        values=dump(_VALUES),
        manifest=dump_all(objects["flower.yaml"]),
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
