"""What Prometheus can ask of the service. Names begin with ``stargit_commander_``."""

from __future__ import annotations

from collections.abc import Callable
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from commander.writer import Applied, Conflict, Outcome, Refused, Why

_PREFIX = "stargit_commander"
_QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """Counts calls and changes, and how long what takes; a ``commander.writer.Observer``."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.calls = Counter(
            f"{_PREFIX}_calls", "Calls that ended, by what came of them.", ["method", "code", "caller"],
            registry=self.registry,
        )  # fmt: skip
        self.call_seconds = Histogram(
            f"{_PREFIX}_call_seconds", "How long calls took; of Watch, not.", ["method"], buckets=_QUICK,
            registry=self.registry,
        )  # fmt: skip
        self.changes = Counter(f"{_PREFIX}_changes", "Changes by outcome.", ["outcome"], registry=self.registry)
        self.retries = Counter(f"{_PREFIX}_retries", "Batches tried again, by why.", ["why"], registry=self.registry)
        self.batch_changes = Histogram(
            f"{_PREFIX}_batch_changes", "Changes in a batch.", buckets=(1, 2, 4, 8, 16, 32, 64), registry=self.registry
        )
        self.commit_seconds = Histogram(
            f"{_PREFIX}_commit_seconds", "From the beginning of a batch until its objects are on the disk.",
            buckets=_QUICK, registry=self.registry,
        )  # fmt: skip
        self.publish_seconds = Histogram(
            f"{_PREFIX}_publish_seconds", "How long moving the branch took: here, or by a push.", buckets=_QUICK,
            registry=self.registry,
        )  # fmt: skip
        self.watchers = Gauge(f"{_PREFIX}_watchers", "Open Watch calls.", registry=self.registry)
        self.troubles = Counter(
            f"{_PREFIX}_troubles", "Things that went wrong where no caller waited.", registry=self.registry
        )
        self.webhooks = Counter(
            f"{_PREFIX}_webhooks", "Times that Argo CD was told of commits, by what came of it.", ["result"],
            registry=self.registry,
        )  # fmt: skip
        self.webhook_seconds = Histogram(
            f"{_PREFIX}_webhook_seconds", "From the move of the branch until Argo CD was told.", buckets=_QUICK,
            registry=self.registry,
        )  # fmt: skip

    def told(self, result: str, seconds: float) -> None:
        """What came of telling Argo CD that the branch moved, so many seconds ago."""
        self.webhooks.labels(result.replace(" ", "_")).inc()
        if result == "told":
            self.webhook_seconds.observe(seconds)

    def gauge(self, name: str, words: str, value: Callable[[], float]) -> None:
        """A figure that is asked for when Prometheus asks. One that can't be had is left out."""
        self.registry.register(_Asked(f"{_PREFIX}_{name}", words, value))

    def serve(self, host: str, port: int) -> tuple[str, int]:
        """Answer Prometheus at this address; the address that it became. Raises ``OSError``."""
        server: WSGIServer
        server, _ = start_http_server(port, host, self.registry)
        return host, server.server_port

    # --- what the writer tells -----------------------------------------------------------------------------------

    def wrote(self, changes: int, commit_seconds: float, publish_seconds: float) -> None:
        """A batch is durable."""
        self.batch_changes.observe(changes)
        self.commit_seconds.observe(commit_seconds)
        self.publish_seconds.observe(publish_seconds)

    def again(self, why: Why) -> None:
        """A batch has to be tried again."""
        self.retries.labels(why).inc()

    def became(self, outcome: Outcome) -> None:
        """What became of a change."""
        match outcome:
            case Applied():
                word = "repeated" if outcome.repeated else "applied"
            case Refused():
                word = "refused"
            case Conflict():
                word = "conflict"
            case _:
                word = "failed"
        self.changes.labels(word).inc()


class _Asked(Collector):
    def __init__(self, name: str, words: str, value: Callable[[], float]) -> None:
        self._name, self._words, self._value = name, words, value

    def collect(self) -> list[GaugeMetricFamily]:
        """As prometheus_client asks."""
        try:
            return [GaugeMetricFamily(self._name, self._words, value=self._value())]
        except Exception:  # of one figure; the others are told
            return []
