"""The form of what is known of components, jobs and sidecars when the chart is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Outside: TypeAlias = Literal["ingressController", "prometheus", "keda"]
"""A field of ``networkPolicies`` that selects pods outside of the release."""


@dataclass(frozen=True, slots=True)
class Port:
    """A port of a component's main container, also of its Service when it has one."""

    name: str
    port: int
    protocol: Literal["TCP", "UDP"] = "TCP"


@dataclass(frozen=True, slots=True)
class Check:
    """How a probe looks at a container: one of the three is given.

    ``prefix`` names the page whose URL path stands before ``path`` (a route of ``ingress``), because the program
    serves under it.
    """

    path: str | None = None
    port: int | None = None
    """Of the path, or, when there is no path, a port that must accept connections."""
    command: tuple[str, ...] | None = None
    prefix: Literal["web", "apiServer", "flower"] | None = None


@dataclass(frozen=True, slots=True)
class Probes:
    """The three checks of a container."""

    liveness: Check
    readiness: Check
    startup: Check


@dataclass(frozen=True, slots=True)
class Ingress:
    """Who may open connections to a port: components by their label, and pods outside of the release."""

    port: int
    protocol: Literal["TCP", "UDP"] = "TCP"
    clients: tuple[str, ...] = ()
    outside: tuple[Outside, ...] = ()


@dataclass(frozen=True, slots=True)
class Workload:
    """What is known of components and jobs alike."""

    key: str
    """Its key in the values, and in the catalog."""
    name: str
    """What follows the release's name in the names of its objects."""
    label: str
    """Value of the label ``component``."""
    container: str
    """Name of the main container."""
    airflow: bool
    """Whether it runs Airflow: it gets Airflow's environment, configuration and Secrets."""


@dataclass(frozen=True, slots=True)
class CatalogEntry(Workload):
    """One component."""

    probes: Probes
    command: tuple[str, ...] | None = None
    args: tuple[str, ...] | None = None
    ports: tuple[Port, ...] = ()
    ingress: tuple[Ingress, ...] = ()
    scrape: int | None = None
    """Port from which Prometheus reads metrics."""


@dataclass(frozen=True, slots=True)
class Job(Workload):
    """A Job or CronJob."""


@dataclass(frozen=True, slots=True)
class Sidecar:
    """A container beside the main one."""

    name: str
    probes: Probes
    ports: tuple[Port, ...] = ()
    args: tuple[str, ...] | None = None
