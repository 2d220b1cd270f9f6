"""A comparison as JSON-like data for machines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from generator.diff.model import Diff, FieldChange, ObjectChange, ObjectKey, Unit
from generator.diff.report import impacts, summary, warnings


def as_json(diff: Diff) -> dict[str, Any]:
    """The whole comparison; nothing is left out but what is hidden or was shortened in the fields themselves."""
    return {
        "summary": summary(diff),
        "changed": bool(diff),
        "warnings": [{"message": each.what, "units": _units(each.units)} for each in warnings(diff)],
        "pods": [
            {
                "units": _units(each.units),
                "deployment": each.fate or "kept",
                "restarts": list(each.restarts),
                "why": list(each.why),
                "runs": list(each.runs),
            }
            for each in impacts(diff)
        ],
        "groups": [
            {
                "what": each.what,
                "change": each.change,
                "old": each.old,
                "new": each.new,
                "lines": list(each.lines),
                "hidden": each.hidden,
                "units": _units(each.units),
                "roles": list(each.roles),
                "objects": each.objects,
            }
            for each in diff.groups
        ],
        "objects": [_object(each) for each in diff.objects],
        "values": [
            {"unit": str(each.unit), "fate": each.fate, "file": each.file, "fields": _fields(each.fields)}
            for each in diff.values
        ],
        "unreadable": [{"file": each.file, "side": each.side, "message": each.message} for each in diff.unreadable],
        "formatting": diff.formatting,
    }


def _object(change: ObjectChange) -> dict[str, Any]:
    return {
        **_key(change.key),
        "unit": str(change.unit),
        "role": change.role,
        "fate": change.fate,
        "file": change.file,
        "was": _key(change.old_key) if change.old_key != change.key else None,
        "effects": [{"kind": each.kind, "why": list(each.why)} for each in change.effects],
        "fields": _fields(change.fields),
    }


def _key(key: ObjectKey) -> dict[str, str]:
    return {"apiVersion": key.api_version, "kind": key.kind, "namespace": key.namespace, "name": key.name}


def _fields(changes: Iterable[FieldChange]) -> list[dict[str, Any]]:
    return [
        {
            "path": each.path,
            "change": each.change,
            "old": each.old,
            "new": each.new,
            "lines": list(each.lines),
            "hidden": each.hidden,
        }
        for each in changes
    ]


def _units(units: Iterable[Unit]) -> list[str]:
    return [str(each) for each in units]
