"""Settings as people type them on a command line: ``values.scheduler.replicas=2``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import click


@dataclass(frozen=True, slots=True)
class Assignment:
    """``path=value``, taken apart; ``raw`` is the value as it was typed."""

    path: str
    raw: str
    value: Any


def assignment(text: str, *, is_text: bool) -> Assignment:
    """What was typed, taken apart. Raises ``click.UsageError``, and ``ProblemsError`` for a value in brackets or quotes
    that is no YAML."""
    path, equals, raw = _split(text)
    if not equals:
        raise click.UsageError(f"'{text}' is not PATH=VALUE, as in values.scheduler.replicas=2")
    return Assignment(path, raw, raw if is_text else _value(path, raw))


def wanted_of(assignments: Sequence[str], texts: Sequence[str]) -> list[Assignment]:
    """All that was typed; the values of ``texts`` are text, whatever they look like. Raises as ``assignment`` does."""
    if not assignments and not texts:
        raise click.UsageError("nothing is to be set; name PATH=VALUE, or --text PATH=TEXT")
    wanted = [assignment(each, is_text=False) for each in assignments]
    return wanted + [assignment(each, is_text=True) for each in texts]


def _split(text: str) -> tuple[str, str, str]:
    """At the first ``=`` that is in no brackets and no quotes."""
    depth, quoted, escaped = 0, False, False
    for index, char in enumerate(text):
        if escaped:
            escaped = False
        elif quoted:
            escaped, quoted = char == "\\", char != '"'
        elif char == '"':
            quoted = True
        elif char in "[]":
            depth += 1 if char == "[" else -1
        elif char == "=" and depth <= 0:
            return text[:index], "=", text[index + 1 :]
    return text, "", ""


def _value(path: str, raw: str) -> Any:
    """What a typed value means: what YAML reads in brackets or quotes, null, a boolean, a number; else it is text."""
    from generator.errors import ProblemsError
    from generator.secrecy import HIDDEN, is_named_secret
    from generator.yaml import read

    steps = re.split(r"[.\[\]\"]+", path)
    shown = HIDDEN if any(is_named_secret({}, step) for step in steps) else f"{raw!r:.60}"
    in_brackets = raw.startswith(("{", "[", '"', "'"))
    try:
        value = read(raw, file="").value
    except ProblemsError as error:
        if in_brackets:
            raise ProblemsError(
                replace(problem, file="", position=None, path=path, message=f"the value {shown}: {problem.message}")
                for problem in error.problems
            ) from None
        return raw
    if in_brackets or (raw and (value is None or isinstance(value, bool | int | float)) and "#" not in raw):
        return value
    return raw
