"""What Kubernetes' objects explain: why something that was applied does not run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from commander.status.facts import Notice, Picture, PodTrouble, Workload
from commander.status.model import Explanation
from commander.status.workloads import NO_POD_RUNS

_PULL = ("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable")
_CRASH = ("CrashLoopBackOff", "Error", "OOMKilled", "ContainerCannotRun", "StartError")
_CONFIG = ("CreateContainerConfigError", "CreateContainerError")
_QUOTA = re.compile(r"exceeded quota", re.IGNORECASE)
_REFUSED = re.compile(r"violates PodSecurity|admission webhook|ValidatingAdmissionPolicy|is forbidden", re.IGNORECASE)
#: Components of jobs that everything else waits for.
MIGRATION, BOOTSTRAP, FIRST_USER = "run-airflow-migrations", "bootstrap", "create-user-job"


def image_pull(picture: Picture) -> Iterator[Explanation]:
    """An image that can't be had."""
    for pod in _of(picture, _PULL):
        yield Explanation(
            "image_pull",
            "error",
            f"the image {pod.image or 'of a container'} can't be pulled",
            "is the name right, is it in the registry, and may the cluster pull it (registry secret)?"
            f" 'kubectl -n {pod.object.namespace} describe pod {pod.object.name}' has the registry's answer",
            _where(pod),
            pod.message or pod.reason,
        )


def crash(picture: Picture) -> Iterator[Explanation]:
    """A container that ends as soon as it starts."""
    for pod in _of(picture, _CRASH):
        if pod.component in _JOBS:
            continue
        logs = f"'kubectl -n {pod.object.namespace} logs {pod.object.name} -c {pod.container} --previous'"
        if "OOMKilled" in (pod.reason, pod.last_reason):
            yield Explanation(
                "out_of_memory",
                "error",
                "a container needs more memory than its limit",
                f"give it more: 'au' or 'resources' of {pod.component or 'the component'}; {logs} shows what it did",
                _where(pod),
                _ended(pod),
            )
        else:
            yield Explanation(
                "crash_loop",
                "error",
                "a container ends with an error, again and again",
                f"{logs} shows why",
                _where(pod),
                _ended(pod),
            )


def configuration(picture: Picture) -> Iterator[Explanation]:
    """A Secret or ConfigMap that a container needs is not there."""
    for pod in _of(picture, _CONFIG):
        yield Explanation(
            "configuration_missing",
            "error",
            "a container can't start: what it needs is not there",
            "does the Secret exist, and has it the key? Sealed and external Secrets say in their status why not",
            _where(pod),
            pod.message or pod.reason,
        )
    for notice in picture.notices:
        if notice.reason in ("FailedMount", "FailedAttachVolume"):
            yield Explanation(
                "volume_missing",
                "error",
                "a volume can't be mounted",
                "is there the Secret, ConfigMap or claim that it names, and is the claim bound?",
                str(notice.about),
                notice.message,
            )


def unschedulable(picture: Picture) -> Iterator[Explanation]:
    """No node takes a pod."""
    for pod in _of(picture, ("Unschedulable", "SchedulerError")):
        yield Explanation(
            "unschedulable",
            "error",
            "no node of the cluster takes the pod",
            "the message says what each node lacks: add nodes, ask for less, or change nodeSelector or tolerations",
            _where(pod),
            pod.message,
        )


def not_made(picture: Picture) -> Iterator[Explanation]:
    """Pods that the cluster does not let be made."""
    for about, message in _refusals(picture):
        if _QUOTA.search(message):
            yield Explanation(
                "quota_exceeded",
                "error",
                "the namespace's quota does not allow more pods",
                "raise the deployment's quota (values of 'quotas' and 'limits'), or ask for less (replicas, au)",
                about,
                message,
            )
        elif _REFUSED.search(message):
            yield Explanation(
                "admission_refused",
                "error",
                "the cluster's rules refuse the pods",
                "change what the rule names, in the deployment's values (securityContext, volumes); or ask those who"
                " look after the cluster for an exception",
                about,
                message,
            )
        else:
            yield Explanation(
                "pods_not_made", "error", "pods can't be made", "mend what the message says", about, message
            )


def failed_jobs(picture: Picture) -> Iterator[Explanation]:
    """Jobs that gave up: everything else of a deployment waits for some of them."""
    for job in _unhealthy(picture, "Job"):
        if job.health != "Degraded" or job.reason == NO_POD_RUNS:
            continue
        pod = next((each for each in picture.pods if each.component == job.component), None)
        detail = "; ".join(part for part in (job.message, _ended(pod) if pod is not None else "") if part)
        namespace, component = job.object.namespace, job.component
        code, what, mend = _JOBS.get(component, _OTHER_JOB)
        again = (
            f"mend {mend}, then delete the job, and Argo CD makes it again:"
            f" 'kubectl -n {namespace} delete job -l component={component}'"
        )
        application = picture.application
        if component in _JOBS and application is not None and not _is_running(picture):
            again += f", and 'argocd app sync {application.name}'"
        logs = f"; its logs: 'kubectl -n {namespace} logs job/{job.object.name}'"
        weight = "error" if component in _JOBS else "waiting"
        yield Explanation(code, weight, f"{what} failed", again + logs, str(job.object), detail)  # type: ignore[arg-type]


