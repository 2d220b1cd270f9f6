"""The operations that a change is made of. Each is about one target; a change does all of them or none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from commander.changes.target import Target
from generator.edit import Operation as EditOperation
from generator.edit import Path


@dataclass(frozen=True, slots=True)
class Create:
    """Write the file of a target that is not there yet; ``text`` is all of it, as a person would write it."""

    target: Target
    text: str


@dataclass(frozen=True, slots=True)
class Edit:
    """Do ``edits`` to a target's file, one after the other; comments and what they are not about stay.

    Together these are a merge patch (``Merge``: RFC 7386, null removes a key, so that the layer below decides), setting
    (``Set``: null writes a null, which removes a default) and unsetting (``Unset``). What is at ``needed`` must be in
    the file before: setting something in an item of a list would make the item.
    """

    target: Target
    edits: tuple[EditOperation, ...]
    needed: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Restore:
    """Make ``text`` all of a target's file, whether it is there or not: what an old revision had. A target that was
    removed comes back by it, and one that is deleted is what the text says."""

    target: Target
    text: str


@dataclass(frozen=True, slots=True)
class Delete:
    """Put a target to sleep as deleted (``deletedAt`` in its file): no pods and no way in, also of what is inside of a
    workspace or an environment. All else stays, the name too, and it is not edited until ``Undelete``."""

    target: Target


@dataclass(frozen=True, slots=True)
class Undelete:
    """Wake a target that is deleted, as it was."""

    target: Target


@dataclass(frozen=True, slots=True)
class Remove:
    """Remove the file of a target that is deleted, itself or with what is around it; ``at_once``: also of one that is
    not. Of a workspace or an environment nothing may be left inside."""

    target: Target
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """Put a deployment into another workspace of its environment; its file and its namespace stay as they are."""

    target: Target
    workspace: str


@dataclass(frozen=True, slots=True)
class Upgrade:
    """Set the version of a deployment: of the runtime where its file has one, else of Airflow. Only to a newer one to
    which there is a way from the one that it has by then; an image that has the old one must be set in the same
    change."""

    target: Target
    version: str


Operation: TypeAlias = Create | Edit | Restore | Delete | Undelete | Remove | Move | Upgrade
