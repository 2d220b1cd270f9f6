"""Waiting for what passes by itself: the same is tried again after growing waits, within a bound."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from commander.git.repository import StoreError

T = TypeVar("T")

#: Seconds before the second attempt at most; twice as long before each that follows, up to the last.
_FIRST_WAIT, _LONGEST_WAIT = 0.2, 5.0


class Patience:
    """``seconds`` are counted from the first attempt that failed, over all calls until one goes well: when they are
    over, each call is tried once, and who asks hears at once that it still is so.

    ``wait``, ``chance`` (from 0 to 1) and ``now`` decide how long it is waited. ``again`` hears of each attempt but the
    first.
    """

    def __init__(
        self,
        seconds: float,
        *,
        wait: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seconds = seconds
        self._wait, self._chance, self._now = wait, chance, now
        self._since: float | None = None
        self.again: Callable[[], None] = _nobody

    def spend(self, work: Callable[[], T]) -> T:
        """Do it until it is done. Raises what ``work`` does: at once what will not pass, else what came last."""
        most = _FIRST_WAIT
        while True:
            begun = self._now()
            try:
                result = work()
            except StoreError as error:
                if not error.retry:
                    self._since = None
                    raise
                self._since = begun if self._since is None else self._since
                left = self._since + self._seconds - self._now()
                if left <= 0:
                    raise
            except BaseException:
                self._since = None
                raise
            else:
                self._since = None
                return result
            # Never less than half: those who wait for the same must not come at once, nor without end.
            self._wait(min(left, most * (1 + self._chance()) / 2))
            self.again()
            most = min(_LONGEST_WAIT, 2 * most)


def _nobody() -> None:
    """Nobody hears it."""
