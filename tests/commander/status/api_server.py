"""An API server that says whatever a test wants it to say: what a real one says is in tests/cluster."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from commander.status.connection import Where


def page(items: Sequence[dict[str, Any]] = (), more: str = "") -> bytes:
    """A page of a list; ``more`` is the token of the next."""
    return json.dumps({"metadata": {"resourceVersion": "5", "continue": more}, "items": items}).encode()


_NOTHING = page()


@dataclass
class Server:
    """``lists`` gives status and body for a path and a token of a list, ``watches`` for the path of a watch."""

    lists: Callable[[str, str], tuple[int, bytes]] = lambda *_: (200, _NOTHING)
    watches: Callable[[str], tuple[int, bytes]] = lambda _: (200, b"")
    asked: Counter[str] = field(default_factory=Counter)


@contextmanager
def serving(server: Server, folder: Path) -> Iterator[Where]:
    """How it is reached."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            query = parse_qs(url.query)
            what = "watch" if "watch" in query else "list"
            server.asked[what] += 1
            status, body = (
                server.watches(url.path) if what == "watch" else server.lists(url.path, query.get("continue", [""])[0])
            )
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(BrokenPipeError):  # who asked is gone
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
