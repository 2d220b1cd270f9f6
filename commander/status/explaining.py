"""Why something is not as it should be, in words for people: a table of small functions from what is known of a
deployment to what is wrong and what to do. Pure; each looks for one thing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from commander.status.explaining_ends import ENDING_EXPLAINERS
from commander.status.explaining_pods import POD_EXPLAINERS
from commander.status.explaining_syncs import SYNC_EXPLAINERS
from commander.status.facts import Picture
from commander.status.model import Explanation

Explainer: TypeAlias = Callable[[Picture], Iterator[Explanation]]

#: In the order in which they are told, among those that weigh the same.
EXPLAINERS: tuple[Explainer, ...] = (*ENDING_EXPLAINERS, *SYNC_EXPLAINERS, *POD_EXPLAINERS)
_WEIGHTS = ("error", "waiting", "note")
_MOST = 30


def explanations(picture: Picture) -> tuple[Explanation, ...]:
    """All that is to be said, what is worst first; of the same thing about one object, once."""
    found: dict[tuple[str, str], Explanation] = {}
    for explain in EXPLAINERS:
        for each in explain(picture):
            found.setdefault((each.code, each.object), each)
    return tuple(sorted(found.values(), key=lambda each: _WEIGHTS.index(each.weight))[:_MOST])
