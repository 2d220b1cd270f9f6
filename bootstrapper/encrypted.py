"""What Airflow has encrypted in its database, and by which key: a key that is still needed must not go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import sql

from bootstrapper import fernet

# The columns that `airflow rotate-fernet-key` encrypts anew (airflow/cli/commands/rotate_fernet_key_command.py).
_COLUMNS = (("connection", "password"), ("connection", "extra"), ("variable", "val"), ("trigger", "kwargs"))


def tokens(connection: psycopg.Connection[Any]) -> list[str]:
    """All encrypted values, in whatever schema Airflow's tables are. None before the first migration."""
    found: list[str] = []
    for table, column in _COLUMNS:
        schemas = connection.execute(
            "SELECT table_schema FROM information_schema.columns WHERE table_name = %s AND column_name = %s"
            " AND table_schema NOT IN ('pg_catalog', 'information_schema')",
            (table, column),
        ).fetchall()
        for (schema,) in schemas:
            query = sql.SQL("SELECT {0}::text FROM {1} WHERE {0}::text LIKE {2}").format(
                sql.Identifier(column), sql.Identifier(schema, table), sql.Literal(fernet.PREFIX + "%")
            )
            found.extend(row[0] for row in connection.execute(query).fetchall())
    return found


def not_signed_by(connection: psycopg.Connection[Any], keys: Sequence[str]) -> int:
    """How many values none of the keys decrypts."""
    return sum(not any(fernet.signed_by(token, key) for key in keys) for token in tokens(connection))
