"""Passwords, kept as argon2id hashes."""

from __future__ import annotations

from enum import Enum

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

#: Characters. NIST SP 800-63B, section 3.1.1: 8 at least, no rule of which kinds.
SHORTEST, LONGEST = 8, 256


class WeakPasswordError(ValueError):
    """A password that nobody should have; the message says why."""


class Verdict(Enum):
    """What became of a password that somebody gave."""

    WRONG = "wrong"
    RIGHT = "right"
    #: Right, and its hash was made with other costs: it should be hashed again.
    OUTDATED = "outdated"


class Passwords:
    """Makes and checks hashes. Both take some 20 ms of a core, so they do not belong into an event loop.

    ``memory`` (KiB) and ``rounds`` are the costs of a hash; by default what OWASP's cheat sheet says is least.
    """

    def __init__(self, *, memory: int = 19 * 1024, rounds: int = 2) -> None:
        self._hasher = PasswordHasher(time_cost=rounds, memory_cost=memory, parallelism=1)
        self._nobody = self._hasher.hash("nobody's")

    def hash(self, password: str) -> str:
        """What is kept of a new password. Raises ``WeakPasswordError``."""
        if not SHORTEST <= len(password) <= LONGEST:
            raise WeakPasswordError(f"a password has {SHORTEST} to {LONGEST} characters; this one has {len(password)}")
        if len(set(password)) < 3:
            raise WeakPasswordError("a password has 3 different characters at least")
        return self._hasher.hash(_bytes(password))

    def verify(self, kept: str | None, password: str) -> Verdict:
        """Whether it is the password of ``kept``. Where there is none, it takes as long, and is wrong."""
        if len(password) > LONGEST:
            password = ""
        try:
            self._hasher.verify(kept or self._nobody, _bytes(password))
        except (VerificationError, InvalidHashError):
            return Verdict.WRONG
        if not kept:
            return Verdict.WRONG
        return Verdict.OUTDATED if self._hasher.check_needs_rehash(kept) else Verdict.RIGHT


def _bytes(password: str) -> bytes:
    # JSON can hold halves of surrogate pairs, which have no form in UTF-8.
    return password.encode("utf-8", "surrogatepass")
