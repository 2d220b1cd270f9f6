"""What stands where a secret would and is none: references to one that is elsewhere, and the maps that say where."""

from __future__ import annotations

import re

from generator.secrecy.places import HIDDEN

#: Maps of Kubernetes and of the values that say where a secret is. What is in them is for people to see.
PLACES_OF_SECRETS = frozenset(
    {
        "secretKeyRef", "secretRef", "secretStoreRef", "secret", "secrets", "serviceAccountToken", "imagePullSecrets",
        "passwordSecret", "userSecret", "tokenRequests", "authenticationRef", "nodePublishSecretRef", "authSecretRef",
    }
)  # fmt: skip
#: What is in such a map and is no secret: where it is, and how it is read.
PLACES = frozenset(
    {
        "name", "key", "optional", "items", "secretName", "secretKey", "path", "audience", "expirationSeconds", "mode",
        "defaultMode", "namespace", "kind", "property", "version", "apiVersion", "enabled", "apiGroup",
    }
)  # fmt: skip

_REFERENCE = re.compile(
    r"\s*(?:(?:\$\([^()\n]*\)|\$\{[^{}\n]*\}|\$[A-Z_][A-Z0-9_]*|\{\{[^{}\n]*\}\}|%\([^()\n]*\)s|<[^<>\n]*>)\s*)+\Z"
)
_NOTHING = frozenset({"", "true", "false", "none", "null", "~", '""', "''", HIDDEN})


def is_reference(text: str) -> bool:
    """Whether a text stands for a value that is elsewhere: ``$(NAME)``, ``${NAME}``, ``{{ template }}``."""
    return _REFERENCE.match(text) is not None


def needs_no_hiding(value: str) -> bool:
    """Whether what stands under the name of a secret in a text is a reference, a switch, or nothing."""
    bare = value.strip("\\\"'")
    return is_reference(bare) or bare.lower() in _NOTHING
