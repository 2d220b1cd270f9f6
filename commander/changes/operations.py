"""The operations that a change is made of. Each is about one target; a change does all of them or none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from commander.changes.target import Target
from generator.edit import Operation as EditOperation


@dataclass(frozen=True, slots=True)
class Create:
    """Write the file of a target that is not there yet; ``text`` is all of it, as a person would write it."""

    target: Target
    text: str


@dataclass(frozen=True, slots=True)
class Edit:
    """Do ``edits`` to a target's file, one after the other; comments and what they are not about stay."""

    target: Target
    edits: tuple[EditOperation, ...]


@dataclass(frozen=True, slots=True)
class Remove:
    """Remove a target's file. Of a workspace or an environment nothing may be left inside."""

    target: Target


@dataclass(frozen=True, slots=True)
class Move:
    """Put a deployment into another workspace of its environment; its file stays as it is."""

    target: Target
    workspace: str


Operation: TypeAlias = Create | Edit | Remove | Move
