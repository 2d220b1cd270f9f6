"""The deployment in the making: values are put at paths of ours, and the fate of each value of the input is noted."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from generator.airflow import AirflowVersion
from generator.importer.confidential import Vault
from generator.importer.convert import Converter, Fate
from generator.importer.result import KeyPath, Outcome, leaves
from generator.importer.templates import Known, resolve
from generator.yaml import dotted

#: How much it counts what a value says of a setting: one under an outdated name, one as it should be, one that the
#: official chart takes before others.
WEAK, PLAIN, STRONG = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Release:
    """What is known of the release beside its values."""

    name: str
    namespace: str
    airflow: AirflowVersion | None
    chart: tuple[int, int] | None

    @property
    def airflow3(self) -> bool:
        """Whether it is Airflow 3, as it is when nothing says else."""
        return self.airflow is None or self.airflow.major >= 3


@dataclass(frozen=True, slots=True)
class Item:
    """A value of the input: ``src`` is where it stands in the values, ``path`` the path by which rules know it."""

    src: KeyPath
    path: KeyPath
    value: Any
    strength: int = PLAIN


class Draft:
    """Values of ours, and the fates of the input's leaves by their paths in the input's values."""

    def __init__(self, release: Release, source: dict[str, Any]) -> None:
        self.release = release
        self.source = source
        self.values: dict[str, Any] = {}
        self.fates: dict[KeyPath, Fate] = {}
        self.moves: dict[KeyPath, KeyPath] = {}
        self.vault = Vault()
        self.notes: list[str] = []
        self._known = Known(release.name, release.namespace, source)
        self._converter = Converter(self._known, self.vault)
        self._strength: dict[KeyPath, int] = {}
        self._go: Callable[..., None]
        self._unknown: Callable[[Item], None]

    # What becomes of a value

    def put(self, src: KeyPath, value: Any, dst: KeyPath, reason: str = "", *, strength: int = PLAIN) -> None:
        """Put a value of the input at ``dst``. Of two for one setting the stronger stays, of equals the later."""
        before = self._at(dst)
        if isinstance(before, dict) and isinstance(value, dict) and value:
            for key, each in value.items():
                self.put((*src, key), each, (*dst, key), reason, strength=strength)
            return
        part = self._converter.convert(value, src, dst)
        if part.gone:
            self.fates |= part.fates
            return
        if before is not None:
            if self._strength.get(dst, PLAIN) > strength:
                self.unneeded(src, value, f"{dotted(dst)} is said elsewhere in these values, and that counts")
                return
            self._retract(dst, f"{dotted(src)} says it too, and that counts", "unneeded")
        if reason:
            part.fates = {path: replace(fate, reason=fate.reason or reason) for path, fate in part.fates.items()}
        self._set(dst, part.value)
        for need in part.needs:
            need()
        self.fates |= part.fates
        self.moves |= part.moves
        self._strength |= dict.fromkeys(part.moves.values(), strength)

    def append(self, src: KeyPath, items: list[Any], dst: KeyPath, *, first: int = 0) -> None:
        """Put the items of a list behind those that are at ``dst``; in the input they begin at index ``first``."""
        for index, item in enumerate(items, first):
            self.append_one((*src, index), item, dst)

    def append_one(self, src: KeyPath, item: Any, dst: KeyPath, *, part: str = "") -> None:
        """Put an item behind those at ``dst``. When the input had only a ``part`` of it, its fate is at ``src``."""
        there = self._at(dst)
        if there is not None and not isinstance(there, list):
            self.remove(dst, "it is no list, and other values belong into it")
        number = len(there) if isinstance(there, list) else 0
        found = self._converter.convert(item, src, (*dst, number))
        below = (*src, part)
        self.fates |= {
            (*src, *path[len(below) :]) if part and path[: len(below)] == below else path: fate
            for path, fate in found.fates.items()
        }
        if found.gone or found.broken:
            return
        for need in found.needs:
            need()
        self.moves |= found.moves
        if number == 0:
            self._set(dst, [])
        self._at(dst).append(found.value)

    def secret_fate(self, src: KeyPath, secret: tuple[str, str] | None, reason: str = "") -> None:
        """Note that a value goes into a Secret, together with others, or that a part of it was taken out."""
        target = self.fates[src].target if src in self.fates else ()
        self.fates[src] = Fate("secret", target, secret, reason)

    def give(self, dst: KeyPath, value: Any) -> None:
        """Set something of ours that stands for no single value of the input, when nothing is there."""
        if self._at(dst) is None:
            self._set(dst, value)

    def moved(self, src: KeyPath, value: Any, dst: KeyPath, reason: str = "") -> None:
        """Note that all of a value is now said at ``dst``, in another way."""
        for path, _ in leaves(value, src):
            self.fates[path] = Fate("moved", dst, reason=reason)

    def drop(self, src: KeyPath, value: Any, reason: str, outcome: Outcome = "dropped") -> None:
        """Leave out a value and all in it; what sets nothing is told as such."""
        for path, each in leaves(value, src):
            within = any(isinstance(step, int) for step in path)
            empty = not within and (each is None or each in ({}, []) or each == "")
            self.fates[path] = (
                Fate("unneeded", reason="empty: it sets nothing") if empty else Fate(outcome, reason=reason)
            )

    def unneeded(self, src: KeyPath, value: Any, reason: str) -> None:
        """Leave out what need not be said."""
        self.drop(src, value, reason, "unneeded")

    def secret(self, src: KeyPath, value: Any, suffix: str, key: str, *, kind: str = "Opaque") -> tuple[str, str]:
        """Take out a secret: the Secret's name, which is the release's with ``suffix``, and its key."""
        name = f"{self.release.name}-{suffix}"
        key = self.vault.key(name, key, value)
        for path, _ in leaves(value, src):
            self.vault.need(name, [key], path, kind)
            self.fates[path] = Fate("secret", secret=(name, key))
        return name, key

    def on_walk(self, go: Callable[..., None], unknown: Callable[[Item], None]) -> None:
        """Who goes on with values that a rule hands back."""
        self._go, self._unknown = go, unknown

    def walk(self, src: KeyPath, value: Any, path: KeyPath, *, plain: bool = False) -> None:
        """Go on with a value as if it stood at ``path``; ``plain``: no rule for the value itself."""
        self._go(Item(src, path, value), plain=plain)

    def unknown(self, item: Item) -> None:
        """Leave out what has no counterpart."""
        self._unknown(item)

    def resolved(self, text: str) -> str | None:
        """The text with its templates filled in; None when one can't be known."""
        return resolve(text, self._known)

    def at(self, path: KeyPath) -> Any:
        """What is at a path of ours now; None when nothing is."""
        return self._at(path)

    def said(self, *path: str | int) -> Any:
        """What the input says at a path; None when it says nothing."""
        found: Any = self.source
        for step in path:
            found = found.get(step) if isinstance(found, dict) else None
        return found

    def change(self, dst: KeyPath, value: Any, reason: str) -> None:
        """Give what is at ``dst`` another value."""
        self._set(dst, value)
        for path, fate in self.fates.items():
            if fate.target == dst and fate.outcome not in ("dropped", "unneeded"):
                self.fates[path] = replace(fate, outcome="moved", reason=reason)

    def remove(self, dst: KeyPath, reason: str) -> bool:
        """Take out again what is at ``dst``, because of ``reason``; whether there was anything."""
        return self.remove_all({dst: reason})

    def remove_all(self, found: Mapping[KeyPath, str]) -> bool:
        """Take out what is at several paths, none of which is below another; whether there was anything."""
        # Later items of a list first, so that the places of the others stay true.
        paths = sorted((path for path in found if self._is_there(path)), key=_late, reverse=True)
        removed = [self._at(path) for path in paths]
        items: dict[KeyPath, list[int]] = {}
        for path in paths:
            del self._at(path[:-1])[path[-1]]
            if isinstance(path[-1], int):
                items.setdefault(path[:-1], []).append(path[-1])
        for source, fate in self.fates.items():
            if fate.outcome not in ("dropped", "unneeded") and (above := _prefix(fate.target, found)):
                gone = Fate("dropped", reason=found[above])
                self.fates[source] = gone if fate.secret is None else replace(fate, target=())
        if items:
            self.fates = {path: replace(fate, target=_shifted(fate.target, items)) for path, fate in self.fates.items()}
            self.moves = {path: _shifted(to, items) for path, to in self.moves.items()}
        for path in paths:
            self._prune(path[:-1])
        self._forget(removed, " ".join(dict.fromkeys(found[path] for path in paths)))
        return bool(paths)

    # How it is done

    def _retract(self, dst: KeyPath, reason: str, outcome: Outcome) -> None:
        for path, fate in self.fates.items():
            if fate.target[: len(dst)] == dst and fate.outcome not in ("dropped", "unneeded"):
                self.fates[path] = Fate(outcome, reason=reason) if fate.secret is None else replace(fate, target=())

    def _is_there(self, path: KeyPath) -> bool:
        parent, last = self._at(path[:-1]), path[-1]
        if isinstance(parent, list):
            return isinstance(last, int) and last < len(parent)
        return isinstance(parent, dict) and last in parent

    def _forget(self, removed: Any, reason: str) -> None:
        """Secrets that only what was removed has named."""
        there = {value for _, value in leaves(self.values) if isinstance(value, str)}
        for name in {value for _, value in leaves(removed) if isinstance(value, str)} & set(self.vault.names()) - there:
            self.vault.forget(name)
            for path, fate in self.fates.items():
                if fate.secret is not None and fate.secret[0] == name:
                    self.fates[path] = Fate("dropped", reason=reason)

    def _prune(self, dst: KeyPath) -> None:
        while dst and self._at(dst) in ({}, []):
            del self._at(dst[:-1])[dst[-1]]
            dst = dst[:-1]

    def _at(self, path: KeyPath) -> Any:
        found: Any = self.values
        for step in path:
            if isinstance(found, list):
                found = found[step] if isinstance(step, int) and step < len(found) else None
            else:
                found = found.get(step) if isinstance(found, dict) else None
        return found

    def _set(self, path: KeyPath, value: Any) -> None:
        at: Any = self.values
        for number, step in enumerate(path[:-1]):
            if isinstance(at, list):
                at = at[step]  # type: ignore[index]  # lists are made before their items
                continue
            if not isinstance(at.get(step), dict | list):
                if at.get(step) is not None:
                    self._retract(path[: number + 1], "it is no map, and other values belong below it", "dropped")
                at[step] = {}
            at = at[step]
        last = path[-1]
        if isinstance(value, dict) and isinstance(at, dict) and isinstance(at.get(last), dict):
            for key, each in value.items():
                self._set((*path, key), each)
        elif isinstance(at, list) and last == len(at):
            at.append(value)
        else:
            at[last] = value


def _late(path: KeyPath) -> list[tuple[str, int]]:
    """Puts paths in order, and items of a list by their index."""
    return [(step, -1) if isinstance(step, str) else ("", step) for step in path]


def _prefix(path: KeyPath, found: Mapping[KeyPath, str]) -> KeyPath:
    """The part of a path that was found; empty when none was."""
    return next((path[:length] for length in range(1, len(path) + 1) if path[:length] in found), ())


def _shifted(path: KeyPath, items: Mapping[KeyPath, list[int]]) -> KeyPath:
    """A path after items of lists (their indexes, the last first) were taken out."""
    for length in range(1, len(path)):
        step = path[length]
        if isinstance(step, int) and (gone := items.get(path[:length])) is not None:
            before = len(gone) - bisect_right(gone, -step, key=lambda index: -index)
            return (*path[:length], step - before, *path[length + 1 :])
    return path
