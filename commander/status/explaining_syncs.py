"""What Argo CD's own objects explain: why something is not applied, or not yet. Its words are those of Argo CD 3.5
(``controller/state.go``, ``controller/sync.go``, ``util/app/path``, gitops-engine)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from commander.status.facts import Application, Operation, Picture, Result
from commander.status.known_messages import Known, known_of
from commander.status.model import Explanation

_NOT_PERMITTED = re.compile(r"resource ([^:\s]*):(\S+) is not permitted in project (\S+)")
#: Stands in the message of a failed try until the next one begins.
_RETRIED = "Retrying attempt #"
_WAITING = re.compile(r"waiting for (.+?) of (?:hook )?([^/\s]*)/([^/\s]+)/([^/\s]+)(?: and (\d+) more)?")
_COMMIT = 12
_STAYS_FAILED = "Argo CD does not try this commit again by itself: 'argocd app sync {name}', or a new commit"


def not_there(picture: Picture) -> Iterator[Explanation]:
    """There is no Application."""
    if picture.application is not None or picture.unread:
        return
    root = picture.root
    if picture.deleted:
        advice = "nothing is to be done"
    elif root is None:
        advice = (
            "was the environment brought to its cluster (docs/bootstrap.md)?"
            " 'stargit bootstrap ENVIRONMENT | kubectl apply --server-side --field-manager=stargit -f -'"
        )
    elif root.sync != "Synced" or (root.operation is not None and root.operation.phase != "Succeeded"):
        advice = f"the root Application '{root.name}' is not synced: look at what it says, 'argocd app get {root.name}'"
    else:
        advice = f"the root Application '{root.name}' is synced to another commit; it comes with the next"
    yield Explanation(
        "not_there",
        "waiting" if root is not None else "error",
        "Argo CD has no Application for it",
        advice,
        picture.name,
        _trouble_of(root),
    )


def root_not_synced(picture: Picture) -> Iterator[Explanation]:
    """Changes of the Application itself wait for the root Application."""
    root = picture.root
    if (
        picture.application is not None
        and root is not None
        and root.operation is not None
        and root.operation.is_failing
    ):
        advice = f"'argocd app get {root.name}' shows which object it is; new deployments and projects wait for it"
        yield Explanation(
            "root_not_synced",
            "error",
            "the environment's root Application can't be applied",
            advice,
            root.name,
            _trouble_of(root),
        )


def file_wrong(picture: Picture) -> Iterator[Explanation]:
    """What somebody pushed is wrong."""
    for each in picture.file_problems[:3]:
        yield Explanation(
            "file_wrong",
            "error",
            "its file in the repository is wrong, so what was rendered before runs on",
            "mend the file and push; 'stargit validate' shows all problems",
            "",
            each,
        )


def kind_forbidden(picture: Picture) -> Iterator[Explanation]:
    """The project does not permit a kind."""
    for result in _results(picture):
        if (match := _NOT_PERMITTED.search(result.message)) is not None:
            kind = f"{match[2]}{f' ({match[1]})' if match[1] else ''}"
            yield Explanation(
                "kind_forbidden",
                "error",
                f"the project {match[3]} forbids objects of the kind {kind}",
                "take it out of 'extraObjects'; or allow it: an object in no namespace by 'gitops.clusterKinds' in"
                " environment.yaml; others are permitted when they are rendered and the root Application is synced",
                str(result.object),
                result.message,
            )


def conditions(picture: Picture) -> Iterator[Explanation]:
    """What Argo CD says of the Application as a whole."""
    for each in picture.application.conditions if picture.application is not None else ():
        if each.type.endswith("Warning"):
            yield from _warnings(each.type, each.message)
            continue
        known = known_of(each.message)
        if known is not None:
            yield _told(known, picture, "", each.message)
        elif not (each.type == "SyncError" and _explained_by_results(picture)):
            comparing = each.type == "ComparisonError"
            yield Explanation(
                "comparison_failed" if comparing else "argocd_error",
                "error",
                "Argo CD can't compare it with the cluster" if comparing else f"Argo CD says {each.type}",
                "what Argo CD says tells more; 'argocd app get' has all of it",
                "",
                each.message,
            )


def _warnings(type_: str, message: str) -> Iterator[Explanation]:
    if type_ == "ExcludedResourceWarning":
        yield Explanation(
            "excluded_kind",
            "error",
            "Argo CD is told to leave a kind alone, so such objects are never applied",
            "'resource.exclusions' in the ConfigMap argocd-cm has such kinds; take it out there or of 'extraObjects'",
            "",
            message,
        )
    elif type_ in ("SharedResourceWarning", "RepeatedResourceWarning"):
        yield Explanation(
            "shared_object",
            "error",
            "an object is made twice, or belongs to another Application, too",
            "give one of them another name: docs/argocd.md, 'When a deployment is removed'",
            "",
            message,
        )


def results(picture: Picture) -> Iterator[Explanation]:
    """Objects that could not be applied, and hooks that failed."""
    application = picture.application
    operation = application.operation if application is not None else None
    if application is None or operation is None:
        return
    told = False
    for result in _results(picture):
        if _NOT_PERMITTED.search(result.message):
            told = True
        elif result.is_hook and result.hook_phase in ("Failed", "Error"):
            told = True
            yield Explanation(
                "hook_failed",
                "error",
                "a job that belongs to the sync failed",
                f"its pods' logs tell why; then {_again(application)}",
                str(result.object),
                result.message,
            )
        elif result.status not in ("SyncFailed", "Failed") and result.hook_phase == "Failed":
            # It was applied, and became Degraded while its wave waited for it.
            told = True
            if not _told_by_its_pods(picture, result):
                yield Explanation(
                    "object_unhealthy",
                    "error",
                    "the sync ended at an object that is not healthy",
                    f"'kubectl -n {result.object.namespace} describe' of it shows why; {_again(application)}",
                    str(result.object),
                    result.message,
                )
        elif result.status in ("SyncFailed", "Failed") or result.hook_phase in ("Failed", "Error"):
            told = True
            known = known_of(result.message)
            if known is not None:
                yield _told(known, picture, str(result.object), result.message)
            else:
                yield Explanation(
                    "object_refused",
                    "error",
                    "the cluster did not take an object",
                    f"mend what it says; then {_again(application)}",
                    str(result.object),
                    result.message,
                )
    again = operation.is_running and _RETRIED in operation.message
    if (operation.has_failed or again) and not told:
        known = known_of(operation.message)
        yield (
            _told(known, picture, "", operation.message)
            if known is not None
            else Explanation(
                "sync_failed",
                "error",
                "the last try of a sync failed, and Argo CD tries again" if again else "the last sync failed",
                f"mend what it says; then {_again(application)}",
                "",
                operation.message,
            )
        )


def waiting(picture: Picture) -> Iterator[Explanation]:
    """A sync is under way, and what it waits for."""
    operation = picture.application.operation if picture.application is not None else None
    if operation is None or not operation.is_running:
        return
    match = _WAITING.search(operation.message)
    if match is not None:
        what = f"{match[3]} {match[4]}" + (f" and {match[5]} more" if match[5] else "")
        summary = (
            f"the sync waits until {what} is done" if "hook" in match[0] else f"the sync waits until {what} is healthy"
        )
    elif _RETRIED in operation.message:
        what, summary = "", "Argo CD tries the sync again in a moment"
    else:
        what, summary = "", "a sync is under way"
    advice = "if it lasts, the other explanations say what holds it up"
    yield Explanation("waiting", "waiting", summary + tries_of(operation), advice, what, operation.message)


def not_compared(picture: Picture) -> Iterator[Explanation]:
    """Argo CD has not looked at the commit."""
    application = picture.application
    if not picture.not_compared or application is None or application.paused or application.conditions:
        return
    if application.operation is not None and application.operation.is_running:
        return
    last = f"the last one was {application.revision[:_COMMIT]}" if application.revision else "nor with any other"
    yield Explanation(
        "not_compared",
        "waiting",
        f"Argo CD has not compared it with commit {picture.not_compared[:_COMMIT]}, {last}",
        "it takes a moment when Argo CD is told of commits (docs/argocd.md), else minutes; if it lasts: does"
        f" argocd-application-controller run ('kubectl -n {application.namespace} get pods'), and what does"
        f" 'argocd app get {application.name} --refresh' say?",
    )


def held_back(picture: Picture) -> Iterator[Explanation]:
    """It differs, and nobody has Argo CD apply it."""
    application = picture.application
    if application is None:
        return
    if application.paused:
        yield Explanation(
            "paused",
            "error",
            "somebody told Argo CD to leave it alone",
            f"'kubectl -n {application.namespace} annotate application {application.name}"
            " argocd.argoproj.io/skip-reconcile-' ends that",
        )
    if application.sync != "OutOfSync" or (application.operation is not None and application.operation.is_running):
        return
    if picture.closed_windows:
        window = picture.closed_windows[0]
        which = f"{window.kind} '{window.schedule}' for {window.duration} ({window.time_zone})"
        yield Explanation(
            "window_closed",
            "waiting",
            "a sync window of the project is closed, so changes wait",
            "they are applied when it opens; 'argocd app sync' works before that if the window has manualSync",
            "",
            f"{which} {window.description}".strip(),
        )
    elif not application.automated:
        yield Explanation(
            "manual_sync",
            "waiting",
            "commits of this workspace are applied when somebody says so",
            f"'argocd app sync {application.name}'; or 'automated: true' in workspace.yaml or environment.yaml",
        )


def edited_by_hand(picture: Picture) -> Iterator[Explanation]:
    """Objects differ from the commit that was applied."""
    application = picture.application
    if application is None or application.sync != "OutOfSync" or application.revision != application.deployed:
        return
    names = ", ".join(map(str, application.out_of_sync[:5]))
    if application.automated and not picture.closed_windows:
        advice = "Argo CD sets it back; whoever wants it to stay changes the file in git"
    else:
        advice = f"'argocd app sync {application.name}' sets it back; what is to stay belongs into git"
    yield Explanation("edited_by_hand", "waiting", "objects were changed in the cluster, not in git", advice, names)


def tries_of(operation: Operation) -> str:
    """How often an operation was tried before, to be put behind something; empty when it was not."""
    if not operation.retries:
        return ""
    return f"; it was tried {'once' if operation.retries == 1 else f'{operation.retries} times'} before"


SYNC_EXPLAINERS: tuple[Callable[[Picture], Iterator[Explanation]], ...] = (
    not_there,
    file_wrong,
    kind_forbidden,
    conditions,
    results,
    root_not_synced,
    held_back,
    edited_by_hand,
    waiting,
    not_compared,
)


def _results(picture: Picture) -> tuple[Result, ...]:
    operation = picture.application.operation if picture.application is not None else None
    # Those of a sync that is tried again, too: until it is, they are what holds it up.
    return operation.results if operation is not None else ()


def _told_by_its_pods(picture: Picture, result: Result) -> bool:
    """Whether the object is a workload of which the explanations of pods say more."""
    return any(
        each.object == result.object
        and (each.health == "Degraded" or any(pod.component == each.component for pod in picture.pods))
        for each in picture.workloads
    )


def _explained_by_results(picture: Picture) -> bool:
    return any(True for _ in results(picture)) or any(True for _ in kind_forbidden(picture))


def _told(known: Known, picture: Picture, about: str, detail: str) -> Explanation:
    name = picture.application.name if picture.application is not None else picture.name
    return Explanation(known.code, known.weight, known.summary, known.advice.format(name=name), about, detail)


def _again(application: Application) -> str:
    operation = application.operation
    if operation is not None and operation.is_running:
        return "Argo CD tries again by itself"
    return _STAYS_FAILED.format(name=application.name)


def _trouble_of(application: Application | None) -> str:
    if application is None:
        return ""
    if application.conditions:
        return application.conditions[0].message
    operation = application.operation
    if operation is None:
        return ""
    failed = next((f"{each.object}: {each.message}" for each in operation.results), "")
    return "; ".join(part for part in (operation.message if operation.phase != "Succeeded" else "", failed) if part)
