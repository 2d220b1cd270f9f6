"""Where a target's files are, and whose a file is."""

from __future__ import annotations

from commander.changes import Target
from generator.desired import Place, place_of
from generator.engine.paths import owner_of
from generator.errors import ProblemsError
from generator.worktree import DESIRED, RENDERED

#: A target's names: environment, workspace and release, empty where it has none. They sort as targets do, and faster.
Names = tuple[str, str, str]


def names_of(target: Target) -> Names:
    """The names of a target."""
    return (target.environment, target.workspace, target.release)


def desired_names(path: str) -> Names | None:
    """Whose file of desired state is at a path; None: nobody's."""
    place = place_of(path)
    return _padded(place.names) if isinstance(place, Place) else None


def rendered_target(path: str) -> Target | None:
    """Of what a file is rendered, by its path; what is nobody else's is the environment's. None: of nothing."""
    owner = owner_of(path)
    names = owner.names if owner is not None else tuple(path.split("/")[1:-1][:1])
    try:
        return Target(*names) if names else None
    except ProblemsError:
        return None


def folder_of(target: Target) -> str:
    """The folder with everything of desired state that is inside an environment or a workspace; of a deployment, its
    file."""
    if target.release:
        return target.file
    return target.file.rpartition("/")[0]


def rendered_of(target: Target, *, inside: bool) -> tuple[str, ...]:
    """The files and folders with what is rendered of a target, in the order of their names. Those of an environment
    have Argo CD's objects of workspaces in them, too."""
    root = f"{RENDERED}/{target.environment}"
    if target.release:
        values = f"{root}/values/{target.workspace}/{target.release}.yaml"
        return (values, f"{root}/workspaces/{target.workspace}/{target.release}")
    if target.workspace:
        own = f"{root}/argocd/workspaces/{target.workspace}.yaml"
        return (own, f"{root}/values/{target.workspace}", f"{root}/workspaces/{target.workspace}") if inside else (own,)
    return (root,) if inside else (f"{root}/argocd", f"{root}/platform", f"{root}/values/platform.yaml")


def applied_of(target: Target, *, by_helm: bool) -> tuple[str, ...]:
    """The files and folders that Argo CD makes a deployment's objects of."""
    values, folder = rendered_of(target, inside=False)
    return (values, f"{folder}/namespace.yaml") if by_helm else (folder,)


def workspaces_folder(environment: str) -> str:
    """The folder of an environment's workspaces."""
    return f"{DESIRED}/{environment}/workspaces"


def _padded(names: tuple[str, ...]) -> Names:
    environment, workspace, release = (*names, "", "")[:3]
    return (environment, workspace, release)
