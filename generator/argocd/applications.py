"""Applications: what Argo CD applies, from where to where, and how. docs/argocd.md gives the reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from generator.argocd.facts import ObjectName
from generator.desired import GitOps

Object: TypeAlias = dict[str, Any]

_GENERATE_PATHS = "argocd.argoproj.io/manifest-generate-paths"
_COMPARE = "argocd.argoproj.io/compare-options"
_WAVE = "argocd.argoproj.io/sync-wave"
SYNC_OPTIONS = "argocd.argoproj.io/sync-options"
#: On an Application: its objects go with it. On an AppProject: it goes only when no Application is in it.
FINALIZER = "resources-finalizer.argocd.argoproj.io"

_OPTIONS = (
    "ApplyOutOfSyncOnly=true",
    "FailOnSharedResource=true",
    # Workers finish their tasks first; a sync that waits for them would hold up the next commit.
    "PrunePropagationPolicy=background",
    # They were validated before the commit; the client's check is 40% of the controller's work.
    "Validate=false",
)


_PRUNE_LAST = "PruneLast=true"
#: Attempts of a sync, most of which are a minute apart.
_HOUR = 60

# Only what is live has a status, so what git says keeps the annotation, and the two differ until the job is complete.
# With server-side diffs, git's side is what the API server would make of it, status and all, and they would not differ.
_UNFINISHED = (
    'select(.status and all(.status.conditions[]?; .type != "Complete"))'
    ' | .metadata.annotations["stargit.dev/pods-wait-until"]'
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
    prune_last: bool = True,
    jobs_first: bool = False,
    autoscaled: Sequence[ObjectName] = (),
) -> Object:
    """An Application. With ``cascade``, its objects are deleted with it.

    With ``prune_last`` what is gone from git is removed after all else, all at once and without a wait for its end;
    else against the order of the waves, and each wave waits for it.

    With ``jobs_first`` pods wait for the jobs that say so, at each try of a sync. ``ApplyOutOfSyncOnly`` waits at the
    first one only: a job that has failed is what git says, so the next try would leave it out and go on behind it. What
    sleeps waits for nothing, so that sleep is possible when a job can't succeed.
    """
    annotations = {**head.get("annotations", {}), _GENERATE_PATHS: source.paths}
    if jobs_first:
        annotations[_COMPARE] = "ServerSideDiff=false"
    made: Object = {**head, "annotations": dict(sorted(annotations.items()))}
    if cascade:
        made["finalizers"] = [FINALIZER]
    policy: Object = {"automated": {"prune": True, "selfHeal": True}} if automated else {}
    options = {*_OPTIONS}
    options |= {_PRUNE_LAST} if prune_last else set()
    options |= {"RespectIgnoreDifferences=true"} if autoscaled else set()
    spec: Object = {
        "project": project,
        **({"source": source.sources[0]} if len(source.sources) == 1 else {"sources": list(source.sources)}),
        "destination": to,
        "syncPolicy": {**policy, "retry": _retry(for_ever=not cascade), "syncOptions": sorted(options)},
    }
    if ignored := [*([_until_complete()] if jobs_first else []), *map(_replicas, autoscaled)]:
        spec["ignoreDifferences"] = ignored
    spec["info"] = [{"name": "Label", "value": label}]
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": made, "spec": spec}


def _until_complete() -> Object:
    return {"group": "batch", "kind": "Job", "jqPathExpressions": [_UNFINISHED]}


def _replicas(workload: ObjectName) -> Object:
    of = {"group": workload.group, "kind": workload.kind, "name": workload.name}
    return {**of, "jsonPointers": ["/spec/replicas"]}


def _retry(*, for_ever: bool) -> Object:
    # Argo CD does not try a commit again by itself whose sync has ended, whatever is mended outside of git. A newer
    # commit is taken at the next attempt, so a minute is the longest that a fix waits for. But it does not begin to
    # delete an Application's objects before its sync has ended (processAppOperationQueueItem in
    # controller/appcontroller.go), so where they go with it, trying ends after an hour.
    backoff = {"duration": "10s", "factor": 2, "maxDuration": "1m"}
    return {"limit": -1 if for_ever else _HOUR, "refresh": True, "backoff": backoff}
