"""Options that several commands share, so that they are spelled and explained alike."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import wraps
from itertools import pairwise
from typing import Concatenate, ParamSpec, TypeVar

import click

from stargit.output import Output, OutputMode, harmless

P = ParamSpec("P")
R = TypeVar("R")


def _choose(context: click.Context, _parameter: click.Parameter, mode: OutputMode) -> None:
    context.ensure_object(Output).mode = mode


def asked_mode(words: Sequence[str]) -> OutputMode:
    """The form of output that a command line asks for, also one that is wrong and never gets to its options."""
    asked = [os.environ.get("STARGIT_OUTPUT", "")]
    asked += [after for word, after in pairwise(words) if word == "--output"]
    asked += [word.removeprefix("--output=") for word in words if word.startswith("--output=")]
    return "json" if asked[-1] == "json" else "text"


def with_output(command: Callable[Concatenate[Output, P], R]) -> Callable[P, R]:
    """Gives a command the option ``--output text|json`` and the run's ``Output`` as its first argument.

    What is given to it as text is text: a name of a file (``Path``) may be any bytes, nothing else may.
    """

    @click.option(
        "--output", type=click.Choice(["text", "json"]), default="text", show_default=True, envvar="STARGIT_OUTPUT",
        show_envvar=True, expose_value=False, is_eager=True, callback=_choose,
        help="Words for people, or one JSON document for machines.",
    )  # fmt: skip
    @wraps(command)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        for value in kwargs.values():
            for text in value if isinstance(value, tuple) else (value,):
                _refuse_no_text(text)
        return command(click.get_current_context().ensure_object(Output), *args, **kwargs)

    return called


def _refuse_no_text(value: object) -> None:
    """Raises ``click.UsageError`` for a text with bytes that are not UTF-8, which Python keeps as half characters."""
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            raise click.UsageError(f"'{harmless(value)}' has bytes that are no UTF-8") from None
