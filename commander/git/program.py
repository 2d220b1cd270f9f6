"""The ``git`` program, for transport and upkeep: fixed arguments, no shell, nobody's settings, a limit of time.

What a person, a repository or the environment could make git do besides (hooks, helpers, prompts, other protocols) is
switched off. Sources: git-config(1), githooks(5), gitremote-helpers(7). The bare repository's own ``config`` is
trusted: who can write it can write the branch, too; no push reaches it.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

#: What is said of an error is at most this long.
_LONGEST = 2000
#: Kept from the environment: where programs are, how the network is reached, and what ssh needs to know its user and
#: agent.
_KEPT = (
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SSH_AUTH_SOCK",
    "GIT_SSH_COMMAND",
    "TMPDIR",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "http_proxy",
    "https_proxy",
    "HTTPS_PROXY",
    "all_proxy",
    "ALL_PROXY",
    "no_proxy",
    "NO_PROXY",
)
_SETTINGS = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.fsync": "all",
    "credential.helper": "",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "protocol.allow": "never",
    "protocol.file.allow": "always",
    "protocol.git.allow": "always",
    "protocol.http.allow": "always",
    "protocol.https.allow": "always",
    "protocol.ssh.allow": "always",
    "transfer.fsckObjects": "true",
    "fetch.recurseSubmodules": "false",
    # What is fetched stays one pack, which is synced, and never hundreds of loose files.
    "fetch.unpackLimit": "1",
    "push.gpgSign": "false",
}
#: As shells say it.
_NO_PROGRAM = 127


@dataclass(frozen=True, slots=True)
class Done:
    """What git said, and its exit code; ``None``: it took too long, and was ended."""

    code: int | None
    output: str
    error: str

    @property
    def said(self) -> str:
        """The last lines for a person."""
        text = "time ran out" if self.code is None else self.error.strip() or self.output.strip()
        if not text:
            text = f"ended by signal {-self.code}" if self.code is not None and self.code < 0 else "nothing was said"
        return text[-_LONGEST:]


def run_git(repository: Path, arguments: Sequence[str], *, seconds: float, inherited: Sequence[int] = ()) -> Done:
    """Run git in a bare repository. It and what it started are ended when time runs out.

    ``inherited`` are descriptors that it and its children hold open as long as they live.
    """
    try:
        process = start_git(repository, arguments, subprocess.PIPE, subprocess.PIPE, inherited)
    except FileNotFoundError:
        return Done(_NO_PROGRAM, "", "there is no program git")
    with process:
        try:
            output, error = process.communicate(timeout=seconds)
        except BaseException as stopped:
            end(process)
            output, error = process.communicate()
            if not isinstance(stopped, subprocess.TimeoutExpired):
                raise
            return Done(None, output, error)
    return Done(process.returncode, output, error)


def start_git(
    repository: Path,
    arguments: Sequence[str],
    output: IO[str] | int,
    error: IO[str] | int,
    inherited: Sequence[int] = (),
) -> subprocess.Popen[str]:
    """Start git in a bare repository, in a process group of its own. Raises ``OSError``."""
    settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
    return subprocess.Popen(
        ["git", *settings, "--git-dir", os.fspath(repository), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=error,
        env=_environment(),
        start_new_session=True,
        pass_fds=inherited,
        text=True,
        errors="replace",
    )


def end(process: subprocess.Popen[str]) -> None:
    """Kill git and what it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {
        **kept,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
        "LC_ALL": "C.UTF-8",
    }
