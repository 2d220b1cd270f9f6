"""``stargit chart``: the Helm charts that the templates make."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import click

from stargit.options import with_output
from stargit.output import Output

if TYPE_CHECKING:
    from generator.charts import ChartSource
    from generator.dialect import Release

_BUILD_EXAMPLES = """\
\b
Examples:
  stargit chart build airflow --to charts
  stargit chart build airflow --to charts --package
"""
_LINT_EXAMPLES = """\
\b
Examples:
  stargit chart lint airflow
  stargit chart lint airflow --helm
"""
_TEMPLATE_EXAMPLES = """\
\b
Examples:
  stargit chart template airflow --values values.yaml --name etl --namespace etl
  stargit chart template airflow --values base.yaml --values etl.yaml --name etl --namespace etl --engine helm
"""
_GROUP_EXAMPLES = """\
\b
Examples:
  stargit chart build airflow --to charts --package
  stargit chart template airflow --values values.yaml --name etl --namespace etl
"""
_LARGEST = 4 * 1024 * 1024  # bytes of a values file


@click.group(epilog=_GROUP_EXAMPLES)
def chart() -> None:
    """Build, check and try the Helm charts."""


@chart.command(epilog=_BUILD_EXAMPLES)
@click.argument("name", metavar="CHART")
@click.option(
    "--to", "folder", type=click.Path(path_type=Path, file_okay=False), default=Path("charts"), show_default=True,
    help="Where the chart's folder or package is written.",
)  # fmt: skip
@click.option("--package", "packed", is_flag=True, help="Write a package (.tgz), the same bytes on every build.")
@with_output
def build(output: Output, name: str, folder: Path, packed: bool) -> None:
    """Write a chart as Helm takes it: a folder, or with --package one file."""
    from stargit.chart_folder import chart as find
    from stargit.chart_folder import write_chart, write_package

    source = find(name)
    path = write_package(source, folder) if packed else write_chart(source, folder)
    output.result({"chart": source.name, "version": source.metadata.version, "digest": source.digest, "path": path})
    output.line(f"{source.name} {source.metadata.version}: {path}", "good")


@chart.command(epilog=_LINT_EXAMPLES)
@click.argument("name", metavar="CHART")
@click.option("--helm", "by_helm", is_flag=True, help="Also run 'helm lint --strict' on the chart.")
@with_output
def lint(output: Output, name: str, by_helm: bool) -> None:
    """Check a chart's templates against its values, and that both targets can be made of them."""
    from generator.charts import chart_files
    from stargit.chart_folder import chart as find

    source = find(name)
    files = chart_files(source)
    templates = source.compiled.program.files
    if by_helm:
        from stargit.chart_folder import cached_chart
        from stargit.helm_engine import helm_lint
        from stargit.tools import tool

        helm_lint(cached_chart(source), tool("helm", report=output.note))
    output.result({"chart": source.name, "templates": list(templates), "files": list(files), "problems": []})
    output.line(f"{source.name}: {len(templates)} templates, no problems", "good")


@chart.command(epilog=_TEMPLATE_EXAMPLES)
@click.argument("chart_name", metavar="CHART")
@click.option(
    "--values", "files", multiple=True, type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE",
    help="Values in a file; of several, the later ones are laid over the earlier.",
)  # fmt: skip
@click.option("--name", required=True, help="The release name.")
@click.option("--namespace", required=True, help="The namespace of the release.")
@click.option(
    "--engine", type=click.Choice(["native", "helm", "helm3"]), default="native", show_default=True,
    help="What renders: Stargit itself, or Helm from the chart that Stargit builds. The objects are the same; they and"
    " their keys come in another order.",
)  # fmt: skip
@with_output
def template(output: Output, chart_name: str, files: Sequence[Path], name: str, namespace: str, engine: str) -> None:
    """Render a chart with values, check the objects and print the manifests."""
    from generator.desired import values_of_files, wrong_name, wrong_release
    from generator.dialect import Release
    from generator.errors import ProblemsError
    from generator.render import Written, release_problems
    from generator.yaml import dump_all
    from stargit.chart_folder import chart as find

    source = find(chart_name)
    release = Release(_checked(name, "--name", wrong_release), _checked(namespace, "--namespace", wrong_name))
    values = values_of_files([(str(file), _read(file)) for file in files], source)
    if engine == "native":
        objects: Mapping[str, list[Any]] = source.render(values.effective, release)
    else:
        objects = _by_helm(output, source, values.overrides, release, cast(Literal["helm", "helm3"], engine))
    # The last file is the one whose values win: what no line says is told of it.
    written = Written(release.name, str(files[-1]) if files else "", values.layers)
    if problems := release_problems(objects, release, written):
        raise ProblemsError(problems)
    output.result({"files": objects})
    for file, documents in objects.items():
        for document in documents:
            text = dump_all([document]).removeprefix("---\n").removesuffix("\n")
            output.line(f"---\n# Source: {source.name}/templates/{file}\n{text}")


def _by_helm(
    output: Output, source: ChartSource, values: Mapping[str, Any], release: Release, engine: Literal["helm", "helm3"]
) -> Mapping[str, list[Any]]:
    from generator.charts import source_map
    from stargit.chart_folder import cached_chart
    from stargit.helm_engine import helm_template
    from stargit.tools import tool

    helm = tool(engine, report=output.note)
    return helm_template(cached_chart(source), values, release, helm, origins=source_map(source))


def _checked(name: str, option: str, wrong: Callable[[str], str]) -> str:
    if allowed := wrong(name):
        raise click.BadParameter(f"'{name}' is not allowed: {allowed}", param_hint=f"'{option}'")
    return name


def _read(file: Path) -> bytes:
    from generator.errors import Problem, ProblemsError
    from stargit.failures import failures_at

    with failures_at(file), file.open("rb") as stream:
        data = stream.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise ProblemsError([Problem(f"is larger than {_LARGEST} bytes", file=str(file))])
    return data
