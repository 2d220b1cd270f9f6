"""Who holds which names: no two deployments of an environment may have the same release name or namespace."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

from generator.engine.fleet import Name
from generator.engine.undo import Undo

_Held: TypeAlias = tuple[str, Literal["release", "namespace"], str]


class Holders:
    """Deployments by the names that they hold, and the reverse; also of those that are refused their names."""

    def __init__(self) -> None:
        self._holders: dict[_Held, dict[Name, None]] = {}
        self._held: dict[Name, tuple[_Held, ...]] = {}

    def hold(self, name: Name, namespace: str, undo: Undo) -> None:
        """A deployment holds its release name and this namespace from now on, and no other."""
        environment, _, release = name
        self._change(name, ((environment, "release", release), (environment, "namespace", namespace)), undo)

    def let_go(self, name: Name, undo: Undo) -> None:
        """A deployment is gone."""
        self._change(name, (), undo)

    def rivals(self, name: Name) -> set[Name]:
        """The others that hold something that this deployment holds."""
        return {each for held in self._held.get(name, ()) for each in self._holders[held] if each != name}

    def met(self, names: Iterable[Name]) -> set[Name]:
        """These deployments that have rivals, with the rivals."""
        return {each for name in names if (rivals := self.rivals(name)) for each in (name, *rivals)}

    def _change(self, name: Name, wanted: tuple[_Held, ...], undo: Undo) -> None:
        for held in self._held.get(name, ()):
            if held not in wanted:
                undo.drop(self._holders[held], name)
        for held in wanted:
            if held not in self._holders:
                undo.set(self._holders, held, {})
            undo.set(self._holders[held], name, None)
        if wanted:
            undo.set(self._held, name, wanted)
        else:
            undo.drop(self._held, name)
