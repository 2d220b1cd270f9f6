"""Something that listens for webhooks as argocd-server does: it checks the signature, and answers what a test wants."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "between-the-two"


@dataclass
class Listener:
    """``answers`` are the statuses of the next calls; then it is 200. ``port`` 0: it is to be chosen."""

    port: int = 0
    answers: list[int] = field(default_factory=list)
    payloads: list[dict[str, Any]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    calls: int = 0
    seen: threading.Condition = field(default_factory=threading.Condition)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait(self, payloads: int, seconds: float = 30.0) -> list[dict[str, Any]]:
        """The payloads, when there are so many."""
        with self.seen:
            assert self.seen.wait_for(lambda: len(self.payloads) >= payloads, seconds), (self.payloads, self.wrong)
            return list(self.payloads)

    def wait_for_calls(self, calls: int, seconds: float = 30.0) -> None:
        with self.seen:
            assert self.seen.wait_for(lambda: self.calls >= calls, seconds), self.calls


@contextmanager
def listening(listener: Listener) -> Iterator[Listener]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
            status = listener.answers.pop(0) if listener.answers else 200
            expected = ("/api/webhook", "push", f"sha256={signature}")
            found = (self.path, self.headers["X-GitHub-Event"], self.headers["X-Hub-Signature-256"])
            with listener.seen:
                listener.calls += 1
                if found != expected:
                    listener.wrong.append(str(found))
                    status = 400
                elif status == 200:
                    listener.payloads.append(json.loads(body))
                listener.seen.notify_all()
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", listener.port), Handler)
    server.daemon_threads = True
    listener.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
