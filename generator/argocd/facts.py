"""What Argo CD's objects need to know of a deployment, so that they can be made without rendering it again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from generator.desired import Deployment

#: Group and kind of an object; the group of Kubernetes' core is empty.
GroupKind: TypeAlias = tuple[str, str]

# What writes the replicas of other objects, and where it says of which.
_AUTOSCALERS: Mapping[GroupKind, str] = {
    ("autoscaling", "HorizontalPodAutoscaler"): "apps/v1",
    ("keda.sh", "ScaledObject"): "apps/v1",
}
_TARGET_KIND = "Deployment"


@dataclass(frozen=True, slots=True, order=True)
class ClusterObject:
    """An object that is in no namespace: others could have one of the same kind, so its name matters."""

    group: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True, order=True)
class Workload:
    """A workload of a deployment; ``group`` as in ``apps``."""

    group: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Facts:
    """A deployment as Argo CD sees it. All lists are sorted and have nothing twice, so equal facts are equal as JSON.

    ``kinds`` are group and kind of what is in namespaces, ``cluster`` is what is in none, ``autoscaled`` are the
    workloads whose replicas an autoscaler writes.
    """

    environment: str
    workspace: str
    release: str
    namespace: str
    label: str
    kinds: tuple[GroupKind, ...]
    cluster: tuple[ClusterObject, ...]
    autoscaled: tuple[Workload, ...]

    def as_json(self) -> dict[str, Any]:
        """The facts as plain JSON."""
        return {
            "environment": self.environment,
            "workspace": self.workspace,
            "release": self.release,
            "namespace": self.namespace,
            "label": self.label,
            "kinds": [list(kind) for kind in self.kinds],
            "cluster": [[each.group, each.kind, each.name] for each in self.cluster],
            "autoscaled": [[each.group, each.kind, each.name] for each in self.autoscaled],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Facts:
        """The facts that ``as_json`` was made of. Raises ``KeyError``, ``TypeError`` or ``ValueError`` for others."""
        return cls(
            environment=_text(data["environment"]),
            workspace=_text(data["workspace"]),
            release=_text(data["release"]),
            namespace=_text(data["namespace"]),
            label=_text(data["label"]),
            kinds=tuple((group, kind) for group, kind in _rows(data["kinds"], 2)),
            cluster=tuple(ClusterObject(*row) for row in _rows(data["cluster"], 3)),
            autoscaled=tuple(Workload(*row) for row in _rows(data["autoscaled"], 3)),
        )


def facts_of(
    deployment: Deployment, objects: Mapping[str, Sequence[Any]], cluster_scoped: Collection[GroupKind]
) -> Facts:
    """The facts of a deployment from its checked objects by file name.

    ``cluster_scoped`` are the kinds that are in no namespace; Kubernetes doesn't tell by the object alone.
    """
    documents = [document for file in objects.values() for document in file]
    kinds: set[GroupKind] = set()
    cluster: set[ClusterObject] = set()
    for document in documents:
        group, kind = _group_kind(document)
        if (group, kind) in cluster_scoped:
            cluster.add(ClusterObject(group, kind, document["metadata"]["name"]))
        else:
            kinds.add((group, kind))
    return Facts(
        environment=deployment.environment.name,
        workspace=deployment.workspace.name,
        release=deployment.name,
        namespace=deployment.namespace,
        label=deployment.label,
        kinds=tuple(sorted(kinds)),
        cluster=tuple(sorted(cluster)),
        autoscaled=tuple(sorted(set(_autoscaled(documents)))),
    )


def _autoscaled(documents: Iterable[Mapping[str, Any]]) -> Iterable[Workload]:
    for document in documents:
        default = _AUTOSCALERS.get(_group_kind(document))
        spec = document.get("spec")
        target = spec.get("scaleTargetRef") if isinstance(spec, Mapping) else None
        if default is None or not isinstance(target, Mapping):
            continue
        version, kind, name = (
            target.get(key, other) for key, other in (("apiVersion", default), ("kind", _TARGET_KIND), ("name", None))
        )
        if isinstance(version, str) and isinstance(kind, str) and isinstance(name, str):
            yield Workload(_group(version), kind, name)


def _group_kind(document: Mapping[str, Any]) -> GroupKind:
    return _group(document["apiVersion"]), document["kind"]


def _group(api_version: str) -> str:
    return api_version.rpartition("/")[0]


def _rows(data: Any, length: int) -> Iterable[tuple[str, ...]]:
    for row in data:
        if len(row) != length:
            raise ValueError(f"{row!r} has not {length} parts")
        yield tuple(_text(part) for part in row)


def _text(data: Any) -> str:
    if not isinstance(data, str):
        raise TypeError(f"{data!r} is no text")
    return data
