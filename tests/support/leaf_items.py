"""Items for the lists and maps on the way to a leaf of a values schema, drawn from the schema."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

from tests.support.draw import Drawer
from tests.support.draw_kubernetes import draw_free
from tests.support.leaves import Leaf, resolve


def item_maker(leaf: Leaf, schema: Mapping[str, Any]) -> Callable[[int], Any]:
    """Gives items by the number of the step, the same for every value of the leaf that is tried."""
    rules: list[Any] = []
    node: Any = schema
    for step in leaf.path:
        plain = resolve(node, schema)
        if step == 0:
            node = plain["items"]
        elif step == "*":
            node = next(iter(plain["patternProperties"].values()))
        else:
            node = plain["properties"][step]
        rules.append(node)
    return lambda number: Drawer(schema, random.Random(str(leaf)), draw_free).of(resolve(rules[number], schema), "")
