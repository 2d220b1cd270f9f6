"""API servers whose watches are none: they end as soon as they begin, or remember nothing."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from commander.status.connection import Connection, Where
from commander.status.following import Follower, Kind

_GONE = {"type": "ERROR", "object": {"code": 410, "message": "too old resource version"}}


@pytest.fixture(params=[(200, b""), (200, json.dumps(_GONE).encode() + b"\n"), (410, b"{}"), (200, b"[]\n")])
def asked(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Where, Counter[str]]]:
    """A server that answers each watch like this; how it is reached, and how often it was asked for what."""
    status, answer = request.param
    counted: Counter[str] = Counter()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            watch = "watch=1" in self.path
            counted["watch" if watch else "list"] += 1
            body = answer if watch else json.dumps({"metadata": {"resourceVersion": "5"}, "items": []}).encode()
            self.send_response(status if watch else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        file = tmp_path / "kubeconfig"
        named = {
            "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}],
            "clusters": [{"name": "it", "cluster": {"server": f"http://127.0.0.1:{server.server_port}"}}],
            "users": [{"name": "it", "user": {}}],
        }
        file.write_text(json.dumps({"apiVersion": "v1", "kind": "Config", "current-context": "it", **named}))
        yield Where(file), counted
        server.shutdown()


def test_a_server_that_ends_each_watch_at_once_is_not_asked_all_the_time(asked: tuple[Where, Counter[str]]) -> None:
    where, counted = asked
    kind = Kind("pods", "/api/v1/pods", lambda _: True, {})
    follower = Follower(Connection(where), kind, lambda *_: None, lambda *_: None)
    try:
        assert follower.wait(30)
        begun = time.monotonic()
        while counted["watch"] < 5 and time.monotonic() - begun < 30:
            time.sleep(0.01)
        # Waits of at least 0.1, 0.2, 0.4 and 0.8 seconds.
        assert counted["watch"] == 5
        assert time.monotonic() - begun > 1.4
    finally:
        follower.close()
