"""The methods of the service: a message in, a question asked or a change done, a message out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from itertools import islice
from typing import TypeAlias

import grpc

from commander.changes import Actor, Change, Move, Operation, Restore, Target
from commander.git import Store, StoreError
from commander.proto.v1 import commander_pb2 as pb
from commander.proto.v1 import commander_pb2_grpc as rpc
from commander.reading import LONGEST_PAGE, PAGE_SIZE, HistoryEntry, Item, NotFoundError, Reading
from commander.service import encoding
from commander.service.asking import Asking
from commander.service.authority import Authority
from commander.service.decoding import (
    actor_of,
    change_of,
    expectations_of,
    filters_of,
    key_of,
    kind_of,
    refuse_many,
    target_of,
    within_of,
)
from commander.service.gate import current_caller
from commander.service.live import Live
from commander.service.trouble import Trouble
from commander.service.watching import Watching
from commander.writer import Applied
from generator.errors import Problem, ProblemsError
from generator.worktree import DESIRED

Context: TypeAlias = "grpc.aio.ServicerContext[object, object]"

_MOST_PROBLEMS = 100
#: Of a change of more operations, the targets' new revisions are not told.
_MOST_TARGETS = 100
#: Bytes of a change that takes so long to read that others would have to wait.
_LARGE = 16 * 1024
#: Commits of a page of history that are told with what they changed, at most.
_WITH_DIFFERENCES = 20


class Servicer(rpc.CommanderServicer):
    """``remote`` is what may be shown of where the truth is; empty: it is here."""

    def __init__(
        self, asking: Asking, watching: Watching, live: Live, store: Store, trouble: Trouble, remote: str
    ) -> None:
        self._asking, self._watching, self._live, self._store = asking, watching, live, store
        self._trouble, self._remote = trouble, remote

    # --- changes -------------------------------------------------------------------------------------------------

    async def Apply(self, request: pb.ApplyRequest, context: Context) -> pb.ApplyResponse:
        """See the protocol, as of all that follow."""
        change = await self._change(request.change)
        Authority.check_changes(current_caller.get(), _all_targets(change), change.expected)
        return await self._applied(change, await self._asking.apply(change))

    async def Preview(self, request: pb.PreviewRequest, context: Context) -> pb.PreviewResponse:
        change = await self._change(request.change)
        # It changes nothing, so it takes no right to do so.
        Authority.check_places(current_caller.get(), [*_all_targets(change), *change.expected])
        previewed = await self._asking.preview(change)
        differences = await self._asking.read(
            lambda reading: encoding.prospect_message(reading.prospect(previewed.revision, previewed.files))
        )
        return pb.PreviewResponse(base=previewed.revision, differences=differences)

    async def Revert(self, request: pb.RevertRequest, context: Context) -> pb.ApplyResponse:
        if not request.to:
            raise ProblemsError([Problem("no revision", path="to", allowed="the commit to go back to")])
        target = target_of(request.target)
        actor, key = _actor(request), _key(request.id)
        problems: list[Problem] = []
        refuse_many(request.expectations, "expectations", "expectations")
        expected = expectations_of(request.expectations, "expectations", problems)
        if problems:
            raise ProblemsError(problems)
        Authority.check_changes(current_caller.get(), [target], expected)
        found = await self._asking.read(lambda reading: reading.get(target, request.to))
        reason = request.reason or f"as it was at {found.revision[:12]}"
        change = Change(key, actor, (Restore(target, found.text),), reason, expected)
        return await self._applied(change, await self._asking.apply(change))

    async def _change(self, message: pb.Change) -> Change:
        actor, key = _actor(message), _key(message.id)
        if message.ByteSize() < _LARGE:
            return change_of(message, key, actor)
        return await self._asking.in_thread(lambda: change_of(message, key, actor))

    async def _applied(self, change: Change, applied: Applied) -> pb.ApplyResponse:
        targets = _all_targets(change)[:_MOST_TARGETS]
        response = pb.ApplyResponse(revision=applied.revision, repeated=applied.repeated)
        # The change is done, whatever comes of this.
        with suppress(NotFoundError, StoreError):
            for target, revision in zip(targets, await self._revisions(targets, applied), strict=True):
                response.targets.add(target=encoding.target_message(target), revision=revision)
        return response

    async def _revisions(self, targets: Sequence[Target], applied: Applied) -> Sequence[str]:
        """Read again only where a change did nothing to a target's file, or was done by somebody else's Commander."""
        if all(target.file in applied.files for target in targets):
            return [applied.files[target.file] for target in targets]
        return await self._asking.quickly(lambda reading: reading.revisions(targets, applied.revision))

    # --- reads ---------------------------------------------------------------------------------------------------

    async def Get(self, request: pb.GetRequest, context: Context) -> pb.GetResponse:
        target, places = _readable(request.target), current_caller.get().environments
        if request.at or request.at_least:
            found = await self._asking.read(lambda reading: reading.get(target, request.at, places), request.at_least)
        else:
            found = await self._asking.quickly(lambda reading: reading.get(target, places=places))
        return pb.GetResponse(
            item=encoding.item_message(found.item), text=encoding.plain(found.text), revision=found.revision
        )

    async def List(self, request: pb.ListRequest, context: Context) -> pb.ListResponse:
        kind = kind_of(request.kind)
        (within, places), filters = _narrowed(request.within), filters_of(request.filter)
        page = await self._asking.read(
            lambda reading: reading.list(
                kind,
                within=within,
                filters=filters,
                places=places,
                page_size=request.page_size or PAGE_SIZE,
                page_token=request.page_token,
            ),
            request.at_least,
        )
        return pb.ListResponse(
            items=map(encoding.item_message, page.items), next_page_token=page.next_token, revision=page.revision
        )

    async def Search(self, request: pb.SearchRequest, context: Context) -> pb.SearchResponse:
        within, places = _narrowed(request.within)
        page = await self._asking.read(
            lambda reading: reading.search(
                request.words,
                within=within,
                places=places,
                page_size=request.page_size or PAGE_SIZE,
                page_token=request.page_token,
            ),
            request.at_least,
        )
        return pb.SearchResponse(matches=map(encoding.match_message, page.items), next_page_token=page.next_token)

    async def ListRendered(self, request: pb.ListRenderedRequest, context: Context) -> pb.ListRenderedResponse:
        target = _readable(request.target)
        page = await self._asking.read(
            lambda reading: reading.rendered(
                target,
                request.at,
                inside=request.inside,
                page_size=request.page_size or PAGE_SIZE,
                page_token=request.page_token,
            ),
            request.at_least,
        )
        return pb.ListRenderedResponse(
            files=map(encoding.rendered_message, page.items), next_page_token=page.next_token, revision=page.revision
        )

    async def ListHistory(self, request: pb.ListHistoryRequest, context: Context) -> pb.ListHistoryResponse:
        target, places = _readable(request.target), current_caller.get().environments
        size = request.page_size or (_WITH_DIFFERENCES if request.with_differences else PAGE_SIZE)
        if request.with_differences and size > _WITH_DIFFERENCES:
            what = f"a page of {size} with differences"
            raise ProblemsError([Problem(what, path="page_size", allowed=f"1 to {_WITH_DIFFERENCES}")])

        page = await self._asking.read(
            lambda reading: reading.history(target, page_size=size, page_token=request.page_token, places=places),
            request.at_least,
        )
        response = pb.ListHistoryResponse(next_page_token=page.next_token)
        for entry in page.items:
            if request.with_differences:
                # One by one, so that it ends with the call.
                response.entries.append(await self._asking.read(partial(_with_differences, entry)))
            else:
                response.entries.append(encoding.entry_message(entry))
        return response

    async def Compare(self, request: pb.CompareRequest, context: Context) -> pb.CompareResponse:
        target = _readable(request.target)
        differences = await self._asking.read(
            lambda reading: encoding.comparison_message(
                reading.compare(reading.resolve(request.old), reading.resolve(request.new), target)
            )
        )
        return pb.CompareResponse(differences=differences)

    async def Watch(self, request: pb.WatchRequest, context: Context) -> AsyncIterator[pb.WatchResponse]:
        async for each in self._watching.watch(current_caller.get(), request.since):
            yield each

    async def GetLiveStatus(self, request: pb.GetLiveStatusRequest, context: Context) -> pb.GetLiveStatusResponse:
        status = await self._live.get(_readable(request.target), request.revision, request.at_least)
        return pb.GetLiveStatusResponse(status=status)

    async def ListLiveStatus(self, request: pb.ListLiveStatusRequest, context: Context) -> pb.ListLiveStatusResponse:
        within, places = _narrowed(request.within)
        return await self._live.list(
            within, places, request.filter, request.page_size, request.page_token, request.at_least
        )

    async def WatchLiveStatus(
        self, request: pb.WatchLiveStatusRequest, context: Context
    ) -> AsyncIterator[pb.WatchLiveStatusResponse]:
        within, _ = _narrowed(request.within)
        async for each in self._live.watch(current_caller.get(), within, request.revision):
            yield each

    async def GetStatus(self, request: pb.GetStatusRequest, context: Context) -> pb.GetStatusResponse:
        places = Authority.places(current_caller.get(), None)
        environments = await self._asking.read(partial(_environments, places=places))
        revision = await self._asking.quickly(Reading.tip)
        size = await self._asking.read(lambda _: self._store.size())
        problems = (each for each in self._asking.queue.problems if _is_in(each, places))
        status = pb.GetStatusResponse(
            version=version("stargit"),
            branch=self._store.branch,
            revision=revision,
            remote=self._remote,
            waiting=len(self._asking.queue),
            environments=len(environments),
            workspaces=sum(each.workspaces for each in environments),
            deployments=sum(each.deployments for each in environments),
            repository_bytes=size.bytes,
            packs=size.packs,
            problems=map(encoding.problem_message, islice(problems, _MOST_PROBLEMS)),
        )
        # It may be about anything.
        if self._trouble.text and places is None:
            status.trouble = encoding.plain(self._trouble.text)
            status.trouble_time.FromNanoseconds(int(self._trouble.seconds * 1e9))
        return status


def _with_differences(entry: HistoryEntry, reading: Reading) -> pb.Entry:
    return encoding.entry_message(entry, reading.changes_of(entry.commit.revision, entry.target))


def _targets(operation: Operation) -> Iterator[Target]:
    yield operation.target
    if isinstance(operation, Move):
        yield replace(operation.target, workspace=operation.workspace)


def _all_targets(change: Change) -> list[Target]:
    return list(dict.fromkeys(each for one in change.operations for each in _targets(one)))


def _actor(message: pb.Change | pb.RevertRequest) -> Actor:
    """In whose name; only who has the right to may name somebody else."""
    return Authority.actor(current_caller.get(), actor_of(message.actor if message.HasField("actor") else None))


def _key(asked: str) -> str:
    """What a change is known by: ids are made up by callers, each for itself, so that none can take another's."""
    caller = current_caller.get()
    return key_of(asked, caller.name if caller.known else "")


def _readable(message: pb.Target) -> Target:
    """What a question is about. Raises ``ProblemsError``, ``ForbiddenError``."""
    target = target_of(message)
    Authority.check_places(current_caller.get(), [target])
    return target


def _narrowed(message: pb.Target) -> tuple[Target | None, frozenset[str] | None]:
    """What a list is narrowed to, as was asked, and as the caller is held to. Raises as ``_readable``."""
    within = within_of(message)
    return within, Authority.places(current_caller.get(), within)


def _is_in(problem: Problem, places: Collection[str] | None) -> bool:
    """Whether a problem is that of a file of these environments."""
    return places is None or any(problem.file.startswith(f"{DESIRED}/{each}/") for each in places)


def _environments(reading: Reading, places: Collection[str] | None) -> list[Item]:
    found: list[Item] = []
    token = ""
    while True:
        page = reading.list("environment", places=places, page_size=LONGEST_PAGE, page_token=token)
        found += page.items
        token = page.next_token
        if not token:
            return found
