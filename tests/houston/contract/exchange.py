"""Requests as the ``astro`` CLI sends them, byte for byte as far as the contract tells (1.1, 1.2, 1.6).

Nothing here opens a connection: a test sends ``Post.raw`` to a server, or ``LogSubscription``'s frames by a websocket.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tests.houston.contract.documents import CONFIGURATION, VERSION, request_named
from tests.houston.contract.wire import Document, Variables

#: The address of the API, of every POST.
API = "/v1"


@dataclass(frozen=True)
class Post:
    """A request by HTTP."""

    headers: tuple[tuple[str, str], ...]
    body: bytes
    path: str = API

    def raw(self, host: str) -> bytes:
        """The whole request in HTTP/1.1, to a host with its port."""
        head = [
            f"POST {self.path} HTTP/1.1",
            f"Host: {host}",
            *(f"{name}: {value}" for name, value in self.headers),
            f"Content-Length: {len(self.body)}",
        ]
        return "\r\n".join([*head, "", ""]).encode("ascii") + self.body


def post(document: Document, variables: Variables | None, token: str | None = None) -> Post:
    """The request with a document. A token is sent as it is, without ``Bearer``; without one there is no header."""
    headers = [("Content-Type", "application/json"), ("Accept", "application/json")]
    if token:
        headers.append(("authorization", token))
    return Post(tuple(headers), _json({"query": document.text, "variables": _sorted(variables)}))


def opening(version: str, token: str | None = None) -> tuple[Post, Post]:
    """What every run of the CLI asks first (1.2, 1.9).

    The version, with ``variables: null``; then the configuration, with ``variables: {}`` and by the document for the
    version that the server answered.
    """
    return post(VERSION.documents[0], None, token), post(CONFIGURATION.document_for(version), {}, token)


def _json(value: Any) -> bytes:
    """JSON as Go writes it: without spaces, other letters as they are, none that means something in HTML."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text.encode()


def _sorted(value: Any) -> Any:
    """With members in the order of their names: Go's maps have no other."""
    if isinstance(value, dict):
        return {name: _sorted(value[name]) for name in sorted(value)}
    return value


@dataclass(frozen=True)
class LogSubscription:
    """``deployment logs -f`` (1.6): the legacy protocol over ``/ws``, in which the CLI waits for no acknowledgement."""

    token: str
    deployment: str
    component: str = "scheduler"
    timestamp: str = "2026-01-02T03:04:05.678901234Z"
    search: str = ""
    path: str = "/ws"
    subprotocol: str = "graphql-ws"
    close_code: int = 1000
    close_reason: str = '{"id":"1","type":"stop"}'

    @property
    def frames(self) -> tuple[str, str]:
        """The two text frames that are sent at once. The second has no ``id``."""
        [document] = request_named("follow logs").documents
        variables = {
            "component": self.component,
            "deploymentId": self.deployment,
            "search": self.search,
            "timestamp": self.timestamp,
        }
        start = {"type": "start", "payload": {"query": document.text, "variables": variables}}
        init = {"type": "connection_init", "payload": {"authorization": self.token}}
        return _json(init).decode(), _json(start).decode()
