"""What the audit tells, and in which words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from houston.database import SYSTEM
from houston.roles import Level


class Tag(StrEnum):
    """``what:deed`` or ``what:part:deed``. Programs rely on these; one that was told once is never given another
    sense."""

    USER_ADD = "user:add"
    USER_LOGIN = "user:login"
    USER_LOGOUT = "user:logout"
    WORKSPACE_CREATE = "workspace:create"
    WORKSPACE_UPDATE = "workspace:update"
    WORKSPACE_DELETE = "workspace:delete"
    DEPLOYMENT_CREATE = "deployment:create"
    DEPLOYMENT_UPDATE = "deployment:update"
    DEPLOYMENT_DELETE = "deployment:delete"


def known(tag: str) -> str:
    """The ``Tag`` of a text; the text itself, where a newer version has written it."""
    return Tag(tag) if tag in set(Tag) else tag


class ActorKind(StrEnum):
    """What kind of asker it was."""

    USER = "user"
    SERVICE_ACCOUNT = "service_account"
    #: A person at the machine of the service, by the command line.
    OPERATOR = "operator"
    NOBODY = "nobody"


class Result(StrEnum):
    """How it ended."""

    DONE = "done"
    #: Not allowed, or not right.
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it; ``address`` is where they were asked from."""

    kind: ActorKind
    id: UUID | None = None
    name: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class On:
    """What it was done on; the system as a whole, where nothing is said. ``workspace`` is the one that it is, or is in:
    whoever sees that one's events sees this one, too."""

    level: Level = Level.SYSTEM
    id: UUID = SYSTEM
    name: str = ""
    workspace: UUID | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that was done. ``tag`` is a ``Tag``, or one of a newer version. ``revision`` is its commit, if it has
    one; ``details`` are plain data, no secrets."""

    tag: str
    actor: Actor
    on: On = On()
    result: Result = Result.DONE
    revision: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """All but when, as plain data."""
        return {
            "tag": str(self.tag),
            "result": self.result.value,
            "actor": {
                "kind": self.actor.kind.value,
                "id": str(self.actor.id) if self.actor.id else None,
                "name": self.actor.name,
                "address": self.actor.address,
            },
            "on": {
                "level": self.on.level.value,
                "id": str(self.on.id),
                "name": self.on.name,
                "workspace": str(self.on.workspace) if self.on.workspace else None,
            },
            "revision": self.revision,
            "details": dict(self.details),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any], at: datetime | None = None) -> Event:
        """The event that ``as_json`` was made of."""
        actor, on = data["actor"], data["on"]
        return cls(
            known(data["tag"]),
            Actor(
                ActorKind(actor["kind"]), UUID(actor["id"]) if actor["id"] else None, actor["name"], actor["address"]
            ),
            On(Level(on["level"]), UUID(on["id"]), on["name"], UUID(on["workspace"]) if on["workspace"] else None),
            Result(data["result"]),
            data["revision"],
            data["details"],
            at,
        )
