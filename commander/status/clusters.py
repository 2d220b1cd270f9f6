"""Everything that is followed in all clusters: Argo CD's objects in its own, workloads in those of the environments."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias

from commander.status import documents
from commander.status.connection import Connection, Where
from commander.status.facts import Application, Fact, Notice, PodTrouble, Project, Workload
from commander.status.following import Follower, Kind
from commander.status.workloads import judged
from generator.desired import IN_CLUSTER, GitOps
from generator.errors import did_you_mean

Changed: TypeAlias = Callable[[str, "Sequence[Change]", bool], None]
#: What an object was, and what it is (None: not there).
Change: TypeAlias = "tuple[Fact | None, Fact | None]"
Outage: TypeAlias = Callable[[str, str], None]

_OURS = {"labelSelector": "tier=airflow"}
_OF_STARGIT = {"labelSelector": "app.kubernetes.io/managed-by=stargit"}
_SHOWN = 20
_ARGO = "/apis/argoproj.io/v1alpha1/namespaces"


class NotConfiguredError(Exception):
    """No cluster is read; ``hint`` says what to configure."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def _of(where: Where, outage: Outage) -> Outage:
    """Which cluster it is can't be seen in what is told of one kind."""
    return lambda kind, reason: outage(f"{kind} of {where}", reason)


class _Applications:
    """Argo CD's objects of one namespace."""

    def __init__(self, connection: Connection, namespace: str, changed: Changed, outage: Outage) -> None:
        path = f"{_ARGO}/{namespace}"
        outage = _of(connection.where, outage)
        self.applications: Follower[Application] = Follower(
            connection,
            Kind("applications", f"{path}/applications", documents.application_of, _OF_STARGIT),
            partial(changed, ""),
            outage,
        )
        self.projects: Follower[Project] = Follower(
            connection,
            Kind("appprojects", f"{path}/appprojects", documents.project_of, _OF_STARGIT),
            partial(changed, ""),
            outage,
        )

    @property
    def all(self) -> tuple[Follower[Any], ...]:
        return (self.applications, self.projects)


class Workloads:
    """What runs in a cluster, and why something does not."""

    def __init__(self, connection: Connection, where: str, changed: Changed, outage: Outage) -> None:
        outage = _of(connection.where, outage)

        def followed(
            name: str, path: str, read: Callable[[Mapping[str, Any]], Any], narrowed: Mapping[str, str]
        ) -> Any:
            return Follower(connection, Kind(name, path, read, narrowed), partial(changed, where), outage)

        self._workloads: tuple[Follower[Workload], ...] = tuple(
            followed(
                f"{kind.lower()}s",
                f"/apis/{group}/v1/{kind.lower()}s",
                partial(documents.workload_of, kind=kind, group=group),
                _OURS,
            )
            for group, kind in (("apps", "Deployment"), ("apps", "StatefulSet"), ("batch", "Job"))
        )
        self._pods: Follower[PodTrouble] = followed("pods", "/api/v1/pods", documents.pod_trouble_of, _OURS)
        self._notices: Follower[Notice] = followed(
            "events", "/api/v1/events", documents.notice_of, {"fieldSelector": "type=Warning"}
        )

    @property
    def all(self) -> tuple[Follower[Any], ...]:
        """All that is followed."""
        return (*self._workloads, self._pods, self._notices)

    def workloads(self, namespace: str, release: str) -> list[Workload]:
        """The workloads of a release as they are now, sorted."""
        now = time.time()
        found = [
            judged(each, now) for one in self._workloads for each in one.within(namespace) if each.release == release
        ]
        return sorted(found, key=lambda each: (each.component, each.object.kind, each.object.name))

    def pods(self, namespace: str, release: str) -> list[PodTrouble]:
        """Its pods that are in trouble, sorted."""
        found = [each for each in self._pods.within(namespace) if each.release == release]
        return sorted(found, key=lambda each: (each.component, each.object.name))

    def notices(self, namespace: str) -> list[Notice]:
        """Warnings about objects of a namespace, the newest first."""
        return sorted(self._notices.within(namespace), key=lambda each: -each.time)


