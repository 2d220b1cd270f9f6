"""The leaves of a values schema, and values with one leaf set."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from generator.yaml import unshared

Step = str | int


@dataclass(frozen=True)
class Leaf:
    """One setting. ``path`` has ``*`` for a key of a map and ``0`` for an item of a list; ``rule`` is its schema."""

    path: tuple[Step, ...]
    rule: Mapping[str, Any]

    def __str__(self) -> str:
        text = ""
        for step in self.path:
            text += "[]" if step == 0 else f".{step}"
        return text.lstrip(".")


def leaves(schema: Mapping[str, Any]) -> list[Leaf]:
    """All leaves, in the order of the schema."""
    return list(_leaves(schema, schema, ()))


def _leaves(node: Mapping[str, Any], schema: Mapping[str, Any], path: tuple[Step, ...]) -> Iterator[Leaf]:
    inner = shape_of(node, schema)
    if inner is not None:
        for key, sub in inner["properties"].items():
            yield from _leaves(sub, schema, (*path, key))
        return
    plain = resolve(node, schema)
    items = plain.get("items")
    values = next(iter(plain.get("patternProperties", {}).values()), None)
    if items is not None and shape_of(items, schema) is not None:
        yield from _leaves(items, schema, (*path, 0))
    elif values is not None and (shape_of(values, schema) or _is_map(values, schema)):
        yield from _leaves(values, schema, (*path, "*"))
    else:
        yield Leaf(path, node)


def resolve(node: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The rule behind references, and without null where nothing else is left."""
    while True:
        if "$ref" in node:
            node = schema["$defs"][str(node["$ref"]).rpartition("/")[2]]
        elif "anyOf" in node and len(options := [one for one in node["anyOf"] if one.get("type") != "null"]) == 1:
            node = options[0]
        else:
            return node


def shape_of(node: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The object with known keys that a rule describes, if it does."""
    plain = resolve(node, schema)
    return plain if "properties" in plain else None


def _is_map(node: Mapping[str, Any], schema: Mapping[str, Any]) -> bool:
    return "patternProperties" in resolve(node, schema) and "Free" not in str(node.get("$ref", ""))


def with_leaf(
    values: Mapping[str, Any], leaf: Leaf, value: Any, make: Callable[[int], Any], key: str
) -> dict[str, Any]:
    """``values`` with the leaf set.

    Nothing of ``values`` is changed, and nothing in the result stands in two places: a leaf set in one would be set in
    the other, so that a dead setting would look alive.

    Where a list or map on its way is empty, ``make(n)`` gives what is put there first, for the n-th step of the path.
    """
    result: dict[str, Any] = unshared(values)
    holder: Any = result
    for number, (step, following) in enumerate(zip(leaf.path, [*leaf.path[1:], None], strict=True)):
        last = following is None
        if step == 0:
            if not holder:
                holder.append(unshared(make(number)))
            place: Step = 0
        elif step == "*":
            place = next(iter(holder), key)
        else:
            place = step
        if last:
            holder[place] = value
            if isinstance(holder, dict) and step in ("value", "valueFrom"):
                holder.pop("valueFrom" if step == "value" else "value", None)  # an environment variable has one of them
            break
        if isinstance(holder, dict) and (place not in holder or holder[place] is None):
            holder[place] = [] if following == 0 else unshared(make(number)) if step == "*" else {}
        holder = holder[place]
    return result
