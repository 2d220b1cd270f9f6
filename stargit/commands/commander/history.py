"""Commands that ask what was, and what happens."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import click

from stargit.commands.commander.changing import target
from stargit.commands.commander.connecting import with_commander
from stargit.output import Output

if TYPE_CHECKING:
    from commander.client import Client


@click.command(epilog="""\
\b
Examples:
  stargit commander history dev/etl/daily
  stargit commander history dev/etl/daily --differences --limit 3
""")  # fmt: skip
@target
@click.option("--limit", type=click.IntRange(1, 100_000), default=20, show_default=True, help="So many at most.")
@click.option("--differences", is_flag=True, help="With what each commit changed, by meaning.")
@click.option("--at-least", default="", metavar="COMMIT", help="Not before this commit is seen.")
@with_commander
def history(output: Output, client: Client, target: str, limit: int, differences: bool, at_least: str) -> None:
    """Show who changed a target, when, why, and what that did.

    The newest comes first. Of a deployment also commits are shown that changed what is rendered of it: defaults of its
    workspace or environment, a new chart.
    """
    from commander.client import operations as ops
    from commander.proto.v1 import commander_pb2 as pb
    from stargit.commands.commander.showing import as_json, differences_json, show_commit, show_differences

    request = pb.ListHistoryRequest(
        target=ops.target(target),
        page_size=min(limit, 20 if differences else 200),
        with_differences=differences,
        at_least=at_least,
    )
    entries = list(islice(client.entries(request), limit))
    told = []
    for each in entries:
        data = as_json(each)
        if differences:
            data["differences"] = differences_json(each.differences)
        told.append(data)
        show_commit(output, each)
        if differences:
            show_differences(output, each.differences, "  ")
    output.result({"entries": told})


@click.command(epilog="""\
\b
Examples:
  stargit commander compare dev/etl/daily 3f2c1a9
  stargit commander compare production 3f2c1a9 8d07e44
""")  # fmt: skip
@target
@click.argument("old")
@click.argument("new", default="")
@with_commander
def compare(output: Output, client: Client, target: str, old: str, new: str) -> None:
    """Compare a target at two commits by meaning.

    NEW is the newest commit, unless it is named.
    """
    from stargit.commands.commander.showing import differences_json, show_differences

    found = client.compare(target, old, new).differences
    output.result(differences_json(found))
    show_differences(output, found)


@click.command(epilog="""\
\b
Examples:
  stargit commander watch
  stargit commander watch --since 3f2c1a9 --until-now
""")  # fmt: skip
@click.option("--since", default="", metavar="COMMIT", help="From the commit after this one.  [default: from now on]")
@click.option("--until-now", is_flag=True, help="Stop when all that there is was shown.")
@with_commander
def watch(output: Output, client: Client, since: str, until_now: bool) -> None:
    """Follow commits as they come, each with the targets that it changed.

    With --output json, one line of JSON a commit. A broken line is resumed.
    """
    import sys

    import orjson

    from stargit.commands.commander.showing import as_json, event_line

    # Asked for before the first event: what comes later is not waited for.
    last = client.status().revision if until_now else None
    seen = since
    for each in client.watch(since):
        if each.HasField("event"):
            seen = each.event.commit.revision
            output.line(event_line(each.event))
            if output.mode == "json":
                sys.stdout.write(orjson.dumps(as_json(each.event), option=orjson.OPT_APPEND_NEWLINE).decode())
            sys.stdout.flush()
        else:
            seen = each.bookmark.revision
        if last is not None and seen == last:
            return
