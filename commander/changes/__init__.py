"""What is asked for: a change of desired state, with an actor, a reason, an idempotency key; and what it does to files.

``deployment_edits`` makes operations of what people ask of a deployment by name. Pure: no git, no disk. A change is
applied to whatever the files are when its turn comes.
"""

from commander.changes import deployment_edits
from commander.changes.applying import applied
from commander.changes.change import Actor, Change, ConflictError
from commander.changes.image import IMAGE_SETTINGS, image_of
from commander.changes.message import Trailers, message_of, trailer_texts, trailers_of
from commander.changes.operations import Create, Delete, Edit, Move, Operation, Remove, Restore, Undelete, Upgrade
from commander.changes.target import Target

__all__ = [
    "IMAGE_SETTINGS",
    "Actor",
    "Change",
    "ConflictError",
    "Create",
    "Delete",
    "Edit",
    "Move",
    "Operation",
    "Remove",
    "Restore",
    "Target",
    "Trailers",
    "Undelete",
    "Upgrade",
    "applied",
    "deployment_edits",
    "image_of",
    "message_of",
    "trailer_texts",
    "trailers_of",
]
