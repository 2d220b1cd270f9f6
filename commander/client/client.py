"""The client for threads."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol, Self, TypeVar

import grpc

from commander.client import requests
from commander.client.connection import Connection
from commander.proto.v1 import commander_pb2 as pb
from commander.proto.v1.commander_pb2_grpc import CommanderStub

R = TypeVar("R")


class Client:
    """Calls one service; to be closed, or used as a context. Any number of threads may use it.

    Calls that find the service or its repository unavailable are tried again until the connection's time for a call
    is over. Every method raises a ``CommanderError``.
    """

    def __init__(self, connection: Connection) -> None:
        """Raises ``OSError`` and ``ValueError`` for connections that can't be. Nothing is sent yet."""
        self._connection = connection
        self._channel = connection.channel()
        self._stub = CommanderStub(self._channel)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the connection."""
        self._channel.close()

    # --- changes -------------------------------------------------------------------------------------------------

    def apply(
        self,
        operations: Iterable[pb.Operation],
        *,
        id: str,  # noqa: A002
        reason: str = "",
        actor: tuple[str, str] | None = None,
        expected: Mapping[str, str] | None = None,
    ) -> pb.ApplyResponse:
        """Do operations together, as one commit. ``id`` is the caller's own (``new_id``); ``actor`` is name and e-mail,
        ``expected`` revisions by target that the caller has seen (empty: it is not there)."""
        return self._call(self._stub.Apply, requests.apply(operations, id, actor, reason, expected))

    def preview(
        self,
        operations: Iterable[pb.Operation],
        *,
        reason: str = "",
        actor: tuple[str, str] | None = None,
        expected: Mapping[str, str] | None = None,
    ) -> pb.PreviewResponse:
        """What the operations would do."""
        return self._call(self._stub.Preview, requests.preview(operations, actor, reason, expected))

    def revert(
        self,
        name: str,
        to: str,
        *,
        id: str,  # noqa: A002
        reason: str = "",
        actor: tuple[str, str] | None = None,
        expected: Mapping[str, str] | None = None,
    ) -> pb.ApplyResponse:
        """Make a target's file what it was at a commit."""
        return self._call(self._stub.Revert, requests.revert(name, to, id, actor, reason, expected))

    # --- reads ---------------------------------------------------------------------------------------------------

    def get(self, name: str, *, at: str = "", at_least: str = "") -> pb.GetResponse:
        """One target, with the text of its file."""
        return self._call(self._stub.Get, requests.get(name, at, at_least))

    def list(self, request: pb.ListRequest) -> pb.ListResponse:
        """A page of targets."""
        return self._call(self._stub.List, request)

    def search(self, request: pb.SearchRequest) -> pb.SearchResponse:
        """A page of lines."""
        return self._call(self._stub.Search, request)

    def rendered(self, request: pb.ListRenderedRequest) -> pb.ListRenderedResponse:
        """A page of rendered files."""
        return self._call(self._stub.ListRendered, request)

    def history(self, request: pb.ListHistoryRequest) -> pb.ListHistoryResponse:
        """A page of commits."""
        return self._call(self._stub.ListHistory, request)

    def compare(self, name: str, old: str, new: str = "") -> pb.CompareResponse:
        """What lies between two commits of a target."""
        return self._call(self._stub.Compare, requests.compare(name, old, new))

    def live_status(self, name: str, *, revision: str = "", at_least: str = "") -> pb.LiveStatus:
        """What became of a deployment in its cluster; ``live`` is whether it is at ``revision`` (empty: the newest)."""
        request = requests.live_status(name, revision, at_least)
        return (self._call(self._stub.GetLiveStatus, request)).status

    def live_statuses(self, request: pb.ListLiveStatusRequest) -> pb.ListLiveStatusResponse:
        """A page of what became of deployments."""
        return self._call(self._stub.ListLiveStatus, request)

    def status(self) -> pb.GetStatusResponse:
        """How the service is."""
        return self._call(self._stub.GetStatus, pb.GetStatusRequest())

    # --- all pages -----------------------------------------------------------------------------------------------

    def items(self, request: pb.ListRequest) -> Iterator[pb.Item]:
        """Targets, page after page."""
        return (each for page in _pages(self.list, request) for each in page.items)

    def matches(self, request: pb.SearchRequest) -> Iterator[pb.Match]:
        """Lines, page after page."""
        return (each for page in _pages(self.search, request) for each in page.matches)

    def rendered_files(self, request: pb.ListRenderedRequest) -> Iterator[pb.RenderedFile]:
        """Rendered files, page after page, all of one commit."""
        return (each for page in _pages(self.rendered, request) for each in page.files)

    def entries(self, request: pb.ListHistoryRequest) -> Iterator[pb.Entry]:
        """Commits, page after page."""
        return (each for page in _pages(self.history, request) for each in page.entries)

    def all_live_statuses(self, request: pb.ListLiveStatusRequest) -> Iterator[pb.LiveStatus]:
        """What became of deployments, page after page."""
        return (each for page in _pages(self.live_statuses, request) for each in page.statuses)

    # --- watching ------------------------------------------------------------------------------------------------

    def watch(self, since: str = "") -> Iterator[pb.WatchResponse]:
        """Commits as they come, from the one after ``since`` on, without end: when the line breaks, it is resumed.

        Raises ``RejectedError`` when history was rewritten, and ``UnavailableError`` when the service can't be reached
        for as long as a call may take.
        """
        seen = since
        trying: requests.Trying | None = None
        while True:
            call = self._stub.Watch(pb.WatchRequest(since=seen), metadata=self._connection.metadata)
            try:
                for each in call:
                    yield each
                    seen = each.event.commit.revision if each.HasField("event") else each.bookmark.revision
                    trying = None
                time.sleep(1.0)
            except grpc.RpcError as error:
                # The time counts from the break on, however long all was well before.
                trying = trying or requests.Trying(self._connection.seconds, self._connection.reach_seconds)
                time.sleep(trying.wait_after(error))
            finally:
                call.cancel()

    def watch_live(self, within: str = "", revision: str = "") -> Iterator[pb.WatchLiveStatusResponse]:
        """What became of deployments (all within a target; empty: all), then what changes of it, without end: when the
        line breaks, all of it is told again."""
        trying: requests.Trying | None = None
        request = requests.watch_live(within, revision)
        while True:
            call = self._stub.WatchLiveStatus(request, metadata=self._connection.metadata)
            try:
                for each in call:
                    yield each
                    trying = None
                time.sleep(1.0)
            except grpc.RpcError as error:
                trying = trying or requests.Trying(self._connection.seconds, self._connection.reach_seconds)
                time.sleep(trying.wait_after(error))
            finally:
                call.cancel()

    def wait_live(self, name: str, revision: str = "", *, seconds: float | None = None) -> Mapping[str, pb.LiveStatus]:
        """Wait until a deployment (or all in a workspace or an environment) is live at a revision; the statuses by
        name. ``seconds``: the connection's. Raises ``NotLiveError`` when it is not so in time, and ``MissingError``
        when there is no such deployment, or not any more."""
        request = requests.watch_live(name, revision)
        limit = self._connection.seconds if seconds is None else seconds
        trying = requests.Trying(limit, self._connection.reach_seconds)
        while True:
            awaited = requests.Awaited(name)
            call = self._stub.WatchLiveStatus(request, timeout=trying.left, metadata=self._connection.metadata)
            try:
                for each in call:
                    if awaited.see(each):
                        return awaited.statuses
                time.sleep(min(1.0, trying.left))
            except grpc.RpcError as error:
                if requests.is_late(error):
                    raise awaited.late(limit) from None
                time.sleep(trying.wait_after(error))
            finally:
                call.cancel()

    def _call(self, method: Callable[..., R], request: Any) -> R:
        trying = requests.Trying(self._connection.seconds, self._connection.reach_seconds)
        while True:
            try:
                return method(request, timeout=trying.left, metadata=self._connection.metadata)
            except grpc.RpcError as error:
                time.sleep(trying.wait_after(error))


class _Page(Protocol):
    @property
    def next_page_token(self) -> str: ...


P = TypeVar("P", bound=_Page)


def _pages(ask: Callable[[requests.Paged], P], request: requests.Paged) -> Iterator[P]:
    while True:
        page = ask(request)
        yield page
        if not page.next_page_token:
            return
        request = requests.following(request, page.next_page_token)
