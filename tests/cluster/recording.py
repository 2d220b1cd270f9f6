"""Records what a real Argo CD and API server say of deployments in trouble, for the tests of explanations.

``CLUSTER_STATE=FOLDER .venv/bin/python -m tests.cluster.recording`` writes ``tests/commander/status/documents`` anew,
in some minutes, in a cluster that ``python -m tests.cluster.harness FOLDER`` keeps running. Each case is recorded as
soon as it is what it is called.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from commander.status.explaining import explanations
from commander.status.facts import Picture
from tests.cluster.api import APPLICATIONS, Api, ApiError, Object
from tests.cluster.harness import attached
from tests.cluster.small_fleet import SMALL, Fleet, fleet
from tests.commander.service.processes import until
from tests.commander.status.recorded import FOLDER, WORKLOADS, picture_of

_ENVIRONMENT, _WORKSPACE = "watched", "team"
_FATE = "test.cluster/fate"
_SECONDS = 420.0
_KINDS = {"Pod": "/api/v1", "Job": "/apis/batch/v1", "Deployment": "/apis/apps/v1", "StatefulSet": "/apis/apps/v1"}
_NOT_KEPT = ("managedFields", "uid", "resourceVersion", "ownerReferences", "finalizers")
#: What is well at first, and what becomes of it then.
_BEFORE: dict[str, dict[str, Any]] = {"narrow": {}, "odd": {}, "strict": {}}
_PODS = {"containers": [{"name": "odd", "image": "registry.example.com/odd:1"}]}
_AFTER: dict[str, dict[str, Any]] = {
    "narrow": {"scheduler": {"replicas": 3}},
    "odd": {
        "extraObjects": [
            {"apiVersion": "v1", "kind": "PodTemplate", "metadata": {"name": "odd"}, "template": {"spec": _PODS}}
        ]
    },
    "strict": {"triggerer": {"replicas": 2}},
}
_BROKEN: dict[str, dict[str, Any]] = {
    "pods-pull-error": {"scheduler": {"podAnnotations": {_FATE: "pull-error"}}},
    "pods-crash": {"scheduler": {"podAnnotations": {_FATE: "crash"}}},
    "stuck": {"migrateDatabaseJob": {"backoffLimit": 0, "podAnnotations": {_FATE: "crash"}}},
    "unbegun": {"migrateDatabaseJob": {"podAnnotations": {_FATE: "pull-error"}}},
    "lost": {"scheduler": {"nodeSelector": {"disk": "none"}}},
}


def main() -> None:
    cluster = attached(Path(os.environ["CLUSTER_STATE"]))
    with tempfile.TemporaryDirectory() as folder, fleet(cluster, Path(folder) / "gitops", _ENVIRONMENT) as made:
        made.environment_file({**SMALL, "triggerer": {"enabled": True}})
        made.workspace(_WORKSPACE)
        for name, values in (_BEFORE | _BROKEN).items():
            made.deployment(_WORKSPACE, name, values)
        made.begin((_ENVIRONMENT, *(f"{_ENVIRONMENT}-{name}" for name in _BEFORE)))
        quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "narrow"}}
        made.api.apply({**quota, "spec": {"hard": {"pods": "1"}}}, made.namespace("narrow"))
        for name, values in _AFTER.items():
            made.deployment(_WORKSPACE, name, values)
        # The root Application would have the project permit what it does not.
        with _root_left_alone(made), _no_triggerers(made):
            made.push()
            made.tell(*(f"{_ENVIRONMENT}-{name}" for name in _AFTER))
            _record(made, "odd", _first_is("kind_forbidden", retried=True))
            _await(made, "strict", _first_is("admission_refused"))
        _record(made, "strict", _is_well_again)
        _record(made, "narrow", _first_is("quota_exceeded"))
        _record(made, "pods-pull-error", _first_is("image_pull"))
        _record(made, "pods-crash", _first_is("crash_loop"))
        _record(made, "lost", _first_is("unschedulable"))
        _record(made, "stuck", _first_is("migration_failed", retried=True))
        _record(made, "unbegun", _is_unbegun)


Test = Callable[[Picture], bool]


def _first_is(code: str, *, retried: bool = False) -> Test:
    """Told first; and, with ``retried``, of a sync that Argo CD has tried once more."""

    def test(picture: Picture) -> bool:
        found = explanations(picture)
        operation = picture.application.operation if picture.application is not None else None
        return (
            bool(found) and found[0].code == code and (not retried or (operation is not None and operation.is_failing))
        )

    return test


def _is_well_again(picture: Picture) -> bool:
    """Pods were refused, and came at last."""
    return not explanations(picture) and any("denied request" in each.message for each in picture.notices)


def _is_unbegun(picture: Picture) -> bool:
    """The Job waited for so long that the sync failed."""
    operation = picture.application.operation if picture.application is not None else None
    return operation is not None and any("no pod of it runs" in each.message for each in operation.results)


def _record(made: Fleet, name: str, test: Test) -> None:
    data = _await(made, name, test)
    text = json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False)
    text = text.replace(made.cluster.git_url, "https://git.example.com")
    if (left := re.search(r".{,80}127\.0\.0\.1:.{,80}", text)) is not None:
        raise AssertionError(left[0])
    (FOLDER / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")
    sys.stderr.write(f"recorded {name}: {', '.join(each.code for each in explanations(picture_of(data))) or 'well'}\n")


def _await(made: Fleet, name: str, test: Test) -> dict[str, Any]:
    found: dict[str, Any] = {}

    def look() -> bool:
        found.update(_seen(made.api, f"{_ENVIRONMENT}-{name}", made.namespace(name)))
        time.sleep(0.5)
        return test(picture_of(found))

    try:
        until(look, _SECONDS)
    except AssertionError:
        sys.stderr.write(f"{json.dumps(found, indent=1)}\n{explanations(picture_of(found))}\n")
        raise
    return found


def _seen(api: Api, application: str, namespace: str) -> dict[str, Any]:
    """What Commander follows of a deployment: its Application, pods, workloads, warnings."""
    objects = [
        _kept(kind, each)
        for kind, root in _KINDS.items()
        for each in api.list(f"{root}/namespaces/{namespace}/{kind.lower()}s", labelSelector="tier=airflow")
    ]
    events = api.list(f"/api/v1/namespaces/{namespace}/events", fieldSelector="type=Warning")
    return {
        "at": time.time(),
        "application": _kept("Application", api.there(f"{APPLICATIONS}/{application}")),
        "objects": objects + [_kept("Event", each) for each in events],
    }


def _kept(kind: str, document: Object) -> Object:
    """A document without what is long and tells nothing."""
    metadata = {key: value for key, value in document["metadata"].items() if key not in _NOT_KEPT}
    found = {"kind": kind, **document, "metadata": metadata}
    found.pop("apiVersion", None)
    spec = document.get("spec", {})
    if kind == "Pod":
        named = {
            key: [{"name": each["name"], "image": each["image"]} for each in spec[key]]
            for key in ("initContainers", "containers")
            if key in spec
        }
        found["spec"] = named
        metadata.pop("annotations", None)
    elif kind in WORKLOADS:
        told = ("replicas", "completions", "suspend", "paused", "updateStrategy")
        found["spec"] = {key: spec[key] for key in told if key in spec}
        metadata.pop("annotations", None)
    return found


@contextmanager
def _root_left_alone(made: Fleet) -> Iterator[None]:
    path, key = f"{APPLICATIONS}/{_ENVIRONMENT}", "argocd.argoproj.io/skip-reconcile"
    made.api.merge(path, {"metadata": {"annotations": {key: "true"}}})
    try:
        yield
    finally:
        made.api.merge(path, {"metadata": {"annotations": {key: None}}})


@contextmanager
def _no_triggerers(made: Fleet) -> Iterator[None]:
    """A rule of the cluster that takes no new pods of triggerers in one namespace, once it is in force."""
    namespace = made.namespace("strict")
    kinds = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods", "configmaps"]}
    rule = "object.metadata.name != 'probe' && !object.metadata.name.startsWith('strict-triggerer-')"
    policy = {
        "failurePolicy": "Fail",
        "matchConstraints": {"resourceRules": [kinds]},
        "validations": [{"expression": rule, "message": "no triggerers here"}],
    }
    where = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}}
    binding = {"policyName": namespace, "validationActions": ["Deny"], "matchResources": where}
    kind, named = "ValidatingAdmissionPolicy", {"metadata": {"name": namespace}}
    head = {"apiVersion": "admissionregistration.k8s.io/v1", **named}
    rules = [{**head, "kind": kind, "spec": policy}, {**head, "kind": f"{kind}Binding", "spec": binding}]
    probe = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "probe", "namespace": namespace}}
    for each in rules:
        made.api.apply(each)
    try:
        until(lambda: _is_refused(made.api, probe))
        yield
    finally:
        for each in rules:
            made.api.delete(made.api.path(each))


def _is_refused(api: Api, probe: Object) -> bool:
    try:
        api.apply(probe, dry_run=True)
    except ApiError:
        return True
    return False


if __name__ == "__main__":
    main()
