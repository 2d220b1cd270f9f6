"""Secrets taken out of data, by the kind of object, the names on the way to a value, and what the value looks like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from generator.diff.model import HIDDEN
from generator.diff.secrets import hide_in_connection, hide_in_text
from generator.diff.sensitive import secret_name
from generator.secrecy import PLACES, PLACES_OF_SECRETS, is_reference

#: Keys whose contents are secret wherever they are: a copy of a whole object, and what is sealed.
_SECRET_KEYS = frozenset({"kubectl.kubernetes.io/last-applied-configuration", "encryptedData", "sealed"})
#: Of these kinds, what is below these keys is secret (or sealed, and of no use to a reader).
_SECRET_PARTS = {
    "secret": frozenset({"data", "stringData"}),
    "sealedsecret": frozenset({"stringData", "data"}),
}
# Fields that say what is given a value, and those that have it: variables, parameters, properties of people's kinds.
_NAMES = frozenset({"name", "key", "id", "option", "property", "field", "parameter", "variable", "envname"})
_VALUES = frozenset({"value", "values", "default", "defaultvalue", "stringvalue"})


@dataclass(frozen=True, slots=True)
class Context:
    """Where a value is: ``secret`` when all is secret from here on, ``below`` a map whose name looks secret, the
    ``kind`` of the object around it, the ``name`` of the value itself, and ``variable``: the name beside it."""

    secret: bool = False
    below: bool = False
    kind: str = ""
    name: str = ""
    variable: str = ""
    checksums: bool = False

    def enter(self, *maps: Any) -> Context:
        """The context of what is in a map (of the old and of the new one)."""
        found = [each for each in maps if isinstance(each, Mapping)]
        kinds = [each.get("kind") for each in found]
        names = [value for each in found for key, value in each.items() if key.casefold() in _NAMES]
        kind = next((each.casefold() for each in kinds if isinstance(each, str)), self.kind)
        variable = next((each for each in names if isinstance(each, str) and secret_name(each)), "")
        return replace(self, kind=kind, variable=variable, below=self.below or bool(self.variable))

    def at(self, key: str) -> Context:
        """The context of the value of a key of the map that was entered."""
        hides = key in _SECRET_PARTS.get(self.kind, ()) or key in _SECRET_KEYS
        below = self.below or (bool(self.name) and self.name not in PLACES_OF_SECRETS and secret_name(self.name))
        variable = self.variable if key.casefold() in _VALUES else ""
        checksums = key.startswith("checksum/")
        return Context(self.secret or hides, below, self.kind, key, variable, checksums)


def masked(value: Any, context: Context) -> Any:
    """The value without secrets: the same shape, other texts."""
    if isinstance(value, Mapping):
        inside = context.enter(value)
        return {key: masked(below, inside.at(str(key))) for key, below in value.items()}
    if isinstance(value, list):
        return masked_list(value, context)
    return _leaf(value, context)


def masked_list(items: list[Any], context: Context) -> list[Any]:
    """The items without secrets; what follows an argument like ``--password`` is one."""
    found = []
    after = False
    for each in items:
        if after and isinstance(each, str) and not is_reference(each) and not each.startswith("-"):
            found.append(HIDDEN)
        else:
            found.append(masked(each, context))
        after = isinstance(each, str) and each.startswith("-") and "=" not in each and secret_name(each)
    return found


def _leaf(value: Any, context: Context) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if context.secret:
        return HIDDEN
    if context.checksums:
        return value
    text = value if isinstance(value, str) else None
    if text is not None and (is_reference(text) or not text):
        return hide_in_text(text)
    name = context.variable or context.name
    if text is not None and name.upper().startswith("AIRFLOW_CONN_") and context.name != "secretKey":
        return hide_in_connection(text)
    if _is_named_secret(context):
        return HIDDEN
    return value if text is None else hide_in_text(text)


def _is_named_secret(context: Context) -> bool:
    if context.variable:
        return True
    if context.name == "secretKey" and context.kind in {"externalsecret", "clusterexternalsecret", "pushsecret"}:
        return False
    if context.name in PLACES_OF_SECRETS:
        return False
    return secret_name(context.name) or (context.below and context.name not in PLACES)
