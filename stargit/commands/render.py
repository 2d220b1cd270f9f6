"""``stargit render``: the manifests of everything that a repository asks for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from stargit.errors import Exit
from stargit.options import with_output
from stargit.output import Output
from stargit.repository import progress, repository_option
from stargit.resources import cache_folder

if TYPE_CHECKING:
    from generator.engine import Changes

_EXAMPLES = """\
\b
Examples:
  stargit render
  stargit render --why
  stargit render --repository ../gitops --check --no-cache
"""


@click.command(epilog=_EXAMPLES)
@repository_option
@click.option("--check", is_flag=True, help="Write nothing; the exit code is 1 when rendered/ is out of date.")
@click.option(
    "--prune-all", is_flag=True,
    help="Also remove the rendered deployments of an environment that has none left, which is an error without it.",
)  # fmt: skip
@click.option("--why", is_flag=True, help="Say of each deployment that was looked at why, and whether it was rendered.")
@click.option("--no-cache", is_flag=True, help="Look at everything again; use nothing that the last run found out.")
@with_output
def render(output: Output, repository: Path, check: bool, prune_all: bool, why: bool, no_cache: bool) -> Exit | None:
    """Render the desired state in environments/ into rendered/."""
    from generator.engine import render_repository
    from generator.worktree import shown

    output.base = repository
    with progress(output, "rendering deployments") as told:
        cache = None if no_cache else cache_folder()
        report = render_repository(repository, check=check, prune_all=prune_all, progress=told, cache=cache)
    output.result(report.as_json())
    changes = report.changes
    for environment in report.environments:
        output.line(
            f"{environment.name}: {_many(environment.deployments, 'deployment')} in"
            f" {_many(environment.workspaces, 'workspace')}, {_many(environment.objects, 'object')},"
            f" see {environment.folder}/"
        )
    for each in report.affected if why else ():
        output.line(f"{each.deployment}: {'rendered' if each.rendered else 'looked at'}, {each.why}")
    if why and not report.affected and report.environments:
        output.line("no deployment was looked at: nothing changed since the last run")
    for path in changes.unowned:
        output.note(f"{shown(path)}: not written by Stargit, left alone")
    if not check:
        output.line(_counts(changes), "good")
        return None
    if not changes:
        output.line("rendered/ is up to date", "good")
        return None
    for word, paths in (("create", changes.created), ("change", changes.changed), ("remove", changes.removed)):
        for path in paths:
            output.line(f"would {word} {shown(path)}")
    output.line("rendered/ is out of date: run 'stargit render' and commit what it changes", "bad")
    return Exit.INPUT


def _counts(changes: Changes) -> str:
    if not changes:
        return f"nothing to do: {_many(changes.unchanged, 'file')} up to date"
    parts = {"created": changes.created, "changed": changes.changed, "removed": changes.removed}
    done = ", ".join(f"{len(paths)} {word}" for word, paths in parts.items() if paths)
    return f"files: {done}, {changes.unchanged} as they were"


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
