"""What must not reach git: how a password, a key or a token is recognised, and the Secrets into which it goes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from generator.importer.result import KeyPath, NeededSecret
from generator.secrecy import (
    KEY_IDS,
    certainly_secret,
    ends_in_secret,
    has_login,
    hide_in_forms,
    holds_assignment,
    is_header,
)
from generator.yaml import dotted

# Beside the names that all know: the last words of those under which URLs with a login stand, and keys in files.
_NAME = re.compile(
    r"(?:^|[^a-z])(?:connection_?string|conn_?string|sql_alchemy_conn|broker_url|result_backend|sas|webhook_?url|keytab)$"
)
_LONGEST = 262_144
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_CONNECTION = re.compile(r"AIRFLOW_CONN_")
# Airflow reads these options from a command, a file or a secrets backend: the value is a reference.
_REFERENCE = re.compile(r"^AIRFLOW__.+__.+_(CMD|SECRET)$")
_FILE = re.compile(r"^(/[\w.@-]+)+/?$")


def secret_name(name: str) -> bool:
    """Whether what stands under this name is a secret: an environment variable, an option, a key of a map."""
    if _REFERENCE.match(name):
        return False
    if _CONNECTION.match(name) or ends_in_secret(name):
        return True
    return _NAME.search(_HUMP.sub("_", name).lower()) is not None


def secret_value(value: Any) -> bool:
    """Whether the value is a secret whatever its name."""
    if not isinstance(value, str):
        return False
    return certainly_secret(value) or KEY_IDS.search(value) is not None or has_login(value) or is_header(value)


def secret_text(text: str) -> bool:
    """Whether a text with several lines, or a comment, holds a secret somewhere."""
    if secret_value(text) or holds_assignment(text):
        return True
    text = text[:_LONGEST]
    return hide_in_forms(text, ends_in_secret) != text


def is_secret(name: str, value: Any) -> bool:
    """Whether ``value``, which stands under ``name``, must not be written."""
    if value is None or isinstance(value, bool | dict | list) or value == "":
        return False
    if secret_value(value):
        return True
    if isinstance(value, str) and (_FILE.match(value) or "{{" in value):
        return False
    return secret_name(name)


@dataclass(slots=True)
class _Secret:
    keys: list[str] = field(default_factory=list)
    type: str = "Opaque"
    sources: list[KeyPath] = field(default_factory=list)


class Vault:
    """Collects what goes into Secrets. Of the values it keeps nothing but what tells two of them apart."""

    def __init__(self) -> None:
        self._secrets: dict[str, _Secret] = {}
        self._values: dict[tuple[str, str], bytes] = {}

    def key(self, secret: str, wanted: str, value: Any) -> str:
        """The key for this value in a Secret: ``wanted``, with a number behind it when another value is there."""
        digest = hashlib.sha256(str(value).encode("utf-8", "surrogatepass")).digest()
        key, number = wanted, 1
        while self._values.setdefault((secret, key), digest) != digest:
            number += 1
            key = f"{wanted}-{number}"
        return key

    def need(self, secret: str, keys: Iterable[str], source: KeyPath, kind: str = "Opaque") -> None:
        """A Secret must have these keys; ``source`` is where the value stood."""
        entry = self._secrets.setdefault(secret, _Secret(type=kind))
        entry.keys.extend(key for key in keys if key not in entry.keys)
        if source not in entry.sources:
            entry.sources.append(source)

    def forget(self, secret: str) -> None:
        """No setting names the Secret any more."""
        self._secrets.pop(secret, None)

    def names(self) -> tuple[str, ...]:
        """The names of all of them."""
        return tuple(self._secrets)

    def __contains__(self, secret: str) -> bool:
        return secret in self._secrets

    def secrets(self, origin: Callable[[KeyPath], KeyPath]) -> tuple[NeededSecret, ...]:
        """All of them, by name; ``origin`` knows where in the input a value is."""
        return tuple(
            NeededSecret(name, tuple(entry.keys), entry.type, tuple(dotted(origin(path)) for path in entry.sources))
            for name, entry in sorted(self._secrets.items())
        )
