"""A chart's default values with a user's values laid over them, as Helm does it before it renders.

Helm 4.3 is followed: maps are merged at every depth and everything else is replaced; a null of the user removes the
default of that key; a null of the user where there is no default stays; nulls among the defaults vanish. (Helm 3.22
keeps nulls among the defaults. Without them both give the same.)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.yaml import StaticMap, unshared


class Defaults(StaticMap):
    """A chart's default values without nulls, which cannot be changed.

    Made once for a chart, so that its parts can be shared by all results of ``coalesce``. ``removed`` are the top-level
    keys whose default is null: to Helm they are defaults that a null of the user removes.
    """

    __slots__ = ("removed",)

    def __init__(self, values: Mapping[str, Any]) -> None:
        super().__init__(_without_nulls(values))
        self.removed = _null_keys(values)


def coalesce(defaults: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """The effective values: a new dict, in the order of the defaults, then of the overrides.

    Nobody can change the inputs by the result: it is a copy but for what ``Defaults`` brought along, which cannot be
    changed. So with ``Defaults`` time is spent on what is overridden alone.
    """
    if isinstance(defaults, Defaults):
        base: Mapping[str, Any] = defaults
        removed = defaults.removed
    else:
        base = _without_nulls(defaults)
        removed = _null_keys(defaults)
    result = _overlay(base, overrides)
    for key in removed:
        if key in overrides and overrides[key] is None:
            del result[key]
    return result


def _overlay(base: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for key, value in overrides.items():
        if isinstance(value, dict):
            below = base.get(key)
            result[key] = _overlay(below, value) if isinstance(below, dict) else unshared(value)
        elif value is None and key in base:
            del result[key]
        else:
            result[key] = unshared(value)
    return result


def _without_nulls(values: Mapping[str, Any]) -> dict[str, Any]:
    """A copy from which nulls in maps are taken out; those in lists stay, as in Helm."""
    return {
        key: _without_nulls(value) if isinstance(value, dict) else unshared(value)
        for key, value in values.items()
        if value is not None
    }


def _null_keys(values: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(key for key, value in values.items() if value is None)
