"""From one version's tables to the next one's, on both databases."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from houston.database import Base, Database, SchemaError, check, newest, upgrade


def test_migrations_make_the_tables_of_the_models(url: str) -> None:
    def differences(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(context, Base.metadata))

    async def compared() -> list[Any]:
        async with Database(url) as database:
            await upgrade(database)
            async with database.engine.connect() as connection:
                return await connection.run_sync(differences)

    assert asyncio.run(compared()) == []


def test_an_empty_database_is_told_and_then_brought_up_once(url: str) -> None:
    async def steps() -> list[Any]:
        async with Database(url) as database:
            with pytest.raises(SchemaError) as raised:
                await check(database)
            found: list[Any] = [str(raised.value), await upgrade(database)]
            await check(database)
            return [*found, await upgrade(database)]

    assert asyncio.run(steps()) == [
        f"the database is empty, and this version of Houston works with {newest()};"
        " run 'stargit houston migrate' with the same settings",
        (None, newest()),
        (newest(), newest()),
    ]


def test_tables_of_a_newer_version_are_left_alone(url: str) -> None:
    async def steps() -> list[str]:
        async with Database(url) as database:
            await upgrade(database)
            async with database.writing() as session:
                await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
            said = []
            for attempt in (check, upgrade):
                with pytest.raises(SchemaError) as raised:
                    await attempt(database)
                said.append(str(raised.value))
            return said

    said = asyncio.run(steps())
    assert (
        said
        == [
            "the database is at revision 9999, which this version of Houston does not know: a newer one made it."
            " Run that one, or restore a backup from before"
        ]
        * 2
    )


def test_servers_that_start_together_upgrade_once(url: str) -> None:
    async def together() -> list[tuple[str | None, str]]:
        databases = [Database(url) for _ in range(4)]
        try:
            return list(await asyncio.gather(*map(upgrade, databases)))
        finally:
            for each in databases:
                await each.close()

    assert sorted(str(before) for before, _ in asyncio.run(together())) == sorted(["None", *[newest()] * 3])


def test_an_upgrade_that_fails_leaves_nothing(url: str) -> None:
    async def steps() -> tuple[list[str], tuple[str | None, str]]:
        async with Database(url) as database:
            # The last table of the first revision is in the way.
            async with database.writing() as session:
                await session.execute(text("CREATE TABLE sessions (id INTEGER)"))
            with pytest.raises(Exception, match="sessions"):
                await upgrade(database)
            async with database.writing() as session:
                await session.execute(text("DROP TABLE sessions"))
                left = await session.connection()
                names = await left.run_sync(lambda it: it.dialect.get_table_names(it))
            return names, await upgrade(database)

    assert asyncio.run(steps()) == ([], (None, newest()))
