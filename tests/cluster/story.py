"""What happens to deployments in their lives, each step done through Commander and judged by the cluster.

The steps are told as rows: what was done, and seconds from Commander's call until the object was changed and until its
Application was Synced and Healthy. Tests take the judgement, ``python -m tests.cluster.prove`` the seconds too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from commander.client import operations as ops
from commander.proto.v1 import commander_pb2 as pb
from tests.cluster.api import APPLICATIONS, Object, Objects
from tests.cluster.argo import is_asked, is_done, out_of_sync
from tests.cluster.processes import ClusterError, until
from tests.cluster.sample import BY_HAND, Sample

#: Longer than Argo CD may take without being told. It can forget that it was: what ends a look writes an older state
#: back to its memory (writeBackToInformer of controller/appcontroller.go in Argo CD 3.5), and the mark of a push that
#: came in between is seen no more. Then a poll finds the commit, at most two of them later.
_PATIENCE = 180.0
#: The deployment that the steps are about: Celery with redis, a worker that may be Kubernetes' own, in dev.
DEPLOYMENT = "dev/marketing/campaigns-dev"
APPLICATION = "dev-campaigns-dev"
RELEASE = "campaigns-dev"
_FILE = "environments/dev/workspaces/marketing/deployments/campaigns-dev.yaml"
_NEW = "dev/marketing/spring-dev"
_NEW_TEXT = """\
apiVersion: stargit.dev/v1
kind: Deployment
label: Spring (development)

values:
  airflowVersion: 3.2.1
  executor: LocalExecutor
