"""Page tokens: where a page ended, sealed with the question, so that no answer is mixed of two questions.

They tell nothing that the caller may not know, and nothing is believed that they say but where to go on.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from typing import TypeAlias

from commander.reading.errors import PageTokenError
from commander.reading.model import LONGEST_PAGE
from generator.errors import Problem, ProblemsError

#: Texts and numbers from 0 on.
Place: TypeAlias = Sequence[str | int]

_VERSION = 1
_LONGEST = 4096
_MOST = 2**53


def token(question: object, place: Place) -> str:
    """The token of a question's answer that ended at ``place``; the question's ``repr`` tells it from others."""
    data = json.dumps([_VERSION, _digest(question), *place], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def place_of(text: str, question: object, shape: str) -> list[str | int] | None:
    """Where an answer goes on; None at its beginning. ``shape`` has ``t`` for each text and ``n`` for each number that
    a place of this question has. Raises ``PageTokenError``."""
    if not text:
        return None
    version, digest, *place = _parts(text)
    if version != _VERSION or digest != _digest(question):
        raise _wrong("the page token is of another question")
    if len(place) != len(shape) or not all(map(_fits, place, shape)):
        raise _wrong("the page token was not given here")
    return place


def check_size(size: int) -> int:
    """The number of items that a page may have. Raises ``ProblemsError``."""
    if isinstance(size, bool) or not 1 <= size <= LONGEST_PAGE:
        raise ProblemsError([Problem(f"a page of {size:,} items", allowed=f"1 to {LONGEST_PAGE}")])
    return size


def _parts(text: str) -> list[str | int]:
    if len(text) > _LONGEST or not text.isascii():
        raise _wrong("this is no page token")
    try:
        found = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        raise _wrong("this is no page token") from None
    if not isinstance(found, list) or len(found) < 2:
        raise _wrong("this is no page token")
    return found


def _fits(value: object, kind: str) -> bool:
    if kind == "t":
        return isinstance(value, str)
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST


def _digest(question: object) -> str:
    return hashlib.blake2b(repr(question).encode("utf-8", "backslashreplace"), digest_size=9).hexdigest()


def _wrong(message: str) -> PageTokenError:
    allowed = "the 'next' token of the page before, with the same question"
    return PageTokenError([Problem(message, allowed=allowed, hint="ask for the first page again")])
