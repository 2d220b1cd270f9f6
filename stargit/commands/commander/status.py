"""``stargit commander status``: how the service is, and what became of deployments in their clusters."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from stargit.commands.commander.changing import checked_target
from stargit.commands.commander.connecting import problem_of, with_commander
from stargit.output import Output, Style

if TYPE_CHECKING:
    from google.protobuf.timestamp_pb2 import Timestamp

    from commander.client import Client
    from commander.proto.v1 import commander_pb2 as pb

_NEWEST = "newest"
_COMMIT = re.compile(r"[0-9a-fA-F]{7,40}")


def _checked_revision(_context: click.Context, _parameter: click.Parameter, text: str | None) -> str | None:
    """The service would wait for a commit of any name, as one may come that it has not seen."""
    if text is None or text == _NEWEST or _COMMIT.fullmatch(text):
        return text
    raise click.BadParameter(
        f"'{text[:100]}' is no commit: '{_NEWEST}', or the 7 to 40 hex digits that a commit's name begins with"
    )


@click.command(epilog="""\
\b
Examples:
  stargit commander status
  stargit commander status production
  stargit commander status dev/etl/daily
  stargit commander status dev --watch
  stargit commander scale dev/etl/daily scheduler 2 --reason 'more DAGs'
  stargit commander status dev/etl/daily --wait newest --timeout 120
