"""``stargit graph``: which files a deployment depends on, and what depends on a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from stargit.options import with_output
from stargit.output import Output
from stargit.repository import repository_option
from stargit.targets import of_this_release

if TYPE_CHECKING:
    from generator.desired import Places

_EXAMPLES = """\
\b
Examples:
  stargit graph
  stargit graph production/customer-data/orders
  stargit graph environments/production/environment.yaml --output json
"""


@click.command(epilog=_EXAMPLES)
@repository_option
@click.argument("what", default="", metavar="[FILE|ENVIRONMENT[/WORKSPACE[/RELEASE]]]")
@with_output
def graph(output: Output, repository: Path, what: str) -> None:
    """Show which files a deployment depends on, and what depends on a file.

    A deployment depends on its own file, its workspace's and its environment's; what is rendered of it lies in the
    folder that is shown. Without an argument: all deployments.
    """
    from generator.desired import placed, read_files
    from generator.errors import Problem, ProblemsError, did_you_mean

    output.base = repository
    files, _ = read_files(repository)
    places = placed(files)
    rows = [
        row
        for name, row in _rows(places).items()
        if not what or what in row["files"] or "/".join(name) == what or "/".join(name).startswith(f"{what}/")
    ]
    if not rows and what:
        known = [*files, *("/".join(name) for name in places.deployments), *places.environments]
        hint = of_this_release(what, places.deployments) or did_you_mean(what, known)
        raise ProblemsError([Problem(f"nothing depends on '{what}'", hint=hint)])
    output.result(rows)
    for row in rows:
        output.line(str(row["deployment"]), "strong")
        for file in row["files"]:
            output.line(f"  from  {file}")
        for folder in row["rendered"]:
            output.line(f"  into  {folder}")


def _rows(places: Places) -> dict[tuple[str, str, str], dict[str, str | list[str]]]:
    return {
        (environment, workspace, release): {
            "deployment": f"{environment}/{workspace}/{release}",
            "files": [
                file
                for file in (
                    places.environments.get(environment),
                    places.workspaces.get((environment, workspace)),
                    path,
                )
                if file is not None
            ],
            "rendered": [
                f"rendered/{environment}/workspaces/{workspace}/{release}/",
                f"rendered/{environment}/values/{workspace}/{release}.yaml",
            ],
        }
        for (environment, workspace, release), path in places.deployments.items()
    }
