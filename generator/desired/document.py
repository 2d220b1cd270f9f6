"""One file: bytes to plain data with positions, checked against the schema of its kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import jsonschema_rs

from generator.airflow import AirflowValues
from generator.airflow.official import instead_of
from generator.charts.validation import QUOTES, WHOLE, validate
from generator.desired.files import API_VERSION
from generator.desired.layers import key_path
from generator.desired.schemas import VALUES_KIND, checking_schema
from generator.errors import Position, Problem, ProblemsError
from generator.yaml import Document, read_once

_REPEATING = (f"{QUOTES}: ", f"{WHOLE}: ")
# As the validator puts it.
_MISSING = "is missing"
_UNKNOWN = "there is no such setting"
#: Where the chart's values stand in each kind of file.
_SECTIONS = {"Environment": "defaults", "Workspace": "defaults", "Deployment": "values"}


def checked_document(data: bytes, file: str, kind: str) -> Document:
    """The file's contents, whose value is a map that the schema of ``kind`` allows. Raises ``ProblemsError``.

    A file with values alone may be empty: then the value is null.
    """
    document = read_once(data, file=file)
    if document.value is None and kind == VALUES_KIND:
        return document
    if problems := list(_schema_problems(document, file, kind)):
        raise ProblemsError(problems)
    return document


@cache
def _validator(kind: str) -> tuple[Mapping[str, Any], jsonschema_rs.Draft7Validator]:
    schema = checking_schema(kind)
    return schema, jsonschema_rs.Draft7Validator(dict(schema))


def _instead(path: str) -> str:
    """What people write instead of a setting that only the official chart has."""
    return instead_of(path.removeprefix("defaults.").removeprefix("values."))


def _schema_problems(document: Document, file: str, kind: str) -> Iterable[Problem]:
    if not isinstance(document.value, dict):
        found = "is empty" if document.value is None else "is no map"
        allowed = "a map" if kind == VALUES_KIND else f"a map with 'apiVersion: {API_VERSION}' and 'kind: {kind}'"
        yield Problem(found, file=file, position=Position(1), allowed=allowed)
        return
    schema, validator = _validator(kind)
    problems = validate(validator, schema, document.value, _instead)
    unquoted = {problem.path for problem in problems if problem.hint.startswith(_REPEATING)}
    for problem in problems:
        if problem.path in unquoted and not problem.hint.startswith(_REPEATING):
            continue  # what else is wrong with a number where text belongs ends with the quotes
        path = key_path(problem.path, document.value)
        message, hint = problem.message, problem.hint
        if hint.startswith(_REPEATING) and message[0] != '"' and (written := document.written(path)):
            # 3.10 is the number 3.1, and as text it is not.
            number, _, what = message.partition(" is ")
            head, _, value = hint.partition(": ")
            message, hint = f"{written} is {what}", f"{head}: {value.replace(number, written, 1)}"
        yield Problem(
            message,
            file=file,
            position=document.position(path),
            path=problem.path,
            # Of a setting that may also be null, the schema says so; to people that goes without saying.
            allowed=problem.allowed.removesuffix(", null").removesuffix(" or null"),
            hint=_hint_about_files(problem, kind) or hint,
            secret=problem.secret,
        )


def _hint_about_files(problem: Problem, kind: str) -> str:
    """What the schema doesn't know to say about a file of this kind."""
    head = {"apiVersion": f"apiVersion: {API_VERSION}", "kind": f"kind: {kind}"}
    section = _SECTIONS.get(kind, "")
    if problem.message == _MISSING:
        return f"write '{head[problem.path]}'" if problem.path in head else "write it; it has no default"
    if problem.path == "kind" and not problem.hint:
        return "the place of a file says what it describes; is this file in the wrong folder?"
    if problem.message != _UNKNOWN or problem.hint or not section:
        return ""
    if problem.path in _SECTIONS.values():
        return f"did you mean '{section}'?"
    return f"settings of Airflow stand under '{section}'" if problem.path in AirflowValues.model_fields else ""
