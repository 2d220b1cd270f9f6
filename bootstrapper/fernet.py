"""Fernet keys as Airflow has them: several, the first encrypts, all decrypt; and who encrypted a token.

A token says nothing of its key, but it is signed with it, so the key that signed it is found by trying. Nothing is
decrypted here. The format: https://github.com/fernet/spec/blob/master/Spec.md
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets

from bootstrapper.errors import Refused

PREFIX = "gAAAA"
"""What every token begins with: version 0x80, and a time before the year 2106."""


def new_key() -> str:
    """32 random bytes: URL-safe base64 with padding."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def keys_of(text: str) -> list[str]:
    """The keys of a Secret's value. Raises ``Refused`` if that is no list of keys."""
    keys = [one.strip() for one in text.split(",")]
    for key in keys:
        try:
            size = len(base64.urlsafe_b64decode(key))
        except (binascii.Error, ValueError):
            size = 0
        if size != 32:
            raise Refused("the Fernet key in the cluster is no list of Fernet keys (32 bytes, URL-safe base64)")
    return keys


def signed_by(token: str, key: str) -> bool:
    """Whether a key encrypted a token."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return False
    signing = base64.urlsafe_b64decode(key)[:16]
    return len(raw) > 32 and hmac.compare_digest(hmac.digest(signing, raw[:-32], "sha256"), raw[-32:])
