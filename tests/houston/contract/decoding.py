"""How the ``astro`` CLI takes Houston's answers: what it decodes, what it shows, what makes it crash (contract 1.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from tests.houston.contract.reading import Undecodable, decoded, read
from tests.houston.contract.shapes import Leaf, Listing, Object, shape_of
from tests.houston.contract.wire import Document

#: Both are shown as an expired token.
FORBIDDEN = "You do not have the appropriate permissions for that"
EXPIRED = "AUTH_TOKEN_REFRESH_FAILED"
#: Any message with it is shown as a schema without the fields.
UNKNOWN_FIELD = "Cannot query field"

# The CLI follows these without looking.
_NEVER_NULL = frozenset({"appConfig", "authConfig", "createToken"})


class Crashes(Exception):
    """The CLI crashes on the answer."""


class Shown(Enum):
    """What the person is told of an error."""

    AS_EXPIRED = "your token has expired, log in again"
    AS_UNKNOWN_FIELD = "some fields are not in the server's schema"
    AS_IT_IS = "the message"
    AS_HTTP = "the status and the whole body"


@dataclass(frozen=True)
class Taken:
    """An answer as the CLI has it: an error with how it is shown, or ``data`` by the document's shape."""

    data: Mapping[str, Any]
    message: str | None = None
    shown: Shown | None = None


def taken(document: Document, status: int, body: bytes) -> Taken:
    """An answer to a document, taken as the CLI does.

    Raises ``Undecodable`` and ``Crashes``.
    """
    if not 200 <= status < 400:
        return Taken({}, f"API error ({status}): {body.decode('utf-8', errors='replace')}", Shown.AS_HTTP)
    answer = decoded(_answer(shape_of(document)), read(body), "answer") or {}
    data, errors = answer.get("data") or {}, answer.get("errors")
    if errors is not None:
        if not errors:
            raise Crashes("errors is an empty list; leave it out or send null")
        message = (errors[0] or {}).get("message") or ""
        return Taken(data, message, _shown(message))
    if document.root in _NEVER_NULL and data.get(document.root) is None:
        raise Crashes(f"data.{document.root} is null; send an error with it, or the object")
    return Taken(data)


def _answer(data: Object) -> Object:
    errors = Listing(Object((("message", Leaf.TEXT),)))
    return Object((("data", data), ("errors", errors)))


def _shown(message: str) -> Shown:
    if message in {FORBIDDEN, EXPIRED}:
        return Shown.AS_EXPIRED
    return Shown.AS_UNKNOWN_FIELD if UNKNOWN_FIELD in message else Shown.AS_IT_IS


_FRAME = Object((("payload", Object((("data", Object((("log", Object((("log", Leaf.TEXT),))),))),))),))


def log_line(frame: str) -> str:
    """What ``deployment logs -f`` prints of a websocket frame; empty for all but a line of log (1.6).

    Raises ``Undecodable``.
    """
    found = decoded(_FRAME, read(frame.encode()), "frame")
    for name in ("payload", "data", "log", "log"):
        found = (found or {}).get(name)
    return found or ""


__all__ = ["EXPIRED", "FORBIDDEN", "UNKNOWN_FIELD", "Crashes", "Shown", "Taken", "Undecodable", "log_line", "taken"]
