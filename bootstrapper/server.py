"""The PostgreSQL server: its URL, connections to it, and what its errors mean for a run."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import psycopg
from psycopg.conninfo import make_conninfo

from bootstrapper.errors import Later, Refused

APPLICATION = "stargit-bootstrap"
"""What sessions of a run are called."""
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_UNCHECKED = ("disable", "allow", "prefer")
_PARAMETERS = {"sslmode", "sslrootcert", "connect_timeout", "channel_binding", "gssencmode"}
_WORDS = "postgresql://user:password@host:port/database?sslmode=require, with the password percent-encoded"

# Classes and codes of SQLSTATE that pass by themselves: connection, resources, operator, locks, a database in use.
_PASSING = re.compile(r"08...|53...|57...|40...|55P03|55006|XX000|42710|42P04|23505")


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL server and who logs in there."""

    host: str
    port: int
    user: str
    password: str
    database: str
    sslmode: str
    parameters: tuple[tuple[str, str], ...] = ()

    def __repr__(self) -> str:
        return f"Server({self.host}:{self.port})"  # never the password

    @property
    def address(self) -> str:
        """Host and port as they stand in a URL."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def read_server(url: str, authority: str = "") -> Server:
    """The server of ``BOOTSTRAP_SERVER_URL``; ``authority`` is the PEM text of whom certificates have to be signed by.

    Raises ``Refused``, whose message holds nothing of the URL.
    """
    wrong = f"BOOTSTRAP_SERVER_URL is no {_WORDS}"
    if any(c.isspace() or not c.isprintable() for c in url):
        raise Refused(f"{wrong}: there is white space in it, maybe a line break at its end")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or 5432
        pairs = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        raise Refused(wrong) from None
    if (
        parts.scheme not in ("postgresql", "postgres")
        or not host
        or not parts.username
        or parts.fragment
        or "," in host
    ):
        raise Refused(wrong)
    given = dict(pairs)
    if len(given) < len(pairs):
        raise Refused("BOOTSTRAP_SERVER_URL has a parameter twice")
    if unknown := sorted(given.keys() - _PARAMETERS):
        raise Refused(
            f"BOOTSTRAP_SERVER_URL has parameters that are not known here: {len(unknown)};"
            f" known are {', '.join(sorted(_PARAMETERS))}"
        )
    mode = given.pop("sslmode", "prefer")
    if mode not in SSL_MODES:
        raise Refused(f"BOOTSTRAP_SERVER_URL: sslmode must be one of {', '.join(SSL_MODES)}")
    if authority and mode in _UNCHECKED:
        raise Refused(
            f"BOOTSTRAP_SERVER_CA is given, and with sslmode={mode} no certificate is looked at: say sslmode="
            "verify-full in BOOTSTRAP_SERVER_URL"
        )
    if authority:
        given.setdefault("sslrootcert", str(_written(authority)))
    database = unquote(parts.path.removeprefix("/")) or "postgres"
    user, password = unquote(parts.username), unquote(parts.password or "")
    if any("\0" in text for text in (user, password, database)):
        raise Refused(f"{wrong}: it has the character %00, where PostgreSQL's library would end to read")
    return Server(host, port, user, password, database, mode, tuple(sorted(given.items())))


def _written(authority: str) -> Path:
    if "-----BEGIN CERTIFICATE-----" not in authority:
        raise Refused("BOOTSTRAP_SERVER_CA is no certificate in PEM")
    handle, name = tempfile.mkstemp(prefix="server-ca-", suffix=".crt")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(authority)
    return Path(name)


@contextmanager
def connected(
    server: Server, database: str, user: str | None = None, password: str | None = None
) -> Iterator[psycopg.Connection[Any]]:
    """A connection in which each statement is a transaction of its own; as the administrator unless said else.

    Raises ``Later`` when there is none to be had: the next try is given the Secret as it is then, maybe with another
    password.
    Errors of statements are raised as ``Later`` or ``Refused``.
    """
    who = user or server.user
    parameters: dict[str, Any] = {
        "host": server.host,
        "port": str(server.port),
        "dbname": database,
        "user": who,
        "password": server.password if user is None else password,
        "sslmode": server.sslmode,
        "application_name": APPLICATION,
        "connect_timeout": "10",
        **dict(server.parameters),
    }
    try:
        connection: psycopg.Connection[Any] = psycopg.connect(make_conninfo(**parameters), autocommit=True)
    except (psycopg.Error, UnicodeError) as error:
        why = " ".join(str(error).split())[:500] or type(error).__name__
        raise Later(f"no connection to PostgreSQL as {who}: {why}") from None
    try:
        connection.execute("SET statement_timeout = '120s'")
        connection.execute("SET lock_timeout = '60s'")
        yield connection
    except psycopg.Error as error:
        raise translated(error) from None
    finally:
        connection.close()


def translated(error: psycopg.Error) -> Later | Refused:
    """What an error of a statement means. The statement itself is never told."""
    state = error.sqlstate or ""
    message = (error.diag.message_primary or type(error).__name__)[:300]
    told = f"PostgreSQL: {message}" + (f" (SQLSTATE {state})" if state else "")
    if not state or _PASSING.fullmatch(state):
        return Later(told)
    if state == "42501":
        told += "; the role of BOOTSTRAP_SERVER_URL needs the right to make roles and databases (CREATEROLE, CREATEDB)"
    return Refused(told)
