"""Whether what an edit needs is in a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from commander.changes.target import Target
from generator.edit import Path, Step, Where, path_text
from generator.errors import Problem, ProblemsError, did_you_mean
from generator.yaml import read


def refuse_missing(target: Target, data: bytes, needed: Iterable[Path]) -> None:
    """Raises ``ProblemsError`` with the paths that are not in a target's file."""
    value = read(data, file=target.file).value if needed else None
    if problems := [problem for path in needed if (problem := _missing(target, value, path)) is not None]:
        raise ProblemsError(problems)


def _missing(target: Target, value: Any, path: Path) -> Problem | None:
    for step in path:
        found = _inside(value, step)
        if not found:
            known = _names(value, step)
            return Problem(
                "is not in this file",
                target.file,
                path=path_text(path),
                allowed=f"one of {', '.join(known)}" if known else "",
                hint=did_you_mean(step.value, known) if isinstance(step, Where) else "",
            )
        value = found[0]
    return None


def _inside(value: Any, step: Step) -> list[Any]:
    match step:
        case Where(key, wanted):
            items = value if isinstance(value, list) else []
            return [each for each in items if isinstance(each, Mapping) and str(each.get(key)) == wanted]
        case int():
            return value[step : step + 1] if isinstance(value, list) else []
        case _:
            return [value[step]] if isinstance(value, Mapping) and step in value else []


def _names(value: Any, step: Step) -> list[str]:
    """What there is in place of an item that is not there."""
    if not isinstance(step, Where) or not isinstance(value, list):
        return []
    return [str(each[step.key]) for each in value[:20] if isinstance(each, Mapping) and step.key in each]
