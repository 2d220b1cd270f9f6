"""Tokens of sessions: what was signed is believed, in its time; nothing else is."""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwe, jwt
from joserfc.jwk import RSAKey

from houston.credentials import BadTokenError, ExpiredTokenError, Session, SigningKeys, Tokens

KEY, OTHER = (generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
KEYS = SigningKeys([KEY])
TOKENS = Tokens(KEYS, "https://houston.example.com")
SESSION = Session(user=UUID(int=1), id=UUID(int=2), begins=1_000_000, ends=1_086_400)
TOKEN = TOKENS.sign(SESSION)
NOW = 1_000_100.0


def part(text: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(text + "=="))


def packed(data: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(data).encode()).decode().rstrip("=")


def claims(**changes: Any) -> dict[str, Any]:
    return {**part(TOKEN.split(".")[1]), **changes}


def signed(header: dict[str, Any], said: dict[str, Any], key: Any = None) -> str:
    whole = {"alg": "RS256", "kid": KEYS.first.kid, **header}
    return jwt.encode(whole, said, key or KEYS.first, algorithms=[whole["alg"]])


def forged_by_the_public_half() -> str:
    """What is signed by a secret that everybody knows, the text of the public key: the libraries refuse to make it."""
    public = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    body = f"{packed({'alg': 'HS256', 'kid': KEYS.first.kid})}.{packed(claims())}"
    mark = hmac.digest(public, body.encode(), "sha256")
    return f"{body}.{base64.urlsafe_b64encode(mark).decode().rstrip('=')}"


def test_what_was_signed_is_believed() -> None:
    assert TOKENS.check(TOKEN, NOW) == SESSION


def test_a_token_says_what_astronomer_s_do() -> None:
    header, said, _ = TOKEN.split(".")
    assert part(header) == {"alg": "RS256", "kid": KEYS.first.kid, "typ": "JWT"}
    assert part(said) == {
        "iss": "https://houston.example.com",
        "aud": "https://houston.example.com",
        "sub": str(SESSION.user),
        "uuid": str(SESSION.user),
        "jti": str(SESSION.id),
        "iat": 1_000_000,
        "nbf": 1_000_000,
        "exp": 1_086_400,
    }


def test_a_token_is_believed_in_its_time() -> None:
    assert TOKENS.check(TOKEN, SESSION.begins - 30) == SESSION
    assert TOKENS.check(TOKEN, SESSION.ends - 1) == SESSION
    with pytest.raises(BadTokenError, match="its time has not come"):
        TOKENS.check(TOKEN, SESSION.begins - 31)
    for late in (SESSION.ends, SESSION.ends + 1e9):
        with pytest.raises(ExpiredTokenError, match="its time is over"):
            TOKENS.check(TOKEN, late)


def test_an_older_key_is_believed_until_it_is_taken_away() -> None:
    newer = SigningKeys([OTHER, KEY])
    assert Tokens(newer, "https://houston.example.com").check(TOKEN, NOW) == SESSION
    with pytest.raises(BadTokenError, match="a key that is not Houston's"):
        Tokens(SigningKeys([OTHER]), "https://houston.example.com").check(TOKEN, NOW)


def test_a_token_of_another_installation_is_not_believed() -> None:
    """Also where both have the same keys."""
    with pytest.raises(BadTokenError, match="it is of another installation"):
        Tokens(KEYS, "https://houston.example.org").check(TOKEN, NOW)


def test_another_key_under_the_name_of_houston_s_is_not_believed() -> None:
    with pytest.raises(BadTokenError, match="it is not whole"):
        TOKENS.check(signed({}, claims(), RSAKey.import_key(OTHER)), NOW)


def test_no_other_algorithm_is_believed() -> None:
    payload = packed(claims())
    for token in (
        f"{packed({'alg': 'none', 'kid': KEYS.first.kid})}.{payload}.",
        f"{packed({'alg': 'None', 'kid': KEYS.first.kid})}.{payload}.",
        forged_by_the_public_half(),
        signed({"alg": "RS512"}, claims()),
        signed({"alg": "PS256"}, claims()),
        jwe.encrypt_compact(
            {"alg": "RSA-OAEP", "enc": "A128GCM", "kid": KEYS.first.kid}, json.dumps(claims()), KEYS.first
        ),
    ):
        with pytest.raises(BadTokenError, match="it is not signed by RS256"):
            TOKENS.check(token, NOW)


@pytest.mark.parametrize(
    "header",
    [
        {"jku": "https://attacker.example.com/keys"},
        {"jwk": RSAKey.import_key(OTHER).as_dict(private=False)},
        {"x5u": "https://attacker.example.com/certificate"},
    ],
)
def test_a_key_that_a_token_brings_along_is_not_asked(header: dict[str, Any]) -> None:
    with pytest.raises(BadTokenError, match="it is not whole"):
        TOKENS.check(signed(header, claims(), RSAKey.import_key(OTHER)), NOW)


def test_extensions_that_must_be_understood_are_not() -> None:
    header = {"alg": "RS256", "kid": KEYS.first.kid, "crit": ["exp"], "exp": 0}
    forged = f"{packed(header)}.{packed(claims())}.{TOKEN.split('.')[2]}"
    with pytest.raises(BadTokenError, match="it is not whole"):
        TOKENS.check(forged, NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"sub": None},
        {"sub": 7},
        {"sub": "everybody"},
        {"jti": ""},
        {"exp": "1086400"},
        {"exp": True},
        {"exp": None},
        {"exp": float("inf")},
        {"nbf": [1]},
    ],
)
def test_claims_that_are_not_a_session_s_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(BadTokenError, match=r"its claims are not those of a session|it is not whole"):
        TOKENS.check(signed({}, claims(**changes)), NOW)


@pytest.mark.parametrize("changes", [{"aud": ["https://houston.example.com", "other"]}, {"iss": None}, {"aud": None}])
def test_claims_for_others_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(BadTokenError, match="it is of another installation"):
        TOKENS.check(signed({}, claims(**changes)), NOW)


@given(st.integers(0, len(TOKEN) - 1), st.characters(min_codepoint=33, max_codepoint=126))
def test_another_letter_anywhere_is_never_another_session(at: int, letter: str) -> None:
    """The last letters of base64 may say the same; then it is the same session."""
    changed = TOKEN[:at] + letter + TOKEN[at + 1 :]
    try:
        found = TOKENS.check(changed, NOW)
    except BadTokenError:
        return
    assert found == SESSION


@given(st.text() | st.builds(lambda *parts: ".".join(parts), st.text(), st.text(), st.text()))
def test_any_other_text_is_no_token(text: str) -> None:
    with pytest.raises(BadTokenError):
        TOKENS.check(text, NOW)


@pytest.mark.parametrize(
    "text", ["", ".", "..", "a.b.c", "e30.e30.e30", "W10.e30.", "x" * 10_000_000, "[" * 8000, TOKEN + "." + TOKEN]
)
def test_what_is_no_token_is_refused_at_once(text: str) -> None:
    with pytest.raises(BadTokenError):
        TOKENS.check(text, NOW)


def test_deep_nesting_in_a_head_is_refused() -> None:
    with pytest.raises(BadTokenError):
        TOKENS.check(base64.urlsafe_b64encode(b"[" * 6000).decode() + ".e30.", NOW)


def test_every_session_comes_back() -> None:
    for changes in ({"user": UUID(int=2**128 - 1)}, {"begins": 0}, {"ends": 2**40}):
        session = replace(SESSION, **changes)
        assert TOKENS.check(TOKENS.sign(session), NOW) == session
