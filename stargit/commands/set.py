"""``stargit set`` and ``stargit unset``: settings of a file changed by name, all else in it as people wrote it."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stargit.assignments import Assignment, wanted_of
from stargit.options import with_output
from stargit.output import Output
from stargit.repository import progress, repository_option
from stargit.targets import complete_target

if TYPE_CHECKING:
    from generator.edit import Operation
    from generator.edit import Path as ValuePath
    from generator.errors import Problem

_SET_EXAMPLES = """\
\b
Examples:
  stargit set dev/etl/daily values.executor=KubernetesExecutor values.scheduler.replicas=2
  stargit set dev/etl/daily 'values.workers.queues[name=heavy].replicas=3' --dry-run
  stargit set dev/etl/daily 'values.labels."example.com/team"=etl' 'alertEmails=["a@example.com"]'
  stargit set dev defaults.ingress.baseDomain=airflow.example.com
"""
_UNSET_EXAMPLES = """\
\b
Examples:
  stargit unset dev/etl/daily values.scheduler.replicas
  stargit unset dev/etl/daily 'values.env[name=STAGE]' --dry-run
"""
_TARGET = "ENVIRONMENT[/WORKSPACE[/RELEASE]]"
# As the checker of files says it of a number where text belongs.
_QUOTES = "put it in quotes"

_target = click.argument("target", metavar=_TARGET, shell_complete=complete_target)
_dry_run = click.option("--dry-run", is_flag=True, help="Show what would change; write nothing.")


@click.command("set", epilog=_SET_EXAMPLES)
@repository_option
@_target
@click.argument("assignments", metavar="[PATH=VALUE]...", nargs=-1)
@click.option("--text", "texts", metavar="PATH=TEXT", multiple=True, help="The value is text, whatever it looks like.")
@_dry_run
@with_output
def set_(
    output: Output,
    repository: Path,
    target: str,
    assignments: tuple[str, ...],
    texts: tuple[str, ...],
    dry_run: bool,
) -> None:
    """Set settings in the file of an environment, a workspace or a deployment.

    VALUE is null (which removes a default), true, false, a number, a JSON or YAML list or map in brackets, or else
    text. Maps and named items that are missing are made. Comments and everything else in the file stay. The result is
    checked before it is written.
    """
    _change(output, repository, target, wanted_of(assignments, texts), (), dry_run=dry_run)


@click.command(epilog=_UNSET_EXAMPLES)
@repository_option
@_target
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@_dry_run
@with_output
def unset(output: Output, repository: Path, target: str, paths: tuple[str, ...], dry_run: bool) -> None:
    """Remove settings from the file of an environment, a workspace or a deployment.

    Then the layer below decides: the workspace's defaults, the environment's, the chart's. To remove a default, set the
    value to null.
    """
    _change(output, repository, target, (), paths, dry_run=dry_run)


def _change(
    output: Output,
    repository: Path,
    target: str,
    assignments: Sequence[Assignment],
    paths: Sequence[str],
    *,
    dry_run: bool,
) -> None:
    from generator.desired import placed, read_files
    from stargit.targets import target_file
    from stargit.writing import replace_text

    output.base = repository
    files, problems = read_files(repository)
    file = target_file(target, placed(files, (problem.file for problem in problems)))
    old = files[file].decode("utf-8", "surrogateescape")
    with progress(output, "checking deployments") as told:
        new = _checked(files, file, target, assignments, paths, told)
    if new != old and not dry_run:
        replace_text(repository, file, files[file], new)
    diff = "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in difflib.unified_diff(_lines(old), _lines(new), f"a/{file}", f"b/{file}")
    )
    output.result({"file": file, "changed": new != old, "written": new != old and not dry_run, "diff": diff})
    if new == old:
        output.line(f"nothing to do: {file} says so already", "good")
        return
    output.diff(diff)
    if dry_run:
        output.line(f"would change {file}", "good")
    else:
        output.line(f"changed: {file}", "good")
        output.line("next: 'stargit diff' shows what that changes in the cluster, 'stargit render' writes it")


def _checked(
    files: dict[str, bytes],
    file: str,
    target: str,
    assignments: Sequence[Assignment],
    paths: Sequence[str],
    told: Any,
) -> str:
    """The file's new text. Raises ``ProblemsError`` when it would not be good."""
    from generator.edit import edit
    from generator.errors import ProblemsError
    from stargit.checking import refuse_new_problems

    text = edit(_text(files[file], file), file, _operations(files[file], file, target, assignments, paths))
    try:
        refuse_new_problems(files, {**files, file: text.encode()}, target, told)
    except ProblemsError as error:
        # A version such as 3.1 was read as a number where text belongs; whoever types it can mean nothing else.
        wrong = {each.path for each in error.problems if each.file == file and each.hint.startswith(_QUOTES)}
        again = [_as_text(each, text, wrong) for each in assignments]
        if again == list(assignments):
            raise
        return _checked(files, file, target, again, paths, told)
    return text


def _operations(
    data: bytes, file: str, target: str, assignments: Sequence[Assignment], paths: Sequence[str]
) -> list[Operation]:
    from generator.edit import Set, Unset, parse_path
    from generator.errors import ProblemsError
    from generator.yaml import read

    value = read(data, file=file).value
    found: list[Operation] = []
    problems: list[Problem] = []

    def parsed(text: str) -> ValuePath | None:
        try:
            path = parse_path(text, value)
        except ProblemsError as error:
            problems.extend(error.problems)
            return None
        if (problem := _misplaced(path, target, file)) is not None:
            problems.append(problem)
        return path

    for each in assignments:
        if (path := parsed(each.path)) is not None:
            found.append(Set(path, each.value))
    for text in paths:
        if (path := parsed(text)) is not None:
            found.append(Unset(path))
    if problems:
        raise ProblemsError(problems)
    return found


def _misplaced(path: ValuePath, target: str, file: str) -> Problem | None:
    """A setting of Airflow that is named without ``values`` or ``defaults`` in front."""
    from generator.airflow import AirflowValues
    from generator.desired import DeploymentFile, EnvironmentFile, WorkspaceFile
    from generator.edit import path_text
    from generator.errors import Problem, did_you_mean

    model = (EnvironmentFile, WorkspaceFile, DeploymentFile)[target.count("/")]
    if not path or path[0] in model.model_fields:
        return None
    key = "values" if model is DeploymentFile else "defaults"
    if path[0] in AirflowValues.model_fields:
        hint = f"settings of Airflow are under '{key}': {key}.{path_text(path)}"
    else:
        hint = did_you_mean(str(path[0]), model.model_fields)
    known = ", ".join(model.model_fields)
    return Problem("there is no such setting", file, path=path_text(path), allowed=known, hint=hint)


def _as_text(assignment: Assignment, text: str, wrong: Collection[str]) -> Assignment:
    """The assignment with its value as text, when that is all that was wrong with it."""
    from generator.edit import key_path, parse_path
    from generator.yaml import dotted, read

    if not isinstance(assignment.value, bool | int | float):
        return assignment
    data = read(text, file="").value
    place = dotted(key_path(parse_path(assignment.path, data), data))
    return replace(assignment, value=assignment.raw) if place in wrong else assignment


def _text(data: bytes, file: str) -> str:
    from generator.yaml import read

    return read(data, file=file).text


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)
