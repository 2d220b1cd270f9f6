"""The ``git`` program, for what goes over the wire: fixed arguments, no shell, nobody's settings, a limit of time.

What a person, a repository or the environment could make git do besides (hooks, helpers, prompts, other protocols) is
switched off. Sources: git-config(1), githooks(5), gitremote-helpers(7).
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

#: What is said of an error is at most this long.
_LONGEST = 2000
#: Kept from the environment: where programs are, and what ssh needs to know its user and agent.
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
)
_SETTINGS = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
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
    "push.gpgSign": "false",
}


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
        return text[-_LONGEST:]


def run_git(repository: Path, arguments: Sequence[str], *, seconds: float) -> Done:
    """Run git in a bare repository. It and what it started are ended when time runs out."""
    settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
    with subprocess.Popen(
        ["git", *settings, "--git-dir", os.fspath(repository), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(),
        start_new_session=True,
        text=True,
        errors="replace",
    ) as process:
        try:
            output, error = process.communicate(timeout=seconds)
        except BaseException as stopped:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            output, error = process.communicate()
            if not isinstance(stopped, subprocess.TimeoutExpired):
                raise
            return Done(None, output, error)
    return Done(process.returncode, output, error)


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
