"""What a call can end with, and who has to do what about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import grpc
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import RequestInfo, RetryInfo
from grpc_status import rpc_status

from commander.proto.v1 import commander_pb2 as pb

Code = grpc.StatusCode


class CommanderError(Exception):
    """A call that failed. ``code`` is gRPC's, ``request`` the id under which the service's log has it."""

    def __init__(self, message: str, code: grpc.StatusCode, request: str, problems: Sequence[pb.Problem] = ()) -> None:
        super().__init__(message)
        self.code, self.request, self.problems = code, request, tuple(problems)


class RefusedError(CommanderError):
    """What was asked for is wrong: ``problems`` say what. Mend it."""


class MissingError(CommanderError):
    """A target or a revision is not there."""


class ConflictError(CommanderError):
    """A target is not as the change expects it: ``conflict`` says who made it so. Read it again, then ask again."""

    conflict: pb.Conflict


class DeniedError(CommanderError):
    """The service does not know who calls, or does not allow it."""


class RejectedError(CommanderError):
    """The repository takes no such change, or history was rewritten under a watch. Trying again does not help."""


class UnavailableError(CommanderError):
    """The service or its repository can't be reached, or has too much to do. The same call, with the same id, may be
    tried again after ``seconds``."""

    seconds: float = 1.0


class NotLiveError(CommanderError):
    """What was waited for is not live in time: ``statuses`` of those that are not say why."""

    def __init__(self, statuses: Sequence[pb.LiveStatus], seconds: float) -> None:
        super().__init__(f"not live after {seconds:g} seconds", Code.DEADLINE_EXCEEDED, "")
        self.statuses = tuple(statuses)


_KINDS: dict[grpc.StatusCode, type[CommanderError]] = {
    Code.INVALID_ARGUMENT: RefusedError,
    Code.NOT_FOUND: MissingError,
    Code.ABORTED: ConflictError,
    Code.FAILED_PRECONDITION: RejectedError,
    Code.UNAUTHENTICATED: DeniedError,
    Code.PERMISSION_DENIED: DeniedError,
    Code.UNAVAILABLE: UnavailableError,
    Code.RESOURCE_EXHAUSTED: UnavailableError,
    Code.DEADLINE_EXCEEDED: UnavailableError,
}


def error_of(error: grpc.RpcError) -> CommanderError:
    """What a failed call means. Raises the error itself when it is none of a call."""
    if not isinstance(error, grpc.Call | grpc.aio.AioRpcError):
        raise error
    code = error.code()
    details = _details(error)
    request = next((each.request_id for each in details if isinstance(each, RequestInfo)), "")
    problems = [each for each in details if isinstance(each, pb.Problem)]
    conflict = next((each for each in details if isinstance(each, pb.Conflict)), None)
    kind = _KINDS.get(code, CommanderError)
    if code is Code.RESOURCE_EXHAUSTED and not request:
        kind = RefusedError  # gRPC itself says so of a message that is too large, before the service sees it
    if kind is ConflictError and conflict is None:
        kind = CommanderError
    found = kind(error.details() or code.name, code, request, problems)
    if isinstance(found, ConflictError) and conflict is not None:
        found.conflict = conflict
        found.problems = (conflict.problem,)
    if isinstance(found, UnavailableError):
        retry = next((each for each in details if isinstance(each, RetryInfo)), None)
        if retry is not None:
            found.seconds = retry.retry_delay.seconds + retry.retry_delay.nanos / 1e9
    return found


def _details(error: grpc.Call | grpc.aio.AioRpcError) -> list[Message]:
    try:
        status = rpc_status.from_call(cast(grpc.Call, error))  # of the other kind it needs the same
    except ValueError:  # a status that contradicts the call's: not of Commander
        return []
    found: list[Message] = []
    for packed in status.details if status is not None else ():
        for kind in (RequestInfo, RetryInfo, pb.Problem, pb.Conflict):
            if packed.Is(kind.DESCRIPTOR):
                message = kind()
                packed.Unpack(message)
                found.append(message)
    return found