""")  # fmt: skip
@click.argument(
    "target", default="", metavar="[ENVIRONMENT[/WORKSPACE[/RELEASE]]]",
    callback=lambda context, parameter, text: text and checked_target(context, parameter, text),
)  # fmt: skip
@click.option("--watch", is_flag=True, help="Go on, and show each change.")
@click.option(
    "--wait", "revision", metavar="REVISION", callback=_checked_revision,
    help=f"Wait until the target is live at this commit ('{_NEWEST}': the newest one); --timeout says for how long.",
)  # fmt: skip
@with_commander
def status(output: Output, client: Client, target: str, watch: bool, revision: str | None) -> None:
    """Show how the service is, or what became of a target in its cluster.

    Of a deployment: whether the newest commit is applied and healthy, its components, and where something is wrong,
    what that is and what to do. With --output json and --watch, one line of JSON a change.
    """
    if watch and revision is not None:
        raise click.UsageError("--watch or --wait")
    if revision is not None and not target:
        raise click.UsageError("--wait needs a target")
    if watch:
        _watch(output, client, target)
    elif revision is not None:
        _wait(output, client, target, "" if revision == _NEWEST else revision)
    elif target.count("/") == 2:
        from stargit.commands.commander.showing import as_json

        found = client.live_status(target)
        output.result(as_json(found))
        _show(output, found)
    elif target:
        _list(output, client, target)
    else:
        _service(output, client)


def _service(output: Output, client: Client) -> None:
    from stargit.commands.commander.showing import as_json, size_text

    found = client.status()
    output.result(as_json(found))
    rows = [
        ("version", found.version),
        ("branch", found.branch),
        ("commit", found.revision),
        ("remote", found.remote or "none: the service's repository is the truth"),
        ("changes that wait", str(found.waiting)),
        ("environments, workspaces, deployments", f"{found.environments}, {found.workspaces}, {found.deployments}"),
        ("repository", f"{size_text(found.repository_bytes)} in {found.packs} packs"),
        ("problems of pushed files", str(len(found.problems))),
    ]
    if found.trouble:
        rows.append(("last trouble", f"{found.trouble_time.ToDatetime():%Y-%m-%d %H:%M:%SZ}: {found.trouble}"))
    output.table(("what", "value"), rows)
    for each in found.problems:
        output.line(str(problem_of(each)), "bad")


def _list(output: Output, client: Client, within: str) -> None:
    from commander.client import operations as ops
    from commander.proto.v1 import commander_pb2 as pb
    from stargit.commands.commander.showing import as_json

    request = pb.ListLiveStatusRequest(within=ops.target(within), page_size=500)
    found = list(client.all_live_statuses(request))
    output.result({"statuses": [as_json(each) for each in found]})
    output.table(("deployment", "live", "sync", "health", "revision", "what is wrong"), map(_row, found))
    _show_stale(output, (each for one in found for each in one.stale))
    if not found:
        output.note("no deployment of it has an Argo CD: 'gitops' in environment.yaml says which one applies it")


def _wait(output: Output, client: Client, target: str, revision: str) -> None:
    from commander.client import NotLiveError
    from generator.errors import Problem, ProblemsError
    from stargit.commands.commander.showing import as_json

    output.note(f"waiting until {target} is live")
    try:
        found = client.wait_live(target, revision)
    except NotLiveError as error:
        problems = []
        for each in error.statuses:
            first = next((one for one in each.explanations if one.weight == "error"), None)
            why = f": {first.summary} ({first.object or first.detail})" if first is not None else ""
            stale = f"; {each.stale[0].what} can't be read: {each.stale[0].reason}" if each.stale else ""
            problems.append(
                Problem(f"{_name(each)} is {each.sync}, {each.health}{why}{stale}", hint=first.advice if first else "")
            )
        raise ProblemsError(problems or [Problem(f"{target} is {error}")]) from None
    output.result({"statuses": [as_json(each) for each in found.values()]})
    for each in found.values():
        seconds = f", {each.commit_to_live_seconds:.1f} s after its commit" if each.commit_to_live_seconds else ""
        output.line(f"{_name(each)} is live at {each.running_revision[:12]}{seconds}", "good")


def _watch(output: Output, client: Client, target: str) -> None:
    import orjson

    from commander.client.operations import target_text
    from stargit.commands.commander.showing import as_json

    for each in client.watch_live(target):
        if output.mode == "json" and not each.HasField("all_told"):
            sys.stdout.write(orjson.dumps(as_json(each), option=orjson.OPT_APPEND_NEWLINE).decode())
        if each.HasField("status"):
            now = datetime.now(UTC).strftime("%H:%M:%SZ")
            row = _row(each.status)
            output.line(
                f"{now}  {row[0]}  {'live' if row[1] else '-'}  {'  '.join(filter(None, row[2:]))}", _style(each.status)
            )
        elif each.HasField("gone"):
            output.line(f"{target_text(each.gone)} is gone", "faint")
        sys.stdout.flush()


def _row(status: pb.LiveStatus) -> tuple[str, ...]:
    first = next(iter(status.explanations), None)
    what = "" if first is None else f"{first.summary}{f': {first.object}' if first.object else ''}"
    return (
        _name(status), "yes" if status.live else "", status.sync, status.health, status.running_revision[:12], what,
    )  # fmt: skip


def _show(output: Output, status: pb.LiveStatus) -> None:
    live = "live" if status.live else "not live"
    output.line(f"{_name(status)}: {live}, {status.sync}, {status.health}", _style(status))
    output.line(f"runs {status.running_revision[:12] or 'nothing'}, wanted is {status.wanted_revision[:12]}", "faint")
    if status.HasField("live_since"):
        took = ""
        if status.HasField("commit_to_live_seconds"):
            took = f", {status.commit_to_live_seconds:.1f} s after its commit"
        output.line(f"live since {_time(status.live_since)}{took}", "faint")
    if status.HasField("operation"):
        operation = status.operation
        when = _time(operation.finished if operation.HasField("finished") else operation.started)
        output.line(f"last sync: {operation.phase} {when}: {operation.message}", "faint")
    if status.HasField("drift"):
        drift = status.drift
        undone = f", set back {_time(drift.undone)}" if drift.HasField("undone") else ", not set back yet"
        output.line(f"changed by hand: {', '.join(drift.objects)}, seen {_time(drift.seen)}{undone}")
    for each in status.explanations:
        output.line()
        about = f": {each.object}" if each.object else ""
        output.line(f"{each.summary}{about}", "bad" if each.weight == "error" else "")
        if each.detail:
            output.line(f"  {each.detail}", "faint")
        output.line(f"  {each.advice}")
    if status.components_unknown:
        output.line()
        output.note("its workloads are not read: 'stargit commander serve --workloads ENVIRONMENT=KUBECONFIG'")
    elif status.components:
        output.line()
        output.table(
            ("component", "workload", "health", "ready", "message"),
            (
                (
                    one.component,
                    f"{one.kind} {one.name}",
                    one.health,
                    f"{one.ready} of {one.wanted}",
                    one.message,
                )
                for one in status.components
            ),
        )
        if status.components_left_out:
            output.note(f"{status.components_left_out:,} more workloads are not told")
    _show_stale(output, status.stale)


def _show_stale(output: Output, stale: Iterable[pb.Stale]) -> None:
    for what, since, reason in dict.fromkeys((each.what, _time(each.since), each.reason) for each in stale):
        output.note(f"{what} can't be read since {since}, so this may be old: {reason}", "bad")


def _style(status: pb.LiveStatus) -> Style:
    if any(each.weight == "error" for each in status.explanations):
        return "bad"
    return "good" if status.live else ""


def _name(status: pb.LiveStatus) -> str:
    from commander.client.operations import target_text

    return target_text(status.target)


def _time(time: Timestamp) -> str:
    return f"{time.ToDatetime():%Y-%m-%d %H:%M:%SZ}"
