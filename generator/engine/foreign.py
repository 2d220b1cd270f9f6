"""Problems of deployments at files that many of them share."""

from __future__ import annotations

from dataclasses import replace

from generator.errors import Problem


class Foreign:
    """Problems at files that many deployments share, each told once, with the deployments that have it."""

    def __init__(self) -> None:
        self._owners: dict[Problem, list[str]] = {}

    def add(self, file: str, problem: Problem) -> None:
        """The deployment of ``file`` has a problem at another file."""
        self._owners.setdefault(problem, []).append(file)

    def problems(self) -> list[Problem]:
        """All of them; the hint says who has it."""
        found = []
        for problem, owners in self._owners.items():
            others = f" and {len(owners) - 1} more" if len(owners) > 1 else ""
            hint = "; ".join(part for part in (problem.hint, f"found in {owners[0]}{others}") if part)
            found.append(replace(problem, hint=hint))
        return found