"""


@dataclass(frozen=True)
class Row:
    """Seconds; ``changed`` is missing where the step has no one object to look at."""

    what: str
    changed: float | None
    synced: float | None
    note: str = ""


def first_sync(sample: Sample) -> Row:
    """The root Applications are applied, and all the rest follows."""
    began = time.monotonic()
    sample.apply_roots()
    names = set(sample.applications())
    by_themselves = names - set(BY_HAND)
    synced = sample.argo.until("every Application by itself", by_themselves, _PATIENCE) - began
    for name in BY_HAND:
        assert sample.argo.application(name)["status"]["sync"]["status"] == "OutOfSync"
        sample.argo.sync(name)
    sample.argo.until("what is synced by hand", names, _PATIENCE)
    return Row(f"root Applications to {len(by_themselves)} Applications", None, synced)


def namespace_of(sample: Sample, application: str = APPLICATION) -> str:
    return str(sample.argo.application(application)["spec"]["destination"]["namespace"])


def scale(sample: Sample) -> Row:
    """A second scheduler."""
    path = _workload(sample, "deployments", f"{RELEASE}-scheduler")
    return _change(sample, "more schedulers", path, lambda it: it["spec"]["replicas"] == 2,
                   ops.scale(DEPLOYMENT, "scheduler", 2))  # fmt: skip


def revert(sample: Sample) -> Row:
    """Back to what the file was before the last change."""
    path = _workload(sample, "deployments", f"{RELEASE}-scheduler")
    before = f"{sample.revision}~1"
    text = sample.file(_FILE, before)
    return _change(sample, "reverted", path, lambda it: it["spec"]["replicas"] == 1,
                   ops.restore(DEPLOYMENT, f"{text}\n"))  # fmt: skip


def set_executor(sample: Sample, executor: str) -> Row:
    """Another executor: its workloads come, those of the one before go."""
    path = f"/api/v1/namespaces/{namespace_of(sample)}/configmaps/{RELEASE}-config"

    def changed(config: Object) -> bool:
        return f"\nexecutor = {executor}\n" in config["data"]["airflow.cfg"]

    row = _change(
        sample, f"executor {executor}", path, changed,
        ops.edit(DEPLOYMENT, ops.set_value("values.executor", executor)),
    )  # fmt: skip
    assert left_behind(sample) == []
    return row


def hibernate(sample: Sample) -> Row:
    """All pods go; everything else stays."""
    path = _workload(sample, "deployments", f"{RELEASE}-scheduler")
    row = _change(sample, "hibernated", path, lambda it: it["spec"]["replicas"] == 0, ops.hibernate(DEPLOYMENT))
    namespace = namespace_of(sample)
    until("no pod runs", 60, lambda: not running_pods(sample, namespace))
    return row


def wake(sample: Sample) -> Row:
    """The pods come back."""
    path = _workload(sample, "deployments", f"{RELEASE}-scheduler")
    row = _change(sample, "woken", path, lambda it: it["spec"]["replicas"] == 1, ops.wake(DEPLOYMENT))
    assert running_pods(sample, namespace_of(sample))
    return row


def create(sample: Sample) -> Row:
    """A new deployment, from a file to a namespace with pods."""
    began = time.monotonic()
    revision = sample.change(ops.create(_NEW, _NEW_TEXT))
    there = sample.api.until("the Application is there", APPLICATIONS,
                             lambda found: ("argocd", "dev-spring-dev") in found, _PATIENCE)  # fmt: skip
    synced = sample.argo.until("the new deployment", ["dev", "dev-spring-dev"], _PATIENCE, revision)
    assert running_pods(sample, namespace_of(sample, "dev-spring-dev"))
    return Row("created", there - began, synced - began)


def delete(sample: Sample) -> Iterator[Row]:
    """Put to sleep as deleted, then removed: in dev with everything that is in its namespace."""
    namespace = namespace_of(sample, "dev-spring-dev")
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments/spring-dev-scheduler"
    yield _change(sample, "deleted (asleep)", path, lambda it: it["spec"]["replicas"] == 0, ops.delete(_NEW),
                  application="dev-spring-dev")  # fmt: skip
    began = time.monotonic()
    sample.change(ops.remove(_NEW))
    gone = sample.api.until("the namespace is gone", "/api/v1/namespaces",
                            lambda found: ("", namespace) not in found, _PATIENCE)  # fmt: skip
    sample.api.until("the Application is gone", APPLICATIONS,
                     lambda found: ("argocd", "dev-spring-dev") not in found, _PATIENCE)  # fmt: skip
    synced = sample.argo.until("the root Application", ["dev"], _PATIENCE)
    yield Row("removed, with its namespace", gone - began, synced - began)


def drift(sample: Sample) -> Row:
    """What a person edits and deletes in the cluster is set back."""
    namespace = namespace_of(sample)
    edited = _workload(sample, "deployments", f"{RELEASE}-scheduler")
    deleted = f"/api/v1/namespaces/{namespace}/services/{RELEASE}-statsd"
    first = sample.api.there(deleted)["metadata"]["uid"]
    began = time.monotonic()
    sample.api.merge(edited, {"spec": {"replicas": 3}})
    sample.api.delete(deleted)

    def back() -> bool:
        service = sample.api.get(deleted)
        replicas = sample.api.there(edited)["spec"]["replicas"]
        return replicas == 1 and service is not None and service["metadata"]["uid"] != first

    until("edited and deleted objects are back", 60, back)
    changed = time.monotonic() - began
    synced = sample.argo.until("Synced again", [APPLICATION], 60)
    return Row("drift: an edited and a deleted object set back", changed, synced - began)


def broken_by_hand(sample: Sample) -> Row:
    """Somebody pushes a manifest that is no YAML, past all checks: its deployment alone stops, and says so."""
    path = "rendered/dev/workspaces/customer-data/orders-dev/scheduler.yaml"
    sample.push("quick fix", {path: f"{sample.file(path)}\n  quick: [fix\n"})

    def told(found: Objects) -> bool:
        conditions = found["argocd", "dev-orders-dev"]["status"].get("conditions", [])
        return any(each["type"] == "ComparisonError" for each in conditions)

    sample.api.until("the broken one says so", APPLICATIONS, told, _PATIENCE)
    # Commander renders it anew in the same push as its next change; of a change of another deployment this one hears.
    path = _workload(sample, "deployments", f"{RELEASE}-scheduler")
    row = _change(sample, "another deployment while one is broken", path, lambda it: it["spec"]["replicas"] == 2,
                  ops.scale(DEPLOYMENT, "scheduler", 2))  # fmt: skip
    revision = sample.change(ops.scale(DEPLOYMENT, "scheduler", 1))
    sample.argo.until("the other one is as it was", [APPLICATION], _PATIENCE, revision)
    sample.argo.until("the broken one is mended", sample.applications(), _PATIENCE)
    return row


def wrong_by_hand(sample: Sample) -> Row:
    """Somebody pushes desired state that is wrong: it is told, what was rendered of it stays, others go on."""
    path = "environments/dev/workspaces/customer-data/deployments/orders-dev.yaml"
    good = sample.file(path)
    sample.push("quick fix", {path: good.replace("executor: LocalExecutor", "executor: LokalExecutor")})
    where = _workload(sample, "deployments", f"{RELEASE}-scheduler")
    row = _change(sample, "another deployment while one is wrong", where, lambda it: it["spec"]["replicas"] == 2,
                  ops.scale(DEPLOYMENT, "scheduler", 2))  # fmt: skip
    problems = sample.commander.status().problems
    assert any(problem.file == path and "LokalExecutor" in problem.message for problem in problems), problems
    sample.push("undo", {path: f"{good}\n"})
    revision = sample.change(ops.scale(DEPLOYMENT, "scheduler", 1))
    sample.argo.until("the other one is as it was", [APPLICATION], _PATIENCE, revision)
    sample.argo.until("all is well again", sample.applications(), _PATIENCE)
    assert not sample.commander.status().problems
    return row


def quiet(sample: Sample, seconds: float) -> Row:
    """Nothing flaps: looked at anew and left alone, no Application is ever anything but Synced and Healthy, and none is
    synced again."""
    names = sample.applications()
    for name in names:
        sample.argo.refresh(name, "hard")
    began = time.monotonic()

    def looked_at(found: Objects) -> bool:
        return all(is_done(found["argocd", name]) and not is_asked(found["argocd", name]) for name in names)

    sample.api.until("all looked at anew", APPLICATIONS, looked_at, _PATIENCE)
    before = _syncs(sample)
    seen = set()
    for found in sample.api.states(APPLICATIONS, time.monotonic() + seconds):
        seen |= {f"{key[1]} {out_of_sync(each)}" for key, each in found.items() if not is_done(each)}
    if seen:
        names = sorted({each.partition(" ")[0] for each in seen})
        raise ClusterError("\n".join(["it flaps:", *sorted(seen), *map(sample.argo.explained, names)]))
    assert _syncs(sample) == before, "synced again"
    return Row(f"nothing flaps in {seconds:.0f} s of self-heal", None, None, f"{time.monotonic() - began:.0f} s")


def _syncs(sample: Sample) -> dict[str, str]:
    """When each Application was synced last."""
    applications = sample.argo.applications().items()
    return {name: each["status"].get("operationState", {}).get("startedAt", "") for name, each in applications}


def left_behind(sample: Sample, application: str = APPLICATION) -> list[str]:
    """Objects of the cluster that Argo CD made for a deployment and that are not rendered any more."""
    found = sample.argo.application(application)
    namespace, path = found["spec"]["destination"]["namespace"], found["spec"]["source"]["path"]
    rendered = {(each["kind"], each["metadata"]["name"]) for _, each in sample.objects(path)}
    there = {(each["kind"], each["metadata"]["name"]) for each in made(sample, namespace)}
    return sorted(f"{kind} {name}" for kind, name in there - rendered)


def made(sample: Sample, namespace: str) -> Iterator[Object]:
    """All objects in a namespace that nobody owns and that Argo CD's mark is on."""
    for root, plural, kind in kinds(sample):
        for each in sample.api.list(f"{root}/namespaces/{namespace}/{plural}"):
            meta = each["metadata"]
            marked = "argocd.argoproj.io/tracking-id" in meta.get("annotations", {})
            if marked and not meta.get("ownerReferences") and "deletionTimestamp" not in meta:
                yield {**each, "kind": kind}


