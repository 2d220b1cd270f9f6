"""The status of deployments in their clusters, as the service tells it: one, many, and as they change."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import suppress
from hashlib import blake2b

from commander.changes import Target
from commander.proto.v1 import commander_pb2 as pb
from commander.reading import LONGEST_PAGE, PAGE_SIZE, NotFoundError, Reading, RevisionGoneError
from commander.service.asking import Asking
from commander.service.callers import Caller
from commander.service.live_encoding import live_message
from commander.service.moves import Moves
from commander.service.watching import Watching
from commander.status import LiveStatus, NotConfiguredError, StatusReader
from generator.errors import Problem, ProblemsError

#: Seconds between two looks of one watcher, so that a storm in a cluster is told in parts.
_APART = 0.05
#: Seconds without news after which a watcher is told that all is told, so that a broken line is noticed.
_QUIET = 30.0
#: What a page may have in bytes: a message of gRPC has at most 4 MiB. And what a message says of one in it.
_MOST_BYTES, _AROUND = 3 * 1024 * 1024, 8
_HINT = (
    "start Commander with --kubeconfig FILE or --in-cluster, with rights to read Applications and workloads"
    " (docs/commander.md, 'What became of it')"
)


class Live:
    """``reader`` is None where no cluster is read; ``news`` tells that some status may be another."""

    def __init__(self, asking: Asking, watching: Watching, reader: StatusReader | None, news: Moves) -> None:
        self._asking, self._watching, self._news = asking, watching, news
        self._maybe_reader = reader

    @property
    def _reader(self) -> StatusReader:
        if self._maybe_reader is None:
            raise NotConfiguredError("no cluster is read, so it is not known what is live", _HINT)
        return self._maybe_reader

    def close(self) -> None:
        """Wake those who watch, to be told that it ends."""
        self._news.tell()

    async def get(self, target: Target, revision: str, at_least: str) -> pb.LiveStatus:
        """A deployment's status. Raises what ``Asking.read`` raises, and ``NotConfiguredError``."""
        reader = self._reader
        if not target.release:
            raise ProblemsError([Problem(f"'{target}' is no deployment", path="target", allowed="a deployment")])

        def look(reading: Reading) -> LiveStatus:
            wanted = reading.resolve(revision)
            try:
                return reader.status(reading.get(target).item, wanted)
            except NotFoundError:
                # What git has no more may still be on its way out.
                if (found := reader.gone(target, wanted)) is None:
                    raise
                return found

        return live_message(await self._asking.read(look, at_least or revision))

    async def list(
        self,
        within: Target | None,
        places: Collection[str] | None,
        chosen: pb.LiveFilter,
        size: int,
        token: str,
        at_least: str,
    ) -> pb.ListLiveStatusResponse:
        """A page, which may end early to fit into a message; with ``places``, only of these environments. Raises as
        ``get``; environments without ``gitops`` are left out."""
        reader = self._reader

        def look(reading: Reading) -> pb.ListLiveStatusResponse:
            page = reading.list(
                "deployment", within=within, places=places, page_size=size or PAGE_SIZE, page_token=token
            )
            told: list[pb.LiveStatus] = []
            left = _MOST_BYTES
            for number, item in enumerate(page.items):
                try:
                    status = live_message(reader.status(item, page.revision))
                except NotConfiguredError:
                    continue
                if not _takes(chosen, status):
                    continue
                left -= status.ByteSize() + _AROUND
                if told and left < 0:
                    page = reading.beginning(page, number, "deployment", within=within)
                    break
                told.append(status)
            return pb.ListLiveStatusResponse(statuses=told, next_page_token=page.next_token, revision=page.revision)

        return await self._asking.read(look, at_least)

    async def watch(
        self, caller: Caller, within: Target | None, revision: str
    ) -> AsyncIterator[pb.WatchLiveStatusResponse]:
        """All statuses that there are for a caller, then those that change. Raises as ``get``, ``TooManyError`` and
        ``ClosedError``."""
        reader = self._reader
        with self._watching.counted(caller) as goes_on:
            wanted = ""
            if revision:
                wanted = await self._asking.read(lambda reading: reading.resolve(revision), revision)
            follower = _Follower(reader, within, caller.environments, wanted)
            is_quiet = True  # at first all is told at once
            while goes_on():
                news, move = self._news.next, self._asking.moves.next
                async for each in self._changes(follower):
                    yield each
                if is_quiet:
                    yield pb.WatchLiveStatusResponse(all_told=pb.AllTold(revision=follower.tip))
                is_quiet = not await _either(news, move, _QUIET)
                await asyncio.sleep(_APART)

    async def _changes(self, follower: _Follower) -> AsyncIterator[pb.WatchLiveStatusResponse]:
        for targets in await self._asking.read(follower.chunks):
            for each in await self._asking.read(lambda reading, some=targets: follower.look(reading, some)):  # type: ignore[misc]
                yield each


