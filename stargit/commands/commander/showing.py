"""Messages of the service as lines for people and as data for machines."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from google.protobuf import json_format
from google.protobuf.message import Message

from commander.client.operations import target_text
from commander.proto.v1 import commander_pb2 as pb
from stargit.output import Output

_SHORT = 12
_LONGEST_VALUE = 100


def as_json(message: Message) -> Any:
    """The message for machines, with all its fields, named as in the protocol."""
    return json_format.MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )


def differences_json(differences: pb.Differences) -> Any:
    """As ``as_json``; the rendered differences as the document that they are."""
    data = as_json(differences)
    data.pop("rendered_text")
    data["rendered"] = json.loads(data.pop("rendered_json") or "null")
    return data


def show_differences(output: Output, differences: pb.Differences, indent: str = "") -> None:
    """What differs: settings first, then what that means for the cluster."""
    for file in differences.files:
        output.line(f"{indent}{file.file}: {file.fate if file.fate != 'layout' else 'comments, order or form alone'}")
        for each in file.settings:
            if each.hidden:
                change = "(hidden)"
            elif not each.old_json:
                change = f"+ {_short(each.new_json)}"
            elif not each.new_json:
                change = f"- {_short(each.old_json)}"
            else:
                change = f"{_short(each.old_json)} -> {_short(each.new_json)}"
            output.line(f"{indent}  {each.path}: {change}")
        for problem in file.problems:
            output.line(f"{indent}  can't be compared: {problem.message}", "bad")
    for line in differences.rendered_text.splitlines():
        output.line(f"{indent}{line}")
    if differences.left_out:
        output.line(f"{indent}{differences.left_out} more rendered files differ", "faint")
    if differences.formatting:
        output.line(f"{indent}{differences.formatting} rendered files differ in form alone", "faint")
    if not (differences.files or differences.rendered_text or differences.left_out or differences.formatting):
        output.line(f"{indent}nothing differs", "faint")


def show_commit(output: Output, entry: pb.Entry) -> None:
    """A commit: when, who, what, why."""
    output.line(f"{entry.revision[:_SHORT]}  {time_text(entry)}  {entry.author.name}  {entry.subject}", "strong")
    if entry.reason:
        output.line(f"  why: {entry.reason}")


def time_text(entry: pb.Entry) -> str:
    """When a commit was made, in UTC."""
    return datetime.fromtimestamp(entry.time.seconds, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def event_line(event: pb.Event) -> str:
    """What a commit changed, on a line."""
    commit = event.commit
    changes = [
        f"{target_text(each.target)} {each.fate}{'' if each.desired else ' (rendered)'}" for each in event.changes
    ]
    more = f" and {len(changes) - 8} more" if len(changes) > 8 else ""
    what = ", ".join(changes[:8]) or "nothing of a target"
    return f"{commit.revision[:_SHORT]}  {time_text(commit)}  {commit.author.name}  {what}{more}"


def size_text(size: int) -> str:
    """Bytes for people."""
    value, unit = float(size), "bytes"
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if value < 1024 or unit == "GiB":
            break
        value /= 1024
    return f"{value:.0f} {unit}" if unit == "bytes" else f"{value:.1f} {unit}"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 3]}..."
