"""The index of environments, workspaces and deployments."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from houston.database.base import Moment

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "environments",
        *_indexed(),
        sa.Column("name", sa.String(63), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_environments")),
        sa.UniqueConstraint("name", name=op.f("uq_environments_name")),
    )
    op.create_table(
        "workspaces",
        *_indexed(),
        sa.Column("environment_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(63), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspaces")),
        sa.UniqueConstraint("environment_id", "name", name=op.f("uq_workspaces_environment_id_name")),
        _inside("workspaces", "environment_id", "environments"),
    )
    op.create_table(
        "deployments",
        *_indexed(),
        sa.Column("environment_id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("release", sa.String(63), nullable=False),
        sa.Column("runtime_version", sa.String(64), nullable=False),
        sa.Column("airflow_version", sa.String(64), nullable=False),
        sa.Column("executor", sa.String(64), nullable=False),
        sa.Column("image_repository", sa.String(512), nullable=False),
        sa.Column("image_tag", sa.String(512), nullable=False),
        sa.Column("image_digest", sa.String(512), nullable=False),
        sa.Column("hibernating", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deployments")),
        sa.UniqueConstraint("environment_id", "release", name=op.f("uq_deployments_environment_id_release")),
        _inside("deployments", "environment_id", "environments"),
        _inside("deployments", "workspace_id", "workspaces"),
    )
    op.create_index(op.f("ix_deployments_workspace_id"), "deployments", ["workspace_id"])
    op.create_table(
        "index_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_state")),
    )


def _indexed() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.String(300), nullable=False),
        sa.Column("description", sa.String(10_000), nullable=False),
        sa.Column("revision", sa.String(64), nullable=False),
        sa.Column("deleted_at", Moment()),
        sa.Column("created_at", Moment()),
        sa.Column("updated_at", Moment()),
        sa.Column("problems", sa.JSON(), nullable=False),
    ]


def _inside(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE")
