"""What became of a change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from generator.errors import Problem


@dataclass(frozen=True, slots=True)
class Applied:
    """The change is the commit ``revision``, which is on the disk; ``repeated``: it was already, by an earlier call.

    ``files`` are the revisions of the files that it edited, where that is known: of one that is gone an empty text.
    """

    revision: str
    repeated: bool = False
    files: Mapping[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """The change is wrong as things are."""

    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something is not as the change expects it; ``revision`` is the commit that was looked at."""

    problem: Problem
    revision: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The change could not be written, as far as is known; with the same key it may be tried again safely.

    ``retry``: what stopped it may pass by itself, so that trying again later makes sense. ``defect`` is what happened
    in Commander, where it is the one to be mended.
    """

    reason: str
    retry: bool = False
    defect: BaseException | None = field(default=None, compare=False, repr=False)

    @classmethod
    def by_defect(cls, error: BaseException) -> Failed:
        """Of what nobody thought of."""
        return cls(defect_told(error), defect=error)


def defect_told(error: BaseException) -> str:
    """A defect, in a line."""
    return f"a defect of Commander: {type(error).__name__}: {error}"


@dataclass(frozen=True, slots=True)
class Previewed:
    """The change would be applied to the commit ``revision``; ``files`` are new contents by path, None removes one."""

    revision: str
    files: Mapping[str, bytes | None]


Outcome: TypeAlias = Applied | Refused | Conflict | Failed
#: What a change would become.
Preview: TypeAlias = Previewed | Refused | Conflict | Failed
