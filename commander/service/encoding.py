"""Values of Commander -> messages of the protocol."""

from __future__ import annotations

from collections.abc import Iterable

import orjson

from commander.changes import Target
from commander.git import Identity
from commander.proto.v1 import commander_pb2 as pb
from commander.reading import (
    Commit,
    Comparison,
    Event,
    HistoryEntry,
    Item,
    Match,
    Prospect,
    RenderedFile,
    SettingChange,
    TargetChange,
)
from generator.diff import Diff, as_json, as_text
from generator.errors import Problem

#: Of larger ones there would be more in a page than a message holds.
_LARGEST_DOCUMENT, _LONGEST_TEXT = 400_000, 200_000


def target_message(target: Target) -> pb.Target:
    """A target by its names."""
    return pb.Target(environment=target.environment, workspace=target.workspace, release=target.release)


def problem_message(problem: Problem) -> pb.Problem:
    """A problem with its place."""
    position = problem.position
    return pb.Problem(
        message=plain(problem.message),
        file=plain(problem.file),
        line=position.line if position is not None else 0,
        column=position.column if position is not None else 0,
        path=plain(problem.path),
        allowed=plain(problem.allowed),
        hint=plain(problem.hint),
    )


def plain(text: str) -> str:
    """Text that a message can hold: bytes of a name that are no UTF-8 are spelled out."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def item_message(item: Item) -> pb.Item:
    """A row of a list."""
    message = pb.Item(
        target=target_message(item.target),
        revision=item.revision,
        label=plain(item.label),
        description=plain(item.description),
        workspaces=item.workspaces,
        deployments=item.deployments,
        deleted_at=plain(item.deleted_at),
        problems=map(problem_message, item.problems),
    )
    if (airflow := item.airflow) is not None:
        message.airflow.CopyFrom(
            pb.Airflow(
                runtime_version=plain(airflow.runtime_version),
                airflow_version=plain(airflow.airflow_version),
                executor=plain(airflow.executor),
                image_repository=plain(airflow.image_repository),
                image_tag=plain(airflow.image_tag),
                image_digest=plain(airflow.image_digest),
                hibernating=airflow.hibernating,
                labels={plain(name): plain(value) for name, value in airflow.labels.items()},
            )
        )
    return message


def match_message(match: Match) -> pb.Match:
    """A line that was found."""
    return pb.Match(target=target_message(match.target), file=match.file, line=match.number, text=plain(match.line))


def rendered_message(file: RenderedFile) -> pb.RenderedFile:
    """A rendered file."""
    return pb.RenderedFile(path=plain(file.path), data=file.data or b"", size=file.size)


def commit_message(commit: Commit) -> pb.Entry:
    """A commit, with nothing of what it changed."""
    entry = pb.Entry(
        revision=commit.revision,
        author=_actor(commit.author),
        committer=_actor(commit.committer),
        subject=plain(commit.subject),
        change_id=plain(commit.key),
        reason=plain(commit.reason),
        actor=plain(commit.actor),
    )
    # Whoever wrote the commit chose its time; a message's has limits.
    entry.time.seconds = min(max(commit.committer.seconds, 0), 253_402_300_799)
    return entry


def entry_message(entry: HistoryEntry, comparison: Comparison | None = None) -> pb.Entry:
    """A commit of a target's history."""
    message = commit_message(entry.commit)
    message.target.CopyFrom(target_message(entry.target))
    if comparison is not None:
        message.differences.CopyFrom(comparison_message(comparison))
    return message


def comparison_message(comparison: Comparison) -> pb.Differences:
    """What lies between two commits of a target."""
    message = differences_message(comparison.rendered, map(change_message, comparison.targets), comparison.left_out)
    if comparison.fate is not None or comparison.only_layout or comparison.problems:
        fate = "layout" if comparison.only_layout else comparison.fate or "changed"
        message.files.append(file_message(comparison.target.file, fate, comparison.settings, comparison.problems))
    return message


def prospect_message(prospect: Prospect) -> pb.Differences:
    """What would be."""
    message = differences_message(prospect.rendered, (), prospect.left_out)
    for each in prospect.files:
        fate = "layout" if each.only_layout else each.fate
        message.files.append(file_message(each.file, fate, each.settings, each.problems))
    return message


def differences_message(rendered: Diff, targets: Iterable[pb.TargetChange] = (), left_out: int = 0) -> pb.Differences:
    """Differences of rendered state; those of files are for the caller to add."""
    message = pb.Differences(targets=targets, left_out=left_out, formatting=rendered.formatting)
    if rendered:
        document = orjson.dumps(as_json(rendered))
        if len(document) <= _LARGEST_DOCUMENT:
            message.rendered_json = document.decode()
        message.rendered_text = as_text(rendered)[:_LONGEST_TEXT]
    return message


def file_message(
    file: str, fate: str, settings: Iterable[SettingChange], problems: Iterable[Problem] = ()
) -> pb.FileDifference:
    """How a file of desired state differs."""
    return pb.FileDifference(
        file=plain(file),
        fate=fate,
        settings=[
            pb.SettingDifference(
                path=plain(each.path), old_json=plain(each.old), new_json=plain(each.new), hidden=each.hidden
            )
            for each in settings
        ],
        problems=map(problem_message, problems),
    )


def change_message(change: TargetChange) -> pb.TargetChange:
    """What happened to a target."""
    return pb.TargetChange(
        target=target_message(change.target),
        fate=change.fate,
        desired=change.desired,
        rendered=change.rendered,
        old_target=target_message(change.old_target) if change.old_target is not None else None,
    )


def event_message(event: Event) -> pb.Event:
    """A commit and what it changed."""
    return pb.Event(
        commit=commit_message(event.commit), changes=map(change_message, event.changes), before=event.before
    )


def _actor(identity: Identity) -> pb.Actor:
    return pb.Actor(name=plain(identity.name), email=plain(identity.email))
