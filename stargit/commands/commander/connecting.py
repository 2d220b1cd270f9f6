"""How commands reach the service: shared options, and errors of calls as problems for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import click

from generator.errors import Position, Problem, ProblemsError
from stargit.options import with_output
from stargit.output import Output
from stargit.resources import state_folder

if TYPE_CHECKING:
    from commander.client import Client, CommanderError, Connection
    from commander.proto.v1 import commander_pb2 as pb

P = ParamSpec("P")
R = TypeVar("R")

_file = click.Path(exists=True, dir_okay=False, path_type=Path)
_OPTIONS = (
    click.option(
        "--address", envvar="STARGIT_COMMANDER", metavar="HOST:PORT", show_envvar=True,
        help="Where the service listens.  [default: this user's own on this machine]",
    ),
    click.option(
        "--token-file", type=_file, envvar="STARGIT_COMMANDER_TOKEN_FILE", show_envvar=True,
        help="The file with the caller's token.",
    ),
    click.option("--tls", is_flag=True, help="Use TLS, trusting the authorities that this machine trusts."),
    click.option("--authority", type=_file, help="Use TLS, trusting this authority (PEM)."),
    click.option("--certificate", type=_file, help="The caller's certificate (PEM), for mutual TLS."),
    click.option("--key", type=_file, help="The key of the caller's certificate (PEM)."),
    click.option("--plaintext", is_flag=True, help="Send the token without TLS: something else protects the line."),
    click.option(
        "--timeout", type=click.FloatRange(0.1, 3600), default=60.0, show_default=True, metavar="SECONDS",
        help="How long a call may take, with all that it is tried again.",
    ),
)  # fmt: skip


def own_socket() -> str:
    """Where the service of a user listens on a machine, unless another address is given."""
    return f"unix:{state_folder() / 'commander.sock'}"


def with_commander(command: Callable[Concatenate[Output, Client, P], R]) -> Callable[..., R]:
    """Gives a command the options of a connection and of output, and as its first arguments output and client."""

    @wraps(command)
    def called(output: Output, *args: Any, **kwargs: Any) -> R:
        from commander.client import Client

        connection = _connection(**{name: kwargs.pop(name) for name in _NAMES})
        try:
            client = Client(connection)
        except (OSError, ValueError) as error:
            raise ProblemsError([Problem(f"the connection can't be: {error}")]) from None
        with client, failures(connection.address):
            return command(output, client, *args, **kwargs)

    for option in reversed(_OPTIONS):
        called = option(called)
    return with_output(called)


#: Seconds in which a service that runs can be reached.
_REACH = 5.0
_NAMES = ("address", "token_file", "tls", "authority", "certificate", "key", "plaintext", "timeout")


def _connection(
    address: str | None,
    token_file: Path | None,
    tls: bool,
    authority: Path | None,
    certificate: Path | None,
    key: Path | None,
    plaintext: bool,
    timeout: float,
) -> Connection:
    from commander.client import Connection

    if (certificate is None) != (key is None):
        raise click.UsageError("--certificate and --key belong together")
    token = token_file.read_bytes().decode("ascii", "replace").strip() if token_file is not None else ""
    if token_file is not None and not (token.isascii() and token.isprintable() and token):
        raise ProblemsError([Problem("has no token in it", file=str(token_file), allowed="one line")])
    return Connection(
        address or own_socket(),
        token=token,
        authority=authority,
        certificate=certificate,
        key=key,
        tls=tls,
        plaintext=plaintext,
        seconds=timeout,
        reach_seconds=min(timeout, _REACH),
    )


@contextmanager
def failures(address: str) -> Iterator[None]:
    """Calls that fail become problems for people."""
    from commander.client import CommanderError

    try:
        yield
    except CommanderError as error:
        raise ProblemsError(_problems(error, address)) from None


def _problems(error: CommanderError, address: str) -> list[Problem]:
    from commander.client import ConflictError, UnavailableError

    if isinstance(error, ConflictError):
        by = error.conflict.by
        who = f"{by.author.name} changed it in {by.revision[:12]}: {by.subject}" if by.revision else ""
        return [problem_of(each, who) for each in error.problems]
    if error.problems:
        return [problem_of(each) for each in error.problems]
    hint = f"the service's log tells more of request {error.request}" if error.request else ""
    if isinstance(error, UnavailableError) and not error.request:
        hint = f"is the service running? 'stargit commander serve --repository ...' starts it; asked was {address}"
        if not address.startswith("unix:"):
            hint += "; if it uses TLS: --tls, or --authority FILE for an authority of your own"
    return [Problem(str(error), hint=hint)]


def problem_of(message: pb.Problem, more: str = "") -> Problem:
    """A problem that the service told, with more to say of it."""
    return Problem(
        message.message,
        message.file,
        Position(message.line, max(message.column, 1)) if message.line else None,
        message.path,
        message.allowed,
        "; ".join(part for part in (message.hint, more) if part),
        secret=True,  # the file is not here, or is another one
    )
