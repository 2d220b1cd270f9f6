"""What must be applied once before Argo CD can bring an environment to its cluster. docs/bootstrap.md has the reasons.

All of it can be applied by server-side apply at any time again: objects that belong to Argo CD are written in part, so
that of them only the fields that are here are owned.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from generator.argocd import admission, health, names, rights
from generator.argocd.applications import Object
from generator.argocd.logins import Login, Store, logins
from generator.argocd.objects import environment_objects
from generator.desired import IN_CLUSTER, BootstrapJob, Environment, GitOps, keeps_administrator
from generator.errors import Position, Problem, ProblemsError

PartName: TypeAlias = Literal["argocd", "cluster"]

#: Who owns the fields, for server-side apply. Another manager's apply would take what it owns elsewhere in the same
#: object for given up: Argo CD itself is often installed by server-side apply as `kubectl`.
FIELD_MANAGER = "stargit"

_CONFIGURATION: Mapping[str, Mapping[str, str]] = {
    "argocd-cm": {
        # Names of Applications may have more than 63 characters, and labels of pods must not change.
        "application.resourceTrackingMethod": "annotation",
        "resource.customizations.health.batch_Job": health.of_jobs(),
    }
}


@dataclass(frozen=True, slots=True)
class Part:
    """What is applied to one cluster: objects by the name of their file, in the order in which to apply them."""

    name: PartName
    cluster: str
    files: Mapping[str, tuple[Object, ...]]


@dataclass(frozen=True, slots=True)
class Installation:
    """What an environment needs once: parts, one a cluster, and the Secrets that somebody makes by hand.

    ``logins`` are all that Argo CD needs; with a store, ExternalSecrets for them are among the objects.
    """

    root: str
    parts: tuple[Part, ...]
    logins: tuple[Login, ...]


def installation(environment: Environment, store: Store | None = None) -> Installation:
    """What must be applied once for an environment. Raises ``ProblemsError`` when it has no ``gitops``."""
    gitops = environment.settings.gitops
    if gitops is None:
        raise ProblemsError(
            [
                Problem(
                    "has no 'gitops', so Argo CD is not to know of it",
                    file=environment.file,
                    position=Position(1),
                    hint="docs/argocd.md shows what to write; 'gitops.repository' is enough",
                )
            ]
        )
    made = _Made(environment, gitops)
    needed = tuple(logins(gitops))
    external = tuple(each.external(store) for each in needed) if store is not None else ()
    return Installation(made.root, tuple(made.parts(external)), needed)


class _Made:
    def __init__(self, environment: Environment, gitops: GitOps) -> None:
        self._environment = environment
        self._gitops = gitops
        self._platform = environment.settings.platform
        self.root = names.gitops_name(environment.name, gitops)
        # Environments may share a platform, and so its accounts and their rights; these say nothing of one of them.
        self._labels = {"app.kubernetes.io/managed-by": "stargit"}

    def parts(self, external: tuple[Object, ...]) -> Iterator[Part]:
        """With Argo CD in the environment's own cluster it is one part, else there are two."""
        gitops = self._gitops
        reader = self._service("commander", calls=True)
        run = {"1-namespaces": (self._namespace(),)}
        accounts = (reader, self._service("houston", calls=False))
        workloads = rights.may_read_workloads(self._labels, reader)
        guards = {"4-admission": tuple(self._admission())}
        together = gitops.cluster == IN_CLUSTER
        # In another cluster than that of Commander's own pods its account is somebody whose token they are given.
        guest = (
            () if together else (rights.account(f"{self.root}-commander", gitops.namespace, self._labels, calls=False),)
        )
        syncs = rights.may_read_syncs(gitops.namespace, self._labels, (*guest, reader)[0])
        yield _part(
            "argocd",
            "Argo CD's own cluster",
            {
                **(run if together else {}),
                "2-configuration": _configuration(gitops),
                "3-secrets": external,
                **(guards if together else {}),
                "4-rights": (*accounts, *workloads, *syncs) if together else (*guest, *syncs),
                "5-root": tuple(environment_objects(self._environment)["root.yaml"]),
            },
        )
        if not together:
            yield _part("cluster", gitops.cluster, {**run, **guards, "4-rights": (*accounts, *workloads)})

    def _namespace(self) -> Object:
        return {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": self._platform.namespace, "labels": dict(self._labels)},
        }

    def _admission(self) -> Iterator[Object]:
        yield from admission.policies(
            self._platform.namespace,
            self._platform.release,
            BootstrapJob.of(self._environment.settings.defaults),
            self._labels,
            from_files=keeps_administrator(self._environment),
        )

    def _service(self, name: str, *, calls: bool) -> Object:
        return rights.account(f"{self._platform.release}-{name}", self._platform.namespace, self._labels, calls=calls)


def _configuration(gitops: GitOps) -> tuple[Object, ...]:
    """Argo CD's own ConfigMaps, in part. Without the label Argo CD would not see one that was not there before."""
    labels = {"app.kubernetes.io/part-of": "argocd"}
    return tuple(
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": name, "namespace": gitops.namespace, "labels": dict(labels)},
            "data": dict(data),
        }
        for name, data in _CONFIGURATION.items()
    )


def _part(name: PartName, cluster: str, files: Mapping[str, tuple[Object, ...]]) -> Part:
    return Part(name, cluster, {f"{file}.yaml": objects for file, objects in sorted(files.items()) if objects})
