"""The one place that says who may do what. Whatever is not allowed here is refused."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from commander.changes import Actor
from commander.service.callers import ANYBODY, Caller, Callers, Right
from generator.errors import ProblemsError

#: Which right each method of the service needs. One that is missing is refused to everybody.
RIGHTS = {
    "Apply": Right.WRITE,
    "Revert": Right.WRITE,
    "Preview": Right.READ,
    "Get": Right.READ,
    "List": Right.READ,
    "Search": Right.READ,
    "ListRendered": Right.READ,
    "ListHistory": Right.READ,
    "Compare": Right.READ,
    "Watch": Right.READ,
    "GetStatus": Right.READ,
}
#: Seconds between two looks whether the file of callers is another one.
_LOOK = 1.0


class UnknownCallerError(Exception):
    """Nobody knows who calls."""


class ForbiddenError(Exception):
    """The caller is known, and may not do this."""


class Authority:
    """Knows the callers of a file, which is read again when it changes; a new one that is wrong is told and not taken.

    Without a file everybody may do everything: only for a socket or an address that none but the owner can reach.
    """

    def __init__(
        self,
        file: Path | None,
        *,
        trouble: Callable[[str], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Raises ``ProblemsError`` when the file is wrong."""
        self._file, self._trouble, self._clock = file, trouble, clock
        self._guard = threading.Lock()
        self._looked = clock()
        self._stamp = self._stamp_now()
        self._callers = Callers.load(file) if file is not None else None

    def identify(self, token: str, certificate: Iterable[str]) -> Caller:
        """Who calls. Raises ``UnknownCallerError``."""
        callers = self._current()
        if callers is None:
            return ANYBODY
        if token:
            if (found := callers.with_token(token)) is None:
                raise UnknownCallerError("the token is not that of a caller who is known here")
            return found
        if (found := callers.with_certificate(certificate)) is None:
            raise UnknownCallerError("say who you are: metadata 'authorization: Bearer TOKEN', or a client certificate")
        return found

    @staticmethod
    def check(caller: Caller, method: str) -> None:
        """Raises ``ForbiddenError``."""
        right = RIGHTS.get(method)
        if right is None or right not in caller.rights:
            raise ForbiddenError(f"'{caller.name}' may not call {method}" + (f" (right: {right})" if right else ""))

    @staticmethod
    def actor(caller: Caller, asked: Actor | None) -> Actor:
        """In whose name a change is made. Raises ``ForbiddenError``."""
        if asked is None or asked == caller.actor:
            return caller.actor
        if not caller.names_actors:
            raise ForbiddenError(f"'{caller.name}' may not make changes in the name of others")
        return asked

    def _current(self) -> Callers | None:
        with self._guard:
            if self._file is None or self._clock() - self._looked < _LOOK:
                return self._callers
            self._looked = self._clock()
            stamp = self._stamp_now()
            if stamp != self._stamp:
                self._stamp = stamp
                try:
                    self._callers = Callers.load(self._file)
                except ProblemsError as error:
                    self._trouble(f"the file of callers is wrong and was not read again: {error}")
            return self._callers

    def _stamp_now(self) -> tuple[int, int, int] | None:
        try:
            found = self._file.stat() if self._file is not None else None
        except OSError:
            return None
        return None if found is None else (found.st_mtime_ns, found.st_size, found.st_ino)
