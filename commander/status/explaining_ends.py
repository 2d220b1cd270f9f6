"""What is to be said of deployments that go, or went to sleep: removed from git, deleted by Argo CD, without pods."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from commander.status.explaining_syncs import tries_of
from commander.status.facts import Picture
from commander.status.model import Explanation


def deleting(picture: Picture) -> Iterator[Explanation]:
    """It goes, or would if nothing else was under way: before an operation has ended, Argo CD does not begin
    (``processAppOperationQueueItem`` in ``controller/appcontroller.go``)."""
    application = picture.application
    if application is None or not application.deleting:
        return
    operation = application.operation
    if not application.cascade:
        summary = "its Application is removed from Argo CD, and its objects stay"
        advice = "it is gone in a moment; 'kubectl get -o yaml' shows which finalizers it waits for"
        yield Explanation("deleting", "waiting", summary, advice)
    elif operation is None or not operation.is_running:
        advice = "it is gone when all its objects are; one that stays has a finalizer: 'kubectl get -o yaml' shows it"
        yield Explanation("deleting", "waiting", "Argo CD removes it with all its objects", advice)
    else:
        ends = operation.phase == "Terminating"
        yield Explanation(
            "deletion_waits",
            "error" if operation.retries and not ends else "waiting",
            f"Argo CD begins to delete it when the sync that is under way has ended{tries_of(operation)}",
            "the sync is being ended"
            if ends
            else f"'argocd app terminate-op {application.name}' ends the sync; a sync that fails is tried again, so it"
            " may not end by itself",
            "",
            operation.message,
        )


def removed(picture: Picture) -> Iterator[Explanation]:
    """Its file is gone, and Argo CD still has it."""
    application = picture.application
    if not picture.removed or application is None:
        return
    if not application.cascade:
        yield Explanation(
            "removed",
            "waiting",
            "its file is gone from git: its Application goes, its objects stay, and what runs of it goes on running",
            f"'kubectl delete namespace {application.to_namespace}' ends it with all that is in it, volumes too, when"
            " nobody needs it; 'stargit commander revert' of the commit brings its file back",
        )
    elif not application.deleting:
        look = f" and 'argocd app get {picture.root.name}' show" if picture.root is not None else " shows"
        yield Explanation(
            "removed",
            "waiting",
            "its file is gone from git: its deletion is under way, with its namespace and all that is in it",
            "it begins when the root Application has applied that commit; if it lasts, 'stargit commander"
            f" status'{look} what holds it up",
        )


def asleep(picture: Picture) -> Iterator[Explanation]:
    """It has no pods, and should have none."""
    if picture.deleted:
        yield Explanation(
            "deleted",
            "note",
            "it is deleted softly: nothing runs, all else stays",
            "'stargit commander undelete' brings it back",
        )
    elif picture.hibernating:
        yield Explanation("asleep", "note", "it hibernates: nothing runs", "'stargit commander wake' starts it")


ENDING_EXPLAINERS: tuple[Callable[[Picture], Iterator[Explanation]], ...] = (removed, deleting, asleep)
