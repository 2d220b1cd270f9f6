"""The status of a deployment, as it is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from commander.changes import Target
from commander.status.facts import Health, ObjectName, Operation, Seconds

#: How bad it is. ``waiting`` may pass by itself.
Weight: TypeAlias = Literal["error", "waiting", "note"]


@dataclass(frozen=True, slots=True)
class Explanation:
    """One thing that somebody should know: what it is, and what to do. ``code`` is for programs, and stays the same;
    ``detail`` is what the cluster says of it."""

    code: str
    weight: Weight
    summary: str
    advice: str
    object: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Component:
    """A workload of the deployment."""

    component: str
    object: ObjectName
    health: Health
    wanted: int
    ready: int
    message: str = ""


@dataclass(frozen=True, slots=True)
class Stale:
    """A cluster can't be read: since when, and why. What is told of it is what was seen last."""

    what: str
    since: Seconds
    reason: str


@dataclass(frozen=True, slots=True)
class Drift:
    """Objects that somebody changed in the cluster, when that was seen, and when Argo CD had set them back (0: not
    yet)."""

    objects: tuple[str, ...]
    seen: Seconds
    undone: Seconds = 0.0


@dataclass(frozen=True, slots=True)
class LiveStatus:
    """What became of a deployment. ``running`` is the commit that Argo CD compared it with; ``wanted`` the one that it
    is to be at, and ``live`` whether all that is rendered of it in that commit is applied and healthy.

    ``commit_to_live`` are seconds from the commit that last changed it until then, -1 where that is not known.
    ``components`` is None where the cluster's workloads are not read.
    """

    target: Target
    application: str
    namespace: str
    sync: str
    health: Health
    running: str
    wanted: str
    live: bool
    operation: Operation | None
    components: tuple[Component, ...] | None
    explanations: tuple[Explanation, ...]
    commit_to_live: float
    live_since: Seconds
    drift: Drift | None
    stale: tuple[Stale, ...]
