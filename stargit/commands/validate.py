"""``stargit validate``: everything that is wrong with the desired state."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import click

from stargit.options import with_output
from stargit.output import Output

_EXAMPLES = """\
\b
Examples:
  stargit validate
  stargit validate --repository ../gitops --output json
"""


@click.command(epilog=_EXAMPLES)
@click.option(
    "--repository",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=Path(),
    show_default="this folder",
    help="The GitOps repository: the folder with environments/ in it.",
)
@with_output
def validate(output: Output, repository: Path) -> None:
    """Check the desired state and what would be rendered from it; write nothing."""
    from generator.render import plan_repository

    output.base = repository
    with ExitStack() as stack:
        steps = None

        def told(_done: int, total: int) -> None:
            nonlocal steps
            if steps is None:
                steps = stack.enter_context(output.progress("checking deployments", total))
            steps(1)

        rendering = plan_repository(repository, progress=told)
    deployments = sum(environment.deployments for environment in rendering.environments)
    output.result({"environments": [environment.name for environment in rendering.environments], "problems": []})
    output.line(f"{deployments} deployment{'' if deployments == 1 else 's'}, no problems", "good")
