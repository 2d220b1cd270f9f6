"""Whose a rendered file is, by its path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Owner:
    """A deployment (``names`` are environment, workspace, release), or Argo CD's objects of a workspace (two names) or
    of an environment (one)."""

    kind: Literal["deployment", "argocd"]
    names: tuple[str, ...]

    @property
    def key(self) -> str:
        """The key of its record."""
        return "/".join(self.names)


def owner_of(path: str) -> Owner | None:
    """Who would write the file at ``path`` of the repository; None: nobody."""
    match path.removesuffix(".yaml").split("/"):
        case [_, environment, "workspaces", workspace, release, _]:
            return Owner("deployment", (environment, workspace, release))
        case [_, environment, "values", workspace, release]:
            return Owner("deployment", (environment, workspace, release))
        case [_, environment, "argocd", "workspaces", workspace]:
            return Owner("argocd", (environment, workspace))
        case [_, environment, "argocd", _]:
            return Owner("argocd", (environment,))
    return None
