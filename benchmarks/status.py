"""``python -m benchmarks.status [--deployments N]``: what it takes Commander to know the live status of a fleet.

An API server in a process of its own tells of an Application and nine workloads of each deployment, all well; what a
real one takes to make its answers is not measured.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from commander.changes import Target
from commander.reading import LONGEST_PAGE, Reading
from commander.status import StatusReader, Where

_PAGE = 500
_QUIET = 1.0
_WORKSPACE = 50  # deployments
_ENVIRONMENT = """\
apiVersion: stargit.dev/v1
kind: Environment
kubernetes: {minorVersion: "1.35"}
platform: {namespace: airflow, release: dev}
gitops: {repository: "https://git.example.com/fleet.git"}
"""
_COMPONENTS = ("scheduler", "dag-processor", "triggerer", "api-server", "worker", "pgbouncer", "statsd", "flower", "x")
_COMMIT = "a" * 40


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.status", description=__doc__)
    parser.add_argument("--deployments", type=int, default=10_000)
    count = parser.parse_args().deployments
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(count, theirs), daemon=True)
    server.start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            _measure(count, Path(folder), ours.recv())
    finally:
        server.terminate()
    return 0


def _measure(count: int, folder: Path, port: int) -> None:
    reading = Reading(_repository(folder, count), "refs/heads/main")
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "it",
        "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}],
        "clusters": [{"name": "it", "cluster": {"server": f"http://127.0.0.1:{port}"}}],
        "users": [{"name": "it", "user": {}}],
    }
    (folder / "kubeconfig").write_text(json.dumps(config))
    reading.read_ahead()
    heard: list[tuple[float, float]] = []
    before, begun, used = _mebibytes(), time.perf_counter(), time.process_time()
    reader = StatusReader(
        reading,
        Where(folder / "kubeconfig"),
        heard=lambda: heard.append((time.perf_counter(), time.process_time())),
    )
    reader.clusters.wait(600)
    while not heard or time.perf_counter() - heard[-1][0] < _QUIET:  # all is read, and being told
        time.sleep(_QUIET)
    print(f"{count:,} deployments, {count * (1 + len(_COMPONENTS)):,} objects")
    print(f"read after {heard[-1][0] - begun:.1f} s ({heard[-1][1] - used:.1f} s of a processor)")
    print(f"{_mebibytes() - before} MiB more memory; those who watch were woken {len(heard):,} times")
    begun = time.perf_counter()
    tip, told = reading.tip(), 0
    for target in _targets(reading):
        told += bool(reader.status(reading.get(target).item, tip).components)
    print(f"{told:,} statuses with components: {(time.perf_counter() - begun) / max(told, 1) * 1e6:.0f} us each")
    reader.close()


def _targets(reading: Reading) -> Iterator[Target]:
    token = ""
    while True:
        page = reading.list("deployment", page_size=LONGEST_PAGE, page_token=token)
        yield from (each.target for each in page.items)
        if not (token := page.next_token):
            return


def _repository(folder: Path, count: int) -> Path:
    repository = folder / "fleet.git"
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", repository], check=True)
    files = {"environments/dev/environment.yaml": _ENVIRONMENT}
    for number in range(count):
        place = f"environments/dev/workspaces/w{number // _WORKSPACE}"
        files[f"{place}/workspace.yaml"] = "apiVersion: stargit.dev/v1\nkind: Workspace\n"
        files[f"{place}/deployments/d{number}.yaml"] = "apiVersion: stargit.dev/v1\nkind: Deployment\n"
    text = "commit refs/heads/main\ncommitter A <a@example.com> 1700000000 +0000\ndata 1\nx\n"
    text += "".join(f"M 100644 inline {path}\ndata {len(data)}\n{data}\n" for path, data in files.items())
    subprocess.run(["git", "-C", repository, "fast-import", "--quiet"], input=text.encode(), check=True)
    return repository


def _mebibytes() -> int:
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(each.split()[1]) // 1024 for each in lines if each.startswith("VmRSS:"))


# --- the API server ----------------------------------------------------------------------------------------------


def _serve(count: int, told: Pipe) -> None:
    made: dict[str, Callable[[int], list[dict[str, Any]]]] = {
        "applications": lambda number: [_application(number)],
        "deployments": lambda number: [_workload(number, each) for each in _COMPONENTS],
    }
    pages = {name: _pages(count, make) for name, make in made.items()}
    forever = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            query = parse_qs(url.query)
            if "watch" in query:
                self.send_response(200)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                forever.wait()
            body = pages.get(url.path.rpartition("/")[2], [_page([], "")])[int(query.get("continue", ["0"])[0])]
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        told.send(server.server_port)
        server.serve_forever()


def _pages(count: int, make: Callable[[int], list[dict[str, Any]]]) -> list[bytes]:
    items = [each for number in range(count) for each in make(number)]
    parts = [items[begin : begin + _PAGE] for begin in range(0, len(items), _PAGE)] or [[]]
    return [_page(part, str(number + 1) if part is not parts[-1] else "") for number, part in enumerate(parts)]


def _page(items: list[dict[str, Any]], more: str) -> bytes:
    return json.dumps({"metadata": {"resourceVersion": "5", "continue": more}, "items": items}).encode()


def _application(number: int) -> dict[str, Any]:
    named = {"environment": "dev", "workspace": f"w{number // _WORKSPACE}", "release": f"d{number}"}
    at = {"revision": _COMMIT, "deployedAt": "2026-11-29T00:00:00Z"}
    return {
        "metadata": {
            "name": f"dev-d{number}",
            "namespace": "argocd",
            "labels": {f"stargit.dev/{key}": value for key, value in named.items()},
        },
        "spec": {"destination": {"namespace": f"dev-d{number}"}, "syncPolicy": {"automated": {}}},
        "status": {
            "sync": {"status": "Synced", "revision": _COMMIT},
            "health": {"status": "Healthy", "lastTransitionTime": "2026-11-29T00:00:00Z"},
            "history": [at],
            "resources": [{"kind": "ConfigMap", "name": f"c{each}", "status": "Synced"} for each in range(40)],
            "operationState": {"phase": "Succeeded", "startedAt": at["deployedAt"], "finishedAt": at["deployedAt"]},
        },
    }


def _workload(number: int, component: str) -> dict[str, Any]:
    return {
        "metadata": {
            "name": f"d{number}-{component}",
            "namespace": f"dev-d{number}",
            "labels": {"tier": "airflow", "component": component, "release": f"d{number}"},
        },
        "spec": {"replicas": 1},
        "status": {"replicas": 1, "updatedReplicas": 1, "readyReplicas": 1},
    }


if __name__ == "__main__":
    sys.exit(main())
