"""The service put together, from its settings to the end of its last call."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

import grpc
import structlog
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from commander.git import MovedError, Sign, StoreError
from commander.proto.v1 import commander_pb2 as pb
from commander.proto.v1 import commander_pb2_grpc as rpc
from commander.reading import Reading
from commander.service import listening
from commander.service.asking import Asking
from commander.service.authority import Authority
from commander.service.beside import ClusterSettings, status_reader, webhook_of
from commander.service.gate import Gate
from commander.service.listening import Tls
from commander.service.live import Live
from commander.service.metrics import Metrics
from commander.service.moves import Moves
from commander.service.opening import Served
from commander.service.servicer import Servicer
from commander.service.trouble import Trouble
from commander.service.watching import Watching
from commander.status import StatusReader
from commander.webhook import Endpoint
from commander.writer import Queue, Tracker, Workers, Writer, collect_rarely
from generator.errors import Problem, ProblemsError

_SERVICE = pb.DESCRIPTOR.services_by_name["Commander"].full_name
_OPTIONS = (
    # A change has some files of 1 MiB at most. A page of rendered files is cut before it has as much.
    ("grpc.max_receive_message_length", 8 * 1024 * 1024),
    ("grpc.max_send_message_length", 16 * 1024 * 1024),
    ("grpc.max_metadata_size", 16 * 1024),
    ("grpc.max_concurrent_streams", 1000),
    ("grpc.so_reuseport", 0),  # who listens twice by mistake is told
    # Broken lines are noticed, and callers may ask as often themselves.
    ("grpc.keepalive_time_ms", 60_000),
    ("grpc.keepalive_timeout_ms", 20_000),
    ("grpc.http2.min_ping_interval_without_data_ms", 20_000),
)
#: Seconds for calls that end by themselves, after those for changes that wait.
_LAST = 1.0
_STEP = 0.02
#: Seconds between two looks whether the file of callers is another one.
_LOOK = 1.0


@dataclass(frozen=True, slots=True)
class Settings:
    """``listen`` is ``HOST:PORT`` (port 0: any) or ``unix:PATH``; ``metrics`` is ``HOST:PORT`` or empty.

    ``name`` and ``email`` are Commander's own, as the committer. ``poll`` is after how many seconds it looks what
    others pushed (see ``Queue``), ``drain`` how long calls that are under way may take when the service stops.
    ``cache`` is the folder of the user's own things, in which what follows from the code is kept. ``webhook`` is where
    Argo CD is told of commits; ``clusters`` are read to tell what became of them.
    """

    listen: str
    callers: Path | None = None
    tls: Tls | None = None
    metrics: str = ""
    allow_anybody: bool = False
    allow_plaintext: bool = False
    name: str = "Stargit Commander"
    email: str = "commander@stargit.invalid"
    poll: float = 10.0
    drain: float = 20.0
    sign: Sign | None = field(default=None, repr=False)
    cache: Path | None = None
    webhook: Endpoint | None = None
    clusters: ClusterSettings | None = None


async def serve(
    served: Served,
    settings: Settings,
    log: structlog.typing.FilteringBoundLogger,
    ready: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve until the process is asked to stop (SIGTERM, SIGINT); ``ready`` hears the address.

    Raises ``ProblemsError`` for settings that are wrong, ``StoreError`` when the repository can't be served.
    """
    listening.check(
        settings.listen,
        has_callers=settings.callers is not None,
        has_tls=settings.tls is not None,
        allow_anybody=settings.allow_anybody,
        allow_plaintext=settings.allow_plaintext,
    )
    if settings.webhook is not None:
        settings.webhook.check()
    if settings.sign is not None:
        await asyncio.to_thread(settings.sign, b"a signature, to see whether it can be made")
    async with AsyncExitStack() as ending:
        ending.callback(served.store.close)
        metrics, trouble = Metrics(), Trouble()

        def troubled(text: str, defect: BaseException | None = None) -> None:
            trouble.tell(text)
            metrics.troubles.inc()
            if defect is not None:
                log.error("defect", message=text, exc_info=defect)
            else:
                log.warning("trouble", message=text)

        authority = Authority(settings.callers, trouble=troubled)
        tracker = Tracker(served.store, truth=served.truth, sign=settings.sign, cache=settings.cache)
        workers = Workers(cache=settings.cache)
        ending.callback(workers.close)
        writer = Writer(tracker, name=settings.name, email=settings.email, observer=metrics, workers=workers)
        # What is found and rendered now is news to Argo CD, too.
        before = served.store.tip()
        # Before there are threads: rendering what is unrendered uses all cores, by forks.
        _follow(writer, troubled)
        reading = Reading(served.store.path, served.store.branch)
        ending.callback(reading.close)
        collect_rarely()
        moves = Moves()
        webhook = webhook_of(served, settings.webhook, before or tracker.revision, metrics, troubled, log)
        if webhook is not None:
            ending.callback(webhook.close)
        news = Moves()
        reader = status_reader(settings.clusters, reading, news, log)
        if reader is not None:
            ending.callback(reader.close)
        wrong: tuple[Problem, ...] = ()

        def moved(revision: str) -> None:
            nonlocal wrong
            if queue.problems != wrong:
                _log_wrong(log, wrong, queue.problems)
                wrong = queue.problems
                reading.know(wrong)
            moves.tell(revision)
            if webhook is not None:
                webhook.moved(revision)
            if reader is not None:
                reader.moved(revision)

        queue = Queue(writer, poll=settings.poll, trouble=troubled, moved=moved)
        moved(tracker.revision)
        asking = Asking(queue, reading, moves)
        ending.callback(asking.close)
        ending.push_async_callback(_close, queue, settings.drain, log)
        watching = Watching(asking, metrics)
        live = Live(asking, watching, reader, news)
        await _serve(served, settings, log, ready, asking, watching, live, reader, authority, metrics, trouble)
    log.info("stopped", revision=tracker.revision)


