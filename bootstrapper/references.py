"""``${secret/key}``: how a plan speaks of values that it does not hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

_REFERENCE = re.compile(r"\$\{([^/${}]+)/([^/${}]+)\}")


@dataclass(frozen=True, slots=True, order=True)
class Reference:
    """A key of a Secret in the release's namespace."""

    secret: str
    key: str

    def __str__(self) -> str:
        return f"{self.secret}/{self.key}"


def references(text: str) -> list[Reference]:
    """All that a text refers to, in order."""
    return [Reference(*match.groups()) for match in _REFERENCE.finditer(text)]


def only_reference(text: str) -> Reference | None:
    """The one reference that the whole text is, or None."""
    match = _REFERENCE.fullmatch(text)
    return Reference(*match.groups()) if match else None


def filled(text: str, value: Callable[[Reference], str]) -> str:
    """The text with each reference replaced by its value, percent-encoded as RFC 3986 has it."""
    return _REFERENCE.sub(lambda match: quote(value(Reference(*match.groups())), safe=""), text)
