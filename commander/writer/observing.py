"""Who hears how the write path does: for metrics."""

from __future__ import annotations

from typing import Literal, Protocol, TypeAlias

from commander.writer.outcome import Outcome

#: Why something is tried again: others moved the branch first, or the repository could not be written or reached.
Why: TypeAlias = Literal["moved", "trouble"]


class Observer(Protocol):
    """Is told in the writer's thread, and must not hold it up."""

    def wrote(self, changes: int, commit_seconds: float, publish_seconds: float) -> None:
        """So many commits are durable: how long they took until their objects were on the disk, and the move of the
        branch (here, or by a push)."""

    def again(self, why: Why) -> None:
        """A batch, or a look at what others pushed, has to be tried again."""

    def became(self, outcome: Outcome) -> None:
        """What became of one change."""


class Nobody:
    """Hears nothing."""

    def wrote(self, changes: int, commit_seconds: float, publish_seconds: float) -> None:
        """Nothing is done with it."""

    def again(self, why: Why) -> None:
        """Nothing is done with it."""

    def became(self, outcome: Outcome) -> None:
        """Nothing is done with it."""
