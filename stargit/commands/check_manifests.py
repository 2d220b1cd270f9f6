"""``stargit check-manifests``: rendered state judged by kubeconform, as the Kubernetes API of each cluster would."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click

from generator.errors import Problem, ProblemsError
from stargit.options import with_output
from stargit.output import Output
from stargit.repository import repository_option

_EXAMPLES = """\
\b
Examples:
  stargit check-manifests
  stargit check-manifests --schemas our-schemas --output json

\b
Needs the schemas of Kubernetes (pip install '.[schemas]' in a checkout of Stargit),
and Go for the first run, which builds the pinned kubeconform. Nothing is asked of
a cluster.
"""
_VALUES = "values"


@click.command("check-manifests", epilog=_EXAMPLES)
@repository_option
@click.option(
    "--schemas",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="More schemas of custom kinds: <group>/<kind>_<version>.json, all in small letters.",
)
@with_output
def check_manifests(output: Output, repository: Path, schemas: Path | None) -> None:
    """Judge rendered/ by the schemas of each environment's Kubernetes."""
    from stargit.kubeconform import check

    output.base = repository
    problems: list[Problem] = []
    checked = []
    for name, minor, files in _environments(repository):
        if not files:
            hint = "run 'stargit render'"
            problems.append(Problem("has no manifests", file=f"rendered/{name}", hint=hint))
            continue
        with output.progress(f"checking {name}", 1) as told:
            findings = check(files, kubernetes_minor=minor, extra_schemas=schemas)
            told(1)
        problems += [_relative(finding.as_problem(), repository) for finding in findings]
        checked.append({"environment": name, "kubernetes": minor, "files": len(files)})
    if problems:
        raise ProblemsError(problems)
    output.result({"environments": checked, "problems": []})
    for each in checked:
        files_, number = ("file", 1) if each["files"] == 1 else ("files", each["files"])
        output.line(
            f"{each['environment']}: {number} {files_}, no problems under Kubernetes {each['kubernetes']}", "good"
        )


def _environments(repository: Path) -> Iterator[tuple[str, str, list[Path]]]:
    """Each environment with its version of Kubernetes and the files of its manifests."""
    from generator.desired import load, read_files

    files, problems = read_files(repository)
    loaded = load({path: data for path, data in files.items() if path.endswith("/environment.yaml")})
    if problems or loaded.problems:
        raise ProblemsError([*problems, *loaded.problems])
    for environment in loaded.state.environments:
        root = repository / "rendered" / environment.name
        found = (path for path in root.rglob("*") if path.suffix in {".yaml", ".yml", ".json"})
        manifests = [
            path
            for path in found
            if path.is_file() and not path.is_symlink() and path.relative_to(root).parts[0] != _VALUES
        ]
        yield environment.name, environment.settings.kubernetes.minorVersion, sorted(manifests)


def _relative(problem: Problem, repository: Path) -> Problem:
    # kubeconform has the path as it was given, and behind a mark the number of the document.
    path = problem.file
    return replace(problem, file=Path(path).relative_to(repository).as_posix()) if path else problem
