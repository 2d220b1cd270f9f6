"""What must not reach git: how a password, a key or a token is recognised, and the Secrets into which it goes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from generator.importer.result import KeyPath, NeededSecret
from generator.secrecy import KEY_IDS, certainly_secret
from generator.yaml import dotted

# The last words of names under which secrets stand.
_NAME = re.compile(
    r"(?:^|[^a-z])(?:pass|password|passwd|pwd|passphrase|secret|secret_?key|token|api_?key|access_?key|private_?key|auth_?key|"
    r"account_?key|fernet_?key|signing_?key|encryption_?key|client_?secret|jwt_?secret|credentials?|connection_?string|"
    r"conn_?string|sql_alchemy_conn|broker_url|result_backend|dsn|sas|webhook(?:_?url)?|api_?secret|secret_?access_?key|"
    r"ssh_?key|license_?key|keytab)$"
)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_CONNECTION = re.compile(r"AIRFLOW_CONN_")
# Airflow reads these options from a command, a file or a secrets backend: the value is a reference.
_REFERENCE = re.compile(r"^AIRFLOW__.+__.+_(CMD|SECRET)$")
_FILE = re.compile(r"^(/[\w.@-]+)+/?$")

# A URL with a password; what else is secret whatever its name is known to generator.secrecy.
_URL = re.compile(r"://[^/\s:@'\"]*:[^@/\s'\"]+@")
# A setting in text (Python, ini, shell, JSON): the name, what assigns, a literal of some length.
_ASSIGNMENT = re.compile(
    r"""(?ix) (?<![\w.-]) ["']? [\w.-]{0,80}?
    (?: passw(?:or)?d | passphrase | secret(?:_?key)? | token | api_?key | access_?key | private_?key | fernet_?key )
    ["']? [ \t]* (?: = | : ) [ \t]*
    (?: ["'] (?P<quoted>[^"'\n]{4,}) ["'] | (?P<plain>[^\s"'\#,;(){}\[\]]{6,}) [ \t]* $ )""",
    re.MULTILINE,
)
_HARMLESS = re.compile(r"(?i)^(true|false|none|null|[0-9.]{1,3}|\$[A-Za-z_({].*|<.*>|\*+|x{3,}|os\.environ.*|/.*)$")


def secret_name(name: str) -> bool:
    """Whether what stands under this name is a secret: an environment variable, an option, a key of a map."""
    if _REFERENCE.match(name):
        return False
    return bool(_CONNECTION.match(name) or _NAME.search(_HUMP.sub("_", name).lower()))


def secret_value(value: Any) -> bool:
    """Whether the value is a secret whatever its name."""
    if not isinstance(value, str):
        return False
    return certainly_secret(value) or KEY_IDS.search(value) is not None or _URL.search(value) is not None


def secret_text(text: str) -> bool:
    """Whether a text with several lines, or a comment, holds a secret somewhere."""
    if secret_value(text):
        return True
    return any(
        not _HARMLESS.match(match["quoted"] or match["plain"] or "") for match in _ASSIGNMENT.finditer(text[:262_144])
    )


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
