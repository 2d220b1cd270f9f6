"""What a file describes follows from its path: an environment, a workspace, a deployment, or nothing known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from generator.desired.names import wrong_name, wrong_release
from generator.errors import Problem, did_you_mean
from generator.worktree import DESIRED

_PLACES = (
    f"{DESIRED}/<environment>/environment.yaml, {DESIRED}/<environment>/workspaces/<workspace>/workspace.yaml"
    f" or {DESIRED}/<environment>/workspaces/<workspace>/deployments/<release>.yaml"
)

_Kind: TypeAlias = Literal["environment", "workspace", "deployment"]

#: What may stand where in a path, by the number of its parts and the part's index.
_WORDS: dict[int, dict[int, str]] = {
    3: {2: "environment.yaml"},
    5: {2: "workspaces", 4: "workspace.yaml"},
    6: {2: "workspaces", 4: "deployments"},
}


@dataclass(frozen=True, slots=True)
class Places:
    """The files' paths by what they describe, sorted."""

    environments: Mapping[str, str]
    workspaces: Mapping[tuple[str, str], str]
    deployments: Mapping[tuple[str, str, str], str]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """What a file describes: ``names`` are those of its environment, workspace and release, as many as it has."""

    kind: _Kind
    names: tuple[str, ...]


def place_of(path: str) -> Place | Problem:
    """What the file at ``path`` describes, or what is wrong with where it is."""
    root, *parts = path.split("/")
    match parts if root == DESIRED else []:
        case [environment, "environment.yaml"]:
            return _named(path, "environment", (environment,), "an environment", wrong_name(environment))
        case [environment, "workspaces", workspace, "workspace.yaml"]:
            return _named(path, "workspace", (environment, workspace), "a workspace", wrong_name(workspace))
        case [environment, "workspaces", workspace, "deployments", file] if file.endswith(".yaml"):
            release = file.removesuffix(".yaml")
            names = (environment, workspace, release)
            return _named(path, "deployment", names, "a release", wrong_release(release))
    what = "is in a place that Stargit does not read"
    return Problem(what, file=path, allowed=_PLACES, hint=_intended(path))


def _named(path: str, kind: _Kind, names: tuple[str, ...], what: str, allowed: str) -> Place | Problem:
    return Problem(f"'{names[-1]}' is no name of {what}", file=path, allowed=allowed) if allowed else Place(kind, names)


def placed(paths: Iterable[str], unreadable: Iterable[str] = ()) -> Places:
    """Sort files by what they describe.

    Each workspace is in an environment that has its file, each deployment in such a workspace. ``unreadable`` are files
    that are there but have been told of already.
    """
    known = sorted(paths)
    environments: dict[str, str] = {}
    workspaces: dict[tuple[str, str], str] = {}
    deployments: dict[tuple[str, str, str], str] = {}
    problems: list[Problem] = []
    for path in known:
        match place_of(path):
            case Problem() as problem:
                problems.append(problem)
            case Place("environment", (environment,)):
                environments[environment] = path
            case Place("workspace", (environment, workspace)):
                workspaces[environment, workspace] = path
            case Place("deployment", (environment, workspace, release)):
                deployments[environment, workspace, release] = path

    there = {*known, *unreadable, *(problem.file for problem in problems)}
    problems += (problem for problem in _missing(environments, workspaces, deployments) if problem.file not in there)
    return Places(environments, workspaces, deployments, tuple(problems))


def _missing(
    environments: Mapping[str, str],
    workspaces: Mapping[tuple[str, str], str],
    deployments: Mapping[tuple[str, str, str], str],
) -> list[Problem]:
    missing_environments = {name for name, *_ in [*workspaces, *deployments]} - environments.keys()
    missing_workspaces = {(first, second) for first, second, _ in deployments} - workspaces.keys()
    missing = {f"{DESIRED}/{name}/environment.yaml": f"an environment '{name}'" for name in missing_environments}
    missing |= {
        f"{DESIRED}/{first}/workspaces/{second}/workspace.yaml": f"a workspace '{second}'"
        for first, second in missing_workspaces
    }
    return [
        Problem(f"is missing, but there are files of {what}", file=path, hint="write the file, or move the others")
        for path, what in missing.items()
    ]


def _intended(path: str) -> str:
    """What the person probably meant."""
    if path.endswith(".yml"):
        return "files end in .yaml"
    parts = path.split("/")
    words = _WORDS.get(len(parts), {})
    hints = (did_you_mean(parts[at], [word]) for at, word in words.items() if parts[at] != word)
    return next(filter(None, hints), "")
