"""Which names hide what stands under them, and which values under such a name need no hiding."""

from __future__ import annotations

import re
from functools import lru_cache

from generator.diff.model import HIDDEN
from generator.secrecy import HARMLESS_ENDS, is_connection, speaks_of_secret, words_of

# Beside the words that all know, some that hide a value only when they are the last.
_SECRET_LAST = frozenset({"auth", "authorization", "bearer", "cookie", "pat", "pin"})
# Maps of Kubernetes and of the values that say where a secret is.
#: What is in them is for people to see.
PLACES_OF_SECRETS = frozenset(
    {
        "secretKeyRef", "secretRef", "secretStoreRef", "secret", "secrets", "serviceAccountToken", "imagePullSecrets",
        "passwordSecret", "userSecret", "tokenRequests", "authenticationRef", "nodePublishSecretRef", "authSecretRef",
    }
)  # fmt: skip
PLACES = frozenset(
    {
        "name", "key", "optional", "items", "secretName", "secretKey", "path", "audience", "expirationSeconds", "mode",
        "defaultMode", "namespace", "kind", "property", "version", "apiVersion", "enabled", "apiGroup",
    }
)  # fmt: skip
# Settings that hold the name of a Secret, or of a key in one.
_NAMES_OF_SECRETS = frozenset(
    {
        "passwordSecret", "userSecret", "sshKeySecret", "credentialsSecret", "existingSecret", "imagePullSecrets",
        "automountServiceAccountToken", "pullSecret", "sshKeySecretKey",
    }
)  # fmt: skip


@lru_cache(maxsize=8192)
def secret_name(name: str) -> bool:
    """Whether a setting, a variable or a key of this name holds a secret."""
    if name in _NAMES_OF_SECRETS or len(name) > 512:
        return len(name) > 512
    words = words_of(name)
    if not words:
        return False
    if "webhook" in words or is_connection(name):
        return True
    return words[-1] not in HARMLESS_ENDS and (words[-1] in _SECRET_LAST or speaks_of_secret(name))


_REFERENCE = re.compile(
    r"\s*(?:(?:\$\([^()\n]*\)|\$\{[^{}\n]*\}|\$[A-Z_][A-Z0-9_]*|\{\{[^{}\n]*\}\}|%\([^()\n]*\)s|<[^<>\n]*>)\s*)+\Z"
)
_NOTHING = frozenset({"", "true", "false", "none", "null", "~", '""', "''", HIDDEN})


def is_reference(text: str) -> bool:
    """Whether a text stands for a value that is elsewhere: ``$(NAME)``, ``${NAME}``, ``{{ template }}``."""
    return _REFERENCE.match(text) is not None


def hides(name: str, value: str) -> bool:
    """Whether a value in a text is to be hidden because of its name."""
    bare = value.strip("\\\"'")
    return secret_name(name) and not is_reference(bare) and bare.lower() not in _NOTHING
