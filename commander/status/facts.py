"""What is kept of the objects of a cluster: as little as status needs, so that thousands of deployments fit in
memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

#: Seconds since 1970, in UTC. 0: not known.
Seconds: TypeAlias = float
#: As Argo CD says it.
Health: TypeAlias = Literal["Healthy", "Progressing", "Degraded", "Suspended", "Missing", "Unknown", ""]


@dataclass(frozen=True, slots=True)
class ObjectName:
    """An object of a cluster; the group of Kubernetes' core is empty."""

    group: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that Argo CD has to say of an Application."""

    type: str
    message: str


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one object in a sync. ``status`` and ``hook_phase`` are Argo CD's words."""

    object: ObjectName
    status: str
    message: str
    hook_phase: str = ""
    is_hook: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """The last sync, or the one under way. ``results`` are those that did not simply succeed."""

    phase: str
    message: str
    revision: str
    started: Seconds
    finished: Seconds = 0.0
    retries: int = 0
    heals: bool = False
    healed: tuple[ObjectName, ...] = ()
    results: tuple[Result, ...] = ()

    @property
    def is_running(self) -> bool:
        """Whether it is under way."""
        return self.phase in ("Running", "Terminating")

    @property
    def has_failed(self) -> bool:
        """Whether it ended, and not well."""
        return self.phase in ("Failed", "Error")

    @property
    def is_failing(self) -> bool:
        """Whether its last try was not well: Applications that are retried for ever, as the rendered ones, never end
        so."""
        return self.has_failed or (self.is_running and self.retries > 0)


@dataclass(frozen=True, slots=True)
class Application:
    """An Application of Argo CD. ``revision`` is the commit that its state was compared with, ``chart`` the version of
    the packed chart, where there is one; ``deployed`` the one that was last applied as a whole, and when that ended.
    With ``cascade`` it has Argo CD's finalizer: its objects are deleted with it."""

    name: str
    namespace: str
    environment: str
    workspace: str
    release: str
    project: str
    to_namespace: str
    automated: bool
    sync: str = ""
    health: Health = ""
    health_message: str = ""
    health_since: Seconds = 0.0
    revision: str = ""
    chart: str = ""
    deployed: str = ""
    deployed_at: Seconds = 0.0
    operation: Operation | None = None
    conditions: tuple[Condition, ...] = ()
    out_of_sync: tuple[ObjectName, ...] = ()
    paused: bool = False
    deleting: bool = False
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """A time of an AppProject in which syncs are allowed or denied."""

    kind: str
    schedule: str
    duration: str
    time_zone: str
    applications: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class Project:
    """An AppProject's windows."""

    name: str
    windows: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True)
class Workload:
    """What runs pods. ``message`` is why it is not healthy, as Kubernetes says it; ``waits_since`` of a Job, since when
    it waits for a pod that runs (0: it does not)."""

    object: ObjectName
    component: str
    release: str
    health: Health
    wanted: int = 0
    ready: int = 0
    reason: str = ""
    message: str = ""
    waits_since: Seconds = 0.0


@dataclass(frozen=True, slots=True)
class PodTrouble:
    """A pod that does not run as it should. ``reason`` is Kubernetes' word (``ImagePullBackOff``)."""

    object: ObjectName
    component: str
    release: str
    reason: str
    message: str = ""
    container: str = ""
    image: str = ""
    restarts: int = 0
    exit_code: int | None = None
    last_reason: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning event of Kubernetes about an object."""

    about: ObjectName
    reason: str
    message: str
    time: Seconds


Fact: TypeAlias = Application | Project | Workload | PodTrouble | Notice


@dataclass(frozen=True, slots=True)
class Picture:
    """All that is known of one deployment in its cluster; what explanations are made of.

    ``root`` is the root Application of its environment. ``hibernating``, ``deleted`` (softly) and ``file_problems`` are
    what desired state says, and ``removed`` that its file is gone; ``closed_windows`` those of the project that hold
    this Application back now. ``unread`` says that Argo CD's objects were never read, so nobody knows whether there is
    an Application. ``not_compared`` is the commit that is wanted, where Argo CD has compared the cluster only with one
    in which the deployment is another.
    """

    application: Application | None
    root: Application | None = None
    workloads: tuple[Workload, ...] = ()
    pods: tuple[PodTrouble, ...] = ()
    notices: tuple[Notice, ...] = ()
    closed_windows: tuple[Window, ...] = ()
    hibernating: bool = False
    deleted: bool = False
    removed: bool = False
    file_problems: tuple[str, ...] = ()
    name: str = ""
    namespace: str = ""
    unread: bool = False
    not_compared: str = ""
