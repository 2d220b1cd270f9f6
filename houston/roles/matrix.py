"""The matrix: all roles of an installation, built-in, changed and custom."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from houston.roles.builtin import BUILTIN, LEVELS, USER
from houston.roles.grant import Binding, Grant, Place, Reach
from houston.roles.permissions import PERMISSIONS, Level, Permission
from houston.roles.settings import RoleSettings

_NAME = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
#: The `astro` CLI takes it for "no role".
_RESERVED = "NONE"


@dataclass(frozen=True, slots=True)
class Role:
    """A role that can be given at places of its level."""

    name: str
    level: Level
    permissions: frozenset[Permission]
    description: str = ""

    @property
    def custom(self) -> bool:
        """Whether it is an installation's own."""
        return self.name not in BUILTIN


class Roles(Mapping[str, Role]):
    """Roles by name. ``settings`` are a configuration's changes and additions, by the name of the role.

    A change of a built-in role changes that one alone, not those that have its permissions, too: what is written is
    what happens. Raises ``ValueError`` with a line for each thing that is wrong.
    """

    def __init__(self, settings: Mapping[str, RoleSettings] | None = None) -> None:
        settings = settings or {}
        if wrong := [line for name, each in settings.items() for line in _wrong(name, each, settings)]:
            raise ValueError("\n".join(wrong))
        self._everybody = _changed(BUILTIN[USER], settings.get(USER))
        self._roles = {
            name: Role(name, LEVELS[name], _changed(given, settings.get(name)))
            for name, given in BUILTIN.items()
            if name != USER
        }
        for name, each in settings.items():
            if name not in BUILTIN:
                # What a role is like is itself, as it is changed, but no custom one, so there is no order to keep.
                like = self._roles[each.like].permissions if each.like else frozenset[Permission]()
                self._roles[name] = Role(name, Level(each.level), _changed(like, each), each.description)

    def __getitem__(self, name: str) -> Role:
        return self._roles[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._roles)

    def __len__(self) -> int:
        return len(self._roles)

    def grant(self, bindings: Iterable[Binding], *, is_user: bool) -> Grant:
        """What somebody may who has these bindings, own ones and those of teams; users have what everybody has.

        A binding to a role that there is not (any more), or at a place of another level than the role's, gives nothing.
        """
        places: dict[str, list[Place]] = {}
        for binding in bindings:
            role = self._roles.get(binding.role)
            if role is not None and role.level is binding.place.level:
                places.setdefault(binding.role, []).append(binding.place)
        reaches: dict[Permission, Reach] = {}
        if is_user:
            reaches = dict.fromkeys(self._everybody, Reach(everywhere=True))
        for name, given in places.items():
            reach = Reach.of(given)
            for permission in self._roles[name].permissions:
                reaches[permission] = reaches[permission] | reach if permission in reaches else reach
        return Grant(reaches)


def _changed(given: frozenset[Permission], settings: RoleSettings | None) -> frozenset[Permission]:
    if settings is None:
        return given
    yes = {Permission(name) for name, has in settings.permissions.items() if has}
    no = {Permission(name) for name, has in settings.permissions.items() if not has}
    return (given | yes) - no


def _wrong(name: str, settings: RoleSettings, all_settings: Mapping[str, RoleSettings]) -> Iterator[str]:
    at = f"role {name}"
    if name in BUILTIN:
        if settings.level or settings.like or settings.description:
            yield f"{at} is built in: it takes 'permissions' alone"
        level = LEVELS[name]
    else:
        if not _NAME.fullmatch(name) or name == _RESERVED:
            yield f"{at}: the name of a role is 1 to 64 capital letters, digits and '_', and not {_RESERVED}"
        if settings.level is None:
            yield f"{at} is not built in{_near(name, BUILTIN)}; one of your own needs 'level'"
            return
        level = Level(settings.level)
        yield from _wrong_model(at, level, settings.like, all_settings)
    for permission in settings.permissions:
        if (its := PERMISSIONS.get(Permission(permission))) is None:
            yield f"{at}: there is no permission {permission!r}{_near(permission, PERMISSIONS)}"
        elif not level.holds(its):
            yield f"{at}: {permission!r} is for the whole {its.value}, and the role is given at a {level.value}"


def _wrong_model(at: str, level: Level, like: str | None, all_settings: Mapping[str, RoleSettings]) -> Iterator[str]:
    if like is None:
        return
    if like not in BUILTIN or like == USER:
        why = "is not built in" if like in all_settings else "is not there"
        yield f"{at}: 'like: {like}' {why}{_near(like, BUILTIN.keys() - {USER})}"
    elif not level.holds(LEVELS[like]):
        yield f"{at} is given at a {level.value}, so it can't be like {like}"


def _near(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, sorted(known), n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""
