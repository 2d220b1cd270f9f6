"""The commit message of a change: a line for people, and trailers (git-interpret-trailers) for programs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import assert_never

from commander.changes.change import Change
from commander.changes.operations import Create, Delete, Edit, Move, Operation, Remove, Restore, Undelete, Upgrade
from generator.edit import Merge, Set, Unset, path_text

_LONGEST_SUBJECT = 100
_SPACE = re.compile(r"[\s\x00-\x1f\x7f]+")
_TRAILER = re.compile(r"([A-Z][A-Za-z-]*): (.*)\Z")


@dataclass(frozen=True, slots=True)
class Trailers:
    """What a commit of Commander tells of its change."""

    key: str
    digest: str


def message_of(change: Change, chart_digest: str) -> str:
    """The message; nothing that the caller says can look like a trailer of its own."""
    subject = _line("; ".join(map(_told, change.operations[:5])))
    if len(subject) > _LONGEST_SUBJECT:
        subject = subject[: _LONGEST_SUBJECT - 3] + "..."
    trailers = {
        "Change-Id": change.key,
        "Change-Digest": change.digest,
        "Actor": f"{change.actor.name} <{change.actor.email}>",
        "Reason": change.reason,
        "Chart-Digest": chart_digest,
    }
    lines = [f"{name}: {text}" for name, value in trailers.items() if (text := _line(value))]
    return f"{subject}\n\n" + "\n".join(lines) + "\n"


def trailers_of(message: str) -> Trailers | None:
    """What ``message_of`` wrote; None for the message of anybody else's commit."""
    found = trailer_texts(message)
    if "Change-Id" not in found or "Change-Digest" not in found:
        return None
    return Trailers(found["Change-Id"], found["Change-Digest"])


def trailer_texts(message: str) -> dict[str, str]:
    """The trailers of anybody's message by name, ``Actor`` and ``Reason`` among them; none where it ends otherwise."""
    _, blank, last = message.rstrip("\n").rpartition("\n\n")
    lines = last.split("\n") if blank else []
    return {match[1]: match[2] for line in lines if (match := _TRAILER.match(line))}


def _line(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


def _told(operation: Operation) -> str:
    match operation:
        case Create(target):
            return f"{target}: new {target.kind}"
        case Remove(target):
            return f"{target}: {target.kind} removed"
        case Delete(target):
            return f"{target}: {target.kind} deleted"
        case Undelete(target):
            return f"{target}: {target.kind} undeleted"
        case Restore(target):
            return f"{target}: {target.kind} restored"
        case Upgrade(target, version):
            return f"{target}: upgraded to {version}"
        case Move(target, workspace):
            return f"{target}: moved to workspace {workspace}"
        case Edit(target, edits):
            return f"{target}: {', '.join(map(_edit_told, edits[:5]))}"
        case _:
            assert_never(operation)


def _edit_told(edit: Set | Unset | Merge) -> str:
    """Which setting; never its value, which may be long, or nobody's business."""
    word = {Set: "set", Unset: "unset", Merge: "change"}[type(edit)]
    return f"{word} {path_text(edit.path) or 'the file'}"
