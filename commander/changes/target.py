"""What a change is about: an environment, a workspace or a deployment, by name."""

from __future__ import annotations

from dataclasses import dataclass

from generator.desired import wrong_name, wrong_release
from generator.errors import Problem, ProblemsError
from generator.worktree import DESIRED


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """``Target("dev")`` is an environment, ``Target("dev", "etl")`` a workspace, ``Target("dev", "etl", "daily")`` a
    deployment. Raises ``ProblemsError`` for names that none can have."""

    environment: str
    workspace: str = ""
    release: str = ""

    def __post_init__(self) -> None:
        if self.release and not self.workspace:
            raise ProblemsError([Problem(f"the deployment '{self.release}' is in no workspace")])
        wrong = [
            (self.environment, wrong_name(self.environment)),
            (self.workspace, wrong_name(self.workspace) if self.workspace else ""),
            (self.release, wrong_release(self.release) if self.release else ""),
        ]
        if problems := [Problem(f"{name[:200]!r} is no name", allowed=allowed) for name, allowed in wrong if allowed]:
            raise ProblemsError(problems)

    @classmethod
    def parse(cls, text: str) -> Target:
        """``dev``, ``dev/etl`` or ``dev/etl/daily``. Raises ``ProblemsError``."""
        parts = text.split("/")
        if not 1 <= len(parts) <= 3 or not all(parts):
            allowed = "ENVIRONMENT, ENVIRONMENT/WORKSPACE or ENVIRONMENT/WORKSPACE/RELEASE"
            raise ProblemsError([Problem(f"'{text[:200]}' names nothing", allowed=allowed)])
        return cls(*parts)

    @property
    def names(self) -> tuple[str, ...]:
        """As many as it has."""
        return tuple(name for name in (self.environment, self.workspace, self.release) if name)

    @property
    def kind(self) -> str:
        """``environment``, ``workspace`` or ``deployment``."""
        return ("environment", "workspace", "deployment")[len(self.names) - 1]

    @property
    def file(self) -> str:
        """Its file's path in the repository."""
        folder = f"{DESIRED}/{self.environment}"
        if not self.workspace:
            return f"{folder}/environment.yaml"
        folder = f"{folder}/workspaces/{self.workspace}"
        return f"{folder}/deployments/{self.release}.yaml" if self.release else f"{folder}/workspace.yaml"

    def __str__(self) -> str:
        return "/".join(self.names)
