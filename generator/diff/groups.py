"""The same change in many places told once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from generator.diff.canonical import canonical
from generator.diff.model import Change, FieldChange, Group, ObjectChange, Unit
from generator.diff.wheres import checksum, where

_IMAGE = re.compile(r"((?:[^/@]+/)*[^/:@]+)(?::([^@]*))?(?:@(.*))?\Z")


@dataclass(slots=True)
class _Members:
    """Places with one and the same change; ``first`` is as the first of them has it."""

    what: str
    first: FieldChange
    general: tuple[Any, Any, tuple[str, ...]]
    alike: bool = True
    units: set[Unit] = field(default_factory=set)
    # Workload -> containers; empty where the change is in no container.
    roles: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    objects: set[tuple[Unit, str, str]] = field(default_factory=set)

    def group(self) -> Group:
        old, new, lines = (self.first.old, self.first.new, self.first.lines) if self.alike else self.general
        roles = tuple(sorted(_role(role, containers) for role, containers in self.roles.items()))
        return Group(
            self.what, self.first.change, old, new, lines, self.first.hidden, tuple(sorted(self.units)), roles,
            len(self.objects),
        )  # fmt: skip


def groups(changes: Iterable[ObjectChange]) -> tuple[Group, ...]:
    """All changes of objects, each in exactly one group, but for checksums, which follow from other changes.

    First what is in the most deployments, then by what it is.
    """
    found: dict[tuple[str, ...], _Members] = {}
    by_unit: dict[Unit, list[ObjectChange]] = defaultdict(list)
    for change in changes:
        by_unit[change.unit].append(change)
    for unit, own in by_unit.items():
        for change, field_name, told in _told(unit, own):
            names = _names(unit.name if unit.is_deployment else "", change.key.namespace)
            # What lines tell is not told twice: around what differs, long texts may be different in each place.
            each = replace(told, old=None, new=None) if told.lines else told
            general = (_general(each.old, names), _general(each.new, names), _general(each.lines, names))
            what = _general(field_name, names)
            key = (what, each.change, str(each.hidden), canonical([general[0], general[1], _signed(general[2])]))
            members = found.setdefault(key, _Members(what, each, general))
            members.alike &= (each.old, each.new, each.lines) == (
                members.first.old, members.first.new, members.first.lines,
            )  # fmt: skip
            members.units.add(unit)
            _, container, _ = where(each.path)
            members.roles[change.role].add(container)
            members.objects.add((unit, change.key.kind, change.key.name))
    made = [members.group() for members in found.values()]
    return tuple(sorted(made, key=_order))


def _signed(lines: tuple[str, ...]) -> list[str]:
    """The lines that differ; those around them may be others in each place."""
    return [line for line in lines if line[:1] in {"+", "-", "("}]


def _order(group: Group) -> tuple[Any, ...]:
    old_new = canonical([group.old, group.new])
    return (-len(group.units), group.units[0], group.what, group.change, old_new, group.roles, group.lines)


def _told(unit: Unit, changes: Sequence[ObjectChange]) -> Iterator[tuple[ObjectChange, str, FieldChange]]:
    for fate, word in (("created", "added"), ("removed", "removed")):
        # A deployment's Namespace comes and goes with all the rest of it.
        if unit.is_deployment and all(each.fate == fate for each in changes) and _has_namespace(changes):
            sign: Change = "added" if word == "added" else "removed"
            for change in changes:
                yield change, "deployment", FieldChange("", sign)
            return
    for change in changes:
        if change.fate in {"created", "removed"}:
            yield change, change.key.kind, FieldChange("", "added" if change.fate == "created" else "removed")
        for each in change.fields:
            if checksum(each.path) or (change.fate == "replaced" and each.path == "metadata.name"):
                continue
            yield change, *_what(change, each)
        if change.fate == "replaced" and all(each.path == "metadata.name" for each in change.fields):
            yield change, f"{change.key.kind} of a new name", FieldChange("", "changed")


def _has_namespace(changes: Sequence[ObjectChange]) -> bool:
    return any(each.key.kind == "Namespace" for each in changes)


def _what(change: ObjectChange, each: FieldChange) -> tuple[str, FieldChange]:
    """The field without its place; of an image whose repository stays, its tag alone."""
    in_pod, container, rest = where(each.path)
    if container and rest == "image" and isinstance(each.old, str) and isinstance(each.new, str):
        old, new = _IMAGE.match(each.old), _IMAGE.match(each.new)
        if old and new and old[1] == new[1] and old[2] and new[2] and old[2] != new[2]:
            return "image tag", FieldChange(each.path, "changed", old[2], new[2], (), each.hidden)
    if rest == "container":
        return f"container {container}", each
    if in_pod or rest.startswith("metadata."):
        return rest, each
    return f"{change.key.kind} {rest}", each


def _role(role: str, containers: set[str]) -> str:
    """The workload; with its containers when they are beside the one that it is named after."""
    beside = {each for each in containers if each and not (role == each or role.startswith(f"{each}-"))}
    if not beside or beside != containers or len(beside) > 2:
        return role
    return f"{role}/{'+'.join(sorted(beside))}"


@lru_cache(maxsize=1024)
def _names(release: str, namespace: str) -> re.Pattern[str] | None:
    parts = [
        f"(?P<{group}>{re.escape(name)})" for group, name in (("namespace", namespace), ("release", release)) if name
    ]
    return re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(parts)})(?![A-Za-z0-9])") if parts else None


def _general(value: Any, names: re.Pattern[str] | None) -> Any:
    """The value with the deployment's own names taken out."""
    if names is None or value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str):
        return names.sub(lambda match: f"{{{match.lastgroup}}}", value)
    if isinstance(value, dict):
        return {key: _general(below, names) for key, below in value.items()}
    if isinstance(value, tuple):
        return tuple(_general(below, names) for below in value)
    return [_general(below, names) for below in value]
