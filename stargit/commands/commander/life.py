"""Commands from a target's beginning to its end, and back."""

from __future__ import annotations

from typing import IO

import click

from generator.errors import Problem, ProblemsError
from stargit.commands.commander.changing import Asking, deployment, target, with_change

_LARGEST = 4 * 1024 * 1024


@click.command(epilog="""\
\b
Example:
  stargit commander hibernate dev/etl/daily --reason 'no runs at Christmas'
""")  # fmt: skip
@deployment
@with_change
def hibernate(asking: Asking, target: str) -> None:
    """Put a deployment to sleep: no pods, everything else stays."""
    from commander.client import operations as ops

    asking.do([ops.hibernate(target)])


@click.command(epilog="""\
\b
Example:
  stargit commander wake dev/etl/daily
""")  # fmt: skip
@deployment
@with_change
def wake(asking: Asking, target: str) -> None:
    """Wake a deployment that sleeps."""
    from commander.client import operations as ops

    asking.do([ops.wake(target)])


@click.command(epilog="""\
\b
Examples:
  stargit commander create dev/etl/daily --file daily.yaml
  stargit commander get dev/etl/daily --text | stargit commander create dev/etl/nightly --file -
""")  # fmt: skip
@target
@click.option("--file", "stream", type=click.File("rb"), required=True, help="The whole file of it; - is the input.")
@with_change
def create(asking: Asking, target: str, stream: IO[bytes]) -> None:
    """Create an environment, a workspace or a deployment from a file.

    'stargit new' writes such files.
    """
    from commander.client import operations as ops

    asking.do([ops.create(target, _text(stream))])


@click.command(epilog="""\
\b
Example:
  stargit commander move dev/etl/daily reporting
""")  # fmt: skip
@deployment
@click.argument("workspace")
@with_change
def move(asking: Asking, target: str, workspace: str) -> None:
    """Move a deployment to another workspace of its environment."""
    from commander.client import operations as ops

    asking.do([ops.move(target, workspace)])


@click.command(epilog="""\
\b
Example:
  stargit commander delete dev/etl/daily --reason 'replaced by hourly'
""")  # fmt: skip
@target
@with_change
def delete(asking: Asking, target: str) -> None:
    """Delete a target softly: it sleeps, and can be undeleted.

    Names, volumes, secrets and the database stay. 'remove' ends it for good.
    """
    from commander.client import operations as ops

    asking.do([ops.delete(target)])


@click.command(epilog="""\
\b
Example:
  stargit commander undelete dev/etl/daily
""")  # fmt: skip
@target
@with_change
def undelete(asking: Asking, target: str) -> None:
    """Take a soft deletion back."""
    from commander.client import operations as ops

    asking.do([ops.undelete(target)])


@click.command(epilog="""\
\b
Example:
  stargit commander remove dev/etl/daily
""")  # fmt: skip
@target
@click.option("--at-once", is_flag=True, help="Also what is not softly deleted.")
@with_change
def remove(asking: Asking, target: str, at_once: bool) -> None:
    """Remove a target that is softly deleted, for good.

    Argo CD then removes what is in the cluster. 'revert' brings the file back, and no data.
    """
    from commander.client import operations as ops

    asking.do([ops.remove(target, at_once=at_once)])


@click.command(epilog="""\
\b
Example:
  stargit commander history dev/etl/daily
  stargit commander revert dev/etl/daily 3f2c1a9 --reason 'the new image fails'
""")  # fmt: skip
@target
@click.argument("commit")
@with_change
def revert(asking: Asking, target: str, commit: str) -> None:
    """Make a target what it was at a commit, in a new commit.

    It is rendered with today's chart. What others changed elsewhere since then stays.
    """
    from commander.client import operations as ops

    if asking.dry_run:
        asking.do([ops.restore(target, asking.client.get(target, at=commit).text)])
        return
    expected = {target: asking.expect} if asking.expect is not None else None
    asking.told(
        asking.client.revert(target, commit, id=asking.id, reason=asking.reason, actor=asking.actor, expected=expected)
    )


@click.command(epilog="""\
\b
Example:
  stargit commander apply change.yaml

\b
change.yaml, in the JSON form of the protocol's Change (or the same as YAML):
  id: new-team-1
  reason: a new team
  operations:
    - target: {environment: dev, workspace: sales}
      create: {text: "apiVersion: stargit.dev/v1\\nkind: Workspace\\nlabel: Sales\\n"}
    - target: {environment: dev, workspace: etl, release: daily}
      move: {workspace: sales}
""")  # fmt: skip
@click.argument("stream", metavar="FILE", type=click.File("rb"))
@with_change
def apply(asking: Asking, stream: IO[bytes]) -> None:
    """Do a change that is written in a file: operations that belong together.

    They are done together, or none of them is. Options win over what the file says.
    """
    from dataclasses import replace

    from google.protobuf import json_format

    from commander.client import operations as ops
    from commander.proto.v1 import commander_pb2 as pb
    from generator.yaml import read

    change = pb.Change()
    document = read(_text(stream), file=stream.name)
    if not isinstance(document.value, dict):
        raise ProblemsError([Problem("is no map", file=stream.name, allowed="a change")])
    try:
        json_format.ParseDict(document.value, change)
    except (json_format.ParseError, RecursionError) as error:
        raise ProblemsError([Problem(f"is no change: {error}", file=stream.name)]) from None
    if change.HasField("actor") and asking.actor is None:
        asking = replace(asking, actor=(change.actor.name, change.actor.email))
    asking = replace(asking, reason=asking.reason or change.reason)
    expected = {ops.target_text(each.target): each.revision for each in change.expectations}
    asking.with_id(change.id).do(list(change.operations), expected)


def _text(stream: IO[bytes]) -> str:
    data = stream.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise ProblemsError([Problem(f"is larger than {_LARGEST:,} bytes", file=stream.name)])
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise ProblemsError([Problem(f"is no UTF-8 text: {error.reason}", file=stream.name)]) from None
