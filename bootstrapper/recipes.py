"""From a recipe of the plan to the value of a key."""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from bootstrapper import fernet, scram
from bootstrapper.cluster import Secret
from bootstrapper.errors import Refused
from bootstrapper.plan import Url, User, Users, Verifier
from bootstrapper.references import Reference, filled, only_reference

_LETTERS = string.ascii_letters + string.digits

Lookup = Callable[[Reference], str]


def random_value(kind: str) -> str:
    """A new value of one of the three kinds."""
    if kind == "fernet-key":
        return fernet.new_key()
    if kind == "secret-key":
        return secrets.token_hex(32)
    return "".join(secrets.choice(_LETTERS) for _ in range(32))


def existing(found: Secret | None, key: str) -> str | None:
    """A value that is there already. An empty one is no value that anybody could want, and none of ours to replace."""
    value = found.text(key) if found is not None else None
    if value == "" and found is not None:
        raise Refused(f"Secret {found.name}: {key} is empty; remove the key, or give it a value")
    return value


def derived(recipe: Url | Verifier | Users, found: str | None, lookup: Lookup) -> str:
    """A value that follows from others. ``found`` is the present one, kept if it is a verifier of the password."""
    if isinstance(recipe, Url):
        return filled(recipe.url, lookup)
    if isinstance(recipe, Verifier):
        password = _text(recipe.verifier, lookup)
        return found if found is not None and scram.fits(found, password) else scram.verifier(password)
    return _auth_file(recipe, lookup)


def _auth_file(recipe: Users, lookup: Lookup) -> str:
    lines: dict[str, str] = {}
    for user in recipe.users:
        name, secret = _user(user, lookup)
        if lines.setdefault(name, secret) != secret:
            raise Refused(f"PgBouncer's users: {name!r:.80} would have two passwords")
    return "".join(f"{_quoted(name)} {_quoted(secret)}\n" for name, secret in lines.items())


def _user(user: User, lookup: Lookup) -> tuple[str, str]:
    if user.url is not None:
        try:
            parts = urlsplit(_text(user.url, lookup))
            name, password = unquote(parts.username or ""), unquote(parts.password or "")
        except ValueError:
            name = password = ""
        if not name or not password:
            raise Refused(f"PgBouncer's users: {user.url} is no URL with a user and a password")
        return name, password
    return _text(user.name or "", lookup), _text(user.verifier or user.password or "", lookup)


def _text(text: str, lookup: Lookup) -> str:
    reference = only_reference(text)
    return text if reference is None else lookup(reference)


def _quoted(text: str) -> str:
    if any(c in text for c in "\n\r\0"):
        raise Refused("PgBouncer's users: a name or a password has a line break in it, which auth_file cannot say")
    return '"' + text.replace('"', '""') + '"'
