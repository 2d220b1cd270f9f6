"""Tokens of sessions: JSON Web Tokens that Houston signs and everybody can check (RS256).

Their claims are those that Astronomer's have (``uuid``, ``iat``, ``nbf``, ``exp``), and who made them, for whom, and
the session's own id, by which a session can be ended before its time.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError

from houston.credentials.signing import SigningKeys

_ALGORITHM = "RS256"
#: Characters. Ours have some 700.
_LONGEST = 8192
#: Seconds that clocks of two machines may differ.
_LEEWAY = 30


class BadTokenError(Exception):
    """A token that is not Houston's, or not whole. Whoever shows it is told no more than that."""


class ExpiredTokenError(BadTokenError):
    """A token that was good."""


@dataclass(frozen=True, slots=True)
class Session:
    """What a token says: whose session, which one, from when until when (seconds since 1970)."""

    user: UUID
    id: UUID
    begins: int
    ends: int


class Tokens:
    """Signs and checks the tokens of one installation, which ``issuer`` names."""

    def __init__(self, keys: SigningKeys, issuer: str) -> None:
        self._keys, self._issuer = keys, issuer

    def sign(self, session: Session) -> str:
        """The session's token."""
        key = self._keys.first
        claims = {
            "iss": self._issuer,
            "aud": self._issuer,
            "sub": str(session.user),
            "uuid": str(session.user),
            "jti": str(session.id),
            "iat": session.begins,
            "nbf": session.begins,
            "exp": session.ends,
        }
        return jwt.encode({"alg": _ALGORITHM, "kid": key.kid}, claims, key, algorithms=[_ALGORITHM])

    def check(self, token: str, now: float) -> Session:
        """The session of a token. Raises ``BadTokenError``, or ``ExpiredTokenError`` where it is past its time."""
        key = self._keys.named(_signer(token))
        if key is None:
            raise BadTokenError("it is signed by a key that is not Houston's")
        try:
            claims = jwt.decode(token, key, algorithms=[_ALGORITHM]).claims
        except (JoseError, ValueError) as error:
            raise BadTokenError(f"it is not whole: {type(error).__name__}") from None
        session = self._session(claims)
        if session.begins > now + _LEEWAY:
            raise BadTokenError("its time has not come")
        if session.ends <= now:
            raise ExpiredTokenError("its time is over")
        return session

    def _session(self, claims: dict[str, Any]) -> Session:
        if claims.get("iss") != self._issuer or claims.get("aud") != self._issuer:
            raise BadTokenError("it is of another installation")
        try:
            return Session(UUID(claims["sub"]), UUID(claims["jti"]), _seconds(claims["nbf"]), _seconds(claims["exp"]))
        except (KeyError, TypeError, ValueError, AttributeError):
            raise BadTokenError("its claims are not those of a session") from None


def _signer(token: str) -> str:
    """Which key a token says it is signed by. Whether that is so is checked afterwards, with that key alone."""
    if len(token) > _LONGEST or not token.isascii():
        raise BadTokenError("it is no token")
    head, dot, _ = token.partition(".")
    try:
        header = json.loads(base64.b64decode(head + "=" * (-len(head) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        raise BadTokenError("it is no token") from None
    if not dot or not isinstance(header, dict) or not isinstance(name := header.get("kid"), str):
        raise BadTokenError("it is no token")
    if header.get("alg") != _ALGORITHM:
        raise BadTokenError(f"it is not signed by {_ALGORITHM}")
    return name


def _seconds(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError
    return math.floor(value)
