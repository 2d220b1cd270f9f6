"""Values that no message repeats, by where they stand and by what they are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from generator.secrecy import KEY_IDS, certainly_secret, has_login, holds_assignment, is_header, is_named_secret

# A name before @ that is so long is a token.
_TOKEN_IN_URL = re.compile(r"://[^/\s:@'\"]{16,256}@")


def is_confidential(values: Any, path: Sequence[str | int]) -> bool:
    """Whether what stands at a path of ``values``, or below it, may be a secret: by its names, or by what it is."""
    named = False
    for step in path:
        if isinstance(values, Mapping):
            named = named or is_named_secret(values, str(step))
            values = values[str(step)]
        else:
            values = values[int(step)]
    return _holds_secret(values, named=named)


def _holds_secret(value: Any, *, named: bool) -> bool:
    if isinstance(value, Mapping):
        return any(_holds_secret(below, named=named or is_named_secret(value, key)) for key, below in value.items())
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
