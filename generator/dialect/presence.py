"""Whether something is always written, or may be left out because it is null or empty; and what never changes."""

from __future__ import annotations

from collections.abc import Iterable

from generator.dialect import tree as t
from generator.dialect.syntax import Json

#: Leaves of a map or sequence that is written out at each call: two ports of a Service.
_MOST_WRITTEN_OUT = 8


def certain(child: t.Child) -> bool:
    """Whether a child of a map or sequence is always there."""
    match child:
        case t.Entry() | t.Item():
            return node_certain(child.node)
        case t.Splice():
            return not child.call.macro.empty
        case t.If():
            return child.branches[-1][0] is None and all(not may_be_empty(body) for _, body in child.branches)
        case t.Document():
            return True
    return False


def node_certain(node: t.Node) -> bool:
    """Whether a node is always written."""
    match node:
        case t.Value():
            if isinstance(node.expression, t.Invoke) and not node.expression.macro.gives_value:
                return not node.expression.macro.empty
            return isinstance(node.expression, t.Const) or not node.expression.type.nullable
        case t.Mapping() | t.Sequence():
            return not may_be_empty(node.children)


def may_be_empty(children: Iterable[t.Child]) -> bool:
    """Whether a container with these children may come out empty, and is then left out."""
    return not any(certain(child) for child in children)


def static_value(node: t.Node) -> tuple[Json] | None:
    """The whole value of a node that is known when the chart is built, in a tuple; None otherwise."""
    match node:
        case t.Value():
            return (node.expression.value,) if isinstance(node.expression, t.Const) else None
        case t.Mapping():
            result: dict[str, Json] = {}
            for child in node.children:
                if isinstance(child, t.Note):
                    continue
                inner = static_value(child.node) if isinstance(child, t.Entry) and isinstance(child.key, str) else None
                if inner is None or not isinstance(child, t.Entry) or not isinstance(child.key, str):
                    return None
                result[child.key] = inner[0]
            return (result,)
        case t.Sequence():
            items: list[Json] = []
            for child in node.children:
                if isinstance(child, t.Note):
                    continue
                inner = static_value(child.node) if isinstance(child, t.Item) else None
                if inner is None:
                    return None
                items.append(inner[0])
            return (items,)


def written_out(macro: t.Instance) -> t.Node | None:
    """The map or sequence that a macro always gives, when it is short enough to stand where it is called."""
    if macro.kind not in ("map", "seq"):
        return None
    node = t.Mapping(macro.children) if macro.kind == "map" else t.Sequence(macro.children)
    value = static_value(node)
    return node if value is not None and _leaves(value[0]) <= _MOST_WRITTEN_OUT else None


def _leaves(value: Json) -> int:
    if isinstance(value, dict | list):
        return sum(map(_leaves, value.values() if isinstance(value, dict) else value))
    return 1
