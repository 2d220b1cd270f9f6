"""``stargit diff``: what a change of desired state changes in the clusters, by meaning."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import click

from generator.errors import Problem, ProblemsError, did_you_mean
from stargit.errors import Exit
from stargit.output import Output
from stargit.repository import progress, repository_option

if TYPE_CHECKING:
    from generator.diff import Diff
    from stargit.states import Source, State, States

Form: TypeAlias = Literal["text", "json", "markdown"]

_EXAMPLES = """\
\b
Examples:
  stargit diff                          what my edits would change, before I render
  stargit diff --only production/etl    the same, of one workspace
  stargit diff HEAD~1 HEAD              what the last commit changed
  stargit diff --merge-base origin/main --output markdown
  stargit diff ../before ../after       two folders, without git

\b
A and B are revisions of git or folders. Of a revision, what is committed in
rendered/ is taken; of a folder, what its environments/ renders to now.
Exit codes: 0 compared (with --exit-code: nothing differs), 1 the input is
wrong (with --exit-code: something differs), 2 the command line is wrong.
"""


def _choose(context: click.Context, _parameter: click.Parameter, form: Form) -> Form:
    # Problems are told to machines as JSON, to people who read Markdown as text.
    context.ensure_object(Output).mode = "json" if form == "json" else "text"
    return form


@click.command(epilog=_EXAMPLES)
@click.argument("a", required=False)
@click.argument("b", required=False)
@repository_option
@click.option("--only", multiple=True, metavar="ENV[/WORKSPACE[/RELEASE]]", help="Compare only this; may be repeated.")
@click.option("--desired", "source", flag_value="desired", help="Render environments/ of both sides in memory.")
@click.option("--rendered", "source", flag_value="rendered", help="Compare what rendered/ holds on both sides.")
@click.option("--merge-base", is_flag=True, help="Compare with the newest commit that A and B have in common.")
@click.option("--all", "everything", is_flag=True, help="Show all changes, however many there are.")
@click.option("--exit-code", is_flag=True, help="The exit code is 1 when something differs.")
@click.option(
    "--output", "form", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True,
    envvar="STARGIT_OUTPUT", show_envvar=True, is_eager=True, callback=_choose,
    help="Words for people, one JSON document for machines, or Markdown for a comment.",
)  # fmt: skip
@click.pass_obj
def diff(
    output: Output,
    a: str | None,
    b: str | None,
    repository: Path,
    only: tuple[str, ...],
    source: Source | None,
    merge_base: bool,
    everything: bool,
    exit_code: bool,
    form: Form,
) -> Exit | None:
    """Compare two rendered states by meaning: objects, fields, restarts.

    A is HEAD and B the work tree, unless they are named.
    """
    from generator.diff import diff as compared
    from stargit.states import Part, States, differing

    output.base = repository
    parts = _parts(only)
    with progress(output, "rendering deployments") as told, States(repository, source, told) as states:
        old, new = _sides(states, a, b, merge_base)
        for state in (old, new):
            output.note(f"{'old' if state is old else 'new'}: {state.name}", "faint")
        if parts:
            _known(parts, old.files, new.files)
        paths = [path for path in differing(old.files, new.files) if _is_in(path, parts)]
        found = compared(Part(old.files, paths), Part(new.files, paths))
    _show(output, found, form, everything=everything, old=old, new=new)
    return Exit.INPUT if exit_code and found else None


def _sides(states: States, a: str | None, b: str | None, merge_base: bool) -> tuple[State, State]:
    from stargit.states import existing_folder

    if a is not None and b is None and ".." in a and existing_folder(a) is None:
        # As git has it: A..B, and A...B for what B has that A has not.
        separator = "..." if "..." in a else ".."
        first, _, second = a.partition(separator)
        a, b = first or "HEAD", second or "HEAD"
        merge_base = merge_base or separator == "..."
    new = states.work_tree() if b is None else states.named(b)
    if merge_base:
        return states.common(a or "HEAD", b or "HEAD"), new
    return states.head() if a is None else states.named(a), new


def _parts(only: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    parts = tuple(tuple(text.strip("/").split("/")) for text in only)
    wrong = [text for text, names in zip(only, parts, strict=True) if len(names) > 3 or not all(names)]
    if wrong:
        raise click.BadParameter(
            f"'{wrong[0]}' is not ENV, ENV/WORKSPACE or ENV/WORKSPACE/RELEASE", param_hint="--only"
        )
    return parts


def _names(path: str) -> tuple[str, ...]:
    from generator.diff import unit_of

    unit = unit_of(path)
    return tuple(part for part in (unit.environment, unit.workspace, unit.name) if part)


def _is_in(path: str, parts: tuple[tuple[str, ...], ...]) -> bool:
    names = _names(path) if parts else ()
    return not parts or any(names[: len(part)] == part for part in parts)


def _known(parts: tuple[tuple[str, ...], ...], *sides: Mapping[str, bytes]) -> None:
    """A name that is on no side is a mistake, not an empty comparison."""
    there = {_names(path) for side in sides for path in side}
    known = {names[:length] for names in there for length in (1, 2, 3)}
    problems = [
        Problem(
            f"there is no '{'/'.join(part)}' on either side",
            hint=did_you_mean("/".join(part), ["/".join(names) for names in known]),
        )
        for part in parts
        if part not in known
    ]
    if problems:
        raise ProblemsError(problems)


def _show(output: Output, found: Diff, form: Form, *, everything: bool, old: State, new: State) -> None:
    from generator.diff import Caps, as_json, as_markdown, text_lines

    if form == "json":
        output.result({"old": old.name, "new": new.name, **as_json(found)})
    elif form == "markdown":
        for line in as_markdown(found).split("\n")[:-1]:
            output.line(line)
    else:
        for text in text_lines(found, Caps(None, None, None) if everything else None):
            output.line(text.text, text.tone)
