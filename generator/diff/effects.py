"""What a cluster does with a change: which pods are replaced, what Kubernetes refuses, what is lost.

Source: the validation of updates in the Kubernetes API (v1.37): fields of a StatefulSet, a Job, a claim and others that
can't be changed; and the controllers, which replace pods when the pod template differs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from generator.diff.model import Effect, FieldChange
from generator.diff.objects import Manifest, below
from generator.diff.quantities import amount
from generator.diff.wheres import brief

_ROLLING = frozenset({"Deployment", "StatefulSet", "DaemonSet"})
_SCALED = frozenset({"Deployment", "StatefulSet", "ReplicaSet"})

#: Kind -> fields that Kubernetes takes no change of.
_FIXED: Mapping[str, re.Pattern[str]] = {
    kind: re.compile(rf"(?:{pattern})(?:[.\[]|\Z)")
    for kind, pattern in {
        "Deployment": r"spec\.selector",
        "ReplicaSet": r"spec\.selector",
        "DaemonSet": r"spec\.selector",
        "StatefulSet": r"spec\.(?!(?:replicas|ordinals|template|updateStrategy|revisionHistoryLimit"
        r"|persistentVolumeClaimRetentionPolicy|minReadySeconds)(?:[.\[]|\Z))[A-Za-z]+",
        "Job": r"spec\.(?:selector|template|completionMode|completions|podFailurePolicy|successPolicy"
        r"|backoffLimitPerIndex|manualSelector|managedBy)",
        "Service": r"spec\.clusterIPs?",
        "PersistentVolumeClaim": r"spec\.(?!(?:resources|volumeAttributesClassName)(?:[.\[]|\Z))[A-Za-z]+",
        "RoleBinding": "roleRef",
        "ClusterRoleBinding": "roleRef",
        "StorageClass": "provisioner|parameters|reclaimPolicy|volumeBindingMode",
        "PriorityClass": "value|preemptionPolicy",
        "IngressClass": r"spec\.controller",
        "CustomResourceDefinition": r"spec\.(?:group|scope)",
    }.items()
}
_IMMUTABLE = re.compile(r"(?:data|binaryData|stringData|immutable)(?:[.\[]|\Z)")
_STORAGE = re.compile(r"(?:\A|\.)resources\.requests\.storage\Z")
_SYNC_OPTIONS = "argocd.argoproj.io/sync-options"
_CASCADE = "resources-finalizer.argocd.argoproj.io"
_MOST_REASONS = 8


def effects_of_change(old: Manifest, new: Manifest, fields: Sequence[FieldChange]) -> tuple[Effect, ...]:
    """What follows from a change of fields of an object that stays."""
    kind = new.key.kind
    found: list[Effect] = []
    if kind in _ROLLING and (reasons := _template_reasons(fields)) and _has_pods(old, new):
        on_delete = below(new.data, "spec", "updateStrategy", "type") == "OnDelete"
        found.append(Effect("restart", (*reasons, *(["only once a pod is deleted (OnDelete)"] if on_delete else []))))
    if kind in _SCALED:
        found += [Effect("scale", (_scaled(each),)) for each in fields if each.path == "spec.replicas"]
    fixed = _FIXED.get(kind)
    if kind in {"ConfigMap", "Secret"} and old.data.get("immutable") is True:
        fixed = _IMMUTABLE
    if fixed is not None and (refused := [each.path for each in fields if fixed.match(each.path)]):
        found.append(Effect("recreate", _few(map(brief, refused))))
    for each in fields:
        if kind in {"PersistentVolumeClaim", "StatefulSet"} and _STORAGE.search(each.path) and _is_less(each):
            found.append(Effect("shrink", (f"{each.path}: {each.old} -> {each.new}",)))
    return tuple(sorted(found))


def effects_of_replacement(fields: Sequence[FieldChange]) -> tuple[Effect, ...]:
    """A Job of a new name runs; why it got one."""
    return (Effect("run", _few(brief(each.path) for each in fields if each.path.startswith("spec."))),)


def effects_of_creation(new: Manifest) -> tuple[Effect, ...]:
    """What follows from a new object."""
    return (Effect("run", ()),) if new.key.kind == "Job" else ()


def effects_of_removal(old: Manifest) -> tuple[Effect, ...]:
    """What is lost with an object."""
    options = below(old.data, "metadata", "annotations", _SYNC_OPTIONS)
    if isinstance(options, str) and re.search(r"Prune=false|Delete=false", options):
        return ()
    match old.key.kind:
        case "Namespace":
            return (Effect("loss", ("everything in the namespace is deleted, volumes too",)),)
        case "PersistentVolumeClaim":
            return (Effect("loss", ("the volume of the claim is released",)),)
        case "CustomResourceDefinition":
            return (Effect("loss", ("all objects of this kind are deleted",)),)
        case "StatefulSet":
            policy = below(old.data, "spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted")
            return (Effect("loss", ("its claims are deleted with it",)),) if policy == "Delete" else ()
        case "Application" if _deletes_what_it_made(old):
            return (Effect("loss", ("Argo CD deletes everything that it made",)),)
        case _:
            return ()


def _deletes_what_it_made(application: Manifest) -> bool:
    finalizers = below(application.data, "metadata", "finalizers")
    return isinstance(finalizers, list) and any(str(each).startswith(_CASCADE) for each in finalizers)


def _template_reasons(fields: Sequence[FieldChange]) -> tuple[str, ...]:
    return _few(brief(each.path) for each in fields if re.match(r"spec\.template(?:\.|\Z)", each.path))


def _has_pods(old: Manifest, new: Manifest) -> bool:
    """Whether there are pods before and after; without, there is nothing to restart."""
    replicas = [below(each.data, "spec", "replicas") for each in (old, new)]
    return 0 not in [None if isinstance(each, bool) else each for each in replicas]


def _scaled(change: FieldChange) -> str:
    old, new = ("default" if each is None else each for each in (change.old, change.new))
    return f"{old} -> {new}"


def _is_less(change: FieldChange) -> bool:
    old, new = amount(change.old), amount(change.new)
    return old is not None and new is not None and new < old


def _few(reasons: Iterable[Any]) -> tuple[str, ...]:
    listed = sorted(set(map(str, reasons)))
    rest = len(listed) - _MOST_REASONS
    return (*listed[:_MOST_REASONS], *([f"{rest} more"] if rest > 0 else []))
