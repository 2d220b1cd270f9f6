"""Passwords, keys and tokens that stand in values as they are: values are kept in git for everyone to read.

Only what is certain is refused: names that Airflow gives to its keys, URLs with a password in them, and what
``generator.secrecy`` knows by its format. What names a Secret, or takes its value from a variable (``$(NAME)``), is a
reference.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from generator.errors import Problem
from generator.secrecy import certainly_secret
from generator.yaml import StaticList, StaticMap, dotted

_Path: TypeAlias = tuple[str | int, ...]

#: Options that are nothing but a secret, by section and name.
_KEYS = frozenset(
    {
        ("api", "secret_key"),
        ("api_auth", "jwt_secret"),
        ("core", "fernet_key"),
        ("smtp", "smtp_password"),
        ("webserver", "secret_key"),
    }
)
_VARIABLES = frozenset(f"AIRFLOW__{section}__{name}".upper() for section, name in _KEYS)
_CONNECTION = "AIRFLOW_CONN_"
# The scheme and what stands before the host.
_LOGIN = re.compile(r"://([^\s/?#@'\"]{1,2000})@")
_REFERENCE = "$("
_DEFAULTS = frozenset({StaticMap, StaticList})

_ALLOWED = "a reference to a Secret that exists in the cluster, or a sealed or external variable"
_HINT = "the value is kept in git for everyone to read: withdraw it where it is valid already"


def literal_credentials(values: Mapping[str, Any]) -> Iterator[Problem]:
    """What is a credential as it stands. The problems name its place and do not repeat it."""
    for section, options in (values.get("config") or {}).items():
        for name, value in (options or {}).items():
            if _is_key((section, name) in _KEYS, value) or _has_secret(value):
                yield _problem(("config", section, name))
    variables = values.get("variables") or {}
    for name, value in (variables.get("plain") or {}).items():
        if _is_credential(name, value):
            yield _problem(("variables", "plain", name))
    sync = (values.get("dags") or {}).get("gitSync") or {}
    if _has_secret(sync.get("repo")):
        yield _problem(("dags", "gitSync", "repo"))
    for path, name, value in _environments(values, ()):
        if _is_credential(name, value):
            yield _problem(path)


def _environments(value: Any, path: _Path) -> Iterator[tuple[_Path, str, Any]]:
    """Every variable of every ``env`` at any depth. The chart's own defaults, nearly all of a deployment's values, are
    passed over."""
    items = value.items() if isinstance(value, Mapping) else enumerate(value)
    for key, below in items:
        if key == "env" and isinstance(below, list):
            for number, variable in enumerate(below):
                if isinstance(variable, Mapping):
                    yield (*path, key, number, "value"), str(variable.get("name")), variable.get("value")
        elif type(below) not in _DEFAULTS and isinstance(below, Mapping | list):
            yield from _environments(below, (*path, key))


def _is_credential(name: str, value: Any) -> bool:
    connection = name.startswith(_CONNECTION) and _has_json_password(value)
    return connection or _is_key(name in _VARIABLES, value) or _has_secret(value)


def _is_key(named: bool, value: Any) -> bool:
    return named and value not in (None, "") and not str(value).startswith(_REFERENCE)


def _has_secret(value: Any) -> bool:
    """A URL with a password, a token or a private key."""
    if not isinstance(value, str):
        return False
    if certainly_secret(value):
        return True
    passwords = (login[1].partition(":")[2] for login in _LOGIN.finditer(value))
    return any(password and _REFERENCE not in password for password in passwords)


def _has_json_password(value: Any) -> bool:
    """Airflow takes connections as JSON, too."""
    if not isinstance(value, str) or not value.startswith("{"):
        return False
    try:
        connection = json.loads(value)
    except (ValueError, RecursionError):
        return False
    password = connection.get("password") if isinstance(connection, dict) else None
    return _is_key(True, password)


def _problem(path: _Path) -> Problem:
    return Problem("is a credential as it stands", path=dotted(path), allowed=_ALLOWED, hint=_HINT, secret=True)
