"""What is under ``rendered/`` now, with the digests that the last run left where files were not touched since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from generator.engine.records import Index, Units
from generator.errors import Problem, ProblemsError
from generator.worktree import Inventory, Stamp, digest, is_generated

_NOTHING: Mapping[str, Stamp] = {}
# Linux counts in ticks of up to 10 ms; a file system without fractions of a second in steps of up to two seconds.
_TICK = 10_000_000
_SECONDS = 2_000_000_000
#: The longest that is needed for a file to settle.
TICKS = _SECONDS


def settled(stamp: Stamp, saved: int) -> bool:
    """Whether a file was changed so long before its stamp was kept that another change would show.

    A file system counts time in ticks; two changes within one look like one.
    """
    changed = stamp[1]
    tick = _SECONDS if changed % 1_000_000_000 == 0 else _TICK
    return changed + tick < saved


class Present:
    """Rendered state as it is on disk."""

    def __init__(self, repository: Path, inventory: Inventory, index: Index, units: Units) -> None:
        self.inventory = inventory
        self._repository = repository
        self._index = index
        self._known = {
            path: each
            for records in (units.deployments, units.argocd)
            for record in records.values()
            for path, each in record.files.items()
        }
        self._read: dict[str, str] = {}

    def digest(self, path: str) -> str | None:
        """The digest of a regular file; None when there is none. Raises ``ProblemsError`` when it can't be read."""
        folder, _, name = path.rpartition("/")
        stamp = self.inventory.files.get(folder, _NOTHING).get(name)
        if stamp is None:
            return None
        if (
            path in self._known
            and self._index.stamps.get(folder, _NOTHING).get(name) == stamp
            and settled(stamp, self._index.saved)
        ):
            return self._known[path]
        if path not in self._read:
            try:
                self._read[path] = digest((self._repository / path).read_bytes())
            except OSError as error:
                raise _unreadable(path, error) from None
        return self._read[path]

    def as_left(self, paths: Iterable[str]) -> bool:
        """Whether files of ours have the contents that the last run left."""
        return all(self.digest(path) == self._known[path] for path in paths if path in self._known)

    def is_ours(self, path: str) -> bool:
        """Whether the generator wrote a regular file. Raises ``ProblemsError`` when it can't be read."""
        try:
            return is_generated(self._repository / path)
        except OSError as error:
            raise _unreadable(path, error) from None

    def in_the_way(self, path: str) -> Problem | None:
        """What keeps a new file from its place: a folder or link of its name, or a file where a folder is needed."""
        files, others = self.inventory.files, self.inventory.others
        if path in files:
            return Problem("is a folder, and Stargit writes a file of this name", file=path, hint="remove it")
        above = path
        while above:
            if above in others:
                what = "a symbolic link" if (self._repository / above).is_symlink() else "a device or pipe"
                return Problem(f"is {what}, and Stargit writes there", file=above, hint="remove it")
            above = above.rpartition("/")[0]
            if above and self.inventory.stamp(above) is not None:
                return Problem("is a file, and Stargit needs a folder of this name", file=above, hint="remove it")
        return None


def not_ours(path: str) -> Problem:
    """A file of somebody else has the name of one that is to be written."""
    return Problem(
        "is in the place of a file that Stargit writes, and Stargit did not write it",
        file=path,
        hint="move it elsewhere or delete it",
    )


def _unreadable(path: str, error: OSError) -> ProblemsError:
    """A rendered file can't be read."""
    return ProblemsError([Problem(f"cannot be read: {error.strerror}", file=path)])
