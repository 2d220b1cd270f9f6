"""Options that several commands share, so that they are spelled and explained alike."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

import click

from stargit.output import Output, OutputMode

P = ParamSpec("P")
R = TypeVar("R")


def _choose(context: click.Context, _parameter: click.Parameter, mode: OutputMode) -> None:
    context.ensure_object(Output).mode = mode


def with_output(command: Callable[Concatenate[Output, P], R]) -> Callable[P, R]:
    """Gives a command the option ``--output text|json`` and the run's ``Output`` as its first argument."""

    @click.option(
        "--output", type=click.Choice(["text", "json"]), default="text", show_default=True, envvar="STARGIT_OUTPUT",
        show_envvar=True, expose_value=False, is_eager=True, callback=_choose,
        help="Words for people, or one JSON document for machines.",
    )  # fmt: skip
    @wraps(command)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        return command(click.get_current_context().ensure_object(Output), *args, **kwargs)

    return called
