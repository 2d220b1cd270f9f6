"""What one subject may do: asked about a place, or as the places where a permission holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from houston.roles.permissions import PERMISSIONS, Level, Permission


@dataclass(frozen=True, slots=True)
class Place:
    """What is asked about, or where a role is given: the system, a workspace, or a deployment.

    Where a role is given at a deployment, its workspace doesn't matter; whoever asks about a deployment says both.
    """

    workspace: UUID | None = None
    deployment: UUID | None = None

    @property
    def level(self) -> Level:
        """What kind of place it is."""
        if self.deployment is not None:
            return Level.DEPLOYMENT
        return Level.SYSTEM if self.workspace is None else Level.WORKSPACE


@dataclass(frozen=True, slots=True)
class Binding:
    """Somebody has a role at a place."""

    role: str
    place: Place


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a permission holds: everywhere, or in these workspaces (and their deployments) and these deployments."""

    everywhere: bool = False
    workspaces: frozenset[UUID] = frozenset()
    deployments: frozenset[UUID] = frozenset()

    @classmethod
    def of(cls, places: Iterable[Place]) -> Reach:
        """That of a role that is given at these places."""
        places = list(places)
        return cls(
            any(each.level is Level.SYSTEM for each in places),
            frozenset(
                each.workspace for each in places if each.workspace is not None and each.level is Level.WORKSPACE
            ),
            frozenset(each.deployment for each in places if each.deployment is not None),
        )

    def __or__(self, other: Reach) -> Reach:
        return Reach(
            self.everywhere or other.everywhere,
            self.workspaces | other.workspaces,
            self.deployments | other.deployments,
        )

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.workspaces) or bool(self.deployments)

    def holds(self, place: Place) -> bool:
        """Whether the place is inside."""
        return (
            self.everywhere
            or (place.workspace is not None and place.workspace in self.workspaces)
            or (place.deployment is not None and place.deployment in self.deployments)
        )


class Grant:
    """What a subject may do. It permits nothing that it was not given."""

    def __init__(self, reaches: Mapping[Permission, Reach]) -> None:
        self._reaches = reaches

    def permits(self, permission: Permission, place: Place) -> bool:
        """Whether the subject may do this there.

        Raises ``ValueError`` where the question itself is wrong, which is a defect of the one who asks: a permission
        that there is not, or one about a workspace or deployment without saying which.
        """
        level = PERMISSIONS.get(permission)
        if level is None:
            raise ValueError(f"there is no permission {permission!r}")
        if (level is Level.DEPLOYMENT and place.deployment is None) or (
            level is Level.WORKSPACE and place.workspace is None
        ):
            raise ValueError(f"{permission!r} is asked about no {level.value}")
        return self.reach(permission).holds(place)

    def reach(self, permission: Permission) -> Reach:
        """Where the permission holds."""
        return self._reaches.get(permission, Reach())
