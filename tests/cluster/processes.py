"""Programs in the background: started with fixed arguments, awaited by asking them, ended together."""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_BETWEEN_SECONDS = 0.1  # between two questions
_END_SECONDS = 15.0  # for a program to end by itself when told
_LOG_LINES = 20
# Below the ports that systems give to outgoing connections, so that none of those is in the way a moment later.
_PORTS = range(20000, 32000)


class ClusterError(Exception):
    """The test cluster, or what is in it, did not do what it should; the text says what was seen last."""


def until(what: str, seconds: float, ask: Callable[[], bool], seen: Callable[[], str] = str) -> float:
    """Ask until the answer is yes; how many seconds that took. ``seen`` says for the error what is there instead."""
    began = time.monotonic()
    while True:
        if ask():
            return time.monotonic() - began
        if time.monotonic() - began > seconds:
            raise ClusterError(f"not within {seconds:.0f} s: {what}\n{seen()}".rstrip())
        time.sleep(_BETWEEN_SECONDS)


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 on which nobody listens, all of them at the same time."""
    found: list[socket.socket] = []
    try:
        for port in random.sample(_PORTS, len(_PORTS)):
            probe = socket.socket()
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                probe.close()
                continue
            found.append(probe)
            if len(found) == count:
                return [each.getsockname()[1] for each in found]
        raise ClusterError("there are no free ports")
    finally:
        for each in found:
            each.close()


def accepts(port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@dataclass
class Processes:
    """The programs of one cluster; each writes a log of its own. Use it in a ``with``: the end stops all."""

    logs: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __enter__(self) -> Processes:
        self.logs.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        """The last first: a program ends before what it depends on."""
        for name in reversed(list(self.running)):
            self.stop(name)

    def start(self, name: str, command: Sequence[str | Path], environment: Mapping[str, str]) -> None:
        """Start it, in a session of its own, so that Ctrl-C reaches only the one who ends all in order.

        When the tests are killed, the kernel ends the programs.
        """
        guard = shutil.which("setpriv")
        prefix = [guard, "--pdeathsig", "TERM"] if guard else []
        with (self.logs / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [*prefix, *command], env=dict(environment), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                cwd=self.logs, start_new_session=True,
            )  # fmt: skip

    def ready(self, name: str, seconds: float, ask: Callable[[], bool], what: str = "") -> None:
        """Wait until it works. Raises ``ClusterError`` when it ends before, or takes too long."""

        def asked() -> bool:
            if (code := self.running[name].poll()) is not None:
                raise ClusterError(f"{name} ended with exit code {code}\n{self.tail(name)}")
            try:
                return ask()
            except OSError:
                return False

        until(f"{what or name} works", seconds, asked, lambda: self.tail(name))

    def stop(self, name: str) -> None:
        process = self.running.pop(name)
        process.terminate()
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def tail(self, name: str) -> str:
        """The end of its log."""
        path = self.logs / f"{name}.log"
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
        return f"the end of {path}:\n" + "\n".join(lines[-_LOG_LINES:])


def environment(**more: str) -> dict[str, str]:
    """The variables that every program gets: none of the person's settings, no proxy for this machine."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TZ") if name in os.environ}
    return {**kept, "NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost", **more}