class _Follower:
    """What one watcher was told. Used by one thread at a time."""

    def __init__(
        self, reader: StatusReader, within: Target | None, places: Collection[str] | None, wanted: str
    ) -> None:
        self._reader, self._within, self._places, self._wanted = reader, within, places, wanted
        self._version, self.tip = -1, ""
        self._told: dict[Target, bytes] = {}

    def chunks(self, reading: Reading) -> list[list[Target]]:
        """The targets to look at again, in parts."""
        tip = reading.tip()
        self._version, changed = self._reader.changed_after(self._version)
        if changed is not None and tip != self.tip:
            try:
                for event in reading.events_after(self.tip, tip):
                    for each in event.changes:
                        changed += [each.target, each.old_target] if each.old_target else [each.target]
            except RevisionGoneError:
                changed = None
        self.tip = tip
        if changed is None:
            try:
                found = _all(reading, self._within, self._places)
            except NotFoundError:
                if not self._told:
                    raise
                found = []  # it was there when the watch began
            there = set(found)
            targets = found + [each for each in self._told if each not in there]
        else:
            targets = [each for each in dict.fromkeys(changed) if each.release and self._takes(each)]
        return [targets[begin : begin + PAGE_SIZE] for begin in range(0, len(targets), PAGE_SIZE)]

    def _takes(self, target: Target) -> bool:
        within = self._within
        return (self._places is None or target.environment in self._places) and (
            within is None or target.names[: len(within.names)] == within.names
        )

    def look(self, reading: Reading, targets: list[Target]) -> list[pb.WatchLiveStatusResponse]:
        """What is to be told of some."""
        found: list[pb.WatchLiveStatusResponse] = []
        wanted = self._wanted or self.tip
        for target in targets:
            status: LiveStatus | None = None
            with suppress(NotConfiguredError):
                try:
                    status = self._reader.status(reading.get(target).item, wanted)
                except NotFoundError:
                    status = self._reader.gone(target, wanted)
            if status is None:
                if self._told.pop(target, None) is not None:
                    found.append(pb.WatchLiveStatusResponse(gone=_names(target)))
                continue
            message = live_message(status)
            # The newest commit moves on all the time; what matters of it is whether that is live.
            mark = pb.LiveStatus()
            mark.CopyFrom(message)
            mark.wanted_revision = ""
            # What was told is remembered for each watcher and each deployment.
            data = blake2b(mark.SerializeToString(deterministic=True), digest_size=16).digest()
            if self._told.get(target) != data:
                self._told[target] = data
                found.append(pb.WatchLiveStatusResponse(status=message))
        return found


def _all(reading: Reading, within: Target | None, places: Collection[str] | None) -> list[Target]:
    found: list[Target] = []
    token = ""
    while True:
        page = reading.list("deployment", within=within, places=places, page_size=LONGEST_PAGE, page_token=token)
        found += [each.target for each in page.items]
        token = page.next_token
        if not token:
            return found


def _takes(chosen: pb.LiveFilter, status: pb.LiveStatus) -> bool:
    return (
        (not chosen.HasField("live") or chosen.live == status.live)
        and (not chosen.health or chosen.health == status.health)
        and (not chosen.sync or chosen.sync == status.sync)
        and (not chosen.code or any(each.code == chosen.code for each in status.explanations))
        and (
            not chosen.HasField("wrong") or chosen.wrong == any(each.weight == "error" for each in status.explanations)
        )
    )


def _names(target: Target) -> pb.Target:
    return pb.Target(environment=target.environment, workspace=target.workspace, release=target.release)


async def _either(one: asyncio.Event, other: asyncio.Event, seconds: float) -> bool:
    """Wait until one of them happens; False when none did for so long."""
    waiting = [asyncio.ensure_future(each.wait()) for each in (one, other)]
    try:
        done, _ = await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        return bool(done)
    finally:
        for each in waiting:
            each.cancel()
