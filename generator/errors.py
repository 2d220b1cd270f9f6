"""Problems: what is wrong with an input, told to the person who has to mend it.

Every reader and checker of the generator collects ``Problem`` values and raises one ``ProblemsError`` with all of them.
Whatever else is raised is a defect of Stargit, not of the input.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a text file; line and column count from 1."""

    line: int
    column: int = 1


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    ``file`` is shown as given (a path relative to the repository where there is one), ``path`` is the dotted path of
    the value inside the file, ``message`` says what was found, ``allowed`` what would be right, ``hint`` what to do.
    Of a ``secret`` the line of the file is not shown either.
    """

    message: str
    file: str = ""
    position: Position | None = None
    path: str = ""
    allowed: str = ""
    hint: str = ""
    secret: bool = False

    def place(self) -> str:
        """``file:line:column``, as far as known."""
        where = self.file
        if self.position is not None:
            where += f":{self.position.line}:{self.position.column}"
        return where

    def __str__(self) -> str:
        head = ": ".join(part for part in (self.place(), self.path, self.message) if part)
        tail = []
        if self.allowed:
            tail.append(f"  allowed: {self.allowed}")
        if self.hint:
            tail.append(f"  hint: {self.hint}")
        return "\n".join([head, *tail])

    def as_json(self) -> dict[str, str | int | None]:
        """The problem for machines (``--output json``)."""
        return {
            "file": self.file,
            "line": self.position.line if self.position else None,
            "column": self.position.column if self.position else None,
            "path": self.path,
            "message": self.message,
            "allowed": self.allowed,
            "hint": self.hint,
        }

    def _order(self) -> tuple[str, Position, str, str]:
        return (self.file, self.position or Position(0, 0), self.path, self.message)


class ProblemsError(Exception):
    """The input is wrong. ``problems`` has all of them, in the order of files, lines and columns, each once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(dict.fromkeys(problems), key=Problem._order))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that ``name`` was probably meant to be, or an empty string."""
    found = difflib.get_close_matches(name, sorted(known), n=10, cutoff=_LIKENESS)
    return next((each for each in found if _probable(name, each)), "")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint for a ``Problem``: the nearest known name, or an empty string."""
    candidate = nearest(name, known)
    return f"did you mean '{candidate}'?" if candidate else ""


_LIKENESS = 0.6  # of difflib: 0 nothing in common, 1 the same


def _probable(name: str, known: str) -> bool:
    """Whether names that have most of their letters in common are alike in what tells them apart, too."""
    if not any(map(str.isalpha, known)):
        return known in name  # a number: another one is no misspelling of it
    parts, known_parts = name.split("/"), known.split("/")
    if len(parts) != len(known_parts):
        parts, known_parts = parts[-1:], known_parts[-1:]
    return all(map(_alike, parts, known_parts))


def _alike(part: str, known: str) -> bool:
    abbreviated = len(part) > 1 and known.startswith(part)
    short = max(len(part), len(known)) <= 3 and part[:1] == known[:1]  # v2, v1: one letter is half of it
    return abbreviated or short or difflib.SequenceMatcher(None, known, part).ratio() >= _LIKENESS
