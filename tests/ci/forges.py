"""GitHub and GitLab as far as comments go: a server that keeps comments and writes down what was asked of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "forge-token"


@dataclass
class Forge:
    """The comments of one pull request, and the requests that came: method and path."""

    comments: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    # What all requests are answered with, instead of what they ask for; with a place for a redirect.
    status: int = 0
    location: str = ""
    address: str = ""

    def github(self, login: str, body: str) -> None:
        self.comments.append({"id": len(self.comments) + 1, "user": {"login": login}, "body": body})

    def gitlab(self, author: int, body: str) -> None:
        self.comments.append({"id": len(self.comments) + 1, "author": {"id": author}, "body": body})

    @property
    def bodies(self) -> list[str]:
        return [each["body"] for each in self.comments]


_LIST = re.compile(r"/repos/acme/gitops/issues/7/comments\Z|/projects/12/merge_requests/7/notes\Z")
_ONE = re.compile(r"(?:/repos/acme/gitops/issues/comments|/projects/12/merge_requests/7/notes)/([0-9]+)\Z")


@contextmanager
def running() -> Iterator[Forge]:
    """A forge that answers at ``address`` until the context ends."""
    forge = Forge()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self, status: int, data: object) -> None:
            body = json.dumps(data).encode()
            self.send_response(status)
            if forge.location:
                self.send_header("Location", forge.location)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _handle(self) -> None:
            url = urlsplit(self.path)
            forge.asked.append((self.command, url.path))
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"null")
            known = {self.headers.get("Authorization"), self.headers.get("PRIVATE-TOKEN")}
            one = _ONE.match(url.path)
            if forge.status:
                self._answer(forge.status, {})
            elif not known & {f"Bearer {TOKEN}", TOKEN}:
                self._answer(401, {})
            elif url.path == "/user":
                self._answer(200, {"id": 99})
            elif self.command == "GET" and _LIST.match(url.path):
                query = parse_qs(url.query)
                size, page = int(query["per_page"][0]), int(query["page"][0])
                self._answer(200, forge.comments[size * (page - 1) : size * page])
            elif self.command == "POST" and _LIST.match(url.path):
                forge.comments.append({"id": len(forge.comments) + 1, **body})
                self._answer(201, {})
            elif self.command in {"PATCH", "PUT"} and one:
                forge.comments[int(one[1]) - 1].update(body)
                self._answer(200, {})
            else:
                self._answer(404, {})

        do_GET = do_POST = do_PATCH = do_PUT = _handle

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    forge.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield forge
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
