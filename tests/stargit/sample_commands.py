"""Commands for the tests of the frame: each ends in one of the ways in which commands end."""

from __future__ import annotations

from pathlib import Path

import click

from generator.errors import Position, Problem, ProblemsError
from stargit.errors import Exit
from stargit.lazy import Entry
from stargit.options import with_output
from stargit.output import Output

PROBLEMS = (
    Problem("'fuor' is no integer", "b.yaml", Position(3, 15), "spec.replicas", allowed="an integer >= 0"),
    Problem("unknown field 'replics'", "a.yaml", Position(2, 3), "spec.replics", hint="did you mean 'replicas'?"),
)


@click.command()
@with_output
def fine(output: Output) -> None:
    """Do all that was asked."""
    output.note("a note")
    output.line("a result")
    output.result({"result": Path("a"), "names": {"b", "a"}})


@click.command()
@click.option("--times", type=int, default=1)
@with_output
def wrong(output: Output, times: int) -> None:
    """Find the input wrong."""
    output.line("half a result")
    raise ProblemsError(PROBLEMS * times)


@click.command()
@with_output
def different(output: Output) -> Exit:
    """Find a difference."""
    return Exit.INPUT


@click.command()
@with_output
def broken(output: Output) -> None:
    """Run into a defect."""
    secret = "hunter2"
    raise KeyError("shape\x1b[31m" + secret[:0])


@click.command()
@with_output
def interrupted(output: Output) -> None:
    """Be interrupted."""
    raise KeyboardInterrupt


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@with_output
def written(output: Output, path: Path) -> None:
    """Write where nobody may write."""
    path.write_text("text", encoding="utf-8")


@click.command()
@with_output
def endless(output: Output) -> None:
    """Say more than anybody reads."""
    for number in range(100_000):
        output.line(f"line {number}")


@click.group()
def group() -> None:
    """Hold more commands."""


@group.command()
@with_output
def inner(output: Output) -> None:
    """Be inside."""
    output.line("inside")


ENTRIES = (
    *(
        Entry(name, f"tests.stargit.sample_commands:{name}", f"Sample {name}.")
        for name in ("fine", "wrong", "different", "broken", "interrupted", "written", "endless", "group")
    ),
    Entry("absent", "tests.stargit.no_such_module:absent", "Never imported unless called."),
)