def kinds(sample: Sample) -> list[tuple[str, str, str]]:
    """Root of the API, plural and kind of all that is in namespaces and can be listed."""
    groups = sample.api.there("/apis")["groups"]
    roots = ["/api/v1", *(f"/apis/{group['preferredVersion']['groupVersion']}" for group in groups)]
    return [
        (root, each["name"], each["kind"])
        for root in roots
        for each in sample.api.there(root)["resources"]
        if each["namespaced"] and "list" in each["verbs"] and "/" not in each["name"]
    ]


def running_pods(sample: Sample, namespace: str) -> list[str]:
    """Names of pods that run and are not those of Jobs."""
    found = sample.api.list(f"/api/v1/namespaces/{namespace}/pods")
    return [each["metadata"]["name"] for each in found if each.get("status", {}).get("phase") == "Running"]


def _workload(sample: Sample, plural: str, name: str) -> str:
    return f"/apis/apps/v1/namespaces/{namespace_of(sample)}/{plural}/{name}"


def _change(
    sample: Sample,
    what: str,
    path: str,
    test: Callable[[Object], bool],
    *operations: pb.Operation,
    application: str = APPLICATION,
) -> Row:
    """Ask Commander, and wait for the object and its Application."""
    folder, _, name = path.rpartition("/")
    began = time.monotonic()
    revision = sample.change(*operations, reason=what)

    def is_changed(found: Objects) -> bool:
        return any(key[1] == name and test(each) for key, each in found.items())

    query = f"{folder}?fieldSelector=metadata.name%3D{name}"
    try:
        changed = sample.api.until(f"{what}: {name} is changed", query, is_changed, _PATIENCE)
        synced = sample.api.until(
            f"{what}: {application} is Synced and Healthy", APPLICATIONS,
            lambda found: is_done(found["argocd", application], revision), _PATIENCE,
        )  # fmt: skip
    except ClusterError as error:
        raise ClusterError(f"{error}\n{revision} was told\n{sample.argo.explained(application)}") from None
    return Row(what, changed - began, synced - began)
