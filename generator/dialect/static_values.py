"""Parts of a chart that are the same whatever the values are."""

from __future__ import annotations

from generator.dialect import tree as t
from generator.dialect.syntax import Json

#: Leaves of a map or sequence that is written out at each call: two ports of a Service.
_MOST_WRITTEN_OUT = 8


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
