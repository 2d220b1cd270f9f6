"""Lists and watches of API servers that are in trouble, or in front of which something else is."""

from __future__ import annotations

import json
import threading
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from commander.status.clusters import Clusters
from commander.status.connection import Connection, Where
from commander.status.following import Follower, Kind
from generator.desired import GitOps

_GONE = {"type": "ERROR", "object": {"code": 410, "message": "too old resource version"}}
_NOTHING = json.dumps({"metadata": {"resourceVersion": "5"}, "items": []}).encode()
_PODS: Kind[bool] = Kind("pods", "/api/v1/pods", lambda _: None, {})


@dataclass
class Server:
    """``lists`` gives status and body for a token of a list, ``watches`` are those of each watch."""

    lists: Callable[[str], tuple[int, bytes]] = lambda _: (200, _NOTHING)
    watches: tuple[int, bytes] = (200, b"")
    asked: Counter[str] = field(default_factory=Counter)


@contextmanager
def serving(server: Server, folder: Path) -> Iterator[Where]:
    """How it is reached."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            what = "watch" if "watch" in query else "list"
            server.asked[what] += 1
            status, body = server.watches if what == "watch" else server.lists(query.get("continue", [""])[0])
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        file = folder / "kubeconfig"
        named = {
            "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}],
            "clusters": [{"name": "it", "cluster": {"server": f"http://127.0.0.1:{listening.server_port}"}}],
            "users": [{"name": "it", "user": {}}],
        }
        file.write_text(json.dumps({"apiVersion": "v1", "kind": "Config", "current-context": "it", **named}))
        try:
            yield Where(file)
        finally:
            listening.shutdown()


@contextmanager
def following(where: Where) -> Iterator[Follower[bool]]:
    follower = Follower(Connection(where), _PODS, lambda *_: None, lambda *_: None)
    try:
        yield follower
    finally:
        follower.close()


@pytest.mark.parametrize(
    "watches",
    [(200, b""), (200, json.dumps(_GONE).encode() + b"\n"), (410, b"{}"), (200, b"[]\n")],
    ids=["ends", "says gone", "is gone", "no event"],
)
def test_a_server_that_ends_each_watch_at_once_is_not_asked_all_the_time(
    watches: tuple[int, bytes], tmp_path: Path
) -> None:
    server = Server(watches=watches)
    with serving(server, tmp_path) as where, following(where) as follower:
        assert follower.wait(30)
        begun = time.monotonic()
        while server.asked["watch"] < 5 and time.monotonic() - begun < 30:
            time.sleep(0.01)
        # Waits of at least 0.1, 0.2, 0.4 and 0.8 seconds.
        assert server.asked["watch"] == 5
        assert time.monotonic() - begun > 1.4


def test_a_list_that_the_server_forgets_is_begun_again_and_told_in_the_end(tmp_path: Path) -> None:
    server = Server(lists=lambda _: (410, b"{}"))
    with serving(server, tmp_path) as where, following(where) as follower:
        assert follower.wait(30)
        assert "forgotten by the server (410)" in follower.failure


def test_of_a_long_list_one_page_is_in_memory(tmp_path: Path) -> None:
    size, pages = 2_000_000, 80

    def page(token: str) -> tuple[int, bytes]:
        number = int(token or "1")
        more = str(number + 1) if number < pages else ""
        items = [{"metadata": {"name": f"{number}-{each}", "note": "x" * (size // 100)}} for each in range(100)]
        return 200, json.dumps({"metadata": {"resourceVersion": "5", "continue": more}, "items": items}).encode()

    server = Server()
    with serving(server, tmp_path) as where:
        connection = Connection(where)
        assert connection.list("/api/v1/pods") == ([], "5")  # what is loaded with the first call is not meant
        server.lists = page
        tracemalloc.start()
        try:
            kept, version = connection.list("/api/v1/pods", keep=lambda each: each["metadata"]["name"])
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert (len(kept), version, server.asked["list"]) == (100 * pages, "5", 1 + pages)
    # The server's own page is in this process, too, as objects and as text.
    assert peak < pages * size / 2


def test_a_namespace_in_which_no_environment_has_its_applications_any_more_is_not_followed(tmp_path: Path) -> None:
    def settings(namespace: str) -> dict[str, GitOps]:
        repository = "https://git.example.com/a.git"
        return {"dev": GitOps(repository=repository, namespace=namespace, cluster="elsewhere")}

    def threads() -> int:
        return sum(each.name.startswith("commander-follows-app") for each in threading.enumerate())

    with serving(Server(), tmp_path) as where:
        before = threads()
        clusters = Clusters(where)
        try:
            for number in range(10):
                clusters.follow(settings(f"argocd-{number}"))
            begun = time.monotonic()
            while threads() > before + 2 and time.monotonic() - begun < 30:
                time.sleep(0.01)
            assert threads() == before + 2
            assert [each.kind.path.split("/")[5] for each in clusters.argo_followers("dev")] == ["argocd-9"] * 2
        finally:
            clusters.close()
