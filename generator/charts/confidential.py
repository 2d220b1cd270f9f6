"""Values that no message repeats: messages end up in logs that more people read than the file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from generator.secrecy import (
    HARMLESS_ENDS,
    KEY_IDS,
    certainly_secret,
    has_login,
    holds_assignment,
    is_connection,
    is_header,
    speaks_of_secret,
    words_of,
)  # fmt: skip

#: What stands in a message in place of the value, and the hint that says why.
HIDDEN = "(hidden)"
WHY_HIDDEN = "the value may be a secret, and is not shown"

# A key is easily put where the name of its Secret belongs.
_NO_SECRETS = HARMLESS_ENDS - {"name", "names", "ref", "refs", "cmd", "url", "uri"}
_SEALED = frozenset({"sealed", "encryptedData"})
# In a map of these fields, one names what the other holds.
_NAMES = ("name", "key", "envName")
_VALUES = frozenset({"value", "values", "default"})
# A name before @ that is so long is a token.
_TOKEN_IN_URL = re.compile(r"://[^/\s:@'\"]{16,256}@")


def is_confidential(values: Any, path: Sequence[str | int]) -> bool:
    """Whether what stands at a path of ``values``, or below it, may be a secret: by its names, or by what it is."""
    named = False
    for step in path:
        named = named or _is_named(values, step)
        values = values[str(step)] if isinstance(values, Mapping) else values[int(step)]
    return _holds_secret(values, named=named)


def _is_named(around: Any, step: str | int) -> bool:
    if not isinstance(around, Mapping):
        return False
    if step in _VALUES and any(_names_secret(around[name]) for name in _NAMES if isinstance(around.get(name), str)):
        return True
    return _names_secret(str(step))


@lru_cache(maxsize=4096)
def _names_secret(name: str) -> bool:
    if name in _SEALED or is_connection(name):
        return True
    words = words_of(name)
    return bool(words) and words[-1] not in _NO_SECRETS and speaks_of_secret(name)


def _holds_secret(value: Any, *, named: bool) -> bool:
    if isinstance(value, Mapping):
        return any(_holds_secret(below, named=named or _is_named(value, key)) for key, below in value.items())
    if isinstance(value, list):
        return any(_holds_secret(below, named=named) for below in value)
    if value is None or isinstance(value, bool) or value == "":
        return False
    return named or (isinstance(value, str) and _is_secret(value))


def _is_secret(text: str) -> bool:
    return (
        certainly_secret(text)
        or KEY_IDS.search(text) is not None
        or has_login(text)
        or _TOKEN_IN_URL.search(text) is not None
        or is_header(text)
        or holds_assignment(text)
    )
