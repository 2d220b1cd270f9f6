"""``stargit explain``: where a deployment's values come from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stargit.options import with_output
from stargit.output import Output
from stargit.repository import repository_option
from stargit.targets import complete_deployment, deployment_name

if TYPE_CHECKING:
    from generator.desired import Explained, Said

_EXAMPLES = """\
\b
Examples:
  stargit explain production/customer-data/orders
  stargit explain production/customer-data/orders scheduler
  stargit explain production/customer-data/orders workers.keda.enabled --output json
"""


@click.command(epilog=_EXAMPLES)
@repository_option
@click.argument("deployment", metavar="ENVIRONMENT/WORKSPACE/RELEASE", shell_complete=complete_deployment)
@click.argument("path", default="")
@with_output
def explain(output: Output, repository: Path, deployment: str, path: str) -> None:
    """Show where a deployment's values come from.

    Of each value: the file and line that decided it, and what it took the place of. Without PATH, the values that some
    file sets; with it (scheduler, workers.keda), also the chart's defaults at and below it.
    """
    from generator.airflow.chart import airflow_chart
    from generator.desired import Reader, deployment_layers, deployment_values, key_path, placed, read_files
    from generator.desired import explain as explained
    from generator.errors import Problem, ProblemsError, did_you_mean
    from generator.yaml import dotted

    output.base = repository
    files, problems = read_files(repository)
    places = placed(files, (problem.file for problem in problems))
    name = deployment_name(deployment, places.deployments)
    reader = Reader(files, places)
    found = reader.deployment(*name)
    if found is None:
        raise ProblemsError([*problems, *places.problems, *reader.problems])
    chart = airflow_chart()
    values = deployment_values(found, chart)
    merged = deployment_layers(found).merged()
    at = key_path(path, merged)
    if path and not (rows := explained(found, chart, at)):
        at = key_path(path, values.effective)
        rows = explained(found, chart, at)
    elif not path:
        rows = explained(found, chart)
    if not rows:
        known = values.effective if len(at) == 1 else _below(values.effective, at[:-1])
        raise ProblemsError([Problem(f"there is no value '{path}'", hint=did_you_mean(str(at[-1]), map(str, known)))])
    output.result([_json(row, dotted) for row in rows])
    for row in rows:
        first, *others = row.said
        output.line(f"{dotted(row.path)} = {_text(first.value)}", "strong")
        output.line(f"  {_place(first)}")
        for other in others:
            output.line(f"  in place of {_text(other.value)}, {_place(other)}", "faint")


def _below(values: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        values = values.get(step, {}) if isinstance(values, dict) and isinstance(step, str) else {}
    return values if isinstance(values, dict) else {}


def _place(said: Said) -> str:
    if said.origin is None:
        return "the chart's default"
    return f"{said.origin.layer}: {said.origin.file}:{said.origin.position.line}"


def _text(value: Any) -> str:
    import json

    return json.dumps(value, ensure_ascii=False)


def _json(row: Explained, dotted: Any) -> dict[str, Any]:
    return {
        "path": dotted(row.path),
        "said": [
            {
                "value": said.value,
                "layer": said.origin.layer if said.origin else "chart",
                "file": said.origin.file if said.origin else None,
                "line": said.origin.position.line if said.origin else None,
                "column": said.origin.position.column if said.origin else None,
            }
            for said in row.said
        ],
    }
