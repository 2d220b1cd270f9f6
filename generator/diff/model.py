"""What a comparison finds: plain values, in which nothing secret is left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

#: What happened to a field: ``order`` is a list of the same items in another order; ``new`` names
#: those that moved.
Change: TypeAlias = Literal["added", "removed", "changed", "order"]
#: What happened to an object. A Job whose name ends in a digest of its contents is ``replaced`` by one of another name.
Fate: TypeAlias = Literal["created", "removed", "changed", "replaced"]
#: What the cluster does with a change. See ``Effect``.
EffectKind: TypeAlias = Literal["restart", "run", "scale", "recreate", "shrink", "loss"]

#: What stands in the place of a secret.
HIDDEN = "(hidden)"


@dataclass(frozen=True, slots=True, order=True)
class Unit:
    """Whose an object is: a deployment (``production/customer-data/orders``), or a part of an environment without a
    workspace (``production/argocd``)."""

    environment: str
    workspace: str
    name: str

    def __str__(self) -> str:
        return "/".join(part for part in (self.environment, self.workspace, self.name) if part) or "."

    @property
    def is_deployment(self) -> bool:
        """Whether it is an Airflow, not a part of the environment."""
        return bool(self.workspace)


@dataclass(frozen=True, slots=True, order=True)
class ObjectKey:
    """Which object of an environment: its type and name."""

    api_version: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of an object. ``path`` is dotted, with a list's items by what Kubernetes knows them by
    (``spec.template.spec.containers[scheduler].image``).

    ``old`` and ``new`` are JSON-like, None where the field is not there, long texts shortened around what differs; of
    texts with more than one line ``lines`` has what differs, as a unified diff. ``hidden``: something secret was taken
    out, so that old and new may look the same.
    """

    path: str
    change: Change
    old: Any = None
    new: Any = None
    lines: tuple[str, ...] = ()
    hidden: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Effect:
    """What the cluster does with a change, and why (fields, or a sentence).

    ``restart``: the workload's pods are replaced. ``run``: a Job runs. ``scale``: pods are added or taken away.
    ``recreate``: Kubernetes refuses the change until the object is deleted. ``shrink``: a volume would get smaller,
    which Kubernetes refuses. ``loss``: data goes with the object.
    """

    kind: EffectKind
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ObjectChange:
    """One object that was created, removed, changed or replaced.

    ``role`` is its name without the release's (``worker-heavy``), ``old_key`` the key it had before (other than
    ``key`` of what was replaced or got another API version), ``file`` the one it is in, or was.
    """

    key: ObjectKey
    old_key: ObjectKey
    unit: Unit
    role: str
    fate: Fate
    file: str
    fields: tuple[FieldChange, ...] = ()
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class ValuesChange:
    """A file of effective values (``rendered/*/values``) that was created, removed or changed."""

    unit: Unit
    fate: Fate
    file: str
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """The same change in many places. ``what`` is a field without the place it is in (``image tag``, ``env[TZ]``), or
    a kind of object with what happened to it; names of the release and its namespace are written ``{release}`` and
    ``{namespace}`` where they are all that differs."""

    what: str
    change: Change
    old: Any
    new: Any
    lines: tuple[str, ...]
    hidden: bool
    units: tuple[Unit, ...]
    roles: tuple[str, ...]
    objects: int


@dataclass(frozen=True, slots=True, order=True)
class Unreadable:
    """A file that differs and that cannot be compared by meaning, and why."""

    file: str
    side: Literal["old", "new"]
    message: str


@dataclass(frozen=True, slots=True)
class Diff:
    """All differences of two rendered states by meaning. True when there are any.

    ``formatting`` counts files whose bytes differ and whose objects do not.
    """

    objects: tuple[ObjectChange, ...]
    values: tuple[ValuesChange, ...]
    groups: tuple[Group, ...]
    unreadable: tuple[Unreadable, ...]
    formatting: int

    def __bool__(self) -> bool:
        return bool(self.objects or self.values or self.unreadable)

    @property
    def units(self) -> tuple[Unit, ...]:
        """Whose objects change, sorted."""
        return tuple(sorted({each.unit for each in self.objects}))

    @property
    def values_only(self) -> tuple[ValuesChange, ...]:
        """Changes of values of deployments whose objects stay as they are."""
        units = {each.unit for each in self.objects}
        return tuple(each for each in self.values if each.unit not in units)


def step(path: str, key: str) -> str:
    """The path of a key below another path."""
    return f"{path}.{key}" if path else key


def item(path: str, label: str) -> str:
    """The path of a list's item."""
    return f"{path}[{label}]"


def many(number: int, what: str) -> str:
    """``1 object``, ``1,200 objects``."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def some(names: Iterable[str], limit: int) -> str:
    """The first names, and how many more there are."""
    listed = list(names)
    rest = len(listed) - limit
    return ", ".join(listed) if rest <= 0 else f"{', '.join(listed[:limit])} and {rest:,} more"
