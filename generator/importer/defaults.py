"""Defaults of the official chart that differ from ours and decide where data is kept: nobody wrote them, and an Airflow
runs with them. They are written down, or told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from generator.importer.draft import Draft

#: Defaults of the workspace and of the environment, the stronger first.
Layers: TypeAlias = Sequence[Mapping[str, Any]]

EXECUTOR = "CeleryExecutor"
# Of the official chart's values.yaml.
_SIZE = "100Gi"


def add_defaults(draft: Draft, layers: Layers) -> None:
    """What the official chart's values.yaml says where the input says nothing."""
    executor = str(_found(draft, layers, "executor") or EXECUTOR)
    if draft.at(("executor",)) is None and executor != EXECUTOR:
        draft.notes.append(f"The official chart's executor is {EXECUTOR}; here the defaults around say {executor}.")
    _add_volumes(draft, layers, executor)
    if _found(draft, layers, "fernetKeySecretName") is None:
        draft.notes.append(
            "The official chart made a Fernet key, in the Secret <release>-fernet-key, with which connections and"
            f" variables in the database are encrypted; here it is in {draft.release.name}-fernet-key, which the"
            " bootstrap job makes when it is not there. If the database moves along, make that Secret of the old one"
            " first."
        )


def _add_volumes(draft: Draft, layers: Layers, executor: str) -> None:
    """Volumes for the log files of single pods, which the volume of all components takes the place of."""
    if _found(draft, layers, "logs", "persistence", "enabled") is True:
        return
    groups = ["workers"] if "Celery" in executor or "Local" in executor else []
    if _found(draft, layers, "triggerer", "enabled") is not False:
        groups.append("triggerer")
    written = []
    for group in groups:
        enabled = _found(draft, layers, group, "persistence", "enabled")
        if enabled is None:
            draft.give((group, "persistence", "enabled"), True)
            written.append(group)
        elif draft.at((group, "persistence", "enabled")) is None and enabled is False:
            draft.notes.append(
                f"The official chart gives pods of {group} volumes for log files; here the defaults around say"
                f" {group}.persistence.enabled: false."
            )
        if enabled is not False and _found(draft, layers, group, "persistence", "size") is None:
            draft.give((group, "persistence", "size"), _SIZE)
    if written:
        draft.notes.append(
            f"By its defaults the official chart keeps log files of {' and '.join(written)} in volumes of {_SIZE};"
            " here that is written down (persistence). Files in the old volumes stay there."
        )


def _found(draft: Draft, layers: Layers, *path: str) -> Any:
    """What the draft says at a path, or the layers around it; None when nobody says anything."""
    values: list[Any] = [draft.at(path)]
    for layer in layers:
        found: Any = layer
        for step in path:
            found = found.get(step) if isinstance(found, Mapping) else None
        values.append(found)
    return next((value for value in values if value is not None), None)