def _log_wrong(log: structlog.typing.FilteringBoundLogger, before: Sequence[Problem], now: Sequence[Problem]) -> None:
    """What has become wrong with files that people pushed, and what no more."""
    known = frozenset(before)
    for problem in (each for each in now if each not in known):
        # What was found may be a value, and a value may be a secret.
        log.warning("wrong file", place=problem.place(), path=problem.path)
    for file in sorted({each.file for each in before} - {each.file for each in now}):
        log.info("file mended", place=file)


def _follow(writer: Writer, troubled: Callable[[str, BaseException | None], None]) -> None:
    try:
        writer.look()
    except StoreError as error:
        if error.defect is None:
            raise
        # What somebody pushed shows a defect. Reads go on, and changes as soon as it can be followed.
        troubled(str(error), error.defect)
    except (OSError, MovedError) as error:
        raise StoreError(f"the repository can't be followed: {error}") from None


async def _serve(
    served: Served,
    settings: Settings,
    log: structlog.typing.FilteringBoundLogger,
    ready: Callable[[str], None],
    asking: Asking,
    watching: Watching,
    live: Live,
    reader: StatusReader | None,
    authority: Authority,
    metrics: Metrics,
    trouble: Trouble,
) -> None:
    gate = Gate(authority, metrics, log)
    server = grpc.aio.server(interceptors=[gate], options=_OPTIONS)
    rpc.add_CommanderServicer_to_server(Servicer(asking, watching, live, served.store, trouble, served.remote), server)
    healthy = health.aio.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(healthy, server)
    reflection.enable_server_reflection((_SERVICE, health.SERVICE_NAME, reflection.SERVICE_NAME), server)
    address = listening.listen(server, settings.listen, settings.tls)
    _measure(served, settings, asking, metrics, log)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop.set)
    await server.start()
    for name in ("", _SERVICE):
        await healthy.set(name, health_pb2.HealthCheckResponse.SERVING)
    log.info("serving", address=address, branch=served.store.branch, remote=served.remote or None)
    ready(address)
    beside = [asyncio.create_task(each) for each in (_refreshing(authority, watching), _reading_ahead(asking))]
    if reader is not None:
        found = reader.clusters
        metrics.gauge("clusters_unread", "Kinds of objects of clusters that can't be read.", lambda: found.unread)
        metrics.gauge("clusters_left_out", "Objects of clusters beyond what is followed.", lambda: found.left_out)
        beside.append(asyncio.create_task(_following(asking, reader)))
    await stop.wait()
    for task in beside:
        task.cancel()
    log.info("stopping", waiting=len(asking.queue))
    await healthy.enter_graceful_shutdown()
    watching.close()
    live.close()
    if not await gate.drained(settings.drain):
        log.warning("calls were cut off", seconds=settings.drain)
    await server.stop(_LAST)


async def _close(queue: Queue, seconds: float, log: structlog.typing.FilteringBoundLogger) -> None:
    """What waits is done first; then nothing more is written."""
    closing = threading.Thread(target=queue.close, daemon=True)
    closing.start()
    try:
        async with asyncio.timeout(max(seconds, _LAST)):
            while closing.is_alive():
                await asyncio.sleep(_STEP)
    except TimeoutError:
        # A remote that does not answer can take longer than anybody wants to wait. What is under way harms nothing:
        # the repository needs no repair, and who hears of no end sends the same change again.
        log.warning("writing was cut off", seconds=seconds)
        sys.stderr.flush()
        os._exit(0)


async def _refreshing(authority: Authority, watching: Watching) -> None:
    while True:
        await asyncio.sleep(_LOOK)
        if await asyncio.to_thread(authority.refresh):
            watching.renew()


async def _following(asking: Asking, reader: StatusReader) -> None:
    """Environments come and go."""
    while True:
        move = asking.moves.next
        with suppress(StoreError):  # whoever asks is told
            await asking.in_thread(reader.refresh)
        await move.wait()


async def _reading_ahead(asking: Asking) -> None:
    """What files say is read when somebody asks for it; who asks first need not wait for all of them."""
    with suppress(StoreError):  # whoever asks is told
        await asking.read(Reading.read_ahead)


def _measure(
    served: Served,
    settings: Settings,
    asking: Asking,
    metrics: Metrics,
    log: structlog.typing.FilteringBoundLogger,
) -> None:
    metrics.gauge("queue_changes", "Changes that wait.", lambda: len(asking.queue))
    metrics.gauge("repository_bytes", "The repository on the disk.", lambda: served.store.size().bytes)
    metrics.gauge("repository_packs", "Packs of the repository.", lambda: served.store.size().packs)
    metrics.gauge("wrong_files", "Problems of files that people pushed.", lambda: len(asking.queue.problems))
    if settings.metrics:
        host, port = listening.host_and_port(settings.metrics)
        try:
            host, port = metrics.serve(host, port)
        except OSError as error:
            problem = Problem(f"nothing can listen at {settings.metrics}: {error.strerror}")
            raise ProblemsError([problem]) from None
        log.info("metrics", address=f"{host}:{port}")
