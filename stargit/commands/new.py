"""``stargit new``: the file of one more environment, workspace or deployment."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stargit.options import with_output
from stargit.output import Output
from stargit.repository import repository_option
from stargit.targets import complete_target

if TYPE_CHECKING:
    from generator.desired import Reader

_EXAMPLES = """\
\b
Examples:
  stargit new environment production --kubernetes 1.34 --base-domain airflow.example.com
  stargit new workspace production/etl --label "Data engineering"
  stargit new deployment production/etl/daily --executor KubernetesExecutor
"""
_OF_ENVIRONMENT = """\
\b
Example:
  stargit new environment production --kubernetes 1.34 --base-domain airflow.example.com
"""
_OF_WORKSPACE = """\
\b
Example:
  stargit new workspace production/etl --label "Data engineering" --allow-image registry.example.com/etl
"""
_OF_DEPLOYMENT = """\
\b
Examples:
  stargit new deployment production/etl/daily
  stargit new deployment dev/etl/daily --executor KubernetesExecutor --airflow-version 2.11.2
  stargit new deployment dev/etl/daily --runtime-version 3.1-2 --image registry.example.com/etl/daily:7
"""

_label = click.option("--label", metavar="TEXT", default="", help="The name that people see.")
_description = click.option("--description", metavar="TEXT", default="", help="What it is for, for people.")
_dry_run = click.option("--dry-run", is_flag=True, help="Show the file; write nothing.")


@click.group(epilog=_EXAMPLES)
def new() -> None:
    """Write the file of a new environment, workspace or deployment."""


@new.command(epilog=_OF_ENVIRONMENT)
@repository_option
@click.argument("name", metavar="ENVIRONMENT")
@_label
@click.option("--kubernetes", metavar="MINOR", default="", help="The cluster's version of Kubernetes, as 1.34.")
@click.option("--base-domain", metavar="DOMAIN", default="", help="Airflows get pages below this domain.")
@click.option("--git-url", metavar="URL", default="", help="Where Argo CD reads this repository.")
@_dry_run
@with_output
def environment(
    output: Output,
    repository: Path,
    name: str,
    label: str,
    kubernetes: str,
    base_domain: str,
    git_url: str,
    dry_run: bool,
) -> None:
    """Write the file of a Kubernetes cluster and its platform."""
    from generator.scaffold import new_environment

    files = new_environment(name, label=label, kubernetes=kubernetes, base_domain=base_domain, repository=git_url)
    _make(output, repository, files, name, f"stargit new workspace {name}/team", dry_run)


@new.command(epilog=_OF_WORKSPACE)
@repository_option
@click.argument("name", metavar="ENVIRONMENT/WORKSPACE", shell_complete=complete_target)
@_label
@_description
@click.option("--allow-image", "images", metavar="IMAGE", multiple=True, help="What deployments may run; repeatable.")
@_dry_run
@with_output
def workspace(
    output: Output, repository: Path, name: str, label: str, description: str, images: tuple[str, ...], dry_run: bool
) -> None:
    """Write the file of a team in an environment."""
    from generator.scaffold import new_workspace

    around, own = _parts(name, "ENVIRONMENT/WORKSPACE", "dev/etl")
    files = new_workspace(around, own, label=label, description=description, allowed_images=images)
    _make(output, repository, files, name, f"stargit new deployment {name}/daily", dry_run)


@new.command(epilog=_OF_DEPLOYMENT)
@repository_option
@click.argument("name", metavar="ENVIRONMENT/WORKSPACE/RELEASE", shell_complete=complete_target)
@_label
@_description
@click.option("--executor", metavar="EXECUTOR", default="", help="Where tasks run: CeleryExecutor, ...")
@click.option("--airflow-version", metavar="VERSION", default="", help="The version of Airflow, as 3.1.5.")
@click.option("--runtime-version", metavar="VERSION", default="", help="That of Astronomer's runtime, instead.")
@click.option("--image", metavar="IMAGE", default="", help="Your image of Airflow, with or without a tag.")
@_dry_run
@with_output
def deployment(
    output: Output,
    repository: Path,
    name: str,
    label: str,
    description: str,
    executor: str,
    airflow_version: str,
    runtime_version: str,
    image: str,
    dry_run: bool,
) -> None:
    """Write the file of one Airflow of a workspace."""
    from generator.scaffold import new_deployment

    around, team, own = _parts(name, "ENVIRONMENT/WORKSPACE/RELEASE", "dev/etl/daily")
    files = new_deployment(
        around, team, own, label=label, description=description, executor=executor, airflow_version=airflow_version,
        runtime_version=runtime_version, image=image,
    )  # fmt: skip
    _make(output, repository, files, name, "stargit render", dry_run)


def _parts(name: str, form: str, example: str) -> list[str]:
    parts = name.split("/")
    if len(parts) != form.count("/") + 1 or not all(parts):
        raise click.UsageError(f"'{name}' is not {form}, as in {example}")
    return parts


def _refuse_in_deleted(reader: Reader, name: str) -> None:
    from generator.desired import check_new_in
    from generator.errors import ProblemsError

    parts = name.split("/")
    around = reader.workspace(parts[0], parts[1]) if len(parts) > 2 else reader.environment(parts[0])
    if around is not None and (problems := list(check_new_in(around))):
        raise ProblemsError(problems)


def _make(output: Output, repository: Path, files: Mapping[str, str], name: str, following: str, dry_run: bool) -> None:
    """Check a new file among those that are there, and write it."""
    from generator.desired import Reader, placed, read_files
    from stargit.checking import refuse_new_problems
    from stargit.targets import target_file
    from stargit.writing import refuse_present, write_new

    output.base = repository
    (path, text), *_ = files.items()
    if "/" in name or (repository / "environments").exists():
        there, _ = read_files(repository)
    else:
        there = {}
    if "/" in name:
        places = placed(there)
        target_file(name.rpartition("/")[0], places)
        _refuse_in_deleted(Reader(there, places), name)
    refuse_present(repository, files)
    refuse_new_problems(there, {**there, path: text.encode()}, name)
    if not dry_run:
        write_new(repository, files)
    result: dict[str, Any] = {"file": path, "text": text, "written": not dry_run}
    output.result(result)
    if dry_run:
        output.line(text.removesuffix("\n"))
        output.line(f"would write {path}", "good")
    else:
        output.line(f"written: {path}", "good")
        output.line(f"next: look it over, then '{following}'")
