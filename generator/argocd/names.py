"""Names of Argo CD's objects, their labels, and where in the repository they look."""

from __future__ import annotations

import posixpath

from generator.desired import Environment, GitOps

_LABELS = "stargit.dev"


def gitops_name(environment: str, gitops: GitOps) -> str:
    """The name of the root Application and its project, for the environment of this name."""
    return gitops.name or environment


def part_name(root: str, part: str) -> str:
    """The name of an Application of a release, or of a workspace's project, below that root Application."""
    return f"{root}-{part}"


def rendered_path(environment: Environment, gitops: GitOps, *parts: str) -> str:
    """A path below ``rendered/<environment>`` as Argo CD sees it: from the root of its repository."""
    return posixpath.normpath(posixpath.join(gitops.path, "rendered", environment.name, *parts))


def labels(environment: Environment, root: str, **more: str) -> dict[str, str]:
    """Labels by which objects are found; ``part-of`` makes Argo CD show them as children of the root Application."""
    return {
        "app.kubernetes.io/managed-by": "stargit",
        "app.kubernetes.io/part-of": root,
        f"{_LABELS}/environment": environment.name,
        **{f"{_LABELS}/{key}": value for key, value in more.items()},
    }
