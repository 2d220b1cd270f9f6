"""The methods of the service: a message in, a question asked or a change done, a message out."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import TypeAlias

import grpc

from commander.changes import Actor, Change, Restore
from commander.git import Store
from commander.proto.v1 import commander_pb2 as pb
from commander.proto.v1 import commander_pb2_grpc as rpc
from commander.reading import LONGEST_PAGE, PAGE_SIZE, Filters, Item, Kind, Reading
from commander.service import encoding
from commander.service.asking import Asking
from commander.service.authority import Authority
from commander.service.decoding import actor_of, change_of, expectations_of, target_of, within_of
from commander.service.gate import current_caller
from commander.service.watching import Watching
from commander.writer import Applied
from generator.errors import Problem, ProblemsError

Context: TypeAlias = "grpc.aio.ServicerContext[object, object]"

_KINDS: dict[int, Kind] = {
    pb.KIND_ENVIRONMENT: "environment",
    pb.KIND_WORKSPACE: "workspace",
    pb.KIND_DEPLOYMENT: "deployment",
}
_MOST_PROBLEMS = 100
#: Of a change of more operations, the targets' new revisions are not told.
_MOST_TARGETS = 100


@dataclass(slots=True)
class Trouble:
    """The last thing that went wrong where no caller waited, and when (seconds since 1970)."""

    text: str = ""
    seconds: float = 0.0

    def tell(self, text: str) -> None:
        """It happened just now."""
        self.text, self.seconds = text, time.time()


class Servicer(rpc.CommanderServicer):
    """``remote`` is what may be shown of where the truth is; empty: it is here."""

    def __init__(self, asking: Asking, watching: Watching, store: Store, trouble: Trouble, remote: str) -> None:
        self._asking, self._watching, self._store = asking, watching, store
        self._trouble, self._remote = trouble, remote

    # --- changes -------------------------------------------------------------------------------------------------

    async def Apply(self, request: pb.ApplyRequest, context: Context) -> pb.ApplyResponse:
        """See the protocol, as of all that follow."""
        change = self._change(request.change)
        return await self._applied(change, await self._asking.apply(change))

    async def Preview(self, request: pb.PreviewRequest, context: Context) -> pb.PreviewResponse:
        change = self._change(request.change)
        previewed = await self._asking.preview(change)
        prospect = await self._asking.read(lambda reading: reading.prospect(previewed.revision, previewed.files))
        return pb.PreviewResponse(base=previewed.revision, differences=encoding.prospect_message(prospect))

    async def Revert(self, request: pb.RevertRequest, context: Context) -> pb.ApplyResponse:
        if not request.to:
            raise ProblemsError([Problem("no revision", path="to", allowed="the commit to go back to")])
        target = target_of(request.target)
        actor = _actor(request)
        problems: list[Problem] = []
        expected = expectations_of(request.expectations, "expectations", problems)
        if problems:
            raise ProblemsError(problems)
        found = await self._asking.read(lambda reading: reading.get(target, request.to))
        reason = request.reason or f"as it was at {found.revision[:12]}"
        change = Change(request.id, actor, (Restore(target, found.text),), reason, expected)
        return await self._applied(change, await self._asking.apply(change))

    @staticmethod
    def _change(message: pb.Change) -> Change:
        return change_of(message, _actor(message))

    async def _applied(self, change: Change, applied: Applied) -> pb.ApplyResponse:
        targets = list(dict.fromkeys(each.target for each in change.operations))[:_MOST_TARGETS]
        revisions = await self._asking.read(lambda reading: reading.revisions(targets, applied.revision))
        return pb.ApplyResponse(
            revision=applied.revision,
            repeated=applied.repeated,
            targets=[
                pb.Expectation(target=encoding.target_message(target), revision=revision)
                for target, revision in zip(targets, revisions, strict=True)
            ],
        )

    # --- reads ---------------------------------------------------------------------------------------------------

    async def Get(self, request: pb.GetRequest, context: Context) -> pb.GetResponse:
        target = target_of(request.target)
        found = await self._asking.read(lambda reading: reading.get(target, request.at), request.at_least)
        return pb.GetResponse(
            item=encoding.item_message(found.item), text=encoding.plain(found.text), revision=found.revision
        )

    async def List(self, request: pb.ListRequest, context: Context) -> pb.ListResponse:
        kind = _KINDS.get(request.kind)
        if kind is None:
            raise ProblemsError([Problem("no kind", path="kind", allowed="environment, workspace or deployment")])
        within, filters = within_of(request.within), _filters(request.filter)
        page = await self._asking.read(
            lambda reading: reading.list(
                kind,
                within=within,
                filters=filters,
                page_size=request.page_size or PAGE_SIZE,
                page_token=request.page_token,
            ),
            request.at_least,
        )
        return pb.ListResponse(
            items=map(encoding.item_message, page.items), next_page_token=page.next_token, revision=page.revision
        )

    async def Search(self, request: pb.SearchRequest, context: Context) -> pb.SearchResponse:
        within = within_of(request.within)
        page = await self._asking.read(
            lambda reading: reading.search(
                request.words,
                within=within,
                page_size=request.page_size or PAGE_SIZE,
                page_token=request.page_token,
            ),
            request.at_least,
        )
        return pb.SearchResponse(matches=map(encoding.match_message, page.items), next_page_token=page.next_token)

    async def ListRendered(self, request: pb.ListRenderedRequest, context: Context) -> pb.ListRenderedResponse:
        target = target_of(request.target)
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
        target = target_of(request.target)

        def entries(reading: Reading) -> tuple[list[pb.Entry], str]:
            page = reading.history(target, page_size=request.page_size or PAGE_SIZE, page_token=request.page_token)
            if not request.with_differences:
                return [encoding.entry_message(each) for each in page.items], page.next_token
            return [
                encoding.entry_message(each, reading.changes_of(each.commit.revision, each.target))
                for each in page.items
            ], page.next_token

        found, token = await self._asking.read(entries, request.at_least)
        return pb.ListHistoryResponse(entries=found, next_page_token=token)

    async def Compare(self, request: pb.CompareRequest, context: Context) -> pb.CompareResponse:
        target = target_of(request.target)
        comparison = await self._asking.read(
            lambda reading: reading.compare(reading.resolve(request.old), reading.resolve(request.new), target)
        )
        return pb.CompareResponse(differences=encoding.comparison_message(comparison))

    async def Watch(self, request: pb.WatchRequest, context: Context) -> AsyncIterator[pb.WatchResponse]:
        async for each in self._watching.watch(current_caller.get(), request.since):
            yield each

    async def GetStatus(self, request: pb.GetStatusRequest, context: Context) -> pb.GetStatusResponse:
        environments = await self._asking.read(_environments)
        revision = await self._asking.read(Reading.tip)
        size = await self._asking.read(lambda _: self._store.size())
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
            problems=map(encoding.problem_message, self._asking.queue.problems[:_MOST_PROBLEMS]),
            trouble=encoding.plain(self._trouble.text),
        )
        if self._trouble.text:
            status.trouble_time.FromNanoseconds(int(self._trouble.seconds * 1e9))
        return status


def _actor(message: pb.Change | pb.RevertRequest) -> Actor:
    """In whose name; only who has the right to may name somebody else."""
    return Authority.actor(current_caller.get(), actor_of(message.actor if message.HasField("actor") else None))


def _environments(reading: Reading) -> list[Item]:
    found: list[Item] = []
    token = ""
    while True:
        page = reading.list("environment", page_size=LONGEST_PAGE, page_token=token)
        found += page.items
        token = page.next_token
        if not token:
            return found


def _filters(message: pb.Filter) -> Filters:
    return Filters(
        label=message.label,
        version=message.version,
        executor=message.executor,
        hibernating=message.hibernating if message.HasField("hibernating") else None,
        deleted=message.deleted if message.HasField("deleted") else None,
        labels=dict(message.labels),
        with_problems=message.with_problems if message.HasField("with_problems") else None,
        words=message.words,
    )
