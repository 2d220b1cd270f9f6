"""Which names hide what stands under them, and which values under such a name need no hiding."""

from __future__ import annotations

from functools import lru_cache

from generator.secrecy import HARMLESS_ENDS, is_connection, needs_no_hiding, speaks_of_secret, words_of

# Beside the words that all know, some that hide a value only when they are the last.
_SECRET_LAST = frozenset({"auth", "authorization", "bearer", "cookie", "pat", "pin"})
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


def hides(name: str, value: str) -> bool:
    """Whether a value in a text is to be hidden because of its name."""
    return secret_name(name) and not needs_no_hiding(value)
