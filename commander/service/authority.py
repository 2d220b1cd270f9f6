"""The one place that says who may do what. Whatever is not allowed here is refused."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from commander.changes import Actor, Target
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
    "GetLiveStatus": Right.READ,
    "ListLiveStatus": Right.READ,
    "WatchLiveStatus": Right.READ,
    "GetStatus": Right.READ,
}


class UnknownCallerError(Exception):
    """Nobody knows who calls."""


class ForbiddenError(Exception):
    """The caller is known, and may not do this."""


class Authority:
    """Knows the callers of a file, as of when it was last refreshed.

    Without a file everybody may do everything: only for a socket or an address that none but the owner can reach.
    """

    def __init__(self, file: Path | None, *, trouble: Callable[[str], None] = lambda _: None) -> None:
        """Raises ``ProblemsError`` when the file is wrong."""
        self._file, self._trouble = file, trouble
        self._stamp = self._told = self._stamp_now()
        self._callers = Callers.load(file) if file is not None else None

    def identify(self, token: str, certificate: Iterable[str]) -> Caller:
        """Who calls. Raises ``UnknownCallerError``."""
        callers = self._callers
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

    @staticmethod
    def check_places(caller: Caller, targets: Iterable[Target], doing: str = "read") -> None:
        """Whether there are these targets for a caller. Of those that there are not for it, it does not learn whether
        they exist. Raises ``ForbiddenError``."""
        places = caller.environments
        foreign = {each.environment for each in targets if places is not None and each.environment not in places}
        if foreign:
            what = f"the environment '{min(foreign)}'" if len(foreign) == 1 else f"{len(foreign)} of the environments"
            what += f": 'environments' of the callers' file has {_listed(places or ())}"
            raise ForbiddenError(f"'{caller.name}' may not {doing} {what}")

    @staticmethod
    def check_changes(caller: Caller, targets: Collection[Target], expected: Iterable[Target]) -> None:
        """Whether a caller may change targets, of some of which it expects something. Raises ``ForbiddenError``."""
        Authority.check_places(caller, targets, "change")
        Authority.check_places(caller, expected)
        own = sorted({each.file for each in targets if each.kind == "environment"})
        if own and Right.ADMINISTER not in caller.rights:
            raise ForbiddenError(
                f"'{caller.name}' may not change {_listed(own)}, which says what Argo CD may do in which cluster; for"
                f" this the right '{Right.ADMINISTER}' is missing in the callers' file"
            )

    @staticmethod
    def places(caller: Caller, within: Target | None) -> frozenset[str] | None:
        """The environments that a list is narrowed to, None: none. Raises ``ForbiddenError``."""
        if within is not None:
            Authority.check_places(caller, [within])
        return caller.environments

    def refresh(self) -> bool:
        """Read the file again if it is another one; whether it was. One that is wrong is told once and not taken; it is
        tried again."""
        stamp = self._stamp_now()
        if self._file is None or stamp == self._stamp:
            return False
        try:
            self._callers = Callers.load(self._file)
        except ProblemsError as error:
            if stamp != self._told:
                self._trouble(f"the file of callers is wrong and was not taken: {error}")
            self._told = stamp
            return False
        self._stamp = self._told = stamp
        return True

    def _stamp_now(self) -> tuple[int, int, int] | None:
        try:
            found = self._file.stat() if self._file is not None else None
        except OSError:
            return None
        return None if found is None else (found.st_mtime_ns, found.st_size, found.st_ino)


def _listed(names: Collection[str]) -> str:
    first = sorted(names)[:3]
    return ", ".join(f"'{each}'" for each in first) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
