"""The tables as this version wants them: whether they are, and how they become so.

Revisions are in ``migrations/versions``, in one line, each with a way forwards. There is none back: a new version's
data may have no form in the old one's tables, so a way back is a backup.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from houston.database.connecting import Database

#: Two servers that start together do not migrate together. Any number, the same for ever.
_LOCK = 7_041_776


class SchemaError(Exception):
    """The tables are not those of this version; the message says what to do."""


def newest() -> str:
    """The revision that this version works with."""
    (head,) = ScriptDirectory.from_config(_config()).get_heads()
    return head


async def upgrade(database: Database, revision: str = "head") -> tuple[str | None, str]:
    """Bring the tables to the newest revision, or an older one, with what is in them, or leave them as they were; from
    which to which.

    Raises ``SchemaError`` where they are of a newer version than this one.
    """
    async with database.migrating() as connection:
        return await connection.run_sync(_upgrade, revision)


async def check(database: Database) -> None:
    """Raises ``SchemaError`` where the tables are not of this version."""
    async with database.migrating() as connection:
        found = await connection.run_sync(_revision)
    _refuse_newer(found)
    if found != newest():
        raise SchemaError(
            f"the database is {f'at revision {found}' if found else 'empty'}, and this version of Houston works with"
            f" {newest()}; run 'stargit houston migrate' with the same settings"
        )


def _upgrade(connection: Connection, revision: str) -> tuple[str | None, str]:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    before = _revision(connection)
    _refuse_newer(before)
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    return before, _revision(connection) or ""


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _refuse_newer(found: str | None) -> None:
    known = {each.revision for each in ScriptDirectory.from_config(_config()).walk_revisions()}
    if found is not None and found not in known:
        raise SchemaError(
            f"the database is at revision {found}, which this version of Houston does not know: a newer one made it."
            " Run that one, or restore a backup from before"
        )


def _config(**more: Any) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes.update(more)
    return config
