"""A change: operations that are done together, who asks for them and why."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any

from commander.changes.operations import Edit, Operation
from commander.changes.target import Target
from generator.errors import Problem, ProblemsError
from generator.worktree import LIMITS

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,191}\Z")
_MOST = 1000
#: Bytes of all that a change asks for, and of one operation, as JSON: there, a line feed or a quote takes two.
_MOST_BYTES, _MOST_OF_ONE = 8 * 1024 * 1024, 2 * LIMITS.file_bytes
_LONGEST_REASON = 2000
_LONGEST_NAME = 256


class ConflictError(Exception):
    """A target is not as a change expects it: ``problem`` says how it is."""

    def __init__(self, target: Target, problem: Problem) -> None:
        super().__init__(str(problem))
        self.target = target
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Actor:
    """The person or program in whose name a change is made."""

    name: str
    email: str


@dataclass(frozen=True)
class Change:
    """``key`` is the caller's own: the same key is the same change, however often it is sent.

    ``expected`` are revisions of targets (the names of their files' contents) that the caller has seen; empty text: it
    is not there. Raises ``ProblemsError`` when it can't be one.
    """

    key: str
    actor: Actor
    operations: tuple[Operation, ...]
    reason: str = ""
    expected: Mapping[Target, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        problems = []
        if _KEY.match(self.key) is None:
            allowed = "1 to 192 letters, digits and . _ : -, the first a letter or digit"
            problems.append(Problem(f"the key of a change is {self.key[:200]!r}", allowed=allowed))
        if not 1 <= len(self.operations) <= _MOST:
            problems.append(Problem(f"a change of {len(self.operations)} operations", allowed=f"1 to {_MOST}"))
        if len(self.reason) > _LONGEST_REASON:
            found = f"a reason of {len(self.reason):,} characters"
            problems.append(Problem(found, allowed=f"at most {_LONGEST_REASON:,}"))
        if not self.actor.name.strip() or "@" not in self.actor.email:
            problems.append(Problem("the actor of a change has no name or no e-mail address", allowed="both"))
        if max(len(self.actor.name), len(self.actor.email)) > _LONGEST_NAME:
            problems.append(
                Problem("the actor of a change has a very long name", allowed=f"{_LONGEST_NAME} characters")
            )
        if any(isinstance(each, Edit) and not each.edits for each in self.operations):
            problems.append(Problem("an edit of nothing", allowed="at least one setting"))
        if not problems:
            problems += self._unwritable()
        if problems:
            raise ProblemsError(problems)

    def _unwritable(self) -> list[Problem]:
        """What no commit and no file can hold: half of a character, a value without end."""
        try:
            f"{self.actor.name}{self.actor.email}{self.reason}{self.digest}".encode()
            return list(self._too_large())
        except UnicodeEncodeError:
            return [Problem("a change with characters that are no Unicode", allowed="text")]
        except (RecursionError, TypeError, ValueError):
            return [Problem("a change whose values are nested too deep, or are no JSON", allowed="JSON")]

    def _too_large(self) -> Iterator[Problem]:
        size = self._summary[1]
        if size > _MOST_BYTES:
            yield Problem(f"a change of {size:,} bytes", allowed=f"at most {_MOST_BYTES:,}")
        elif size > _MOST_OF_ONE:
            for each in self.operations:
                if (found := len(_json(asdict(each)))) > _MOST_OF_ONE:
                    message = f"what is asked of '{each.target}' has {found:,} bytes"
                    yield Problem(message, file=each.target.file, allowed=f"at most {LIMITS.file_bytes:,} in a file")

    @cached_property
    def digest(self) -> str:
        """Stands for what is asked for, without the key: 32 hex digits."""
        return self._summary[0]

    @cached_property
    def _summary(self) -> tuple[str, int]:
        """The digest, and how many bytes it is of."""
        expected = {str(target): name for target, name in self.expected.items()}
        parts: list[Any] = [asdict(self.actor), self.reason, expected]
        parts += [[type(each).__name__, asdict(each)] for each in self.operations]
        asked = _json(parts)
        return sha256(asked).hexdigest()[:32], len(asked)


def _json(value: Any) -> bytes:
    return json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
