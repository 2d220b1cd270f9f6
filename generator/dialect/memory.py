"""Which macros' results are remembered, so that what stands in many pods is built, and written as YAML, once.

A macro is a pure function of its arguments, of the values and of the release. One that reads values or release
(``uses_root``) gives the same for the same arguments during a run: the variables of Airflow's containers, say. One that
reads neither gives the same in every run; its result is kept when its arguments are parts of the chart's defaults,
which never change: most probes and resources of a fleet are the defaults.

Text and numbers are compared by value. Maps and lists are compared by identity, and kept alive as long as the result.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from generator.dialect import tree as t
from generator.dialect.types import Flag, Int, ListOf, MapOf, Shape, Text
from generator.yaml import SharedMap, StaticList, StaticMap

_BY_VALUE = Text | Flag | Int
_BY_IDENTITY = ListOf | MapOf | Shape

_UNCHANGING = frozenset({StaticMap, StaticList})

_SMALLEST = 3
"""Results of fewer expressions than this are built faster than they are found."""

_MOST = 8192
"""Results kept from run to run. When there are more, all are forgotten: nothing depends on them."""


def remembered(chart: t.Chart) -> frozenset[int]:
    """The ``id`` of every instance whose results are worth remembering.

    These are: what has no parameters; what is called in several places with arguments that name no local name; what
    takes text and numbers alone; and what reads no values, because then the defaults' results last.
    """
    bodies = [*(each.children for each in chart.instances), *(each.children for each in chart.files)]
    calls = [call for body in bodies for call in _calls(body)]
    sites = Counter(id(call.macro) for call in calls)
    alike = Counter((id(call.macro), repr(call.arguments)) for call in calls if not _has_local(call))
    repeated = {macro for (macro, _), number in alike.items() if number > 1}
    result = set()
    for each in chart.instances:
        if not each.parameters:
            worth = each.uses_root
        elif not all(isinstance(kind, _BY_VALUE | _BY_IDENTITY) for _, kind in each.parameters):
            worth = False  # 1, 1.0 and true are one key of a dict
        elif each.kind in ("docs", "value") or _size(each) < _SMALLEST or sites[id(each)] < 2:
            worth = False
        else:
            by_value = all(isinstance(kind, _BY_VALUE) for _, kind in each.parameters)
            worth = by_value or not each.uses_root or id(each) in repeated
        if worth:
            result.add(id(each))
    return frozenset(result)


def _calls(children: tuple[t.Child, ...]) -> Iterator[t.Invoke]:
    for expression in t.expressions(children):
        yield from (part for part in t.walk(expression) if isinstance(part, t.Invoke))


def _has_local(call: t.Invoke) -> bool:
    return any(isinstance(part, t.Local) for part in t.walk(call))


def _size(instance: t.Instance) -> int:
    return sum(1 for each in t.expressions(instance.children) for _ in t.walk(each))


def key(number: int, instance: t.Instance) -> str:
    """The Python expression of what an instance's result is remembered by; parameters are called ``v_<name>``."""
    parts = [f"v_{name}" if isinstance(kind, _BY_VALUE) else f"id(v_{name})" for name, kind in instance.parameters]
    return "(" + ", ".join([str(number), *parts]) + ",)"


def containers(instance: t.Instance) -> list[str]:
    """The parameters that are compared by identity, as Python names."""
    return [f"v_{name}" for name, kind in instance.parameters if not isinstance(kind, _BY_VALUE)]


def shared(result: Any) -> Any:
    """``result`` in a form whose YAML text is made once: a map, or a list of maps."""
    kind = type(result)
    if kind is dict:
        return SharedMap(result)
    if kind is list:
        return [SharedMap(item) if type(item) is dict and item else item for item in result]
    return result


class Memory:
    """Results by key."""

    __slots__ = ("get", "kept", "results")

    def __init__(self) -> None:
        self.results: dict[tuple[Any, ...], Any] = {}
        self.get = self.results.get
        self.kept: list[object] = []
        """The maps and lists that keys hold the identity of."""

    def keep(self, key: tuple[Any, ...], result: Any, *arguments: object) -> Any:
        """Remember a result; ``arguments`` are the maps and lists that ``key`` holds the identity of."""
        result = self.results[key] = shared(result)
        if arguments:
            self.kept += arguments
        return result


class LastingMemory(Memory):
    """Results that outlive runs: of arguments that never change, and that live as long as the chart does."""

    __slots__ = ()

    def keep(self, key: tuple[Any, ...], result: Any, *arguments: object) -> Any:
        """Remember a result if no argument can change."""
        for argument in arguments:
            if argument is not None and type(argument) not in _UNCHANGING:
                return result
        if len(self.results) >= _MOST:
            self.results.clear()
            self.kept.clear()
        return super().keep(key, result, *arguments)
