"""The service as a process of its own, as people start it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from commander.client import Client, Connection

_START = 60.0


@dataclass
class Service:
    """A running service; ``log`` has what it wrote so far."""

    process: subprocess.Popen[str]
    address: str
    log_file: Path
    arguments: Sequence[str] = field(repr=False)

    def client(self, token: str = "", seconds: float = 30.0, **more: Path) -> Client:
        """A client of it."""
        return Client(Connection(self.address, token=token, seconds=seconds, **more))  # type: ignore[arg-type]

    @property
    def log(self) -> str:
        return self.log_file.read_text()

    def events(self, name: str) -> list[dict[str, object]]:
        """The log's events of a name."""
        lines = [line for line in self.log.splitlines() if line.startswith("{")]
        return [each for each in map(json.loads, lines) if each["event"] == name]

    def stop(self) -> int:
        """Ask it to stop; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(_START)

    def kill(self) -> None:
        """Without a warning."""
        self.process.kill()
        self.process.wait(_START)
        assert self.process.stdout is not None
        self.process.stdout.close()


@contextmanager
def serving(folder: Path, repository: Path | str, *arguments: str) -> Iterator[Service]:
    """Start it, wait until it serves, and end it."""
    folder.mkdir(exist_ok=True)
    service = start(folder, repository, *arguments)
    try:
        yield service
    finally:
        if service.process.poll() is None:
            service.stop()
        assert service.process.stdout is not None
        service.process.stdout.close()


def start(folder: Path, repository: Path | str, *arguments: str) -> Service:
    """Start it and wait until it serves. Its socket and its copies are in ``folder``."""
    log_file = folder / f"log-{time.monotonic_ns()}"
    command = [
        sys.executable, "-m", "stargit", "commander", "serve", "--repository", str(repository), "--log", "json",
        "--poll", "0.2", "--output", "json", *arguments,
    ]  # fmt: skip
    if "--listen" not in arguments:
        command += ["--listen", f"unix:{folder / 'socket'}"]
    environment = {**os.environ, "XDG_STATE_HOME": str(folder), "PYTHONWARNINGS": "error::ResourceWarning"}
    with log_file.open("w") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment)
    assert process.stdout is not None
    lines: list[str] = []
    while (line := process.stdout.readline()) and line != "}\n":
        lines.append(line)
    if line != "}\n":
        process.wait(_START)
        process.stdout.close()
        raise StartError(process.returncode, "".join(lines), log_file.read_text())
    return Service(process, json.loads("".join([*lines, "}"]))["address"], log_file, command)


def until(condition: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait for what another process does."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


class StartError(Exception):
    """It did not serve: exit code, output, log."""

    def __init__(self, code: int, output: str, log: str) -> None:
        super().__init__(f"exit code {code}: {output}{log}")
        self.code, self.output, self.log = code, output, log
