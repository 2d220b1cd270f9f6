"""Applications: what Argo CD applies, from where to where, and how. docs/argocd.md gives the reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from generator.argocd.facts import ObjectName
from generator.desired import GitOps

Object: TypeAlias = dict[str, Any]

_GENERATE_PATHS = "argocd.argoproj.io/manifest-generate-paths"
_WAVE = "argocd.argoproj.io/sync-wave"
SYNC_OPTIONS = "argocd.argoproj.io/sync-options"
#: On an Application: its objects go with it. On an AppProject: it goes only when no Application is in it.
FINALIZER = "resources-finalizer.argocd.argoproj.io"

_OPTIONS = (
    "ApplyOutOfSyncOnly=true",
    "FailOnSharedResource=true",
    "PruneLast=true",
    # Workers finish their tasks first; a sync that waits for them would hold up the next commit.
    "PrunePropagationPolicy=background",
    # They were validated before the commit; the client's check is 40% of the controller's work.
    "Validate=false",
)


@dataclass(frozen=True, slots=True)
class Source:
    """Where an Application's objects come from: ``one`` or several sources, and the ``paths`` in the repository that
    they follow from."""

    sources: Sequence[Object]
    paths: str


def metadata(
    name: str, gitops: GitOps, labels: Mapping[str, str], wave: int, annotations: Mapping[str, str] | None = None
) -> Object:
    """The head of an object in Argo CD's namespace, applied in a wave of the root Application."""
    notes = {_WAVE: str(wave), **(annotations or {})} if wave else dict(annotations or {})
    result: Object = {"name": name, "namespace": gitops.namespace, "labels": dict(labels)}
    return {**result, "annotations": dict(sorted(notes.items()))} if notes else result


def destination(gitops: GitOps, namespace: str) -> Object:
    """The environment's cluster and a namespace in it."""
    key = "server" if "://" in gitops.cluster else "name"
    return {key: gitops.cluster, "namespace": namespace}


def directory(gitops: GitOps, path: str, *, recurse: bool = False) -> Source:
    """The manifests in a folder."""
    source: Object = {"repoURL": gitops.repository, "targetRevision": gitops.revision, "path": path}
    if recurse:
        source["directory"] = {"recurse": True}
    return Source([source], ".")


def application(
    head: Object,
    project: str,
    source: Source,
    to: Object,
    *,
    label: str,
    automated: bool,
    cascade: bool = False,
    autoscaled: Sequence[ObjectName] = (),
) -> Object:
    """An Application. With ``cascade``, its objects are deleted with it."""
    annotations = {**head.get("annotations", {}), _GENERATE_PATHS: source.paths}
    made: Object = {**head, "annotations": dict(sorted(annotations.items()))}
    if cascade:
        made["finalizers"] = [FINALIZER]
    policy: Object = {"automated": {"prune": True, "selfHeal": True}} if automated else {}
    options = sorted([*_OPTIONS, "RespectIgnoreDifferences=true"] if autoscaled else _OPTIONS)
    spec: Object = {
        "project": project,
        **({"source": source.sources[0]} if len(source.sources) == 1 else {"sources": list(source.sources)}),
        "destination": to,
        "syncPolicy": {**policy, "retry": _retry(), "syncOptions": options},
    }
    if autoscaled:
        spec["ignoreDifferences"] = [
            {"group": each.group, "kind": each.kind, "name": each.name, "jsonPointers": ["/spec/replicas"]}
            for each in autoscaled
        ]
    spec["info"] = [{"name": "Label", "value": label}]
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": made, "spec": spec}


def _retry() -> Object:
    # 10 s, 20 s, ... 160 s: a database or an operator that comes up late is there by then. A newer commit is taken at
    # the next attempt.
    return {"limit": 5, "refresh": True, "backoff": {"duration": "10s", "factor": 2, "maxDuration": "5m"}}
