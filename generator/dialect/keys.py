"""No key stands twice in a map: proven when the chart is built, for every outcome of its conditions."""

from __future__ import annotations

from collections.abc import Iterable

from generator.dialect import tree as t
from generator.errors import ProblemsError


def check_keys(children: Iterable[t.Child]) -> None:
    """Raise ProblemsError when a key could stand twice, or a computed key beside others."""
    entry_keys(list(children))


def entry_keys(children: Iterable[t.Child], inside: str = "") -> frozenset[str] | None:
    """The static keys of a map's children; None when its keys are computed.

    ``inside``: the children are the body of a loop over a map, whose key has this name; ``""`` and computed keys are refused elsewhere.
    """
    seen: dict[str, t.Place] = {}
    computed: t.Place | None = None
    for child in children:
        for key, place in _keys_of(child, inside):
            if key is None:
                if computed is not None or seen:
                    raise _error(place, "computed keys beside other keys", "join maps with merge(...): there a key stands once")
                computed = place
            elif computed is not None:
                raise _error(place, f"the key '{key}' beside computed keys", "join maps with merge(...): there a key stands once")
            elif key in seen:
                line = seen[key].source.position(seen[key].at).line
                where = f"line {line}" + ("" if seen[key].source is place.source else f" of {seen[key].source.name}")
                raise _error(place, f"the key '{key}' stands twice: here and in {where}", "a key stands once in a map")
            else:
                seen[key] = place
    return None if computed is not None else frozenset(seen)


def _keys_of(child: t.Child, inside: str) -> list[tuple[str | None, t.Place]]:
    match child:
        case t.Entry() if isinstance(child.key, str):
            return [(child.key, child.place)]
        case t.Entry():
            assert not isinstance(child.key, str)
            if not inside or not _keeps_distinct(child.key, inside):
                raise _error(child.place, "a computed key that could stand twice", "a computed key is the key of a loop over a map ({% for k, v in map | items %}), alone or joined with text")
            return [(None, child.place)]
        case t.Splice():
            keys = child.call.macro.keys
            return [(None, child.place)] if keys is None else [(key, child.place) for key in sorted(keys)]
        case t.If():
            found: dict[str | None, t.Place] = {}
            for _, body in child.branches:
                entry_keys(body, inside)
                for inner in body:
                    for key, place in _keys_of(inner, inside):
                        found.setdefault(key, place)
            return list(found.items())
        case t.Loop():
            keys = entry_keys(child.body, child.names[0] if len(child.names) == 2 else "")
            if keys:
                raise _error(child.place, f"the key '{sorted(keys)[0]}' in a loop stands once for each round", "use a sequence, or a computed key")
            return [(None, child.place)] if keys is None else []
    return []


def _keeps_distinct(key: t.Expr, name: str) -> bool:
    """Whether two keys of the loop can't give the same computed key."""
    match key:
        case t.Local():
            return key.name == name
        case t.Concat():
            return sum(isinstance(part, t.Local) and part.name == name for part in key.parts) == 1 and all(
                isinstance(part, t.Const | t.Root) or (isinstance(part, t.Local) and part.name == name) for part in key.parts
            )
    return False


def _error(place: t.Place, message: str, hint: str) -> ProblemsError:
    return place.source.error(place.at, message, hint)
