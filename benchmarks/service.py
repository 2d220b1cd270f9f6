"""Commander's service as callers meet it: changes by gRPC, from another process, over a socket of this machine."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.serving import Latency, Load
from commander.client import AsyncClient, Connection, new_id
from commander.client import operations as ops
from commander.proto.v1 import commander_pb2 as pb

_WARM_UP = 256


def measure_service(name: str, repository: Path, folder: Path, callers: dict[int, int]) -> Iterator[Load]:
    """``callers`` gives how many changes so many callers send together; each waits for one before the next."""
    with _serving(repository, folder) as (address, process):
        names = asyncio.run(_names(address))
        asyncio.run(_load(address, names, [_WARM_UP // 64] * 64))  # its processes begin
        for number, changes in callers.items():
            cpu, began = _cpu(process), time.perf_counter()
            times = asyncio.run(_load(address, names, [changes // number] * number))
            seconds = time.perf_counter() - began
            each = (_cpu(process) - cpu) * 1000 / len(times)
            yield Load(f"{name}, by gRPC", number, len(times) / seconds, Latency.of(times), each)


@contextmanager
def _serving(repository: Path, folder: Path) -> Iterator[tuple[str, int]]:
    folder.mkdir()
    address = f"unix:{folder / 'socket'}"
    command = [sys.executable, "-m", "stargit", "commander", "serve", "--repository", str(repository)]
    command += ["--listen", address, "--output", "json", "--log-level", "warning"]
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        lines = []
        while (line := process.stdout.readline()) and line != "}\n":
            lines.append(line)
        json.loads("".join([*lines, line]))
        try:
            yield address, process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


async def _names(address: str) -> list[str]:
    names: list[str] = []
    async with AsyncClient(Connection(address)) as client:
        request = pb.ListRequest(kind=pb.KIND_DEPLOYMENT, page_size=500)
        while True:
            page = await client.list(request)
            names += [ops.target_text(each.target) for each in page.items]
            if not page.next_page_token:
                return names
            request.page_token = page.next_page_token


async def _load(address: str, names: list[str], sent: list[int]) -> list[float]:
    rng = random.Random(len(sent))
    times: list[float] = []

    async def call(client: AsyncClient, changes: int) -> None:
        for _ in range(changes):
            setting = ops.set_value("values.scheduler.resources.requests.memory", f"{rng.randrange(1, 999)}Mi")
            began = time.perf_counter()
            await client.apply([ops.edit(rng.choice(names), setting)], id=new_id())
            times.append(time.perf_counter() - began)

    async with AsyncClient(Connection(address)) as client:
        await asyncio.gather(*(call(client, changes) for changes in sent))
    return times


def _cpu(process: int) -> float:
    """Seconds of a process and those that it began."""
    found = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if process in (int(stat.parent.name), int(fields[1])):
            found += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return found
