"""What goes wrong -> status codes of gRPC with details (``google.rpc.Status``; see the head of ``commander.proto``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.rpc.code_pb2 import Code
from google.rpc.error_details_pb2 import BadRequest, RequestInfo, RetryInfo
from google.rpc.status_pb2 import Status

from commander.git import MovedError, StoreError
from commander.proto.v1 import commander_pb2 as pb
from commander.reading import NotFoundError, RevisionGoneError
from commander.service.authority import ForbiddenError, UnknownCallerError
from commander.service.encoding import plain, problem_message
from commander.status import NotConfiguredError
from commander.writer import BusyError, ClosedError
from generator.errors import Problem, ProblemsError

#: Details travel in a trailer, of which clients take no more than 8 KiB: the first problems are told.
_MOST_BYTES = 5_000
_LONGEST_TEXT = 1_500
_SHORT = 300
#: Seconds after which it may be tried again.
_SOON, _LATER = 1.0, 5.0
#: Problems of one call that are logged.
_LOGGED = 20


class ConflictedError(Exception):
    """A change was not done, for something is not as it expects."""

    def __init__(self, conflict: pb.Conflict) -> None:
        super().__init__(conflict.problem.message)
        self.conflict = conflict


class UnavailableError(Exception):
    """It can't be done now; ``seconds`` after which it may be tried again."""

    def __init__(self, reason: str, seconds: float = _LATER) -> None:
        super().__init__(reason)
        self.seconds = seconds


class RejectedError(Exception):
    """The repository takes no change such as this, however often it is tried."""


class DefectError(Exception):
    """Commander has a defect; the cause is what was raised where nobody thought of it."""


class TooManyError(Exception):
    """The caller has too much under way."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A status, and what the log may say of it, in which settings' values must not be."""

    status: Status
    log: Mapping[str, object]


def failure_of(error: Exception, request: str) -> Failure:
    """The status of what was raised; ``request`` is the call's own id."""
    match error:
        case ProblemsError(problems=problems):
            status = _failure(Code.INVALID_ARGUMENT, _told(problems), request, _wrong(problems)).status
            # What was found may be a value, and a value may be a secret.
            return Failure(status, {"problems": [_field(each) for each in problems[:_LOGGED]]})
        case RevisionGoneError():
            return _failure(Code.FAILED_PRECONDITION, str(error), request, [problem_message(error.problem)])
        case NotFoundError():
            return _failure(Code.NOT_FOUND, str(error), request, [problem_message(error.problem)])
        case ConflictedError(conflict=conflict):
            # Who was first may have had much to say; what was first is what matters.
            conflict.by.reason, conflict.by.subject = conflict.by.reason[:_SHORT], conflict.by.subject[:_SHORT]
            return _failure(Code.ABORTED, str(error), request, [conflict])
        case NotConfiguredError():
            problem = Problem(str(error), hint=error.hint)
            return _failure(Code.FAILED_PRECONDITION, str(error), request, [problem_message(problem)])
        case UnavailableError():
            return _failure(Code.UNAVAILABLE, str(error), request, [_retry(error.seconds)])
        case ClosedError():
            return _failure(Code.UNAVAILABLE, "the service stops; ask another one", request, [_retry(_SOON)])
        case BusyError():
            return _failure(Code.RESOURCE_EXHAUSTED, "too many changes wait", request, [_retry(_LATER)])
        case TooManyError():
            return _failure(Code.RESOURCE_EXHAUSTED, str(error), request, [_retry(_LATER)])
        case UnknownCallerError():
            return _failure(Code.UNAUTHENTICATED, str(error), request)
        case ForbiddenError():
            return _failure(Code.PERMISSION_DENIED, str(error), request)
        case RejectedError() | StoreError(retry=False):
            return _failure(Code.FAILED_PRECONDITION, str(error), request, [pb.Problem(message=plain(str(error)))])
        case StoreError() | MovedError() | OSError():
            return _failure(Code.UNAVAILABLE, str(error), request, [_retry(_LATER)])
    told = f"a defect of Commander: {type(error).__name__}; its log tells more of request {request}"
    return Failure(_failure(Code.INTERNAL, told, request).status, {"defect": True, "exc_info": error})


def _failure(code: int, text: str, request: str, details: Iterable[Message] = ()) -> Failure:
    # Bytes that are no ASCII take three times as much room on the way.
    status = Status(code=code, message=plain(text).encode()[:_LONGEST_TEXT].decode("utf-8", "ignore"))
    used = 0
    for detail in (RequestInfo(request_id=request), *details):
        packed = AnyMessage()
        packed.Pack(detail)
        used += packed.ByteSize()
        if used <= _MOST_BYTES:
            status.details.append(packed)
    return Failure(status, {"message": status.message})


def _told(problems: Sequence[Problem]) -> str:
    first = problems[0]
    where = ": ".join(part for part in (first.place(), first.path) if part)
    others = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    hint = f"; allowed: {first.allowed}" if first.allowed else ""
    return f"{where}: {first.message}{hint}{others}" if where else f"{first.message}{hint}{others}"


def _wrong(problems: Sequence[Problem]) -> list[Message]:
    violations = []
    size = 0
    for each in problems:
        violation = BadRequest.FieldViolation(field=_field(each), description=plain(each.message)[:_LONGEST_TEXT])
        size += violation.ByteSize()
        if size > _MOST_BYTES // 3:
            break
        violations.append(violation)
    return [BadRequest(field_violations=violations), *map(problem_message, problems)]


def _field(problem: Problem) -> str:
    """Where, as people and clients know it: the field, or the file and the setting in it."""
    return plain(": ".join(part for part in (problem.place(), problem.path) if part))


def _retry(seconds: float) -> RetryInfo:
    return RetryInfo(retry_delay=Duration(seconds=int(seconds), nanos=int(seconds % 1 * 1e9)))
