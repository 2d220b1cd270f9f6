"""``stargit import``: values of the official Airflow chart become a deployment."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stargit.errors import Exit
from stargit.options import with_output
from stargit.output import Output
from stargit.repository import repository_option

if TYPE_CHECKING:
    from generator.desired import DesiredState, Workspace
    from generator.importer import Imported

_EXAMPLES = """\
\b
Examples:
  stargit import values.yaml --to production/customer-data/orders --dry-run
  stargit import argocd/airflow.yaml --to dev/etl/daily --repository ../gitops
  helm get values airflow -n airflow -o yaml | stargit import - --to dev/etl/daily --chart-version 1.16.0
"""
_WIDEST = 100


@click.command("import", epilog=_EXAMPLES)
@repository_option
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True, allow_dash=True))
@click.option("--to", "place", metavar="ENVIRONMENT/WORKSPACE/RELEASE", required=True, help="The deployment to write.")
@click.option("--chart-version", metavar="VERSION", help="The release of the official chart that ran with the values.")
@click.option("--dry-run", is_flag=True, help="Show the file and the account; write nothing.")
@click.option("--strict", is_flag=True, help="When a value was dropped, write nothing; the exit code is 1.")
@with_output
def import_(
    output: Output, repository: Path, file: Path, place: str, chart_version: str | None, dry_run: bool, strict: bool
) -> Exit | None:
    """Write a deployment from values of the official Airflow chart.

    FILE has values of any release of the official Apache Airflow chart, alone or in an Argo CD Application or a Flux
    HelmRelease; - reads standard input. What became of each value is told. Passwords and keys are not written: the
    Secrets to make are named. A file that is there already is never written over.
    """
    from generator.importer import account_text, import_release, read_release
    from stargit.writing import write_new

    output.base = repository
    environment, workspace, release = _names(place)
    state = _state(repository, f"environments/{environment}/workspaces/{workspace}/deployments/{release}.yaml")
    around = _workspace(state, environment, workspace)
    source = read_release(_contents(file), "standard input" if str(file) == "-" else str(file))
    if chart_version is not None:
        source.chart = _chart(chart_version)
    imported = import_release(source, release, around, state.deployments)
    stopped = strict and bool(imported.dropped)
    if not (dry_run or stopped):
        write_new(repository, {imported.file: imported.text})
    output.result({**imported.as_json(), "written": not (dry_run or stopped)})
    if dry_run:
        output.line(imported.text)
    output.line(account_text(imported, width=_width()))
    if stopped:
        number = len(imported.dropped)
        output.line(f"nothing is written: {number} value{' was' if number == 1 else 's were'} dropped", "bad")
        return Exit.INPUT
    _tell(output, imported, dry_run)
    return None


def _tell(output: Output, imported: Imported, dry_run: bool) -> None:
    output.line(f"{'would write' if dry_run else 'written:'} {imported.file}", "good")
    if imported.secrets and not dry_run:
        output.line("next: make the Secrets above in the cluster, then 'stargit render'")


def _names(place: str) -> tuple[str, str, str]:
    parts = place.split("/")
    if len(parts) != 3 or not all(parts):
        raise click.BadParameter(
            f"'{place}' is not ENVIRONMENT/WORKSPACE/RELEASE, as in dev/etl/daily", param_hint="'--to'"
        )
    return parts[0], parts[1], parts[2]


def _chart(version: str) -> tuple[int, int]:
    parts = version.removeprefix("v").split(".")
    if len(parts) < 2 or not all(part.isascii() and part.isdigit() and len(part) < 4 for part in parts[:2]):
        raise click.BadParameter(f"'{version}' is no version, as 1.16.0 is", param_hint="'--chart-version'")
    return int(parts[0]), int(parts[1])


def _state(repository: Path, file: str) -> DesiredState:
    from generator.desired import load_repository
    from stargit.writing import refuse_present

    if ".." not in file and len(file) < 1000:  # a name that is no name of a file is told as such, later
        refuse_present(repository, [file])
    return load_repository(repository)


def _workspace(state: DesiredState, environment: str, workspace: str) -> Workspace:
    from generator.desired import check_new_in
    from generator.errors import Problem, ProblemsError, did_you_mean

    for each in state.workspaces:
        if (each.environment.name, each.name) == (environment, workspace):
            if problems := list(check_new_in(each)):
                raise ProblemsError(problems)
            return each
    known = [f"{each.environment.name}/{each.name}" for each in state.workspaces]
    raise ProblemsError(
        [
            Problem(
                f"there is no workspace '{environment}/{workspace}'",
                allowed=", ".join(known[:20]) or "a workspace: make one first",
                hint=did_you_mean(f"{environment}/{workspace}", known),
            )
        ]
    )


def _contents(file: Path) -> bytes:
    from generator.yaml import Limits
    from stargit.failures import failures_at

    most = Limits().size + 1  # enough to see that it is too much
    if str(file) == "-":
        return sys.stdin.buffer.read(most)
    with failures_at(file), file.open("rb") as stream:
        return stream.read(most)


def _width() -> int:
    if not sys.stdout.isatty():
        return _WIDEST
    from shutil import get_terminal_size

    return max(40, min(_WIDEST, get_terminal_size().columns))
