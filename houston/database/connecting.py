"""Connections: which database, and transactions that behave alike in SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from houston.database.base import Base

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
#: Seconds that a writer waits for another one (SQLite), and that a connection may take.
_PATIENCE = 10


class DatabaseUrlError(ValueError):
    """No database can be at this address. The message holds no password."""


class Database:
    """A database and its pool of connections, to be made and closed in one event loop.

    ``url`` is ``sqlite:///FILE`` or ``postgresql://USER:PASSWORD@HOST:PORT/NAME?sslmode=...``, as libpq reads it.
    Nothing is connected before the first transaction. Raises ``DatabaseUrlError``.
    """

    def __init__(self, url: str, *, connections: int = 10) -> None:
        self.url = _checked(url)
        self._engine = _engine(self.url, connections)
        # Of SQLite's transactions only those that say so at once wait for each other; others fail half way.
        self._writing = self._engine.execution_options(writes=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @asynccontextmanager
    async def migrating(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that changes tables. SQLite changes one by making another in its place, and what refers to it
        must not go with the old one, so references are checked at the end.

        Raises ``IntegrityError`` of the standard library's ``sqlite3`` where a reference would lead nowhere.
        """
        engine = _engine(self.url, 1, references=False).execution_options(writes=True)
        try:
            async with engine.begin() as connection:
                yield connection
                if connection.dialect.name == "sqlite":
                    broken = (await connection.exec_driver_sql("PRAGMA foreign_key_check")).all()
                    if broken:
                        tables = sorted({str(row[0]) for row in broken})
                        raise sqlite3.IntegrityError(f"rows of {', '.join(tables)} refer to nothing")
        finally:
            await engine.dispose()

    async def close(self) -> None:
        """End all connections."""
        await self._engine.dispose()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A transaction that changes nothing. It sees one state (SQLite), or what is committed by then (PostgreSQL)."""
        async with AsyncSession(self._engine, expire_on_commit=False, autoflush=False) as session:
            yield session

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """A transaction that is committed when the block ends, and undone when it raises."""
        async with AsyncSession(self._writing, expire_on_commit=False) as session, session.begin():
            yield session


def _checked(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise DatabaseUrlError(
            "this is no address of a database; allowed are sqlite:///FILE and postgresql://..."
        ) from None
    if parsed.drivername not in _DRIVERS:
        raise DatabaseUrlError(f"'{parsed.drivername}' is no database of Houston's; allowed are sqlite and postgresql")
    if parsed.drivername == "sqlite" and not parsed.database:
        raise DatabaseUrlError("a database of SQLite needs a file: sqlite:///FILE")
    if parsed.drivername != "sqlite" and not parsed.database:
        raise DatabaseUrlError("the address has no name of a database: postgresql://USER@HOST/NAME")
    return parsed.set(drivername=_DRIVERS[parsed.drivername])


def _engine(url: URL, connections: int, *, references: bool = True) -> AsyncEngine:
    if url.get_backend_name() == "sqlite":
        Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)
        engine = create_async_engine(url, connect_args={"timeout": _PATIENCE, "isolation_level": None})
        event.listen(engine.sync_engine, "connect", partial(_prepare_sqlite, references=references))
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine
    return create_async_engine(
        url,
        pool_size=connections,
        pool_pre_ping=True,
        connect_args={"connect_timeout": _PATIENCE, "application_name": "stargit-houston"},
    )


def _prepare_sqlite(connection: Any, _: object, *, references: bool) -> None:
    cursor = connection.cursor()
    # What is acknowledged survives power loss, and readers don't wait for the writer.
    for pragma in (f"foreign_keys={'ON' if references else 'OFF'}", "journal_mode=WAL", "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def inserting(session: AsyncSession, table: type[Base]) -> Any:
    """An ``INSERT`` that may say what happens ``on_conflict``; both databases have it, in a dialect of their own."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return insert(table)
