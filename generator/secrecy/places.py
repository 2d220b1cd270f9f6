"""Places in a file at which a secret may stand, so that no message repeats what is there: messages end up in logs that
more people read than the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from generator.secrecy.names import HARMLESS_ENDS, is_connection, speaks_of_secret, words_of

#: What stands in a message in place of the value, and the hint that says why.
HIDDEN = "(hidden)"
WHY_HIDDEN = "the value may be a secret, and is not shown"

# A key is easily put where the name of its Secret belongs.
_NO_SECRETS = HARMLESS_ENDS - {"name", "names", "ref", "refs", "cmd", "url", "uri"}
_SEALED = frozenset({"sealed", "encryptedData"})
# In a map of these fields, one names what the other holds.
_NAMES = ("name", "key", "envName")
_VALUES = frozenset({"value", "values", "default"})


def is_named_secret(around: Mapping[str, Any], key: str) -> bool:
    """Whether what stands under a key of a map may be a secret: by the key, or by the name that stands beside it."""
    if key in _VALUES and any(_names_secret(around[name]) for name in _NAMES if isinstance(around.get(name), str)):
        return True
    return _names_secret(key)


@lru_cache(maxsize=4096)
def _names_secret(name: str) -> bool:
    if name in _SEALED or is_connection(name):
        return True
    words = words_of(name)
    return bool(words) and words[-1] not in _NO_SECRETS and speaks_of_secret(name)
