"""What works beside the service, for Argo CD and of it: commits are told to it, and what became of them is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import structlog

from commander.reading import Reading
from commander.service.metrics import Metrics
from commander.service.moves import Moves
from commander.service.opening import Served
from commander.status import StatusReader, Where
from commander.webhook import Endpoint, Heard, Webhook


@dataclass(frozen=True, slots=True)
class ClusterSettings:
    """Which clusters are read: the one with Argo CD, the namespace of its Applications (empty: as environments say),
    and those with the workloads of environments that are elsewhere."""

    argocd: Where
    namespace: str = ""
    workloads: Mapping[str, Where] = field(default_factory=dict)


def status_reader(
    clusters: ClusterSettings | None, reading: Reading, news: Moves, log: structlog.typing.FilteringBoundLogger
) -> StatusReader | None:
    """What follows the clusters; None where none are to be read. Raises ``StoreError``."""
    if clusters is None:
        return None

    def outage(what: str, reason: str) -> None:
        if reason:
            log.warning("cluster can't be read", what=what, message=reason)
        else:
            log.info("cluster is read", what=what)

    return StatusReader(
        reading,
        clusters.argocd,
        namespace=clusters.namespace,
        workloads=clusters.workloads,
        heard=news.tell,
        outage=outage,
    )


def webhook_of(
    served: Served,
    endpoint: Endpoint | None,
    since: str,
    metrics: Metrics,
    troubled: Callable[[str], None],
    log: structlog.typing.FilteringBoundLogger,
) -> Webhook | None:
    """What tells Argo CD of commits after ``since``; None where it is not to be told. Raises ``StoreError``."""
    if endpoint is None:
        return None

    def heard(what: Heard) -> None:
        metrics.told(what.result, what.seconds)
        about = {"revision": what.revision, "seconds": round(what.seconds, 3)}
        if what.result in {"told", "told again"}:
            log.info("webhook", calls=what.calls, files=what.files, **about)
        elif what.result == "again":
            log.warning("webhook failed", message=what.message, **about)
        else:
            troubled(f"Argo CD was not told of {what.revision[:12]}, and finds it by itself: {what.message}")

    return Webhook(endpoint, served.store.path, served.store.branch, since, heard=heard)
