"""Commands that ask what there is."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from stargit.commands.commander.changing import checked_target, target
from stargit.commands.commander.connecting import with_commander
from stargit.output import Output

if TYPE_CHECKING:
    from commander.client import Client
    from commander.proto.v1 import commander_pb2 as pb

_limit = click.option(
    "--limit", type=click.IntRange(1, 1_000_000), default=100, show_default=True, help="Show so many at most."
)
_within = click.option(
    "--within", metavar="ENVIRONMENT[/WORKSPACE]", help="Only what is inside.",
    callback=lambda context, parameter, text: text and checked_target(context, parameter, text),
)  # fmt: skip
_at_least = click.option(
    "--at-least", default="", metavar="COMMIT", help="Not before this commit is seen, e.g. one's own change's."
)


@click.command("list", epilog="""\
\b
Examples:
  stargit commander list deployment --within production --version 2
  stargit commander list deployment --label team=etl --asleep --output json
  stargit commander list workspace --words sales
""")  # fmt: skip
@click.argument("kind", type=click.Choice(["environment", "workspace", "deployment"]))
@_within
@click.option("--words", default="", help="All of these words are in name or label.")
@click.option("--version", default="", help="Of the runtime or of Airflow, or its beginning: 3.1 is 3.1.2.")
@click.option("--executor", default="", help="This executor.")
@click.option("--label", "labels", multiple=True, metavar="NAME[=VALUE]", help="With this label; may be repeated.")
@click.option("--asleep/--awake", default=None, help="Deployments that hibernate, or do not.")
@click.option("--deleted/--not-deleted", default=None, help="Softly deleted, or not.")
@click.option("--wrong", is_flag=True, help="With problems.")
@_limit
@_at_least
@with_commander
def list_(
    output: Output,
    client: Client,
    kind: Literal["environment", "workspace", "deployment"],
    within: str | None,
    words: str,
    version: str,
    executor: str,
    labels: tuple[str, ...],
    asleep: bool | None,
    deleted: bool | None,
    wrong: bool,
    limit: int,
    at_least: str,
) -> None:
    """List environments, workspaces or deployments."""
    from commander.client import operations as ops
    from commander.proto.v1 import commander_pb2 as pb
    from stargit.commands.commander.showing import as_json

    chosen = pb.Filter(
        words=words,
        version=version,
        executor=executor,
        hibernating=asleep,
        deleted=deleted,
        with_problems=True if wrong else None,
        labels=dict(each.partition("=")[::2] for each in labels),
    )
    request = pb.ListRequest(
        kind=pb.Kind.Value(f"KIND_{kind.upper()}"),
        within=ops.target(within) if within else None,
        filter=chosen,
        page_size=min(limit, 500),
        at_least=at_least,
    )
    items = list(islice(client.items(request), limit + 1))
    output.result({"items": [as_json(each) for each in items[:limit]], "more": len(items) > limit})
    if kind == "deployment":
        output.table(("deployment", "label", "version", "executor", "state"), map(_deployment_row, items[:limit]))
    else:
        output.table(
            (kind, "label", "deployments", "state"),
            ((ops.target_text(each.target), each.label, str(each.deployments), _state(each)) for each in items[:limit]),
        )
    if len(items) > limit:
        output.note("there are more; --limit shows them")


def _deployment_row(item: pb.Item) -> tuple[str, ...]:
    from commander.client.operations import target_text

    airflow = item.airflow
    return (
        target_text(item.target),
        item.label,
        airflow.runtime_version or airflow.airflow_version or "(the chart's)",
        airflow.executor or "(the chart's)",
        _state(item),
    )


def _state(item: pb.Item) -> str:
    if item.problems:
        return f"wrong: {item.problems[0].message}"
    if item.deleted_at:
        return f"deleted {item.deleted_at}"
    return "asleep" if item.airflow.hibernating else ""


@click.command(epilog="""\
\b
Examples:
  stargit commander get dev/etl/daily
  stargit commander get dev/etl/daily --at 3f2c1a9 --text
""")  # fmt: skip
@target
@click.option("--at", default="", metavar="COMMIT", help="As it was then.")
@click.option("--text", "only_text", is_flag=True, help="Print its file alone.")
@_at_least
@with_commander
def get(output: Output, client: Client, target: str, at: str, only_text: bool, at_least: str) -> None:
    """Show one environment, workspace or deployment."""
    from stargit.commands.commander.showing import as_json

    found = client.get(target, at=at, at_least=at_least)
    output.result(as_json(found))
    if not only_text:
        output.line(f"{target}: {found.item.label}", "strong")
        output.line(f"revision {found.item.revision} at commit {found.revision}", "faint")
        if state := _state(found.item):
            output.line(state)
        output.line()
    output.line(found.text.rstrip("\n"))


@click.command(epilog="""\
\b
Example:
  stargit commander search 'CeleryExecutor' --within production
""")  # fmt: skip
@click.argument("words")
@_within
@_limit
@_at_least
@with_commander
def search(output: Output, client: Client, words: str, within: str | None, limit: int, at_least: str) -> None:
    """Find lines in the files of desired state.

    A line is found when it has all words, in small or capital letters.
    """
    from commander.client import operations as ops
    from commander.proto.v1 import commander_pb2 as pb
    from stargit.commands.commander.showing import as_json

    request = pb.SearchRequest(
        words=words,
        within=ops.target(within) if within else None,
        page_size=min(limit, 500),
        at_least=at_least,
    )
    found = list(islice(client.matches(request), limit + 1))
    output.result({"matches": [as_json(each) for each in found[:limit]], "more": len(found) > limit})
    for each in found[:limit]:
        output.line(f"{each.file}:{each.line}: {each.text.strip()}")
    if len(found) > limit:
        output.note("there are more; --limit shows them")


@click.command(epilog="""\
\b
Examples:
  stargit commander rendered dev/etl/daily
  stargit commander rendered dev/etl/daily --to /tmp/daily
""")  # fmt: skip
@target
@click.option("--at", default="", metavar="COMMIT", help="As it was then.")
@click.option("--inside", is_flag=True, help="Of an environment or workspace: all that is in it, too.")
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), help="Write them into this folder.")
@_at_least
@with_commander
def rendered(
    output: Output, client: Client, target: str, at: str, inside: bool, folder: Path | None, at_least: str
) -> None:
    """Show the manifests that are rendered of a target.

    They are printed as one stream of YAML documents, or written into a folder as they lie in the repository.
    """
    from commander.client import operations as ops
    from commander.proto.v1 import commander_pb2 as pb
    from generator.errors import Problem, ProblemsError

    request = pb.ListRenderedRequest(target=ops.target(target), at=at, inside=inside, at_least=at_least)
    told: list[dict[str, str]] = []
    for each in client.rendered_files(request):
        if each.size and not each.data:
            raise ProblemsError([Problem(f"is too large to be sent: {each.size:,} bytes", file=each.path)])
        text = each.data.decode("utf-8", "replace")
        told.append({"path": each.path, "text": text} if folder is None else {"path": each.path})
        if folder is None:
            output.line(f"# {each.path}", "faint")
            output.line(text.rstrip("\n"))
            continue
        if ".." in each.path.split("/") or each.path.startswith("/"):
            raise ProblemsError([Problem("has a name that is not allowed", file=each.path)])
        file = folder / each.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(each.data)
    output.result({"files": told})
    if folder is not None:
        output.line(f"{len(told)} files in {folder}", "good")
