"""Whether something is always written, or may be left out because it is null or empty."""

from __future__ import annotations

from collections.abc import Iterable

from generator.dialect import tree as t


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
