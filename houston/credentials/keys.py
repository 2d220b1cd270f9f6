"""Keys that programs keep, and words that are sent by e-mail: random, shown once, known afterwards by their digest.

A key has 256 random bits, so a plain digest is as good as a slow one: there is nothing to guess. Its first letters say
what it is, and its last ones are a checksum, by which scanners for lost secrets know it without asking.
"""

from __future__ import annotations

import secrets
import string
import zlib
from dataclasses import dataclass, field
from enum import Enum
from hashlib import sha256

_DIGITS = string.digits + string.ascii_letters
_RANDOM, _CHECK = 43, 6


class KeyKind(Enum):
    """What a key is for; the value begins it."""

    SERVICE_ACCOUNT = "sgs"
    PERSONAL = "sgp"
    #: Used up by one use: invites, confirmations, new passwords.
    ONCE = "sgo"


@dataclass(frozen=True, slots=True)
class Key:
    """A new key. Only ``digest`` and ``hint``, its first letters for people's eyes, are kept."""

    kind: KeyKind
    text: str = field(repr=False)

    @property
    def digest(self) -> str:
        """64 hexadecimal digits."""
        return _digest(self.text)

    @property
    def hint(self) -> str:
        """What of it may be shown for ever."""
        return self.text[:8]


def new_key(kind: KeyKind) -> Key:
    """A key that nobody has had."""
    body = f"{kind.value}_{''.join(secrets.choice(_DIGITS) for _ in range(_RANDOM))}"
    return Key(kind, body + _checksum(body))


def digest_of(kind: KeyKind, text: str) -> str | None:
    """The digest by which a key that somebody shows is looked up; ``None`` for what is no key of this kind."""
    body, check = text[:-_CHECK], text[-_CHECK:]
    if len(text) != len(kind.value) + 1 + _RANDOM + _CHECK or not text.startswith(f"{kind.value}_"):
        return None
    if not text.isascii() or _checksum(body) != check:
        return None
    return _digest(text)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _checksum(body: str) -> str:
    number, digits = zlib.crc32(body.encode()), ""
    for _ in range(_CHECK):
        number, rest = divmod(number, len(_DIGITS))
        digits = _DIGITS[rest] + digits
    return digits