def unready(picture: Picture) -> Iterator[Explanation]:
    """What is not ready, and nothing above said why."""
    explained = {each.component for each in picture.pods}
    refused = {about for about, _ in _refusals(picture)}
    for each in picture.workloads:
        if each.component in explained or str(each.object) in refused:
            continue
        if each.object.kind == "Job":
            if each.reason == NO_POD_RUNS:
                yield _not_started(each)
        elif each.health == "Degraded":
            yield Explanation(
                "not_progressing",
                "error",
                "pods do not become ready in time",
                "their readiness probe fails: "
                f"'kubectl -n {each.object.namespace} describe {each.object.kind.lower()} {each.object.name}'",
                str(each.object),
                each.message,
            )
        elif each.health == "Progressing":
            yield Explanation(
                "starting",
                "waiting",
                f"{each.ready} of {each.wanted} pods are ready",
                "it passes by itself",
                str(each.object),
                each.message,
            )
        elif each.health == "Suspended":
            yield Explanation(
                "rollout_paused",
                "error",
                "its rollout is paused",
                f"'kubectl -n {each.object.namespace} rollout resume {each.object.kind.lower()} {each.object.name}'",
                str(each.object),
                each.message,
            )


_JOBS = {
    MIGRATION: (
        "migration_failed",
        "the migration of the database",
        "the cause (image, connection, a database that is away)",
    ),
    BOOTSTRAP: (
        "bootstrap_failed",
        "the bootstrap job, which makes the database and the keys,",
        "the cause (the administrator's connection, rights, the server)",
    ),
    FIRST_USER: ("first_user_failed", "the job that makes the first user", "the cause"),
}
_OTHER_JOB = ("job_failed", "a job", "what its pods' logs show")

POD_EXPLAINERS: tuple[Callable[[Picture], Iterator[Explanation]], ...] = (
    failed_jobs,
    image_pull,
    crash,
    configuration,
    unschedulable,
    not_made,
    unready,
)


def _not_started(job: Workload) -> Explanation:
    _, what, _ = _JOBS.get(job.component, _OTHER_JOB)
    return Explanation(
        "job_not_started",
        "error" if job.component in _JOBS else "waiting",
        f"{what} does not begin: no pod of it runs",
        f"'kubectl -n {job.object.namespace} describe job {job.object.name}' and its pods' events show why;"
        " a commit that mends it is applied at once, nothing need be deleted",
        str(job.object),
        job.message,
    )


def _of(picture: Picture, reasons: tuple[str, ...]) -> Iterator[PodTrouble]:
    """One pod of each component and container: the others have the same trouble."""
    seen = set()
    for pod in picture.pods:
        if pod.reason in reasons and (pod.component, pod.container) not in seen:
            seen.add((pod.component, pod.container))
            yield pod


def _unhealthy(picture: Picture, kind: str) -> Iterator[Workload]:
    return (each for each in picture.workloads if each.object.kind == kind and each.health != "Healthy")


def _refusals(picture: Picture) -> Iterator[tuple[str, str]]:
    """Workloads whose pods are refused: by their own words, or by the event that is told of those that have none."""
    names = {}
    for each in picture.workloads:
        if each.health != "Healthy":
            names[each.object.name] = each
            if each.reason == "FailedCreate":
                yield str(each.object), each.message
    for notice in picture.notices:
        if (
            notice.reason == "FailedCreate"
            and (found := _owner(notice, names)) is not None
            and found.reason != "FailedCreate"
        ):
            yield str(found.object), notice.message


def _owner(notice: Notice, workloads: dict[str, Workload]) -> Workload | None:
    if notice.about.kind == "ReplicaSet":
        return workloads.get(notice.about.name.rpartition("-")[0])
    found = workloads.get(notice.about.name)
    return found if found is not None and found.object.kind == notice.about.kind else None


def _is_running(picture: Picture) -> bool:
    operation = picture.application.operation if picture.application is not None else None
    return operation is not None and operation.is_running


def _where(pod: PodTrouble) -> str:
    return f"{pod.component or 'pod'} ({pod.object.name}{f', container {pod.container}' if pod.container else ''})"


def _ended(pod: PodTrouble) -> str:
    code = f"exit code {pod.exit_code}" if pod.exit_code is not None else ""
    restarts = f"{pod.restarts} restarts" if pod.restarts else ""
    return ", ".join(part for part in (pod.last_reason or pod.reason, code, restarts, pod.message) if part)
