"""What macros give: the type of a call, and which one-line macros become defines."""

from __future__ import annotations

from generator.dialect import tree as t
from generator.dialect.keys import item_type, key_charset, value_type
from generator.dialect.types import Flag, Free, Int, ListOf, MapOf, Shape, Text, Type

#: One-line macros that join more parts are not written out at each call.
_MOST_JOINED = 3
#: The same of macros that give an integer or a boolean of more parts than these.
_MOST_INLINED = 10


def is_value(child: t.Child) -> bool:
    """Whether the result of a one-line macro is so much work that it becomes a define of its own.

    A define gives text. A string is that; integers, booleans and shapes are read off it again, which pays for more
    work only.
    """
    if not isinstance(child, t.Result) or child.expression.type.nullable:
        return False
    parts = tuple(t.walk(child.expression))
    match child.expression.type:
        case Int() | Flag():
            return len(parts) > _MOST_INLINED
        case Shape():
            return any(isinstance(part, t.Apply) for part in parts)
        case Text():
            return any(
                isinstance(part, t.Choice | t.Default | t.Logic)
                or (isinstance(part, t.Concat) and len(part.parts) > _MOST_JOINED)
                or (isinstance(part, t.Invoke) and part.macro.kind == "value")
                for part in parts
            )
    return False


def given_type(instance: t.Instance) -> Type:
    """The type of what an instance gives."""
    match instance.kind:
        case "value" if isinstance(result := instance.children[0], t.Result):
            return result.expression.type
        case "text":
            return Text()
        case "map":
            return MapOf(value_type(instance.children), key_charset(instance.children))
        case "seq":
            return ListOf(item_type(instance.children))
    return Free()
