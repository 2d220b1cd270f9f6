"""A small fleet with the tiny chart, and its two states: before and after an edit that touches files of every sort."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from tests.desired.repositories import DEPLOYMENT, ENVIRONMENT, WORKSPACE, write

_WORKSPACES = "environments/dev/workspaces"
FLEET = {
    "environments/dev/environment.yaml": ENVIRONMENT,
    **{f"{_WORKSPACES}/{name}/workspace.yaml": WORKSPACE for name in ("etl", "ml")},
    **{f"{_WORKSPACES}/etl/deployments/{name}.yaml": DEPLOYMENT for name in ("daily", "hourly", "old")},
    f"{_WORKSPACES}/ml/deployments/train.yaml": DEPLOYMENT,
}


def fleet(folder: Path) -> Path:
    """The fleet, not rendered, beside a file of somebody else under ``rendered/``."""
    return write(folder, {**FLEET, "rendered/README.md": "Written by hand.\n"})


def edit(repository: Path) -> None:
    """One deployment changes, one loses a file, one is new, one goes."""
    folder = repository / _WORKSPACES
    write(folder, {"etl/deployments/daily.yaml": DEPLOYMENT + "values: {labels: {a: b}}\n"})
    write(folder, {"etl/deployments/hourly.yaml": DEPLOYMENT + "values: {scheduler: {replicas: 0}}\n"})
    write(folder, {"ml/deployments/serve.yaml": DEPLOYMENT})
    (folder / "etl/deployments/old.yaml").unlink()


def state(repository: Path) -> dict[str, bytes]:
    """Every file under ``rendered/``."""
    root = repository / "rendered"
    return {file.relative_to(root).as_posix(): file.read_bytes() for file in root.rglob("*") if file.is_file()}


#: What the operating system is asked for that changes a file system.
_CHANGES = frozenset(
    {
        "ctypes.call",  # the exchange of two names
        "os.chmod",
        "os.link",
        "os.mkdir",
        "os.remove",
        "os.rename",
        "os.rmdir",
        "os.truncate",
        "shutil.rmtree",
    }
)


def with_fault(work: Callable[[], object], at: int, fault: Callable[[], object]) -> int:
    """Do ``work`` in a process of its own, in which ``fault`` is done before the change number ``at`` of a file system.

    The exit code: 0 when there are fewer changes and all went well, 1 when ``work`` raised, ``-9`` when it was killed.
    """
    child = os.fork()
    if child == 0:
        code = 2
        seen = 0

        def count(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal seen
            opened = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
            if event in _CHANGES or opened:
                seen += 1
                if seen == at:
                    fault()

        try:
            sys.addaudithook(count)
            work()
            code = 0
        except BaseException:
            code = 1
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def kill() -> None:
    """End this process at once."""
    os.kill(os.getpid(), signal.SIGKILL)
