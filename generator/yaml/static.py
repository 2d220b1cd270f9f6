"""Subtrees that never change, so that their YAML text is made once.

A program that builds documents makes the constant parts (probes, ports, security contexts) once with ``static`` and
puts the same object into every document. To everybody else they are a dict and a list that cannot be changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn


def unshared(value: Any) -> Any:
    """A copy of JSON-like ``value`` that can be changed, in which every map and list stands once."""
    if isinstance(value, dict):
        return {key: unshared(item) for key, item in value.items()}
    if isinstance(value, list):
        return [unshared(item) for item in value]
    return value


def static(value: Any) -> Any:
    """A copy of JSON-like ``value`` that cannot be changed, nor any map or list in it."""
    if isinstance(value, dict):
        return StaticMap(value)
    if isinstance(value, list):
        return StaticList(value)
    return value


def _refuse(self: object, *_: object, **__: object) -> NoReturn:
    raise TypeError(f"a {type(self).__name__} cannot be changed; change a copy: dict(value) or list(value)")


class StaticMap(dict[str, Any]):
    """A dict that cannot be changed. ``texts`` belongs to the emitter: depth -> the lines that were written."""

    __slots__ = ("texts",)
    texts: dict[int, str]

    def __init__(self, value: Mapping[str, Any] = {}) -> None:
        super().__init__((key, static(item)) for key, item in value.items())
        self.texts = {}

    def __copy__(self) -> StaticMap:
        return self

    def __deepcopy__(self, memo: object) -> StaticMap:
        return self

    def __reduce__(self) -> tuple[type[StaticMap], tuple[dict[str, Any]]]:
        return StaticMap, (dict(self),)

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse


class SharedMap(StaticMap):
    """A map that stands in many places of one set of documents, so that its text is made once per depth.

    Not a deep copy: whoever makes it promises to change no map or list below it either.
    """

    __slots__ = ()

    def __init__(self, value: Mapping[str, Any]) -> None:
        dict.__init__(self, value)
        self.texts = {}


class StaticList(list[Any]):
    """A list that cannot be changed. ``texts`` belongs to the emitter: depth -> the lines that were written."""

    __slots__ = ("texts",)
    texts: dict[int, str]

    def __init__(self, value: Iterable[Any] = ()) -> None:
        super().__init__(map(static, value))
        self.texts = {}

    def __copy__(self) -> StaticList:
        return self

    def __deepcopy__(self, memo: object) -> StaticList:
        return self

    def __reduce__(self) -> tuple[type[StaticList], tuple[list[Any]]]:
        return StaticList, (list(self),)

    __setitem__ = __delitem__ = __iadd__ = __imul__ = append = clear = extend = insert = _refuse
    pop = remove = reverse = sort = _refuse
