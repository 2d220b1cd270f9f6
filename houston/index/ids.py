"""Ids that follow from names, so that an index that is made anew has the ids that clients and bindings know.

A deployment keeps its id when it moves to another workspace: its release name is its own in the whole environment.
"""

from __future__ import annotations

from uuid import UUID, uuid5

#: Made once, at random.
_ROOT = UUID("6d0f4f0b-6f0e-4d39-9f0e-5e0c6f2d2a51")


def environment_id(environment: str) -> UUID:
    """That of an environment."""
    return uuid5(_ROOT, f"environment/{environment}")


def workspace_id(environment: str, workspace: str) -> UUID:
    """That of a workspace."""
    return uuid5(_ROOT, f"workspace/{environment}/{workspace}")


def deployment_id(environment: str, release: str) -> UUID:
    """That of a deployment."""
    return uuid5(_ROOT, f"deployment/{environment}/{release}")
