"""Alembic's entry: one connection, given by ``houston.database.upgrading``, in whose transaction everything happens."""

from __future__ import annotations

from alembic import context

from houston.database.base import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,
    # SQLite changes a table by making another one.
    render_as_batch=True,
)
context.run_migrations()
