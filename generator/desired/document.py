"""One file: bytes to plain data with positions, checked against the schema of its kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import jsonschema_rs

from generator.airflow.official import instead_of
from generator.charts.validation import validate
from generator.desired.files import API_VERSION
from generator.desired.layers import key_path
from generator.desired.schemas import VALUES_KIND, checking_schema
from generator.errors import Position, Problem, ProblemsError
from generator.yaml import Document, read


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


def _schema_problems(document: Document, path: str, kind: str) -> Iterable[Problem]:
    if not isinstance(document.value, dict):
        found = "is empty" if document.value is None else "is no map"
        allowed = "a map" if kind == VALUES_KIND else f"a map with 'apiVersion: {API_VERSION}' and 'kind: {kind}'"
        yield Problem(found, file=path, position=Position(1), allowed=allowed)
        return
    schema, validator = _validator(kind)
    for problem in validate(validator, schema, document.value, _instead):
        place = key_path(problem.path, document.value)
        yield Problem(
            problem.message,
            file=path,
            position=document.position(place),
            path=problem.path,
            # Of a setting that may also be null, the schema says so; to people that goes without saying.
            allowed=problem.allowed.removesuffix(", None").removesuffix(" or null"),
            hint=problem.hint,
        )
