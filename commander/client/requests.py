"""The requests of calls, made alike for threads and event loops; and when a call is tried again."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import grpc

from commander.client.errors import CommanderError, MissingError, NotLiveError, UnavailableError, error_of
from commander.client.operations import target, target_text
from commander.proto.v1 import commander_pb2 as pb

Paged = TypeVar(
    "Paged",
    pb.ListRequest,
    pb.SearchRequest,
    pb.ListRenderedRequest,
    pb.ListHistoryRequest,
    pb.ListLiveStatusRequest,
)


def new_id() -> str:
    """An id for a change: the caller keeps it and sends it again when a call fails."""
    return uuid.uuid4().hex


def apply(
    operations: Iterable[pb.Operation],
    id: str,  # noqa: A002  (as the protocol calls it)
    who: tuple[str, str] | None,
    reason: str,
    expected: Mapping[str, str] | None,
) -> pb.ApplyRequest:
    """To do a change."""
    return pb.ApplyRequest(change=_change(operations, id, who, reason, expected))


def preview(
    operations: Iterable[pb.Operation], who: tuple[str, str] | None, reason: str, expected: Mapping[str, str] | None
) -> pb.PreviewRequest:
    """To try a change."""
    return pb.PreviewRequest(change=_change(operations, new_id(), who, reason, expected))


def revert(
    name: str,
    to: str,
    id: str,  # noqa: A002
    who: tuple[str, str] | None,
    reason: str,
    expected: Mapping[str, str] | None,
) -> pb.RevertRequest:
    """To go back to what was."""
    return pb.RevertRequest(
        id=id, actor=_actor(who), reason=reason, target=target(name), to=to, expectations=_expectations(expected)
    )


def get(name: str, at: str, at_least: str) -> pb.GetRequest:
    """To see one target."""
    return pb.GetRequest(target=target(name), at=at, at_least=at_least)


def live_status(name: str, revision: str, at_least: str) -> pb.GetLiveStatusRequest:
    """To see what became of a deployment."""
    return pb.GetLiveStatusRequest(target=target(name), revision=revision, at_least=at_least)


def watch_live(within: str, revision: str) -> pb.WatchLiveStatusRequest:
    """To follow what becomes of deployments."""
    return pb.WatchLiveStatusRequest(within=target(within) if within else None, revision=revision)


class Awaited:
    """What is waited for: that a deployment, or all that there are in something else of that name, are live at a
    revision."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.statuses: dict[str, pb.LiveStatus] = {}
        self._all_told = False

    def see(self, response: pb.WatchLiveStatusResponse) -> bool:
        """Whether it is so now. Raises ``MissingError`` when the very deployment that is waited for is gone."""
        if response.HasField("status"):
            self.statuses[target_text(response.status.target)] = response.status
        elif response.HasField("gone"):
            gone = target_text(response.gone)
            if gone == self._name:
                message = f"there is no deployment '{gone}' any more: it was removed, or moved to another workspace"
                raise MissingError(message, grpc.StatusCode.NOT_FOUND, "")
            self.statuses.pop(gone, None)
        else:
            self._all_told = True
        return self._all_told and all(each.live for each in self.statuses.values())

    def late(self, seconds: float) -> NotLiveError:
        """It was not so in time."""
        return NotLiveError([each for each in self.statuses.values() if not each.live], seconds)


def compare(name: str, old: str, new: str) -> pb.CompareRequest:
    """To see what lies between two commits."""
    return pb.CompareRequest(target=target(name), old=old, new=new)


def following(request: Paged, token: str) -> Paged:
    """The request of the page behind one."""
    found = type(request)()
    found.CopyFrom(request)
    found.page_token = token
    return found


def _change(
    operations: Iterable[pb.Operation],
    id: str,  # noqa: A002
    who: tuple[str, str] | None,
    reason: str,
    expected: Mapping[str, str] | None,
) -> pb.Change:
    return pb.Change(
        id=id, actor=_actor(who), reason=reason, operations=operations, expectations=_expectations(expected)
    )


def _actor(who: tuple[str, str] | None) -> pb.Actor | None:
    return None if who is None else pb.Actor(name=who[0], email=who[1])


def _expectations(revisions: Mapping[str, str] | None) -> list[pb.Expectation]:
    return [pb.Expectation(target=target(name), revision=revision) for name, revision in (revisions or {}).items()]


def is_late(error: grpc.RpcError) -> bool:
    """Whether the time for a call is over."""
    return isinstance(error, grpc.Call | grpc.aio.AioRpcError) and error.code() == grpc.StatusCode.DEADLINE_EXCEEDED


@dataclass
class Trying:
    """One call's attempts until its time is over.

    Every call may be repeated: reads change nothing, and a change is done once, by its id.
    """

    seconds: float
    reach_seconds: float | None = None
    _said: UnavailableError | None = None
    _started: float = field(default_factory=time.monotonic)
    _attempt: int = 0

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return max(self.seconds - (time.monotonic() - self._started), 0.001)

    def wait_after(self, error: grpc.RpcError) -> float:
        """Seconds to wait before the next attempt. Raises the ``CommanderError`` when there is none."""
        found: CommanderError = error_of(error)
        if not isinstance(found, UnavailableError) or found.code == grpc.StatusCode.DEADLINE_EXCEEDED:
            # What the service said before tells more than that the time is over.
            raise (self._said or found) if isinstance(found, UnavailableError) else found from None
        if found.request:
            self._said = found
        self._attempt += 1
        most = min(0.1 * 2**self._attempt, 5.0)
        # Callers that failed together don't come back together.
        wait = max(found.seconds if found.request else 0.0, random.uniform(most / 2, most))  # noqa: S311
        reached = found.request or self.reach_seconds is None
        left = self.left if reached else self.left - self.seconds + (self.reach_seconds or 0.0)
        if wait >= left:
            raise found from None
        return wait
