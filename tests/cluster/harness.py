"""A real Kubernetes control plane with Argo CD on 127.0.0.1, without containers: KWOK plays the nodes and their pods.

``running(state)`` starts it and ends it. ``python -m tests.cluster.harness STATE`` keeps one running until Ctrl-C; the
tests use that one when the environment variable ``CLUSTER_STATE`` names the same folder.
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from tests.cluster import programs
from tests.cluster.api import Api
from tests.cluster.processes import Processes, free_ports
from tests.cluster.starting import Ports, Start

_FILE = "cluster.json"


@dataclass(frozen=True)
class Cluster:
    """Where a running cluster is. Everything that it writes is below ``state``."""

    state: Path
    kubeconfig: Path
    api: str
    """The API server's URL."""
    token: str = field(repr=False)
    """An administrator's."""
    ca: Path
    git: Path
    """Bare repositories are put here, as ``NAME.git``."""
    git_url: str
    """Argo CD reads them as ``{git_url}/NAME.git``. ``{git_url}/charts`` is the chart repository ``{git}/charts``."""
    argocd: str
    """The URL of argocd-server: an API without login; its webhook is ``/api/webhook``."""
    webhook_secret: str = field(repr=False)
    """``webhook.github.secret`` of ``argocd-secret``, which signs pushes."""
    controller_metrics: str
    repo_metrics: str
    programs: Path
    """The folder with the programs, among them ``kubectl`` unless ``CLUSTER_BIN`` names a folder without."""

    def client(self) -> Api:
        """A client of the API server with all rights."""
        return Api(self.api, self.token, self.ca)

    @property
    def logs(self) -> Path:
        """A log of each program, ``NAME.log``."""
        return self.state / "logs"


@contextmanager
def starting(
    state: Path, polling_seconds: int = 120, log_level: str = "info", report: Callable[[str], None] = lambda text: None
) -> Iterator[Start]:
    """What starts the programs of a cluster in the new or empty folder ``state``, and ends them with the ``with``."""
    bin_folder = programs.folder(report)
    state = state.resolve()
    for each in ("etcd", "redis", "tmp", "pki", "git", "argocd/gpg-home"):
        (state / each).mkdir(parents=True, exist_ok=True)
    (state / "argocd/gpg-home").chmod(0o700)
    with Processes(state / "logs") as processes:
        yield Start(state, bin_folder, processes, Ports(*free_ports(len(fields(Ports)))), polling_seconds, log_level)


@contextmanager
def running(
    state: Path,
    *,
    polling_seconds: int = 120,
    log_level: str = "info",
    report: Callable[[str], None] = lambda text: None,
) -> Iterator[Cluster]:
    """A cluster in the new or empty folder ``state``; it ends with the ``with``, also after an error or Ctrl-C.

    ``polling_seconds``: how often Argo CD looks at repositories by itself. Raises ``ClusterError``, and ``ToolError``
    when the programs cannot be built.
    """
    with starting(state, polling_seconds, log_level, report) as start:
        try:
            start.kubernetes()
            report("Kubernetes works")
            start.argocd()
            report("Argo CD works")
            cluster = _found(start)
            _write(cluster, start.processes)
            yield cluster
        finally:
            (start.state / _FILE).unlink(missing_ok=True)
            start.remove_volumes()


def _found(start: Start) -> Cluster:
    ports = start.ports
    return Cluster(
        state=start.state,
        kubeconfig=start.kubeconfig,
        api=start.api,
        token=start.token,
        ca=start.ca,
        git=start.state / "git",
        git_url=f"http://127.0.0.1:{ports.git}",
        argocd=f"http://127.0.0.1:{ports.server}",
        webhook_secret=start.webhook_secret,
        controller_metrics=f"http://127.0.0.1:{ports.controller_metrics}/metrics",
        repo_metrics=f"http://127.0.0.1:{ports.repo_metrics}/metrics",
        programs=start.bin,
    )


def attached(state: Path) -> Cluster:
    """The cluster that somebody keeps running in this folder."""
    found = json.loads((state / _FILE).read_text(encoding="utf-8"))["cluster"]
    # `from __future__ import annotations` makes the types texts.
    values: dict[str, Any] = {
        each.name: (Path if each.type == "Path" else str)(found[each.name]) for each in fields(Cluster)
    }
    return Cluster(**values)


def pids(cluster: Cluster) -> dict[str, int]:
    """The processes of its programs."""
    return dict(json.loads((cluster.state / _FILE).read_text(encoding="utf-8"))["programs"])


def memory(cluster: Cluster) -> dict[str, tuple[int, int]]:
    """Of each program: MiB of memory that it has now, and had at most."""
    found = {}
    for name, pid in pids(cluster).items():
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
        sizes = {
            line.split(":")[0]: int(line.split()[1]) // 1024 for line in lines if line.startswith(("VmRSS", "VmHWM"))
        }
        found[name] = (sizes["VmRSS"], sizes["VmHWM"])
    return found


def _write(cluster: Cluster, processes: Processes) -> None:
    file = cluster.state / _FILE
    file.touch(mode=0o600)
    found = {"cluster": asdict(cluster), "programs": {name: each.pid for name, each in processes.running.items()}}
    file.write_text(json.dumps(found, indent=1, default=str), encoding="utf-8")


def main(state: Path) -> None:
    """Keep a cluster running until Ctrl-C or SIGTERM."""

    def say(text: str) -> None:
        sys.stderr.write(f"cluster: {text}\n")

    for each in (signal.SIGINT, signal.SIGTERM):  # in the background of a script, Ctrl-C is off
        signal.signal(each, signal.default_int_handler)
    with suppress(KeyboardInterrupt), running(state, report=say) as cluster:
        say(f"CLUSTER_STATE={cluster.state} KUBECONFIG={cluster.kubeconfig} (Ctrl-C ends it)")
        signal.pause()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
