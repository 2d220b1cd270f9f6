"""What a file describes follows from its path: an environment, a workspace, a deployment, or nothing known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from generator.desired.names import wrong_name, wrong_release
from generator.errors import Problem, did_you_mean
from generator.worktree import DESIRED

_PLACES = (
    f"{DESIRED}/<environment>/environment.yaml, {DESIRED}/<environment>/workspaces/<workspace>/workspace.yaml"
    f" or {DESIRED}/<environment>/workspaces/<workspace>/deployments/<release>.yaml"
)

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

    def named(path: str, what: str, name: str, allowed: str) -> bool:
        if allowed:
            problems.append(Problem(f"'{name}' is no name of {what}", file=path, allowed=allowed))
        return not allowed

    for path in known:
        root, *parts = path.split("/")
        match parts if root == DESIRED else []:
            case [environment, "environment.yaml"]:
                if named(path, "an environment", environment, wrong_name(environment)):
                    environments[environment] = path
            case [environment, "workspaces", workspace, "workspace.yaml"]:
                if named(path, "a workspace", workspace, wrong_name(workspace)):
                    workspaces[environment, workspace] = path
            case [environment, "workspaces", workspace, "deployments", file] if file.endswith(".yaml"):
                release = file.removesuffix(".yaml")
                if named(path, "a release", release, wrong_release(release)):
                    deployments[environment, workspace, release] = path
            case _:
                what = "is in a place that Stargit does not read"
                problems.append(Problem(what, file=path, allowed=_PLACES, hint=_intended(path)))

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
