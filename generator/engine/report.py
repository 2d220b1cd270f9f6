"""What a run tells: what there is, what it rendered and why, what it made of ``rendered/``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from generator.worktree import shown

#: Told after each deployment: how many are done, and of how many.
Progress: TypeAlias = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Rendered:
    """What was made of one environment; ``folder`` is its path in the repository."""

    name: str
    folder: str
    workspaces: int
    deployments: int
    objects: int


@dataclass(frozen=True, slots=True)
class Rendering:
    """What rendered state is to be: ``files`` by their path in the repository."""

    environments: tuple[Rendered, ...]
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Changes:
    """Paths in the repository, sorted. ``unowned`` are files under ``rendered/`` that the generator did not write."""

    created: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unowned: tuple[str, ...]
    unchanged: int

    def __bool__(self) -> bool:
        """Whether rendered state is out of date."""
        return bool(self.created or self.changed or self.removed)


@dataclass(frozen=True, slots=True)
class Affected:
    """A deployment (``environment/workspace/release``) that was looked at, why, and whether it had to be rendered."""

    deployment: str
    why: str
    rendered: bool


@dataclass(frozen=True, slots=True)
class RenderReport:
    """What a run made of ``rendered/``, or, in a check, would have made."""

    environments: tuple[Rendered, ...]
    changes: Changes
    affected: tuple[Affected, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The report for machines (``--output json``)."""
        changes = asdict(self.changes)
        for word in ("removed", "unowned"):  # what lies under rendered/ may have any name
            changes[word] = tuple(shown(path) for path in changes[word])
        return {**asdict(self), "changes": changes}
