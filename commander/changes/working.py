"""Files of desired state with what a change does to them laid over, and what of it is deleted."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from commander.changes.target import Target
from generator.desired import Place, place_of
from generator.errors import Position, Problem, ProblemsError, did_you_mean, nearest
from generator.worktree import DESIRED, LIMITS
from generator.yaml import read

#: The setting by which a file says that what it describes is deleted.
DELETED = "deletedAt"
#: So many names are shown of what is left in a workspace or an environment; that often it is said what may have been
#: meant, and among so many names it is looked for.
_SHOWN, _COMPARED = 3, 1000


@dataclass(frozen=True, slots=True)
class Deletion:
    """What a file says of being deleted: since when, and in which line."""

    moment: str
    position: Position | None


class Working:
    """``files`` are as they were before the change; ``changed`` has the new contents by path; None: the file goes."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        self.changed: dict[str, bytes | None] = {}
        self._misses = 0
        #: Bytes of files that were read and written anew, once for each edit.
        self.edited = 0

    def read(self, target: Target) -> bytes | None:
        """A target's file as it is by now; None when there is none."""
        return self.changed[target.file] if target.file in self.changed else self.files.get(target.file)

    def need(self, target: Target) -> bytes:
        """A target's file. Raises ``ProblemsError`` when there is none."""
        data = self.read(target)
        if data is None:
            self._misses += 1
            known = [] if self._misses > _SHOWN else [*self.files]
            # Whoever asks may know of no other environment.
            own = f"{DESIRED}/{target.environment}/"
            alike = [path for path in known if path.startswith(own) and path.count("/") == target.file.count("/")]
            hint = did_you_mean(target.file, alike) if len(alike) < _COMPARED else ""
            raise ProblemsError([Problem(f"there is no {target.kind} '{target}'", file=target.file, hint=hint)])
        return data

    def need_awake(self, target: Target) -> bytes:
        """A target's file. Raises ``ProblemsError`` when there is none, or when it is deleted."""
        data = self.need(target)
        if (by := self.deleted_by(target)) is not None:
            raise ProblemsError([self._asleep(target, by)])
        return data

    def refuse_around(self, target: Target) -> None:
        """Raises ``ProblemsError`` when the workspace or the environment is deleted, so that nothing new goes there."""
        if target.workspace and (by := self.deleted_by(around(target))) is not None:
            raise ProblemsError([self._asleep(target, by)])

    def create(self, target: Target, data: bytes) -> None:
        """Write a file that is not there. Raises ``ProblemsError`` when it is."""
        if self.read(target) is not None:
            deleted = self.deletion(target) is not None
            hint = "it is deleted: undelete it, or remove it before" if deleted else ""
            what = f"the {target.kind} '{target}' is there already"
            raise ProblemsError([Problem(what, file=target.file, hint=hint)])
        self.refuse_around(target)
        self.write(target, data)

    def write(self, target: Target, data: bytes) -> None:
        """Write a file. Raises ``ProblemsError`` when it is too large to be read again."""
        if len(data) > LIMITS.file_bytes:
            found = f"the file would have {len(data):,} bytes"
            raise ProblemsError([Problem(found, file=target.file, allowed=f"at most {LIMITS.file_bytes:,}")])
        self.changed[target.file] = data

    def remove(self, target: Target) -> None:
        """Remove a file."""
        self.changed[target.file] = None

    def deletion(self, target: Target) -> Deletion | None:
        """Since when a target itself is deleted; None when it is not, or its file can't be read."""
        data = self.read(target)
        # Without this word, or an escape that may stand for it, there is nothing to look for.
        if data is None or (DELETED.encode() not in data and b"\\" not in data):
            return None
        return _deletion(data)

    def deleted_by(self, target: Target) -> Target | None:
        """What is deleted: the target itself, else what is around it; None when it is not deleted."""
        at: Target | None = target
        while at is not None:
            if self.deletion(at) is not None:
                return at
            at = around(at) if at.workspace else None
        return None

    @cached_property
    def _there(self) -> list[str]:
        return sorted(path for path in {**self.files, **self.changed} if self.changed.get(path, b"") is not None)

    def left_in(self, target: Target) -> Problem | None:
        """What is left of a workspace or an environment that has no file any more, when all else is done."""
        folder = target.file.rpartition("/")[0] + "/"
        if target.release or self.read(target) is not None:
            return None
        paths = self._there
        left = paths[bisect_left(paths, folder) : bisect_left(paths, folder[:-1] + chr(ord("/") + 1))]
        if not left:
            return None
        shown = ", ".join(map(_called, left[:_SHOWN])) + (", ..." if len(left) > _SHOWN else "")
        return Problem(
            f"the {target.kind} '{target}' is not empty: {_counted(left)} ({shown})",
            file=target.file,
            hint="remove these before, or in the same change",
        )

    def nothing_around(self, target: Target) -> Problem | None:
        """That a deployment's workspace, or a workspace's environment, is not there, when all else is done."""
        if not target.workspace or self.read(target) is None or self.read(around(target)) is not None:
            return None
        missing = around(target)
        depth, own = missing.file.count("/"), f"{DESIRED}/{missing.environment}/"
        alike = [
            path
            for path in self._there
            if path.startswith(own) and path.count("/") == depth and path.endswith(missing.file.rpartition("/")[2])
        ]
        near = nearest(missing.file, alike) if len(alike) < _COMPARED else ""
        hint = f"did you mean '{_called(near)}'?" if near else "create it before, or in the same change"
        return Problem(f"there is no {missing.kind} '{missing}' for '{target}'", file=target.file, hint=hint)

    def _asleep(self, target: Target, by: Target) -> Problem:
        found = self.deletion(by)
        assert found is not None
        what = f"the {by.kind} '{by}' is deleted since {found.moment}"
        if by != target:
            what += f", and so is all in it, '{target}' too"
        return Problem(what, by.file, found.position, DELETED, hint=f"undelete '{by}' before")


def around(target: Target) -> Target:
    """The workspace of a deployment, the environment of a workspace."""
    return Target(target.environment, target.workspace if target.release else "")


@lru_cache(maxsize=64)
def _deletion(data: bytes) -> Deletion | None:
    """An environment's file is looked at for every change in it."""
    try:
        document = read(data, file="")
    except ProblemsError:
        return None
    moment = document.value.get(DELETED) if isinstance(document.value, dict) else None
    return Deletion(str(moment)[:32], document.position((DELETED,))) if moment is not None else None


def _called(path: str) -> str:
    found = place_of(path)
    return "/".join(found.names) if isinstance(found, Place) else path


def _counted(paths: Iterable[str]) -> str:
    """``2 workspaces and 1 deployment``."""
    kinds = [found.kind if isinstance(found := place_of(path), Place) else "other file" for path in paths]
    numbers = {kind: kinds.count(kind) for kind in ("workspace", "deployment", "other file")}
    return " and ".join(f"{number} {kind}{'s' * (number > 1)}" for kind, number in numbers.items() if number)
