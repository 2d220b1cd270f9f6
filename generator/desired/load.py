"""From files to desired state: what each file says, and everything that is wrong, in one go."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from generator.desired.document import checked_document
from generator.desired.files import DeploymentFile, EnvironmentFile, WorkspaceFile
from generator.desired.places import Places, placed
from generator.desired.state import Deployment, DesiredState, Environment, Workspace
from generator.errors import Problem, ProblemsError
from generator.model import Model
from generator.worktree import Files, read_files
from generator.yaml import Document

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What could be read, without the files that have problems, and the problems."""

    state: DesiredState
    problems: tuple[Problem, ...]


def load_repository(repository: Path) -> DesiredState:
    """The desired state of a work tree. Raises ``ProblemsError`` with everything that is wrong in its files."""
    loaded = load_work_tree(repository)
    if loaded.problems:
        raise ProblemsError(loaded.problems)
    return loaded.state


def load_work_tree(repository: Path) -> Loaded:
    """What can be read of a work tree. Raises ``ProblemsError`` when it has no ``environments/``."""
    files, problems = read_files(repository)
    found = placed(files, (problem.file for problem in problems))
    loaded = _load(Reader(files, found))
    return Loaded(loaded.state, (*problems, *loaded.problems))


def load(files: Files) -> Loaded:
    """The desired state of these files."""
    return _load(Reader(files, placed(files)))


def _load(reader: Reader) -> Loaded:
    places = reader.places
    state = DesiredState(
        tuple(found for name in places.environments if (found := reader.environment(name)) is not None),
        tuple(there for names in places.workspaces if (there := reader.workspace(*names)) is not None),
        tuple(each for names in places.deployments if (each := reader.deployment(*names)) is not None),
    )
    return Loaded(state, (*places.problems, *reader.problems))


class Reader:
    """Reads files one by one when they are asked for; environments and workspaces are kept, deployments are not.

    What is wrong with files that were read is in ``problems``, each told once.
    """

    def __init__(self, files: Files, found: Places) -> None:
        self.places = found
        self.problems: list[Problem] = []
        self._files = files
        self._environments: dict[str, Environment | None] = {}
        self._workspaces: dict[tuple[str, str], Workspace | None] = {}

    def environment(self, name: str) -> Environment | None:
        """An environment; None when it has no file or its file is wrong."""
        if name not in self._environments:
            path = self.places.environments.get(name, "")
            read = self._read(path, "Environment", EnvironmentFile)
            self._environments[name] = Environment(name, path, *read) if read is not None else None
        return self._environments[name]

    def workspace(self, environment: str, name: str) -> Workspace | None:
        """A workspace; None when its file or its environment's is missing or wrong."""
        if (environment, name) not in self._workspaces:
            path = self.places.workspaces.get((environment, name), "")
            read = self._read(path, "Workspace", WorkspaceFile)
            around = self.environment(environment)
            self._workspaces[environment, name] = (
                Workspace(name, path, *read, around) if read is not None and around is not None else None
            )
        return self._workspaces[environment, name]

    def deployment(self, environment: str, workspace: str, release: str) -> Deployment | None:
        """A deployment; None when its file, its workspace's or its environment's is missing or wrong."""
        path = self.places.deployments.get((environment, workspace, release), "")
        read = self._read(path, "Deployment", DeploymentFile)
        around = self.workspace(environment, workspace)
        return Deployment(release, path, *read, around) if read is not None and around is not None else None

    def forget(self, environment: str, workspace: str | None = None) -> None:
        """Read a workspace's file again when it is asked for; without one, the environment's and its workspaces'."""
        if workspace is not None:
            self._workspaces.pop((environment, workspace), None)
            return
        self._environments.pop(environment, None)
        for key in [key for key in self._workspaces if key[0] == environment]:
            del self._workspaces[key]

    def _read(self, path: str, kind: str, model: type[M]) -> tuple[M, Document] | None:
        if not path:
            return None
        try:
            document = checked_document(self._files[path], path, kind)
        except ProblemsError as error:
            self.problems.extend(error.problems)
            return None
        # `values:` with nothing but comments behind it is null.
        empty: dict[str, Any] = {key: {} for key in ("defaults", "values") if document.value.get(key, {}) is None}
        return model.model_validate({**document.value, **empty}), document
