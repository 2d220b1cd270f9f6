"""What can go wrong for whoever asks Houston, each with a code that programs may rely on.

The API answers with ``code`` and the message; nothing else of an exception leaves Houston.
"""

from __future__ import annotations

from typing import ClassVar


class HoustonError(Exception):
    """The message is for the person who asked."""

    code: ClassVar[str] = "INTERNAL"


class UnauthenticatedError(HoustonError):
    """Nobody is known to ask: no token, or one that is not believed (any more)."""

    code = "UNAUTHENTICATED"


class DeniedError(HoustonError):
    """Whoever asks may not, or what is asked about is not there; which of both is not told."""

    code = "FORBIDDEN"


class InvalidError(HoustonError):
    """What was given can't be taken; the message says what can."""

    code = "BAD_USER_INPUT"


class TakenError(HoustonError):
    """Something of that name is there already."""

    code = "CONFLICT"


class TooOftenError(HoustonError):
    """Asked too often; ``seconds`` say when to ask again."""

    code = "RATE_LIMITED"

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class UnavailableError(HoustonError):
    """Something that is needed can't be reached or is late; the message says what. The same may be asked again."""

    code = "UNAVAILABLE"
