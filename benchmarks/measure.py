"""Timing of one way of doing something."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """``median`` and ``best`` are milliseconds for one unit of work; ``ratio`` is the peer's median over this one."""

    name: str
    median: float
    best: float
    peer: str = ""
    ratio: float | None = None

    def as_json(self) -> dict[str, str | float | None]:
        return {
            "name": self.name,
            "median_ms": self.median,
            "best_ms": self.best,
            "peer": self.peer,
            "ratio_to_peer": self.ratio,
        }


def measure(name: str, work: Callable[[int], object], units: int, repeat: int) -> Result:
    """Time ``work(i)`` for i in 0..units-1, ``repeat`` times; one round before is not counted."""
    for unit in range(units):
        work(unit)
    times: list[float] = []
    for _ in range(repeat):
        gc.collect()
        started = time.perf_counter()
        for unit in range(units):
            work(unit)
        times.append((time.perf_counter() - started) * 1000 / units)
    return Result(name, statistics.median(times), min(times))


def against(result: Result, peer: Result) -> Result:
    """The result with its ratio to a peer."""
    return Result(result.name, result.median, result.best, peer.name, peer.median / result.median)
