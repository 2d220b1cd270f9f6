"""From one version's tables to the next one's, on both databases."""

from __future__ import annotations

import asyncio
from sqlite3 import IntegrityError
from typing import Any
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, Connection, String, select, text

from houston.database import Base, Binding, Database, Email, SchemaError, User, check, newest, upgrade


def test_migrations_make_the_tables_of_the_models(url: str) -> None:
    def differences(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(context, Base.metadata))

    async def compared() -> list[Any]:
        async with Database(url) as database:
            await upgrade(database)
            async with database.migrating() as connection:
                found: list[Any] = await connection.run_sync(differences)
                return found

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


def test_an_upgrade_keeps_what_is_there(url: str) -> None:
    """From the first revision on, with rows in its tables."""

    async def steps() -> tuple[list[str], list[str], str]:
        async with Database(url) as database:
            await upgrade(database, "0001")
            ada = User(id=uuid4(), username="ada", emails=[Email(address="a@example.com", is_primary=True)])
            async with database.writing() as session:
                session.add(ada)
                await session.flush()
                session.add(Binding(role="SYSTEM_ADMIN", level="system", user_id=ada.id))
            _, now = await upgrade(database)
            async with database.reading() as session:
                addresses = list(await session.scalars(select(Email.address)))
                return addresses, list(await session.scalars(select(Binding.role))), now

    assert asyncio.run(steps()) == (["a@example.com"], ["SYSTEM_ADMIN"], newest())


def test_a_table_that_is_made_anew_takes_nothing_with_it(url: str) -> None:
    """SQLite changes tables so; what refers to the old one would go with it."""

    def change(connection: Connection) -> None:
        with Operations(MigrationContext.configure(connection)).batch_alter_table("users") as table:
            table.add_column(Column("nickname", String(10)))

    async def steps() -> list[str]:
        async with Database(url) as database:
            await upgrade(database)
            async with database.writing() as session:
                session.add(User(username="ada", emails=[Email(address="a@example.com", is_primary=True)]))
            async with database.migrating() as connection:
                await connection.run_sync(change)
            async with database.reading() as session:
                return list(await session.scalars(select(Email.address)))

    assert asyncio.run(steps()) == ["a@example.com"]


def test_a_migration_that_leaves_rows_that_refer_to_nothing_is_undone(url: str) -> None:
    async def drop(database: Database) -> None:
        async with database.migrating() as connection:
            await connection.execute(text("DELETE FROM users WHERE username = 'ada'"))

    async def steps() -> list[str]:
        async with Database(url) as database:
            await upgrade(database)
            async with database.writing() as session:
                session.add(User(username="ada", emails=[Email(address="a@example.com", is_primary=True)]))
            if url.startswith("sqlite"):
                with pytest.raises(IntegrityError, match=r"^rows of emails refer to nothing$"):
                    await drop(database)
            async with database.reading() as session:
                return list(await session.scalars(select(User.username)))

    assert asyncio.run(steps()) == ["ada"]
