"""The files of desired state in memory, by what they describe; they are edited one by one, and edits can be undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from generator.desired import Place, Places, place_of
from generator.engine.undo import Undo
from generator.errors import Problem

_NOBODY: Mapping[str, None] = {}


class DesiredFiles:
    """``contents`` by path, ``names`` of the contents (as ``digest`` gives them), and ``places``: what there is.

    All three are live, and to be read only.
    """

    def __init__(self, digest: Callable[[bytes], str]) -> None:
        self.contents: dict[str, bytes] = {}
        self.names: dict[str, str] = {}
        self._digest = digest
        self._environments: dict[str, str] = {}
        self._workspaces: dict[tuple[str, str], str] = {}
        self._deployments: dict[tuple[str, str, str], str] = {}
        # Members by what they are in: dicts without values, so that they can be undone.
        self._of_environment: dict[str, dict[str, None]] = {}
        self._of_workspace: dict[tuple[str, str], dict[str, None]] = {}
        self.places = Places(self._environments, self._workspaces, self._deployments, ())

    def put(self, path: str, data: bytes | None, undo: Undo) -> Place | Problem:
        """Write a file, or remove it (None); what it describes, or what is wrong with where it is."""
        if data is None:
            undo.drop(self.contents, path)
            undo.drop(self.names, path)
        else:
            undo.set(self.contents, path, data)
            undo.set(self.names, path, self._digest(data))
        found = place_of(path)
        match found:
            case Place("environment", (environment,)):
                _put(self._environments, environment, path, data, undo)
            case Place("workspace", (environment, workspace)):
                _put(self._workspaces, (environment, workspace), path, data, undo)
                _put(_group(self._of_environment, environment, undo), workspace, None, data, undo)
            case Place("deployment", (environment, workspace, release)):
                _put(self._deployments, (environment, workspace, release), path, data, undo)
                _put(_group(self._of_workspace, (environment, workspace), undo), release, None, data, undo)
        return found

    def workspaces(self, environment: str) -> Iterator[tuple[str, str]]:
        """The workspaces that have a file in an environment, sorted."""
        return ((environment, each) for each in sorted(self._of_environment.get(environment, _NOBODY)))

    def deployments(self, environment: str, workspace: str) -> Iterator[tuple[str, str, str]]:
        """The deployments that have a file in a workspace, sorted."""
        members = self._of_workspace.get((environment, workspace), _NOBODY)
        return ((environment, workspace, each) for each in sorted(members))

    def inputs(self, name: tuple[str, str, str]) -> tuple[str, ...]:
        """The names of the contents of a deployment's files, as its record keeps them; empty where one is missing."""
        environment, workspace, _ = name
        paths = (
            self._environments.get(environment, ""),
            self._workspaces.get((environment, workspace), ""),
            self._deployments.get(name, ""),
        )
        return tuple(self.names.get(path, "") for path in paths)


def _put(target: dict[Any, Any], key: object, value: object, data: bytes | None, undo: Undo) -> None:
    if data is None:
        undo.drop(target, key)
    else:
        undo.set(target, key, value)


def _group(groups: dict[Any, dict[str, None]], key: object, undo: Undo) -> dict[str, None]:
    if key not in groups:
        undo.set(groups, key, {})
    return groups[key]
