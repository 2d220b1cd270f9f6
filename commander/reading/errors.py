"""What a question can be wrong about."""

from __future__ import annotations

from generator.errors import Problem, ProblemsError


class NotFoundError(Exception):
    """There is no such target, or no such commit; ``problem`` names what is near."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class RevisionGoneError(NotFoundError):
    """Commits can't be told from a revision on: the branch's history does not have it (any more)."""


class PageTokenError(ProblemsError):
    """A page token that was not given for this question."""
