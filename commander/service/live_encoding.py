"""Statuses of deployments -> messages of the protocol."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from google.protobuf.timestamp_pb2 import Timestamp

from commander.proto.v1 import commander_pb2 as pb
from commander.service.encoding import plain, target_message
from commander.status import Component, Explanation, LiveStatus

_LONGEST = 1000
#: Bytes of the components of one status. All else of it is a limited number of texts of limited length, and less.
_MOST_OF_COMPONENTS = 1024 * 1024


def live_message(status: LiveStatus) -> pb.LiveStatus:
    """A deployment's status: 2 MiB at most, whatever the cluster says."""
    components = status.components or ()
    told = tuple(_with_room(components))
    message = pb.LiveStatus(
        target=target_message(status.target),
        application=plain(status.application),
        namespace=plain(status.namespace),
        sync=plain(status.sync),
        health=plain(status.health),
        running_revision=status.running,
        wanted_revision=status.wanted,
        live=status.live,
        components=told,
        components_left_out=len(components) - len(told),
        components_unknown=status.components is None,
        explanations=map(_explanation, status.explanations),
        live_since=_time(status.live_since),
        stale=[
            pb.Stale(what=plain(each.what), since=_time(each.since), reason=plain(each.reason)) for each in status.stale
        ],
    )
    if status.commit_to_live >= 0:
        message.commit_to_live_seconds = round(status.commit_to_live, 3)
    if (operation := status.operation) is not None:
        message.operation.CopyFrom(
            pb.LiveOperation(
                phase=plain(operation.phase),
                message=plain(operation.message)[:_LONGEST],
                revision=operation.revision,
                started=_time(operation.started),
                finished=_time(operation.finished),
                retries=operation.retries,
            )
        )
    if (drift := status.drift) is not None:
        message.drift.CopyFrom(
            pb.Drift(objects=map(plain, drift.objects), seen=_time(drift.seen), undone=_time(drift.undone))
        )
    return message


def _with_room(components: Iterable[Component]) -> Iterator[pb.LiveComponent]:
    left = _MOST_OF_COMPONENTS
    for each in components:
        message = _component(each)
        left -= message.ByteSize()
        if left < 0:
            return
        yield message


def _component(each: Component) -> pb.LiveComponent:
    return pb.LiveComponent(
        component=plain(each.component),
        kind=each.object.kind,
        name=plain(each.object.name),
        health=each.health,
        wanted=each.wanted,
        ready=each.ready,
        message=plain(each.message),
    )


def _explanation(each: Explanation) -> pb.Explanation:
    return pb.Explanation(
        code=each.code,
        weight=each.weight,
        summary=plain(each.summary),
        advice=plain(each.advice),
        object=plain(each.object),
        detail=plain(each.detail),
    )


def _time(seconds: float) -> Timestamp | None:
    """None where it is not known. A cluster's times have limits in a message."""
    if not 0 < seconds < 253_402_300_799:
        return None
    found = Timestamp()
    found.FromNanoseconds(int(seconds * 1e9))
    return found
