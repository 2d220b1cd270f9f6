"""Environments, workspaces and deployments as git has them at one commit: an index, made anew from git at any time."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from houston.database.base import Base

#: Characters of a name in git, and of texts that files have, which may be longer than what can be meant.
NAME, LABEL, DESCRIPTION, SHORT, IMAGE = 63, 300, 10_000, 64, 512


class _Indexed:
    """What rows of all three kinds have. ``id`` follows from names (``houston.index.ids``).

    ``revision`` stands for the contents of the file. Times are those of commits that Houston saw; ``None``: it was not
    there then. ``problems`` say what is wrong with the file: a list of maps, each a ``Problem`` of the protocol.
    """

    id: Mapped[UUID] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(String(LABEL))
    description: Mapped[str] = mapped_column(String(DESCRIPTION))
    revision: Mapped[str] = mapped_column(String(64))
    deleted_at: Mapped[datetime | None]
    created_at: Mapped[datetime | None]
    updated_at: Mapped[datetime | None]

    @declared_attr
    @classmethod
    def problems(cls) -> Mapped[list[dict[str, Any]]]:
        """Plain data."""
        return mapped_column(JSON)


class Environment(_Indexed, Base):
    """A cluster with a platform in it."""

    __tablename__ = "environments"

    name: Mapped[str] = mapped_column(String(NAME), unique=True)


class Workspace(_Indexed, Base):
    """A team's group of deployments in an environment."""

    __tablename__ = "workspaces"
    __table_args__ = (UniqueConstraint("environment_id", "name"),)

    environment_id: Mapped[UUID] = mapped_column(ForeignKey("environments.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(NAME))


class Deployment(_Indexed, Base):
    """One Airflow, with what it runs as its file, its workspace's and its environment's say together."""

    __tablename__ = "deployments"
    __table_args__ = (UniqueConstraint("environment_id", "release"),)

    environment_id: Mapped[UUID] = mapped_column(ForeignKey("environments.id", ondelete="CASCADE"))
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), index=True)
    release: Mapped[str] = mapped_column(String(NAME))
    runtime_version: Mapped[str] = mapped_column(String(SHORT))
    airflow_version: Mapped[str] = mapped_column(String(SHORT))
    executor: Mapped[str] = mapped_column(String(SHORT))
    image_repository: Mapped[str] = mapped_column(String(IMAGE))
    image_tag: Mapped[str] = mapped_column(String(IMAGE))
    image_digest: Mapped[str] = mapped_column(String(IMAGE))
    hibernating: Mapped[bool]


class IndexState(Base):
    """The commit up to which the index has everything. One row."""

    __tablename__ = "index_state"

    id: Mapped[int] = mapped_column(primary_key=True)
    revision: Mapped[str] = mapped_column(String(64))
