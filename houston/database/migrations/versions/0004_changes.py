"""Changes that were asked for, and the audit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from houston.database.base import Moment

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asker_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(128), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("change", sa.LargeBinary(), nullable=False),
        sa.Column("event", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("revision", sa.String(64), nullable=False),
        sa.Column("refusal", sa.JSON()),
        sa.Column("begun_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requests")),
        sa.UniqueConstraint("asker_id", "key", name=op.f("uq_requests_asker_id_key")),
        sa.CheckConstraint("state IN ('open', 'done', 'refused')", name=op.f("ck_requests_state")),
    )
    op.create_index(
        "ix_requests_open", "requests", ["begun_at"],
        postgresql_where=sa.text("state = 'open'"), sqlite_where=sa.text("state = 'open'"),
    )  # fmt: skip
    op.create_table(
        "audit_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("tag", sa.String(64), nullable=False),
        sa.Column("result", sa.String(16), nullable=False),
        sa.Column("actor_kind", sa.String(32), nullable=False),
        sa.Column("actor_id", sa.Uuid()),
        sa.Column("actor_name", sa.String(320), nullable=False),
        sa.Column("level", sa.String(16), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid()),
        sa.Column("place_name", sa.String(200), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("revision", sa.String(64), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
    )
    op.create_index("ix_audit_events_at_id", "audit_events", ["at", "id"])
    op.create_index("ix_audit_events_place_id_at", "audit_events", ["place_id", "at"])
    op.create_index("ix_audit_events_workspace_id_at", "audit_events", ["workspace_id", "at"])
    op.create_index("ix_audit_events_actor_id_at", "audit_events", ["actor_id", "at"])
