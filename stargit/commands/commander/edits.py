"""Commands that edit the file of a target."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stargit.assignments import wanted_of
from stargit.commands.commander.changing import Asking, deployment, target, with_change

if TYPE_CHECKING:
    from commander.proto.v1 import commander_pb2 as pb


@click.command("set", epilog="""\
\b
Examples:
  stargit commander set dev/etl/daily values.scheduler.replicas=2 --reason 'more DAGs'
  stargit commander set dev/etl/daily 'values.workers.queues[name=heavy].replicas=3' --dry-run
""")  # fmt: skip
@target
@click.argument("assignments", metavar="[PATH=VALUE]...", nargs=-1)
@click.option("--text", "texts", metavar="PATH=TEXT", multiple=True, help="The value is text, whatever it looks like.")
@with_change
def set_(asking: Asking, target: str, assignments: tuple[str, ...], texts: tuple[str, ...]) -> None:
    """Set settings in the file of a target.

    VALUE is null (which removes a default), true, false, a number, a JSON or YAML list or map in brackets, or else
    text. Comments and everything else in the file stay.
    """
    from commander.client import operations as ops

    wanted = wanted_of(assignments, texts)
    asking.do([ops.edit(target, *(ops.set_value(each.path, each.value) for each in wanted))])


@click.command(epilog="""\
\b
Example:
  stargit commander unset dev/etl/daily values.scheduler.replicas
""")  # fmt: skip
@target
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@with_change
def unset(asking: Asking, target: str, paths: tuple[str, ...]) -> None:
    """Remove settings from the file of a target.

    Then the layer below decides: the workspace's defaults, the environment's, the chart's.
    """
    from commander.client import operations as ops

    asking.do([ops.edit(target, *map(ops.unset_value, paths))])


@click.command(epilog="""\
\b
Example:
  stargit commander image dev/etl/daily registry.example.com/etl/daily --tag deploy-7
""")  # fmt: skip
@deployment
@click.argument("repository")
@click.option("--tag", default="", help="The image's tag.")
@click.option("--digest", default="", metavar="sha256:...", help="The image's digest.")
@with_change
def image(asking: Asking, target: str, repository: str, tag: str, digest: str) -> None:
    """Let a deployment run another image."""
    from commander.client import operations as ops

    if not tag and not digest:
        raise click.UsageError("an image has --tag, --digest, or both")
    asking.do([ops.set_image(target, repository, tag=tag, digest=digest)])


@click.command(epilog="""\
\b
Example:
  stargit commander bundle dev/etl/daily sha256:4f53...
""")  # fmt: skip
@deployment
@click.argument("digest")
@click.option("--repository", default="", help="Where bundles are.  [default: as it is set]")
@with_change
def bundle(asking: Asking, target: str, digest: str, repository: str) -> None:
    """Give a deployment the DAGs of a bundle."""
    from commander.client import operations as ops

    asking.do([ops.set_bundle(target, digest, repository=repository)])


@click.command(epilog="""\
\b
Examples:
  stargit commander variables dev/etl/daily STAGE=dev --unset OLD
  stargit commander variables dev/etl/daily --external AIRFLOW_CONN_WAREHOUSE=team/etl/warehouse#uri
""")  # fmt: skip
@deployment
@click.argument("plain", metavar="[NAME=VALUE]...", nargs=-1)
@click.option("--sealed", multiple=True, metavar="NAME=CIPHERTEXT", help="Encrypted for the environment's cluster.")
@click.option("--external", multiple=True, metavar="NAME=KEY[#PROPERTY]", help="In an external store of secrets.")
@click.option("--hide", multiple=True, metavar="NAME", help="One of another layer is not to be there.")
@click.option("--unset", "gone", multiple=True, metavar="NAME", help="Remove one in the open.")
@click.option("--unset-sealed", multiple=True, metavar="NAME", help="Remove a sealed one.")
@click.option("--unset-external", multiple=True, metavar="NAME", help="Remove an external one.")
@with_change
def variables(
    asking: Asking,
    target: str,
    plain: tuple[str, ...],
    sealed: tuple[str, ...],
    external: tuple[str, ...],
    hide: tuple[str, ...],
    gone: tuple[str, ...],
    unset_sealed: tuple[str, ...],
    unset_external: tuple[str, ...],
) -> None:
    """Set and remove variables of a deployment.

    Values in the open are in git for everybody who reads it. A secret is sealed before, by kubeseal, or stands in an
    external store, which values.variables.external.secretStore names ('set' sets it, here or for a whole environment).
    """
    from commander.client import operations as ops

    operations: list[pb.Operation] = []
    if gone or unset_sealed or unset_external:
        operations.append(ops.unset_variables(target, gone, sealed=unset_sealed, external=unset_external))
    if plain or sealed or external or hide:
        references = {name: _reference(value) for name, value in map(_pair, external)}
        pairs, ciphertexts = dict(map(_pair, plain)), dict(map(_pair, sealed))
        operations.append(ops.set_variables(target, pairs, sealed=ciphertexts, external=references, hidden=hide))
    if not operations:
        raise click.UsageError("no variable is named")
    asking.do(operations)


@click.command(epilog="""\
\b
Examples:
  stargit commander scale dev/etl/daily scheduler 2
  stargit commander scale dev/etl/daily workers 5 --queue heavy
""")  # fmt: skip
@deployment
@click.argument("component")
@click.argument("replicas", type=click.IntRange(0, 100_000))
@click.option("--queue", default="", help="Of workers: this queue.")
@with_change
def scale(asking: Asking, target: str, component: str, replicas: int, queue: str) -> None:
    """Set how many pods a component or a queue of workers has."""
    from commander.client import operations as ops

    asking.do([ops.scale(target, component, replicas, queue=queue)])


@click.command(epilog="""\
\b
Example:
  stargit commander upgrade dev/etl/daily 3.1.2 --image-tag 3.1.2-deploy-1 --dry-run
""")  # fmt: skip
@deployment
@click.argument("version")
@click.option("--image-tag", help="The tag of its own image that has this version, set in the same change.")
@with_change
def upgrade(asking: Asking, target: str, version: str, image_tag: str | None) -> None:
    """Set the version of a deployment, where the way there is allowed."""
    from commander.client import operations as ops

    operations = [ops.upgrade(target, version)]
    if image_tag is not None:
        operations.append(ops.edit(target, ops.set_value("values.images.airflow.tag", image_tag)))
    asking.do(operations)


@click.command(epilog="""\
\b
Example:
  stargit commander relabel dev/etl/daily 'Daily loads'
""")  # fmt: skip
@target
@click.argument("label")
@with_change
def relabel(asking: Asking, target: str, label: str) -> None:
    """Set the name that people see."""
    from commander.client import operations as ops

    asking.do([ops.relabel(target, label)])


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise click.UsageError(f"'{name}' is not NAME=VALUE")
    return name, value


def _reference(text: str) -> pb.ExternalReference:
    from commander.proto.v1 import commander_pb2 as pb

    key, _, part = text.partition("#")
    return pb.ExternalReference(key=key, property=part)
