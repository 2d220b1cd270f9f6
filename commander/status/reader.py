"""The status of deployments, put together of what is followed in clusters and what git has."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal

from commander.changes import Target
from commander.reading import Item, Reading, applied_of
from commander.status.clusters import Change, Clusters, NotConfiguredError
from commander.status.connection import Where
from commander.status.explaining import explanations
from commander.status.facts import Application, Fact, Notice, Picture, PodTrouble, Window, Workload
from commander.status.following import Old, stale
from commander.status.lives import Life, Lives, is_live
from commander.status.model import Component, LiveStatus, Stale
from commander.status.spaces import Spaces
from commander.status.versions import Versions
from commander.status.windows import closing
from commander.status.workloads import turns
from generator.argocd.names import gitops_name, part_name
from generator.desired import GitOps
from generator.errors import ProblemsError

_NOTICES = 200


class StatusReader:
    """Follows the clusters of all environments that have ``gitops``. ``heard`` is called, in some thread, when the
    status of something may have changed; ``outage`` with what can't be read any more and why, or an empty text."""

    def __init__(
        self,
        reading: Reading,
        argocd: Where,
        *,
        namespace: str = "",
        workloads: Mapping[str, Where] = {},
        heard: Callable[[], None] = lambda: None,
        outage: Callable[[str, str], None] = lambda _, __: None,
    ) -> None:
        """Raises ``StoreError``."""
        self._reading, self._heard, self._outage = reading, heard, outage
        self._versions, self._spaces = Versions(), Spaces()
        self._lives = Lives(reading.commit_time, self._is_same)
        self.clusters = Clusters(
            argocd, namespace=namespace, workloads=workloads, changed=self._changed, outage=self._see_outage
        )
        self.clusters.follow(reading.gitops())

    def close(self) -> None:
        """End all threads."""
        self.clusters.close()

    def moved(self, revision: str) -> None:
        """The branch is at this commit just now."""
        self._lives.moved(revision)

    def refresh(self) -> None:
        """Follow the environments that there are by now. Raises ``StoreError``."""
        self.clusters.follow(self._reading.gitops())

    # --- what is asked -------------------------------------------------------------------------------------------

    def status(self, item: Item, wanted: str) -> LiveStatus:
        """A deployment's status, and whether it is at the commit ``wanted``. Raises ``NotConfiguredError`` when its
        environment has no ``gitops``, and ``StoreError``."""
        target = item.target
        gitops = self._gitops(target.environment)
        name = _name(target, gitops)
        application = self.clusters.application(target.environment, name)
        return self._status(target, name, gitops, application, item, wanted)

    def gone(self, target: Target, wanted: str) -> LiveStatus | None:
        """The status of a deployment that has no file any more, while Argo CD has an Application of it; else None.
        Raises ``StoreError``."""
        gitops = self.clusters.environments.get(target.environment)
        if gitops is None:
            return None
        name = _name(target, gitops)
        application = self.clusters.application(target.environment, name)
        # Applications are named by environment and release: of a deployment that moved, it is the new one's.
        if application is None or application.workspace != target.workspace or self._reading.namesake(target):
            return None
        return self._status(target, name, gitops, application, None, wanted)

    def touched(self, target: Target) -> None:
        """What git has of a deployment is another."""
        self._touch([target])

    def changed_after(self, version: int) -> tuple[int, list[Target] | None]:
        """The deployments whose status may be another since a version, and the version by now; None: all may be."""
        self._let_turn()
        return self._versions.after(version)

    # --- putting together ----------------------------------------------------------------------------------------

    def _status(
        self, target: Target, name: str, gitops: GitOps, application: Application | None, item: Item | None, wanted: str
    ) -> LiveStatus:
        environment = target.environment
        life = self._lives.of(application) if application is not None else Life()
        running = application.revision if application is not None else ""
        compared = bool(running) and self._reading.is_same(_paths(target, gitops), running, wanted)
        old_argo = stale(self.clusters.argo_followers(environment))
        picture = replace(
            self._picture(target, name, gitops, application, item),
            not_compared="" if compared or old_argo or item is None else wanted,
        )
        live = application is not None and item is not None and is_live(application) and compared
        if live and application is not None and gitops.delivery == "helm":
            live = application.chart == self._reading.chart_version(target, name, wanted)
        missing: Literal["Unknown", "Missing"] = "Unknown" if picture.unread else "Missing"
        components = None
        if self.clusters.workloads(environment) is not None:
            components = tuple(
                Component(each.component, each.object, each.health, each.wanted, each.ready, each.message)
                for each in picture.workloads
            )
        return LiveStatus(
            target=target,
            application=name,
            namespace=picture.namespace,
            sync=application.sync or "Unknown" if application is not None else missing,
            health=application.health or "Unknown" if application is not None else missing,
            running=running,
            wanted=wanted,
            live=live,
            operation=application.operation if application is not None else None,
            components=components,
            explanations=explanations(picture),
            commit_to_live=life.seconds,
            live_since=life.since,
            drift=life.drift,
            stale=tuple(self._stale(environment, old_argo)),
        )

    def _picture(
        self, target: Target, name: str, gitops: GitOps, application: Application | None, item: Item | None
    ) -> Picture:
        environment = target.environment
        root = self.clusters.application(environment, gitops_name(environment, gitops))
        found = self.clusters.workloads(environment)
        namespace = application.to_namespace if application is not None else ""
        workloads: list[Workload] = []
        pods: list[PodTrouble] = []
        notices: list[Notice] = []
        windows: tuple[Window, ...] = ()
        problems = item.problems if item is not None else ()
        if found is not None and namespace:
            workloads, pods = found.workloads(namespace, target.release), found.pods(namespace, target.release)
            notices = found.notices(namespace)[:_NOTICES]
        if application is not None:
            project = self.clusters.project(environment, application.project)
            if project is not None:
                windows = closing(project.windows, application, datetime.now(UTC))
        return Picture(
            application,
            root,
            tuple(workloads),
            tuple(pods),
            tuple(notices),
            windows,
            hibernating=bool(item is not None and item.airflow is not None and item.airflow.hibernating),
            deleted=bool(item is not None and item.deleted_at),
            removed=item is None,
            file_problems=tuple(f"{each.place()}: {each.message}" for each in problems),
            name=name,
            namespace=namespace,
            unread=application is None and not self.clusters.knows_applications(environment),
        )

    def _stale(self, environment: str, argo: Old | None) -> Iterator[Stale]:
        if argo is not None:
            yield Stale(f"Argo CD ({argo[2]})", argo[0], argo[1])
        found = self.clusters.workloads(environment)
        if found is not None and (old := stale(found.all)) is not None:
            yield Stale(f"workloads ({old[2]})", old[0], old[1])

    def _gitops(self, environment: str) -> GitOps:
        found = self.clusters.environments.get(environment)
        if found is None:
            raise NotConfiguredError(
                f"the environment '{environment}' has no Argo CD that applies it",
                "'gitops' in its environment.yaml says which repository Argo CD reads",
            )
        return found

    # --- what clusters tell --------------------------------------------------------------------------------------

    def _changed(self, where: str, changes: Sequence[Change], listed: bool) -> None:
        """In a thread of a follower. Of a list all is told at once, so that who watches is woken once."""
        touched: set[Target] = set()
        spaces: set[str] = set()
        any_may_be = False
        for was, now in changes:
            if isinstance(was, Application) or isinstance(now, Application):
                targets = self._see_application(was, now, listed)  # type: ignore[arg-type]  # both, or one and None
                # A root Application explains those that are not there.
                any_may_be |= None in targets
                touched.update(each for each in targets if each is not None)
            elif where:
                spaces.add(self._see_in_space(was, now))
            else:  # a project: its windows are looked at when somebody asks
                any_may_be = True
        # Environments may be known later than their Applications, so where they are, is asked now.
        within = (each for space in spaces for each in self._spaces.within(space))
        touched.update(each for each in within if str(self.clusters.where(each.environment)) == where)
        if any_may_be:
            self._touch_all()
        elif touched:
            self._touch(touched)

    def _see_application(
        self, was: Application | None, now: Application | None, listed: bool
    ) -> Collection[Target | None]:
        """What it was of and what it is of: a deployment, which may have moved, or None, nothing that has a status."""
        self._lives.see(was, now, listed)
        seen = {_target(each) for each in (was, now) if each is not None}
        here = _target(now) if now is not None else None
        for target in seen:
            if target is not None:
                self._spaces.put(target, now.to_namespace if now is not None and target == here else "")
        return seen

    def _see_in_space(self, was: Fact | None, now: Fact | None) -> str:
        """The namespace that something is in."""
        fact = now if now is not None else was
        about = getattr(fact, "object", None) or getattr(fact, "about", None)
        space: str = getattr(about, "namespace", "")
        if isinstance(now, Workload) and (then := turns(now)):
            self._let_turn()
            self._spaces.turns(then, space)
        return space

    def _let_turn(self) -> None:
        """Time has passed: what of it is to be judged otherwise."""
        if turned := self._spaces.turned(time.time()):
            self._versions.touch(turned)

    def _touch(self, targets: Collection[Target]) -> None:
        self._versions.touch(targets)
        self._heard()

    def _touch_all(self) -> None:
        self._versions.touch_all()
        self._heard()

    def _see_outage(self, what: str, reason: str) -> None:
        self._touch_all()
        self._outage(what, reason)

    def _is_same(self, application: Application, one: str, other: str) -> bool:
        target = _target(application)
        if target is None or one == other:
            return one == other
        gitops = self.clusters.environments.get(target.environment)
        return gitops is not None and self._reading.is_same(_paths(target, gitops), one, other)


def _name(target: Target, gitops: GitOps) -> str:
    """Of its Application."""
    return part_name(gitops_name(target.environment, gitops), target.release)


def _paths(target: Target, gitops: GitOps) -> tuple[str, ...]:
    return applied_of(target, by_helm=gitops.delivery == "helm")


def _target(application: Application) -> Target | None:
    if not (application.environment and application.workspace and application.release):
        return None
    try:
        return Target(application.environment, application.workspace, application.release)
    except ProblemsError:  # somebody else's labels
        return None
