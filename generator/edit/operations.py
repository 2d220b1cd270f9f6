"""What can be done to a file: operations on its data, and the data that they lead to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from generator.edit.syntax import Node
from generator.errors import Problem, ProblemsError, did_you_mean
from generator.yaml import Document, dotted


@dataclass(frozen=True, slots=True)
class Where:
    """The item of a list of maps whose ``key`` is ``value``: ``env[name=TEAM]``. Unlike an index it stays right when
    somebody else changes the list."""

    key: str
    value: str


Step: TypeAlias = str | int | Where
#: From the root of the file to a value: keys of maps, indexes of lists, or items chosen by what is in them.
Path: TypeAlias = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Set:
    """Makes ``value`` (JSON-like; ``None`` writes ``null``, which removes a default) the value at ``path``.

    Maps on the way that are missing are made, and so is the item that a ``Where`` names; the index behind the last item
    of a list appends.
    """

    path: Path
    value: Any


@dataclass(frozen=True, slots=True)
class Unset:
    """Removes the key or the item at ``path``, which must be there, so that the layer below decides."""

    path: Path


@dataclass(frozen=True, slots=True)
class Merge:
    """Lays ``values`` over the map at ``path`` as a JSON Merge Patch does (RFC 7386): maps merge, ``None`` removes the
    key (``Set`` writes a ``null``), everything else replaces, lists too."""

    path: Path
    values: Mapping[str, Any]


Operation: TypeAlias = Set | Unset | Merge


class Items(list[Any]):
    """A list as it is being changed. ``origins`` has for each item its index in the file, if it has one; None: the list
    is another one than that in the file."""

    def __init__(self, items: Sequence[Any], origins: Sequence[int | None] | None) -> None:
        super().__init__(items)
        self.origins = None if origins is None else list(origins)

    def add(self, item: Any) -> None:
        """Append a new item."""
        self.append(item)
        if self.origins is not None:
            self.origins.append(None)

    def take_out(self, index: int) -> None:
        """Remove an item."""
        del self[index]
        if self.origins is not None:
            del self.origins[index]


@dataclass(frozen=True, slots=True)
class _Alias:
    """Stands for what is somewhere else in the file, so that nothing can be changed inside."""

    anchor: str
    value: Any


class _Nothing:
    """Nothing is written behind a key, or there is no such key."""


_EMPTY = _Nothing()
_MISSING = _Nothing()


def applied(document: Document, root: Node | None, operations: Sequence[Operation]) -> Any:
    """The data that the file is to have; lists that were in it are ``Items``.

    Raises ``ProblemsError`` with all operations that can't be done, ``TypeError`` for values that are not JSON-like.
    """
    data: Any = _EMPTY if root is None else _working(root)
    problems: list[Problem] = []
    for operation in operations:
        try:
            data = _Application(document).apply(data, operation)
        except ProblemsError as error:
            problems.extend(error.problems)
    if problems:
        raise ProblemsError(problems)
    return _finished(data)


def _working(node: Node) -> Any:
    if node.target is not None:
        return _Alias(node.anchor or "", node.value)
    if node.kind == "map":
        return {entry.key: _working(entry.node) for entry in node.entries}
    if node.kind == "list":
        return Items([_working(entry.node) for entry in node.entries], range(len(node.entries)))
    return _EMPTY if node.is_empty else node.value


def _finished(data: Any) -> Any:
    if isinstance(data, _Alias):
        return data.value
    if isinstance(data, _Nothing):
        return None
    if isinstance(data, dict):
        return {key: _finished(value) for key, value in data.items()}
    if isinstance(data, Items):
        return Items([_finished(item) for item in data], data.origins)
    return data


class _Application:
    """One operation on the data. ``done`` is how far into the path one is, with indexes in place of ``Where``."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def apply(self, data: Any, operation: Operation) -> Any:
        match operation:
            case Set(path, value):
                return self._set(data, path, _plain(value), ())
            case Unset(path):
                return self._unset(data, path, ())
            case Merge(path, values):
                return self._merge(data, path, _plain(values), ())

    def _set(self, at: Any, path: Path, value: Any, done: tuple[str | int, ...]) -> Any:
        if not path:
            return value
        step, rest = path[0], path[1:]
        here = self._container(at, step, done, make=True)
        if isinstance(here, dict):
            assert isinstance(step, str)
            here[step] = self._set(here.get(step, _MISSING), rest, value, (*done, step))
            return here
        index = self._index(here, step, done, make=True)
        if index < len(here):
            here[index] = self._set(here[index], rest, value, (*done, index))
            return here
        if isinstance(step, Where):
            begun = {step.key: step.value}
            made = {**begun, **value} if not rest and isinstance(value, dict) else self._set(begun, rest, value, done)
        else:
            made = self._set(_MISSING, rest, value, (*done, index))
        here.add(made)
        return here

    def _unset(self, at: Any, path: Path, done: tuple[str | int, ...]) -> Any:
        if not path:
            raise self._error("the whole file", done, allowed="a setting in it")
        step, rest = path[0], path[1:]
        here = self._container(at, step, done, make=False)
        if isinstance(here, dict):
            assert isinstance(step, str)
            if step not in here:
                raise self._error("is not in this file", (*done, step), hint=did_you_mean(step, here))
            if rest:
                here[step] = self._unset(here[step], rest, (*done, step))
            else:
                del here[step]
            return here
        index = self._index(here, step, done, make=False)
        if rest:
            here[index] = self._unset(here[index], rest, (*done, index))
        else:
            here.take_out(index)
        return here

    def _merge(self, at: Any, path: Path, values: Mapping[str, Any], done: tuple[str | int, ...]) -> Any:
        if not path:
            return self._patched(at, values, done)
        step, rest = path[0], path[1:]
        here = self._container(at, step, done, make=True)
        if isinstance(here, dict):
            assert isinstance(step, str)
            here[step] = self._merge(here.get(step, _MISSING), rest, values, (*done, step))
            return here
        index = self._index(here, step, done, make=True)
        if index < len(here):
            here[index] = self._merge(here[index], rest, values, (*done, index))
        else:
            begun: Any = {step.key: step.value} if isinstance(step, Where) else _MISSING
            here.add(self._merge(begun, rest, values, (*done, index)))
        return here

    def _patched(self, at: Any, values: Mapping[str, Any], done: tuple[str | int, ...]) -> Any:
        if isinstance(at, _Alias):
            if not values:
                return at
            raise self._alias(at, done)
        target: dict[str, Any] = at if isinstance(at, dict) else {}
        for key, value in values.items():
            if value is None:
                target.pop(key, None)
            elif isinstance(value, dict):
                target[key] = self._patched(target.get(key, _MISSING), value, (*done, key))
            else:
                target[key] = value
        return target

    def _container(self, at: Any, step: Step, done: tuple[str | int, ...], *, make: bool) -> dict[str, Any] | Items:
        """The map or list that ``step`` leads into."""
        if isinstance(at, _Alias):
            raise self._alias(at, done)
        if isinstance(at, _Nothing):
            if not make:
                raise self._error("has nothing in it", done)
            return {} if isinstance(step, str) else Items([], None)
        if isinstance(step, str):
            if isinstance(at, dict):
                return at
            hint = "name an item, as in [0] or [name=...]" if isinstance(at, list) else _instead(at)
            raise self._error(
                f"is {_kind(at)}, so there is no '{dotted([step])}' in it", done, allowed="a map", hint=hint
            )
        if isinstance(at, Items):
            return at
        if isinstance(at, list):  # set by an operation before
            return Items(at, None)
        raise self._error(f"is {_kind(at)}, so there are no items in it", done, allowed="a list", hint=_instead(at))

    def _index(self, items: Items, step: Step, done: tuple[str | int, ...], *, make: bool) -> int:
        """The index of the item that ``step`` means; that behind the last one where one may be made."""
        count = len(items)
        if isinstance(step, int):
            if 0 <= step < count + (1 if make else 0):
                return step
            most = count if make else count - 1
            allowed = f"from 0 to {most}" + (", the last of which appends" if make else "") if most >= 0 else ""
            raise self._error(f"there is no item {step} in a list of {count}", done, allowed=allowed)
        assert isinstance(step, Where)
        found = [index for index, item in enumerate(items) if is_item(item, step)]
        if len(found) > 1:
            numbers = ", ".join(f"[{index}]" for index in found)
            raise self._error(f"{len(found)} items have {step.key}={step.value}", done, hint=f"name one of {numbers}")
        if not found and not make:
            names = [_text(_value_of(item, step.key)) for item in items]
            hint = did_you_mean(step.value, [name for name in names if name])
            raise self._error(f"no item has {step.key}={step.value}", done, hint=hint)
        return found[0] if found else count

    def _alias(self, alias: _Alias, done: tuple[str | int, ...]) -> ProblemsError:
        return self._error(
            f"is *{alias.anchor}, which stands for what is written at &{alias.anchor}: a change inside would change"
            " other places too",
            done,
            hint=f"change it where &{alias.anchor} is, or set the whole of '{dotted(done)}'",
        )

    def _error(self, message: str, done: tuple[str | int, ...], *, allowed: str = "", hint: str = "") -> ProblemsError:
        problem = Problem(message, self._document.file, self._document.position(done), dotted(done))
        return ProblemsError([replace(problem, allowed=allowed, hint=hint)])


def is_item(item: Any, where: Where) -> bool:
    """Whether an item of a list is the one that is meant."""
    return _text(_value_of(item, where.key)) == where.value


def _value_of(item: Any, key: str) -> Any:
    value = item.value if isinstance(item, _Alias) else item
    found = value.get(key) if isinstance(value, dict) else None
    return found.value if isinstance(found, _Alias) else found


def _text(value: Any) -> str | None:
    """A scalar as people name it in a path."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else None


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return "a boolean"
    return "text" if isinstance(value, str) else "a number"


def _instead(at: Any) -> str:
    return "null removes a default here; unset it first, or set the whole map" if at is None else ""


def _plain(value: Any) -> Any:
    """A copy of a JSON-like value in dicts and lists of its own."""
    if isinstance(value, Mapping):
        if wrong := [key for key in value if not isinstance(key, str)]:
            raise TypeError(f"a key is text, not {type(wrong[0]).__name__}")
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"only JSON-like values can be written, not {type(value).__name__}")
