"""What commands share that work on a GitOps repository: the option that names it, and showing how far a run is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import click

from stargit.output import Output

#: ``--repository``, with the folder that one is in as its default.
repository_option: Callable[[Any], Any] = click.option(
    "--repository",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=Path(),
    show_default="this folder",
    help="The GitOps repository: the folder with environments/ in it.",
)


@contextmanager
def progress(output: Output, label: str) -> Iterator[Callable[[int, int], None]]:
    """Gives a function that is to be told after each step how many are done, and of how many."""
    with ExitStack() as stack:
        step: Callable[[int], None] | None = None

        def told(_done: int, total: int) -> None:
            nonlocal step
            if step is None:
                step = stack.enter_context(output.progress(label, total))
            step(1)

        yield told
