"""What Argo CD's objects need to know of a deployment, so that they can be made without rendering it again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from generator.desired import Deployment

#: Group and kind of an object; the group of Kubernetes' core is empty.
GroupKind: TypeAlias = tuple[str, str]

# It writes the replicas of what `spec.scaleTargetRef` names, from zero, too; what that leaves out it fills in so. A
# HorizontalPodAutoscaler leaves alone what has no pods: after sleep, the apply must start it with one.
_AUTOSCALER = ("keda.sh", "ScaledObject")
_DEFAULT_TARGET = {"apiVersion": "apps/v1", "kind": "Deployment"}


@dataclass(frozen=True, slots=True, order=True)
class ObjectName:
    """One object in its namespace, or in none."""

    group: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class ObjectFacts:
    """What is made. All lists are sorted and have nothing twice, so equal facts are equal as JSON.

    ``kinds`` are those of objects in namespaces, ``cluster`` are the objects in none (others have some of the same
    kinds, so the name matters), ``autoscaled`` are the workloads whose replicas KEDA writes. ``asleep``: the scheduler
    is to have no pods.
    """

    kinds: tuple[GroupKind, ...]
    cluster: tuple[ObjectName, ...]
    autoscaled: tuple[ObjectName, ...]
    asleep: bool = False

    def as_json(self) -> dict[str, Any]:
        """The facts as plain JSON."""
        return {
            "kinds": [list(kind) for kind in self.kinds],
            "cluster": [[each.group, each.kind, each.name] for each in self.cluster],
            "autoscaled": [[each.group, each.kind, each.name] for each in self.autoscaled],
            "asleep": self.asleep,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ObjectFacts:
        """The facts that ``as_json`` was made of. Raises ``KeyError``, ``TypeError`` or ``ValueError`` for others."""
        return cls(
            kinds=tuple((group, kind) for group, kind in _rows(data["kinds"], 2)),
            cluster=tuple(ObjectName(*row) for row in _rows(data["cluster"], 3)),
            autoscaled=tuple(ObjectName(*row) for row in _rows(data["autoscaled"], 3)),
            asleep=_truth(data["asleep"]),
        )


@dataclass(frozen=True, slots=True)
class Facts:
    """A deployment as Argo CD sees it: where it belongs, and what is made for it."""

    environment: str
    workspace: str
    release: str
    namespace: str
    label: str
    objects: ObjectFacts

    def as_json(self) -> dict[str, Any]:
        """The facts as plain JSON."""
        return {
            "environment": self.environment,
            "workspace": self.workspace,
            "release": self.release,
            "namespace": self.namespace,
            "label": self.label,
            "objects": self.objects.as_json(),
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
            objects=ObjectFacts.from_json(data["objects"]),
        )


def facts_of(
    deployment: Deployment, objects: Mapping[str, Sequence[Any]], cluster_scoped: Collection[GroupKind]
) -> Facts:
    """The facts of a deployment; ``objects`` and ``cluster_scoped`` as in :func:`object_facts`."""
    return Facts(
        environment=deployment.environment.name,
        workspace=deployment.workspace.name,
        release=deployment.name,
        namespace=deployment.namespace,
        label=deployment.label,
        objects=object_facts(objects, cluster_scoped),
    )


def object_facts(objects: Mapping[str, Sequence[Any]], cluster_scoped: Collection[GroupKind]) -> ObjectFacts:
    """The facts of checked objects by file name.

    ``cluster_scoped`` are the kinds that are in no namespace; an object alone doesn't tell.
    """
    documents = [document for file in objects.values() for document in file]
    kinds: set[GroupKind] = set()
    cluster: set[ObjectName] = set()
    for document in documents:
        group, kind = _group_kind(document)
        if (group, kind) in cluster_scoped:
            cluster.add(ObjectName(group, kind, document["metadata"]["name"]))
        else:
            kinds.add((group, kind))
    return ObjectFacts(
        tuple(sorted(kinds)),
        tuple(sorted(cluster)),
        tuple(sorted(set(_autoscaled(documents)))),
        any(map(sleeps, documents)),
    )


def sleeps(document: Mapping[str, Any]) -> bool:
    """Whether it is a scheduler that is to have no pods, as that of a deployment that sleeps."""
    if _group_kind(document)[0] != "apps" or document["metadata"].get("labels", {}).get("component") != "scheduler":
        return False
    spec = document.get("spec")
    return isinstance(spec, Mapping) and spec.get("replicas") == 0


def _autoscaled(documents: Iterable[Mapping[str, Any]]) -> Iterable[ObjectName]:
    for document in documents:
        spec = document.get("spec") if _group_kind(document) == _AUTOSCALER else None
        target = spec.get("scaleTargetRef") if isinstance(spec, Mapping) else None
        if not isinstance(target, Mapping):
            continue
        target = {**_DEFAULT_TARGET, **target}
        version, kind, name = target["apiVersion"], target["kind"], target.get("name")
        if isinstance(version, str) and isinstance(kind, str) and isinstance(name, str):
            yield ObjectName(_group(version), kind, name)


def _group_kind(document: Mapping[str, Any]) -> GroupKind:
    return _group(document["apiVersion"]), document["kind"]


def _group(api_version: str) -> str:
    return api_version.rpartition("/")[0]


def _rows(data: Any, length: int) -> Iterable[tuple[str, ...]]:
    for row in data:
        if len(row) != length:
            raise ValueError(f"{row!r} has not {length} parts")
        yield tuple(_text(part) for part in row)


def _truth(data: Any) -> bool:
    if not isinstance(data, bool):
        raise TypeError(f"{data!r} is neither true nor false")
    return data


def _text(data: Any) -> str:
    if not isinstance(data, str):
        raise TypeError(f"{data!r} is no text")
    return data
