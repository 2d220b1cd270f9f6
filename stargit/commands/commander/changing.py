"""What all commands that change something have in common: reason, id, actor, what is expected, and a dry run."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import click

from stargit.commands.commander.connecting import with_commander
from stargit.output import Output

if TYPE_CHECKING:
    from commander.client import Client
    from commander.proto.v1 import commander_pb2 as pb

P = ParamSpec("P")
R = TypeVar("R")

DEPLOYMENT = "ENVIRONMENT/WORKSPACE/RELEASE"
TARGET = "ENVIRONMENT[/WORKSPACE[/RELEASE]]"

_OPTIONS = (
    click.option("--reason", default="", help="Why, for those who read the history."),
    click.option("--id", "change_id", help="The change's own id: sent again, it is done once.  [default: a new one]"),
    click.option("--actor", metavar="'NAME <E-MAIL>'", help="In whose name, for callers that may name others."),
    click.option(
        "--expect", metavar="REVISION",
        help="The target's revision as 'get' shows it; it is a conflict when it is another by now.",
    ),
    click.option("--dry-run", is_flag=True, help="Show what would change; write nothing."),
)  # fmt: skip


_NAMES = ("reason", "change_id", "actor", "expect", "dry_run")


@dataclass(frozen=True, slots=True)
class Asking:
    """One change that is to be made, or shown."""

    output: Output
    client: Client
    reason: str
    id: str
    has_new_id: bool
    actor: tuple[str, str] | None
    expect: str | None
    dry_run: bool

    def do(self, operations: Sequence[pb.Operation], expected: Mapping[str, str] | None = None) -> None:
        """Do operations as one change, or show what they would do; ``expected`` are revisions by target.

        Raises ``CommanderError``.
        """
        from commander.client import operations as ops

        if self.expect is not None and operations:
            expected = {**(expected or {}), ops.target_text(operations[0].target): self.expect}
        if self.dry_run:
            self._show(self.client.preview(operations, reason=self.reason, actor=self.actor, expected=expected))
            return
        done = self.client.apply(operations, id=self.id, reason=self.reason, actor=self.actor, expected=expected)
        self.told(done)

    def with_id(self, change_id: str) -> Asking:
        """The same with another id, unless one was given on the command line."""
        return replace(self, id=change_id) if self.has_new_id and change_id else self

    def told(self, done: pb.ApplyResponse) -> None:
        """Say what became of a change."""
        from commander.client import operations as ops

        revisions = {ops.target_text(each.target): each.revision for each in done.targets}
        self.output.result({"id": self.id, "commit": done.revision, "repeated": done.repeated, "revisions": revisions})
        word = "was done already" if done.repeated else "done"
        self.output.line(f"{word}: commit {done.revision} ({', '.join(revisions)})", "good")

    def _show(self, preview: pb.PreviewResponse) -> None:
        from stargit.commands.commander.showing import differences_json, show_differences

        self.output.result({"base": preview.base, "differences": differences_json(preview.differences)})
        show_differences(self.output, preview.differences)
        self.output.line("nothing was written", "good")


def with_change(command: Callable[Concatenate[Asking, P], R]) -> Callable[..., R]:
    """Gives a command the options of a change, and as its first argument what does it."""

    @wraps(command)
    def called(
        output: Output,
        client: Client,
        *args: Any,
        **kwargs: Any,
    ) -> R:
        from commander.client import new_id

        reason, change_id, actor, expect, dry_run = (kwargs.pop(name) for name in _NAMES)
        who = person(actor, "--actor") if actor is not None else None
        asking = Asking(output, client, reason, change_id or new_id(), not change_id, who, expect, dry_run)
        return command(asking, *args, **kwargs)

    for option in reversed(_OPTIONS):
        called = option(called)
    return with_commander(called)


def person(text: str, option: str) -> tuple[str, str]:
    """``Name <e-mail>``, taken apart. Raises ``click.BadParameter``."""
    match = re.fullmatch(r"([^<>]*[^<> ]) <([^<>@\s]+@[^<>@\s]+)>", text)
    if match is None:
        raise click.BadParameter(f"'{text}' is not 'Name <e-mail>'", param_hint=option)
    return match[1].strip(), match[2]


def checked_target(_context: click.Context, _parameter: click.Parameter, text: str) -> str:
    """The text, which can be a target."""
    if not 1 <= len(text.split("/")) <= 3 or not all(text.split("/")):
        raise click.BadParameter(f"'{text}' is not {TARGET}")
    return text


def checked_deployment(_context: click.Context, _parameter: click.Parameter, text: str) -> str:
    """The text, which can be a deployment."""
    if text.count("/") != 2 or not all(text.split("/")):
        raise click.BadParameter(f"'{text}' is not {DEPLOYMENT}")
    return text


target = click.argument("target", metavar=TARGET, callback=checked_target)
deployment = click.argument("target", metavar=DEPLOYMENT, callback=checked_deployment)
