"""A repository is put in shape by git itself, beside the one who writes: packs put together, the graph of commits.

Geometric (git-repack(1)): packs of like size become one, so that an object is copied a few times in all, however long
the repository is served. Packs that are written meanwhile are not touched; those that are put together go only when the
new one is on the disk. The commit-graph keeps which paths each commit changed, for the history of one file.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from commander.git.program import end, start_git

#: Of the window: most of what can be saved is between neighbours; git's own ten take twice the time for a twentieth.
_STEPS = (
    ("repack", "--geometric=2", "-d", "-q", "--write-midx", "--threads=1", "--window=3"),
    ("commit-graph", "write", "--reachable", "--split", "--changed-paths", "--no-progress"),
)
_SECONDS = 3600.0
#: How much it stands back (nice(2)). While changes come without end it still gets the fifth of a core that what they
#: write takes to be put together: half a millisecond of each change.
_NICE = 5
_LONGEST = 2000


class Tidying:
    """Begins when it is made. ``inherited`` is a descriptor that git holds open as long as it lives."""

    def __init__(self, repository: Path, inherited: int) -> None:
        """Raises ``OSError``."""
        self._repository, self._inherited = repository, inherited
        self._left = list(_STEPS)
        self._until = time.monotonic() + _SECONDS
        self._said = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115 (closed by close)
        self._process = self._next()

    def ended(self) -> bool:
        """Whether all is done, or something failed. Raises ``OSError`` when git can't be started."""
        while self._process.poll() is not None:
            if self._process.returncode != 0 or not self._left:
                return True
            self._process = self._next()
        if time.monotonic() > self._until:
            self.stop()
            return True
        return False

    def failure(self) -> str:
        """What went wrong, of one that has ended; empty when nothing did."""
        if self._process.returncode == 0:
            return ""
        self._said.seek(0)
        return f"git {self._name} failed: {self._said.read()[-_LONGEST:].strip() or 'it was ended'}"

    def wait(self) -> None:
        """Until all is done. Raises ``OSError``."""
        while not self.ended():
            with suppress(subprocess.TimeoutExpired):  # then it is ended
                self._process.wait(max(0.0, self._until - time.monotonic()))

    def stop(self) -> None:
        """End it at once; nothing is lost."""
        end(self._process)
        self._process.wait()

    def close(self) -> None:
        """Nothing more is asked of it."""
        self._said.close()

    def _next(self) -> subprocess.Popen[str]:
        arguments = self._left.pop(0)
        self._name = arguments[0]
        process = start_git(self._repository, arguments, subprocess.DEVNULL, self._said, (self._inherited,))
        with suppress(ProcessLookupError):
            os.setpriority(os.PRIO_PGRP, process.pid, _NICE)
        return process
