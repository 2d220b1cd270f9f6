"""``stargit validate``: everything that is wrong with the desired state."""

from __future__ import annotations

from pathlib import Path

import click

from stargit.options import with_output
from stargit.output import Output
from stargit.repository import progress, repository_option
from stargit.resources import cache_folder

_EXAMPLES = """\
\b
Examples:
  stargit validate
  stargit validate --repository ../gitops --output json
"""


@click.command(epilog=_EXAMPLES)
@repository_option
@with_output
def validate(output: Output, repository: Path) -> None:
    """Check the desired state and what would be rendered from it; write nothing."""
    from generator.engine import validate_repository

    output.base = repository
    with progress(output, "checking deployments") as told:
        environments = validate_repository(repository, progress=told, cache=cache_folder())
    deployments = sum(environment.deployments for environment in environments)
    output.result({"environments": [environment.name for environment in environments], "problems": []})
    output.line(f"{deployments} deployment{'' if deployments == 1 else 's'}, no problems", "good")
