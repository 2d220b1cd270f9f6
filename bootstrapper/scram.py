"""SCRAM verifiers, in the form that PostgreSQL stores and PgBouncer reads (RFC 5802, RFC 7677).

``SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>``, the last three in base64. Who has it can check a login,
and not log in. PgBouncer logs in to PostgreSQL with what it learns from its client's login (ClientKey), which is good
only where both have the same verifier: the same salt, not the same password alone. So one is made, and given to both.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
import stringprep
import unicodedata

_ITERATIONS = 4096  # PostgreSQL's own
_FORM = re.compile(r"SCRAM-SHA-256\$(\d{1,7}):([A-Za-z0-9+/=]{4,128})\$[A-Za-z0-9+/=]{44}:[A-Za-z0-9+/=]{44}")


def verifier(password: str) -> str:
    """A new verifier, with a salt of its own."""
    return _made(password, secrets.token_bytes(16), _ITERATIONS)


def fits(found: str, password: str) -> bool:
    """Whether a text is a verifier of this password."""
    match = _FORM.fullmatch(found)
    if match is None or not 1 <= int(match[1]) <= 1_000_000:
        return False
    try:
        salt = base64.b64decode(match[2], validate=True)
    except binascii.Error:
        return False
    return hmac.compare_digest(found, _made(password, salt, int(match[1])))


def _made(password: str, salt: bytes, iterations: int) -> str:
    salted = hashlib.pbkdf2_hmac("sha256", _prepared(password).encode(), salt, iterations)
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    server_key = hmac.digest(salted, b"Server Key", "sha256")
    stored_key = hashlib.sha256(client_key).digest()
    first, second, third = (base64.b64encode(part).decode() for part in (salt, stored_key, server_key))
    return f"SCRAM-SHA-256${iterations}:{first}${second}:{third}"


def _prepared(password: str) -> str:
    """SASLprep (RFC 4013). As PostgreSQL does: what it does not allow is taken as it is."""
    if password.isascii():
        return password
    mapped = "".join(" " if stringprep.in_table_c12(c) else c for c in password if not stringprep.in_table_b1(c))
    text = unicodedata.normalize("NFKC", mapped)
    prohibited = (
        stringprep.in_table_c12, stringprep.in_table_c21_c22, stringprep.in_table_c3, stringprep.in_table_c4,
        stringprep.in_table_c5, stringprep.in_table_c6, stringprep.in_table_c7, stringprep.in_table_c8,
        stringprep.in_table_c9, stringprep.in_table_a1,
    )  # fmt: skip
    if not text or any(table(c) for c in text for table in prohibited):
        return password
    if any(map(stringprep.in_table_d1, text)) and (
        any(map(stringprep.in_table_d2, text))
        or not (stringprep.in_table_d1(text[0]) and stringprep.in_table_d1(text[-1]))
    ):
        return password
    return text
