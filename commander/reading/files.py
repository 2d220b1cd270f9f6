"""What a file of desired state says that people list and filter by. A file that can't be read says what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from commander.changes import IMAGE_SETTINGS
from commander.git import FOLDER, LINK, Entry, Repository
from generator.airflow import airflow_of_runtime
from generator.desired import KeyPath
from generator.errors import Problem, ProblemsError
from generator.worktree import LIMITS
from generator.yaml import read

#: Texts that are kept in memory of each file are at most this long.
_LONGEST = 1000
_MOST_LABELS = 100
#: Slashes in the path of a deployment's file.
_OF_A_DEPLOYMENT = 5

#: Settings that tell what a deployment runs, by their paths.
_SETTINGS: Mapping[str, KeyPath] = {
    "executor": ("executor",),
    "airflow_version": ("airflowVersion",),
    "hibernating": ("hibernate",),
    "labels": ("labels",),
    **IMAGE_SETTINGS,
}


@dataclass(frozen=True, slots=True)
class Said:
    """What a file says. ``settings`` has those of ``_SETTINGS`` that it sets, None where it removes a default: the
    values of a deployment, the defaults of others."""

    label: str = ""
    description: str = ""
    deleted_at: str = ""
    runtime_version: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def said_at(repository: Repository, path: str, entry: Entry) -> Said:
    """What the file says that a commit has at a path. Raises ``StoreError``."""
    text, problems = text_at(repository, path, entry)
    return Said(problems=problems) if problems else said(text, path)


def text_at(repository: Repository, path: str, entry: Entry) -> tuple[bytes, tuple[Problem, ...]]:
    """The contents of a file of desired state, or why they are not read. Raises ``StoreError``."""
    if not entry.is_file:
        kinds = {LINK: "is a symbolic link", FOLDER: "is a folder"}
        problem = Problem(kinds.get(entry.mode, "is a submodule"), file=path, allowed="a regular file")
        return b"", (problem,)
    data = repository.data(entry.name, LIMITS.file_bytes)
    if data is None:
        return b"", (Problem(f"is larger than {LIMITS.file_bytes:,} bytes", file=path),)
    return data, ()


def said(text: bytes, path: str) -> Said:
    """What a text says. Whether it may say so is for others to tell; what makes no sense is left out."""
    value, problems = settings_of(text, path)
    if problems:
        return Said(problems=problems)
    runtime = _text(value.get("runtimeVersion"))
    values = value.get("values" if path.count("/") == _OF_A_DEPLOYMENT else "defaults")
    values = {} if values is None else values  # a null further in removes a default; this one says nothing
    settings = {name: found for name, path in _SETTINGS.items() if (found := _found(values, path, name)) is not _ABSENT}
    if runtime and (airflow := airflow_of_runtime(runtime)) is not None:
        settings = {"airflow_version": f"{airflow}.0", "default_tag": runtime} | settings
    return Said(
        _text(value.get("label")), _text(value.get("description")), _text(value.get("deletedAt")), runtime, settings
    )


def settings_of(text: bytes, path: str) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """The data of a file; or what is wrong with it, and no data."""
    try:
        value = read(text, file=path).value
    except ProblemsError as error:
        return {}, error.problems
    if not isinstance(value, dict):
        return {}, (Problem("is no map", file=path, allowed="keys with values, beginning with apiVersion and kind"),)
    return value, ()


_ABSENT: Any = object()


def _found(values: Any, path: KeyPath, name: str) -> Any:
    """A setting, when it can be one; None when it, or what it is in, is null."""
    for part in path:
        if values is None:
            return None
        if not isinstance(values, dict) or part not in values:
            return _ABSENT
        values = values[part]
    if values is None:
        return None
    if name == "labels":
        return _labels(values)
    if name == "hibernating":
        return values if isinstance(values, bool) else _ABSENT
    return _text(values) or _ABSENT


def _labels(values: Any) -> Any:
    if not isinstance(values, dict):
        return _ABSENT
    texts = {key: value for key, value in values.items() if value is None or isinstance(value, str)}
    return {key[:_LONGEST]: value and value[:_LONGEST] for key, value in list(texts.items())[:_MOST_LABELS]}


def _text(value: Any) -> str:
    return value[:_LONGEST] if isinstance(value, str) else ""
