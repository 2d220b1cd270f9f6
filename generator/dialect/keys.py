"""No key stands twice in a map: proven when the chart is built, for every outcome of its conditions.

Beside it, what is known of a map's keys and values, and of a sequence's items, when a macro's result is used as data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from generator.dialect import tree as t
from generator.dialect.charsets import Charset, charset_of
from generator.dialect.types import Free, ListOf, MapOf, Text, Type, join, present
from generator.errors import ProblemsError

_MERGE = "join maps with merge(...): there a key stands once"


def check_keys(children: Iterable[t.Child]) -> frozenset[str] | None:
    """The static keys of a map's children; None when its keys are computed.

    Raises ProblemsError when a key could stand twice, or a computed key beside others.
    """
    return _static(_keys(children, None))


def check_loop(loop: t.Loop) -> None:
    """The same for a loop in a map: each round gives another key. Raises ProblemsError."""
    keys = _static(_keys(loop.body, loop.names[0] if len(loop.names) == 2 else ""))
    if keys:
        message = f"the key '{min(keys)}' in a loop stands once for each round"
        raise _error(loop.place, message, "use a sequence, or a computed key")


#: Keys with their places; None stands for computed keys.
_Keys = dict[str | None, t.Place]


def _static(keys: _Keys) -> frozenset[str] | None:
    return None if None in keys else frozenset(key for key in keys if key is not None)


def _keys(children: Iterable[t.Child], loop_key: str | None) -> _Keys:
    """``loop_key``: the children are the body of a loop with this key; empty when it walks a list."""
    seen: _Keys = {}
    for child in children:
        for key, place in _keys_of(child, loop_key).items():
            if key is None and seen:
                raise _error(place, "computed keys beside other keys", _MERGE)
            if None in seen:
                raise _error(place, f"the key '{key}' beside computed keys", _MERGE)
            if key in seen:
                line = seen[key].source.position(seen[key].at).line
                where = f"line {line}" if seen[key].source is place.source else f"{seen[key].source.name}, line {line}"
                raise _error(place, f"the key '{key}' stands twice: here and in {where}", "a key stands once in a map")
            seen[key] = place
    return seen


def _keys_of(child: t.Child, loop_key: str | None) -> _Keys:
    match child:
        case t.Entry() if isinstance(child.key, str):
            return {child.key: child.place}
        case t.Entry(key=t.Local() | t.Concat() as key) if loop_key and _keeps_distinct(key, loop_key):
            return {None: child.place}
        case t.Entry():
            hint = "the key of the loop around it is one ({% for k, v in map | items %}), alone or joined with text"
            raise _error(child.place, "a computed key that could stand twice", hint)
        case t.Splice():
            keys = child.call.macro.keys
            if keys is not None:
                return dict.fromkeys(sorted(keys), child.place)
            if loop_key is not None:
                raise _error(child.place, "a macro with computed keys in a loop: they could stand twice", _MERGE)
            return {None: child.place}
        case t.If():
            found: _Keys = {}
            for _, body in child.branches:
                found = {**_keys(body, loop_key), **found}
            if None in found and len(found) > 1:
                raise _error(child.place, "computed keys in one branch, other keys in another", _MERGE)
            return found
        case t.Loop():
            if loop_key is not None:
                raise _error(child.place, "a loop in a loop, both in one map: keys could stand twice", _MERGE)
            return {None: child.place}
    return {}


def _keeps_distinct(key: t.Expr, name: str) -> bool:
    """Whether two keys of the loop can't give the same computed key."""
    parts = key.parts if isinstance(key, t.Concat) else (key,)
    loop_keys = sum(isinstance(part, t.Local) and part.name == name for part in parts)
    return (
        loop_keys == 1
        and all(isinstance(part, t.Const | t.Root | t.Local) for part in parts)
        and all(part.name == name for part in parts if isinstance(part, t.Local))
    )


def _error(place: t.Place, message: str, hint: str) -> ProblemsError:
    return place.source.error(place.at, message, hint)


# --- what a map gives as data ----------------------------------------------------------------------------------------


def _entries(children: Iterable[t.Child]) -> Iterator[t.Entry]:
    for child in children:
        match child:
            case t.Entry():
                yield child
            case t.If():
                for _, body in child.branches:
                    yield from _entries(body)
            case t.Loop():
                yield from _entries(child.body)
            case t.Splice():
                yield from _entries(child.call.macro.children)


def key_charset(children: Iterable[t.Child]) -> Charset:
    """The characters of a map's keys."""
    found = Charset.NAME
    for entry in _entries(children):
        if isinstance(entry.key, str):
            found = max(found, charset_of(entry.key))
        else:
            found = max(found, entry.key.type.charset if isinstance(entry.key.type, Text) else Charset.ANY)
    return found


def value_type(children: Iterable[t.Child]) -> Type:
    """The type of a map's values; free where they have no common type."""
    return _common(entry.node for entry in _entries(children))


def item_type(children: Iterable[t.Child]) -> Type:
    """The type of a sequence's items; free where they have no common type."""
    return _common(_items(children))


def _items(children: Iterable[t.Child]) -> Iterator[t.Node]:
    for child in children:
        match child:
            case t.Item():
                yield child.node
            case t.If():
                for _, body in child.branches:
                    yield from _items(body)
            case t.Loop():
                yield from _items(child.body)
            case t.Splice():
                yield from _items(child.call.macro.children)


def _common(nodes: Iterable[t.Node]) -> Type:
    kind: Type | None = None
    for node in nodes:
        found: Type
        match node:
            case t.Value():
                # What is null is left out.
                found = present(node.expression.type)
            case t.Sequence():
                found = ListOf(Free())
            case t.Mapping():
                found = MapOf(value_type(node.children), key_charset(node.children))
        kind = found if kind is None else (join(kind, found) or Free())
    return kind if kind is not None else Free()
