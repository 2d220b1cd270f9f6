"""The client for an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

import grpc

from commander.client import requests
from commander.client.connection import Connection
from commander.proto.v1 import commander_pb2 as pb
from commander.proto.v1.commander_pb2_grpc import CommanderStub

if TYPE_CHECKING:
    from commander.proto.v1.commander_pb2_grpc import CommanderAsyncStub

R = TypeVar("R")


class AsyncClient:
    """Calls one service, as ``Client`` does, but pages are asked for one by one; to be made and used in one event loop,
    and closed there.

    Calls that find the service or its repository unavailable are tried again until the connection's time for a call
    is over. Every method raises a ``CommanderError``.
    """

    def __init__(self, connection: Connection) -> None:
        """Raises ``OSError`` and ``ValueError`` for connections that can't be. Nothing is sent yet."""
        self._connection = connection
        self._channel = connection.aio_channel()
        self._stub: CommanderAsyncStub = CommanderStub(self._channel)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """End the connection."""
        await self._channel.close()

    # --- changes -------------------------------------------------------------------------------------------------

    async def apply(
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
        return await self._call(self._stub.Apply, requests.apply(operations, id, actor, reason, expected))

    async def preview(
        self,
        operations: Iterable[pb.Operation],
        *,
        reason: str = "",
        actor: tuple[str, str] | None = None,
        expected: Mapping[str, str] | None = None,
    ) -> pb.PreviewResponse:
        """What the operations would do."""
        return await self._call(self._stub.Preview, requests.preview(operations, actor, reason, expected))

    async def revert(
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
        return await self._call(self._stub.Revert, requests.revert(name, to, id, actor, reason, expected))

    # --- reads ---------------------------------------------------------------------------------------------------

    async def get(self, name: str, *, at: str = "", at_least: str = "") -> pb.GetResponse:
        """One target, with the text of its file."""
        return await self._call(self._stub.Get, requests.get(name, at, at_least))

    async def list(self, request: pb.ListRequest) -> pb.ListResponse:
        """A page of targets."""
        return await self._call(self._stub.List, request)

    async def search(self, request: pb.SearchRequest) -> pb.SearchResponse:
        """A page of lines."""
        return await self._call(self._stub.Search, request)

    async def rendered(self, request: pb.ListRenderedRequest) -> pb.ListRenderedResponse:
        """A page of rendered files."""
        return await self._call(self._stub.ListRendered, request)

    async def history(self, request: pb.ListHistoryRequest) -> pb.ListHistoryResponse:
        """A page of commits."""
        return await self._call(self._stub.ListHistory, request)

    async def compare(self, name: str, old: str, new: str = "") -> pb.CompareResponse:
        """What lies between two commits of a target."""
        return await self._call(self._stub.Compare, requests.compare(name, old, new))

    async def live_status(self, name: str, *, revision: str = "", at_least: str = "") -> pb.LiveStatus:
        """What became of a deployment in its cluster; ``live`` is whether it is at ``revision`` (empty: the newest)."""
        request = requests.live_status(name, revision, at_least)
        return (await self._call(self._stub.GetLiveStatus, request)).status

    async def live_statuses(self, request: pb.ListLiveStatusRequest) -> pb.ListLiveStatusResponse:
        """A page of what became of deployments."""
        return await self._call(self._stub.ListLiveStatus, request)

    async def status(self) -> pb.GetStatusResponse:
        """How the service is."""
        return await self._call(self._stub.GetStatus, pb.GetStatusRequest())

    # --- watching ------------------------------------------------------------------------------------------------

    async def watch(self, since: str = "") -> AsyncIterator[pb.WatchResponse]:
        """Commits as they come, from the one after ``since`` on, without end: when the line breaks, it is resumed.

        Raises ``RejectedError`` when history was rewritten, and ``UnavailableError`` when the service can't be reached
        for as long as a call may take.
        """
        seen = since
        trying: requests.Trying | None = None
        while True:
            call = self._stub.Watch(pb.WatchRequest(since=seen), metadata=self._connection.metadata)
            try:
                async for each in call:
                    yield each
                    seen = each.event.commit.revision if each.HasField("event") else each.bookmark.revision
                    trying = None
                await asyncio.sleep(1.0)
            except grpc.RpcError as error:
                # The time counts from the break on, however long all was well before.
                trying = trying or requests.Trying(self._connection.seconds, self._connection.reach_seconds)
                await asyncio.sleep(trying.wait_after(error))
            finally:
                call.cancel()

    async def watch_live(self, within: str = "", revision: str = "") -> AsyncIterator[pb.WatchLiveStatusResponse]:
        """What became of deployments (all within a target; empty: all), then what changes of it, without end: when the
        line breaks, all of it is told again."""
        trying: requests.Trying | None = None
        request = requests.watch_live(within, revision)
        while True:
            call = self._stub.WatchLiveStatus(request, metadata=self._connection.metadata)
            try:
                async for each in call:
                    yield each
                    trying = None
                await asyncio.sleep(1.0)
            except grpc.RpcError as error:
                trying = trying or requests.Trying(self._connection.seconds, self._connection.reach_seconds)
                await asyncio.sleep(trying.wait_after(error))
            finally:
                call.cancel()

    async def wait_live(
        self, name: str, revision: str = "", *, seconds: float | None = None
    ) -> Mapping[str, pb.LiveStatus]:
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
                async for each in call:
                    if awaited.see(each):
                        return awaited.statuses
                await asyncio.sleep(min(1.0, trying.left))
            except grpc.RpcError as error:
                if requests.is_late(error):
                    raise awaited.late(limit) from None
                await asyncio.sleep(trying.wait_after(error))
            finally:
                call.cancel()

    async def _call(self, method: Callable[..., Awaitable[R]], request: Any) -> R:
        trying = requests.Trying(self._connection.seconds, self._connection.reach_seconds)
        while True:
            try:
                return await method(request, timeout=trying.left, metadata=self._connection.metadata)
            except grpc.RpcError as error:
                await asyncio.sleep(trying.wait_after(error))
