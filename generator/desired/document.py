"""One file: bytes to plain data with positions, checked against the schema of its kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import jsonschema_rs

from generator.airflow.official import instead_of
from generator.charts import validate
from generator.desired.files import API_VERSION
from generator.desired.layers import key_path
from generator.desired.schemas import VALUES_KIND, checking_schema
from generator.errors import Position, Problem, ProblemsError
from generator.yaml import Document, read

# As the validator puts it.
_QUOTES = "put it in quotes"
_MISSING = "is missing"


def checked_document(data: bytes, file: str, kind: str) -> Document:
    """The file's contents, whose value is a map that the schema of ``kind`` allows. Raises ``ProblemsError``.

    A file with values alone may be empty: then the value is null.
    """
    document = read(data, file=file)
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
    unquoted = {problem.path for problem in problems if problem.hint.startswith(_QUOTES)}
    for problem in problems:
        if problem.path in unquoted and not problem.hint.startswith(_QUOTES):
            continue  # what else is wrong with a number where text belongs ends with the quotes
        yield Problem(
            problem.message,
            file=file,
            position=document.position(key_path(problem.path, document.value)),
            path=problem.path,
            # Of a setting that may also be null, the schema says so; to people that goes without saying.
            allowed=problem.allowed.removesuffix(", null").removesuffix(" or null"),
            hint=_missing_hint(problem.path, kind) if problem.message == _MISSING else problem.hint,
        )


def _missing_hint(path: str, kind: str) -> str:
    head = {"apiVersion": f"apiVersion: {API_VERSION}", "kind": f"kind: {kind}"}
    return f"write '{head[path]}'" if path in head else "write it; it has no default"
