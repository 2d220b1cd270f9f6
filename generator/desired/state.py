"""Desired state as it was loaded: environments, their workspaces, their deployments.

Names are those of files and folders.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from generator.desired.files import DeploymentFile, EnvironmentFile, WorkspaceFile
from generator.yaml import Document


@dataclass(frozen=True, slots=True)
class Environment:
    """A cluster with one platform. ``file`` is the path in the repository, as in the other two."""

    name: str
    file: str
    settings: EnvironmentFile
    document: Document = field(repr=False, compare=False)

    @property
    def label(self) -> str:
        """The name that people see."""
        return self.settings.label or self.name


@dataclass(frozen=True, slots=True)
class Workspace:
    """A team's deployments in an environment."""

    name: str
    file: str
    settings: WorkspaceFile
    document: Document = field(repr=False, compare=False)
    environment: Environment

    @property
    def label(self) -> str:
        """The name that people see."""
        return self.settings.label or self.name


@dataclass(frozen=True, slots=True)
class Deployment:
    """One Airflow; ``name`` is its release name."""

    name: str
    file: str
    settings: DeploymentFile
    document: Document = field(repr=False, compare=False)
    workspace: Workspace

    @property
    def label(self) -> str:
        """The name that people see."""
        return self.settings.label or self.name

    @property
    def environment(self) -> Environment:
        """The environment that its workspace is in."""
        return self.workspace.environment

    @property
    def namespace(self) -> str:
        """The namespace that everything of it is in."""
        return self.settings.namespace or f"{self.environment.settings.platform.namespace}-{self.name}"

    @property
    def deleted_by(self) -> Environment | Workspace | Deployment | None:
        """What is deleted: the deployment itself, else what is around it; None when it is not deleted."""
        around = (self, self.workspace, self.environment)
        return next((each for each in around if each.settings.deletedAt is not None), None)


@dataclass(frozen=True, slots=True)
class DesiredState:
    """All that a repository asks for, sorted by environment, workspace and release."""

    environments: tuple[Environment, ...]
    workspaces: tuple[Workspace, ...]
    deployments: tuple[Deployment, ...]
