"""From files to desired state: where each file belongs, what is in it, and everything that is wrong, in one go."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from generator.desired.document import checked_document
from generator.desired.files import DeploymentFile, EnvironmentFile, WorkspaceFile
from generator.desired.names import wrong_name, wrong_release
from generator.desired.state import Deployment, DesiredState, Environment, Workspace
from generator.desired.tree import ROOT, Files, read_files
from generator.errors import Problem, ProblemsError, did_you_mean
from generator.model import Model
from generator.yaml import Document

M = TypeVar("M", bound=Model)

_PLACES = (
    f"{ROOT}/<environment>/environment.yaml, {ROOT}/<environment>/workspaces/<workspace>/workspace.yaml"
    f" or {ROOT}/<environment>/workspaces/<workspace>/deployments/<release>.yaml"
)


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
    loaded = load(files)
    return Loaded(loaded.state, (*problems, *loaded.problems))


def load(files: Files) -> Loaded:
    """The desired state of these files."""
    return _Loader(files).load()


class _Loader:
    def __init__(self, files: Files) -> None:
        self._files = files
        self._problems: list[Problem] = []
        self._environments: dict[str, str] = {}
        self._workspaces: dict[tuple[str, str], str] = {}
        self._deployments: dict[tuple[str, str, str], str] = {}

    def load(self) -> Loaded:
        for path in sorted(self._files):
            self._place(path)
        self._owners()
        environments: dict[str, Environment] = {}
        workspaces: dict[tuple[str, str], Workspace] = {}
        deployments: list[Deployment] = []
        for environment, path in self._environments.items():
            if (read := self._read(path, "Environment", EnvironmentFile)) is not None:
                environments[environment] = Environment(environment, path, *read)
        for (environment, workspace), path in self._workspaces.items():
            found = self._read(path, "Workspace", WorkspaceFile)
            if found is not None and environment in environments:
                workspaces[environment, workspace] = Workspace(workspace, path, *found, environments[environment])
        for (environment, workspace, release), path in self._deployments.items():
            given = self._read(path, "Deployment", DeploymentFile)
            if given is not None and (environment, workspace) in workspaces:
                deployments.append(Deployment(release, path, *given, workspaces[environment, workspace]))
        state = DesiredState(tuple(environments.values()), tuple(workspaces.values()), tuple(deployments))
        return Loaded(state, tuple(self._problems))

    def _place(self, path: str) -> None:
        """Find out from its path what a file describes."""
        root, *parts = path.split("/")
        match parts if root == ROOT else []:
            case [environment, "environment.yaml"]:
                if self._named(path, "an environment", environment, wrong_name(environment)):
                    self._environments[environment] = path
            case [environment, "workspaces", workspace, "workspace.yaml"]:
                if self._named(path, "a workspace", workspace, wrong_name(workspace)):
                    self._workspaces[environment, workspace] = path
            case [environment, "workspaces", workspace, "deployments", file] if file.endswith(".yaml"):
                release = file.removesuffix(".yaml")
                if self._named(path, "a release", release, wrong_release(release)):
                    self._deployments[environment, workspace, release] = path
            case _:
                what = "is in a place that Stargit does not read"
                self._problems.append(Problem(what, file=path, allowed=_PLACES, hint=_intended(path)))

    def _named(self, path: str, what: str, name: str, allowed: str) -> bool:
        if allowed:
            self._problems.append(Problem(f"'{name}' is no name of {what}", file=path, allowed=allowed))
        return not allowed

    def _owners(self) -> None:
        """Each workspace is in an environment that has its file, each deployment in such a workspace."""
        environments = {name for name, *_ in [*self._workspaces, *self._deployments]} - self._environments.keys()
        workspaces = {(first, second) for first, second, _ in self._deployments} - self._workspaces.keys()
        missing = {f"{ROOT}/{name}/environment.yaml": f"an environment '{name}'" for name in environments}
        missing |= {
            f"{ROOT}/{first}/workspaces/{second}/workspace.yaml": f"a workspace '{second}'"
            for first, second in workspaces
        }
        self._problems.extend(
            Problem(f"is missing, but there are files of {what}", file=path, hint="write the file, or move the others")
            for path, what in missing.items()
            # A file that is there but cannot be read was told already.
            if path not in self._files and not any(problem.file == path for problem in self._problems)
        )

    def _read(self, path: str, kind: str, model: type[M]) -> tuple[M, Document] | None:
        try:
            document = checked_document(self._files[path], path, kind)
        except ProblemsError as error:
            self._problems.extend(error.problems)
            return None
        # `values:` with nothing but comments behind it is null.
        empty: dict[str, Any] = {key: {} for key in ("defaults", "values") if document.value.get(key, {}) is None}
        return model.model_validate({**document.value, **empty}), document


#: What may stand where in a path, by the number of its parts and the part's index.
_WORDS: dict[int, dict[int, str]] = {
    3: {2: "environment.yaml"},
    5: {2: "workspaces", 4: "workspace.yaml"},
    6: {2: "workspaces", 4: "deployments"},
}


def _intended(path: str) -> str:
    """What the person probably meant."""
    if path.endswith(".yml"):
        return "files end in .yaml"
    parts = path.split("/")
    words = _WORDS.get(len(parts), {})
    hints = (did_you_mean(parts[at], [word]) for at, word in words.items() if parts[at] != word)
    return next(filter(None, hints), "")