class Clusters:
    """``argocd`` is where Argo CD is, ``namespace`` the one of its Applications (empty: as each environment says).
    ``workloads`` are the clusters of environments that Argo CD deploys to elsewhere.

    ``changed`` hears in which cluster (empty: Argo CD's objects) what was and is, and whether that was read in a list;
    ``outage`` what can be read no more and why, or (an empty text) that it can be again. Both are called in threads of
    the followers, ``outage`` also in that of ``follow``: of ``workloads`` of an environment that is not there. Whoever
    may delete an environment must not be able to end Commander by that, so it is no error.
    """

    def __init__(
        self,
        argocd: Where,
        *,
        namespace: str = "",
        workloads: Mapping[str, Where] = {},
        changed: Changed = lambda *_: None,
        outage: Outage = lambda _, __: None,
    ) -> None:
        self._where, self._namespace, self._others = argocd, namespace, workloads
        self._changed, self._outage = changed, outage
        self._connections: dict[Where, Connection] = {}
        self._argo: dict[str, _Applications] = {}
        self._workloads: dict[Where, Workloads] = {}
        self._gitops: Mapping[str, GitOps] = {}
        self._unknown: frozenset[str] = frozenset()
        self._lock = threading.Lock()

    def follow(self, environments: Mapping[str, GitOps]) -> None:
        """These environments, and no others: what is new is followed from now on, and what is not any more is told to
        be gone. Takes no time."""
        self._tell_unknown(environments)
        ended: list[Follower[Any]] = []
        unneeded: list[Follower[Any]] = []
        with self._lock:
            if environments == self._gitops:
                return
            self._gitops = environments
            wanted = {self._namespace or gitops.namespace for gitops in environments.values()}
            for namespace in self._argo.keys() - wanted:
                ended += self._argo.pop(namespace).all
            for namespace in sorted(wanted):
                if namespace not in self._argo:
                    connection = self._connection(self._where)
                    self._argo[namespace] = _Applications(connection, namespace, self._changed, self._outage)
            places = {where for each in environments if (where := self.where(each)) is not None}
            for where in self._workloads.keys() - places:
                unneeded += self._workloads.pop(where).all
            for where in places:
                if where not in self._workloads:
                    self._workloads[where] = Workloads(self._connection(where), str(where), self._changed, self._outage)
        for each in unneeded:
            each.end()
        for each in ended:
            each.end()
            if gone := [(fact, None) for fact in each.all]:
                self._changed("", gone, True)

    def _tell_unknown(self, environments: Mapping[str, GitOps]) -> None:
        with self._lock:
            before, self._unknown = self._unknown, frozenset(self._others.keys() - environments.keys())
            now = self._unknown
        there = ", ".join(f"'{each}'" for each in sorted(environments)[:_SHOWN]) or "none"
        for each in sorted(now - before):
            hint = did_you_mean(each, environments)
            reason = (
                f"there is no environment '{each}' with 'gitops' (yet), so nothing of it is read; there are: {there}"
            )
            self._outage(f"workloads of the environment {each}", f"{reason}; {hint}" if hint else reason)
        for each in sorted(before - now):
            self._outage(f"workloads of the environment {each}", "")

    def close(self) -> None:
        """End all."""
        for each in self._all():
            each.close()

    def wait(self, seconds: float) -> None:
        """Until everything was read once, or can't be."""
        for each in self._all():
            each.wait(seconds)

    @property
    def unread(self) -> int:
        """How many kinds of objects can't be read now."""
        return sum(each.stale_since is not None for each in self._all())

    @property
    def left_out(self) -> int:
        """How many objects are not followed, because there are too many of their kind."""
        return sum(each.left_out for each in self._all())

    @property
    def environments(self) -> Mapping[str, GitOps]:
        """What is followed, by name of the environment."""
        return self._gitops

    def where(self, environment: str) -> Where | None:
        """The cluster with the workloads of an environment; None: nobody said how it is reached."""
        if environment in self._others:
            return self._others[environment]
        gitops = self._gitops.get(environment)
        return self._where if gitops is not None and gitops.cluster == IN_CLUSTER else None

    def application(self, environment: str, name: str) -> Application | None:
        """An Application, by its own name."""
        namespace = self._namespace_of(environment)
        found = self._argo.get(namespace)
        return found.applications.one(namespace, name) if found is not None else None

    def knows_applications(self, environment: str) -> bool:
        """Whether the Applications of an environment were ever read."""
        found = self._argo.get(self._namespace_of(environment))
        return found is not None and found.applications.is_known

    def project(self, environment: str, name: str) -> Project | None:
        """An AppProject."""
        namespace = self._namespace_of(environment)
        found = self._argo.get(namespace)
        return found.projects.one(namespace, name) if found is not None else None

    def workloads(self, environment: str) -> Workloads | None:
        """What runs in the cluster of an environment."""
        where = self.where(environment)
        return self._workloads.get(where) if where is not None else None

    def argo_followers(self, environment: str) -> tuple[Follower[Any], ...]:
        """Those of Argo CD's objects."""
        found = self._argo.get(self._namespace_of(environment))
        return found.all if found is not None else ()

    def _namespace_of(self, environment: str) -> str:
        gitops = self._gitops.get(environment)
        return self._namespace or (gitops.namespace if gitops is not None else "")

    def _all(self) -> list[Follower[Any]]:
        with self._lock:
            argo = [each for one in self._argo.values() for each in one.all]
            return argo + [each for one in self._workloads.values() for each in one.all]

    def _connection(self, where: Where) -> Connection:
        if where not in self._connections:
            self._connections[where] = Connection(where)
        return self._connections[where]
