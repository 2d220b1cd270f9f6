"""Entry point of the ``stargit`` command."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from generator.derived import keep_in
from stargit.commands import COMMANDS
from stargit.errors import guarded
from stargit.lazy import LazyGroup
from stargit.options import asked_mode
from stargit.output import Output
from stargit.resources import cache_folder

_EPILOG = """\
\b
Examples:
  stargit init
  stargit new deployment dev/team/daily
  stargit render

Exit codes: 0 all is well, 1 the input is wrong, 2 the command line is wrong, 3 a defect of Stargit.
"""
#: Set by the scripts of ``stargit completion``; click's name for it.
COMPLETION = "_STARGIT_COMPLETE"


def _show_version(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"stargit {version('stargit')}")
        context.exit()


@click.group(
    cls=LazyGroup,
    entries=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=_EPILOG,
)
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_show_version, help="Show the version."
)
def stargit() -> None:
    """Apache Airflow for many teams on Kubernetes, with git as the database of intent."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``stargit`` with the arguments (default: the process's own); the exit code."""
    output = Output()
    words = list(sys.argv[1:] if arguments is None else arguments)
    output.mode = asked_mode(words)
    if COMPLETION in os.environ:
        # The shell asks what may come next: click answers, and ends the process.
        stargit.main(words, prog_name="stargit")
    if arguments is None:
        keep_in(cache_folder())  # for the process as a whole, so not where another program calls this
    return guarded(lambda: stargit.main(words, prog_name="stargit", standalone_mode=False, obj=output), output)


if __name__ == "__main__":
    sys.exit(main())
