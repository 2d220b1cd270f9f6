"""Names under which secrets stand: of settings, environment variables, options and keys of maps."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_LONGEST = 512

_WORDS = frozenset(
    {
        "password", "passwords", "passwd", "pwd", "passphrase", "passcode", "secret", "token", "credential",
        "credentials", "creds", "apikey", "apikeys", "fernet", "dsn", "webhook",
    }
)  # fmt: skip
# Only as the last word of a name.
_LAST = frozenset({"pass", "pw"})
_INSIDE = ("password", "passwd", "passphrase", "secret", "apikey", "accesskey", "privatekey", "authtoken")
# With "key" behind them.
_KEYS = frozenset(
    {
        "api", "access", "private", "signing", "encryption", "account", "storage", "master", "shared", "session",
        "service", "ssh", "gpg", "pgp", "rsa", "hmac", "aes", "sas", "license", "deploy", "jwt", "cookie", "root",
        "auth", "fernet", "secret",
    }
)  # fmt: skip
# What also speaks of secrets, though a value below such a name may be none (``expose_secrets``, ``max_tokens``).
_SPEAKING = _WORDS | {"secrets", "tokens", "keyfile"}
#: What a name ends in that tells something about a secret, and is none: where it is, how long it holds.
HARMLESS_ENDS = frozenset(
    {
        "name", "names", "namespace", "file", "files", "path", "paths", "dir", "mount", "ttl", "seconds", "minutes",
        "hours", "days", "timeout", "expiration", "expiry", "interval", "period", "length", "size", "enabled",
        "disabled", "type", "kind", "store", "policy", "strategy", "algorithm", "version", "mode", "count",
        "provider", "backend", "backends", "class", "classes", "manager", "cmd", "url", "uri", "endpoint", "issuer",
        "audience", "host", "port", "ref", "refs", "header", "domain", "realm", "template", "method", "scheme",
        "optional", "required", "group", "groups", "role", "scope", "scopes", "status", "limit", "prefix", "suffix",
        "schedule", "image", "replicas", "protocol", "rotation",
    }
)  # fmt: skip
# Words of one piece with "pass" at their end.
_NO_PASS = ("bypass", "compass", "encompass", "trespass", "surpass", "overpass", "underpass")


def words_of(name: str) -> list[str]:
    """The words of a name in any spelling, in small letters; numbers at its end are left out."""
    words = [word.lower() for word in _WORD.findall(name)]
    while words and words[-1].isdigit():
        words.pop()
    return words


def is_connection(name: str) -> bool:
    """Whether a variable is a connection of Airflow, in which a password most likely stands."""
    return "".join(words_of(name)).startswith("airflowconn")


@lru_cache(maxsize=8192)
def ends_in_secret(name: str) -> bool:
    """Whether a name ends in words for a secret, so that what stands under it most likely is one."""
    words = words_of(name[-_LONGEST:])
    if not words:
        return False
    last, squeezed = words[-1], "".join(words)
    return (
        last in _WORDS
        or last in _LAST
        or squeezed.endswith(_INSIDE)
        or (last.endswith("pass") and not last.endswith(_NO_PASS))
        or (last == "key" and len(words) > 1 and words[-2] in _KEYS)
    )


@lru_cache(maxsize=8192)
def speaks_of_secret(name: str) -> bool:
    """Whether words for a secret stand anywhere in a name: what stands under it may be one, or tell of one."""
    words = words_of(name)
    squeezed = "".join(words)
    return (
        ends_in_secret(name)
        or any(word in _SPEAKING for word in words)
        or any(part in squeezed for part in _INSIDE)
        or any(first in _KEYS and second in {"key", "keys"} for first, second in pairwise(words))
    )
