"""Helm templates inside of values: what can be known without Helm is filled in, all else is left to be told.

The official chart sends many of its values through Helm's ``tpl``. Known here are the release's name and namespace,
other values of the same input, literals, and a few functions on them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"|`[^`]*`')
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|`[^`]*`|\||\(|\)|[^\s|()]+')
_ESCAPES = {"n": "\n", "t": "\t"}
_LONGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Known:
    """What templates may ask for: the release's name and namespace, and the values."""

    release: str
    namespace: str
    values: Mapping[str, Any]


def is_template(text: str) -> bool:
    """Whether Helm would do something with the text."""
    return "{{" in text


def resolve(text: str, known: Known) -> str | None:
    """The text that Helm would make of ``text``; None when that can't be known here."""
    if len(text) > _LONGEST:
        return None if is_template(text) else text
    result, end = "", 0
    while (start := text.find("{{", end)) >= 0:
        close = _close(text, start + 2)
        if close < 0:
            return None
        before, inner, after = text[end:start], text[start + 2 : close], close + 2
        if inner.startswith(("- ", "-\n")):
            before, inner = before.rstrip(), inner[1:]
        if inner.endswith((" -", "\n-")):
            inner = inner[:-1]
            after += len(text[after:]) - len(text[after:].lstrip())
        found = _evaluate(inner.strip(), known)
        if found is None:
            return None
        result, end = result + before + found, after
    return result + text[end:]


def _close(text: str, start: int) -> int:
    """Where the action that began before ``start`` ends; braces in literals don't end it."""
    at = start
    while at < len(text):
        if text.startswith("}}", at):
            return at
        literal = _LITERAL.match(text, at)
        if literal is None and text[at] in '"`':
            return -1
        at = literal.end() if literal else at + 1
    return -1


def _evaluate(expression: str, known: Known) -> str | None:
    if expression.startswith("/*") and expression.endswith("*/"):
        return ""
    stages: list[list[str]] = [[]]
    for part in _TOKEN.findall(expression):
        if part in ("(", ")"):
            return None
        if part == "|":
            stages.append([])
        else:
            stages[-1].append(part)
    value = _first(stages[0], known)
    for stage in stages[1:]:
        value = _pipe(stage, value, known)
    if value is None or isinstance(value, dict | list):
        return None
    return _text(value)


def _first(words: list[str], known: Known) -> Any:
    match words:
        case [word]:
            return _word(word, known)
        case ["include", '"airflow.fullname"' | '"airflow.name"', "." | "$"]:
            return known.release
        case ["printf", form, *arguments] if (pattern := _word(form, known)) is not None:
            values = [_word(each, known) for each in arguments]
            if any(value is None for value in values) or pattern.count("%s") != len(values):
                return None
            for value in values:
                pattern = pattern.replace("%s", _text(value).replace("%", "%%"), 1)
            return pattern.replace("%%", "%")
        case ["quote" | "toString" | "lower" | "upper" | "trim" | "squote" as name, word]:
            return _pipe([name], _word(word, known), known)
        case ["default", word, other]:
            return _word(other, known) or _word(word, known)
    return None


def _pipe(words: list[str], value: Any, known: Known) -> Any:
    match words:
        case ["default", word]:
            return value or _word(word, known)
        case _ if value is None or isinstance(value, dict | list):
            return None
        case ["quote"]:
            return '"' + _text(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
        case ["squote"]:
            return f"'{_text(value)}'"
        case ["toString"]:
            return _text(value)
        case ["lower"]:
            return _text(value).lower()
        case ["upper"]:
            return _text(value).upper()
        case ["trim"]:
            return _text(value).strip()
    return None


def _word(word: str, known: Known) -> Any:
    if word.startswith("`"):
        return word[1:-1]
    if word.startswith('"'):
        return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), word[1:-1])
    path = word.removeprefix("$")
    if path == ".Release.Name":
        return known.release
    if path == ".Release.Namespace":
        return known.namespace
    if path == ".Release.Service":
        return "Helm"
    if path.startswith(".Values."):
        found: Any = known.values
        for part in path.removeprefix(".Values.").split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        # A value may be a template of its own, which the chart would not evaluate either, unless it says so.
        return None if isinstance(found, str) and is_template(found) else found
    return None


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
