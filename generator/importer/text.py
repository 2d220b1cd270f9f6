"""The text of the deployment's file, with the comments that people wrote on what was kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from generator.importer.confidential import secret_text
from generator.importer.result import KeyPath
from generator.yaml import Document, dump, read

SCHEMA = "# yaml-language-server: $schema=../../../../../schemas/deployment.json"
_LICENSE = re.compile(r"(?i)licen[sc]e|copyright|apache software foundation")


def file_text(
    head: Mapping[str, Any], values: Mapping[str, Any], comments: Mapping[KeyPath, tuple[list[str], str]]
) -> str:
    """The file: ``head`` has the keys before the values. ``comments`` has, by path in the values, the lines above a key
    and the comment behind it."""
    body = dump({**head, "values": dict(values)} if values else dict(head))
    lines = body.splitlines()
    above: dict[int, list[str]] = {}
    if comments:
        written = read(body, file="")
        for path, (before, behind) in comments.items():
            place = written.position(("values", *path))
            number = place.line - 1
            indent = " " * (len(lines[number]) - len(lines[number].lstrip()))
            above.setdefault(number, []).extend(f"{indent}{line}" for line in before)
            if behind and _takes_comment(lines, number, path):
                lines[number] += f"  {behind}"
    text = [SCHEMA]
    for number, line in enumerate(lines):
        text += [""] if line == "values:" else above.get(number, [])
        text.append(line)
    return "\n".join(text) + "\n"


def _takes_comment(lines: list[str], number: int, path: KeyPath) -> bool:
    """Whether a comment may stand behind a line: it has all of its value, and no text that would swallow it."""
    line = lines[number].lstrip("- ")
    following = lines[number + 1] if number + 1 < len(lines) else ""
    if re.search(r":\s*[|>][-+0-9]*$", line) or line.startswith("?"):
        return False
    deeper = len(following) - len(following.lstrip()) > len(lines[number]) - len(line)
    return isinstance(path[-1], str) and (line.endswith(":") or not deeper)


def comments_of(
    document: Document, inside: KeyPath, moves: Mapping[KeyPath, KeyPath]
) -> dict[KeyPath, tuple[list[str], str]]:
    """The comments in a document on what was kept: by path in our values. Those that may hold a secret are left out."""
    lines = document.text.splitlines()
    within = _within_text(document.text)
    used: set[tuple[int, str]] = set()
    result: dict[KeyPath, tuple[list[str], str]] = {}
    for source, target in sorted(moves.items(), key=lambda move: len(move[0])):
        position = document.position((*inside, *source))
        number = position.line - 1
        if target in result or number >= len(lines):
            continue
        before = [] if (number, "above") in used else _above(lines, number, within)
        used.add((number, "above"))
        # The comment behind the line of an item is that of the item's first key.
        behind = ""
        if isinstance(source[-1], str) and (number, "behind") not in used:
            used.add((number, "behind"))
            behind = _behind(lines[number], position.column)
        if before or behind:
            result[target] = (before, behind)
    return result


def _within_text(text: str) -> set[int]:
    """Lines that are part of a text of several lines, where ``#`` begins no comment."""
    within: set[int] = set()
    for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        if isinstance(event, yaml.ScalarEvent) and event.start_mark is not None and event.end_mark is not None:
            last = event.end_mark.line - (1 if event.style in ("|", ">") else 0)
            within.update(range(event.start_mark.line + 1, last + 1))
    return within


def _above(lines: list[str], number: int, within: set[int]) -> list[str]:
    found: list[str] = []
    while number > 0 and number - 1 not in within and lines[number - 1].lstrip().startswith("#"):
        number -= 1
        found.insert(0, lines[number].strip())
    if (number > 0 and lines[number - 1].strip() in ("---",)) or number == 0:
        # The head of the file is of the file, not of its first key.
        found = [] if any(_LICENSE.search(line) for line in found) else found
    return (
        []
        if any(secret_text(line.lstrip("# ")) for line in found)
        else [line for line in found if "$schema=" not in line]
    )


def _behind(line: str, column: int) -> str:
    """The comment at the end of a line of plain YAML: behind white space, outside of quotes."""
    quote = ""
    for index in range(column - 1, len(line)):
        char = line[index]
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'" and line[index - 1] in " :[{,-":
            quote = char
        elif char == "#" and line[index - 1] in " \t":
            comment = line[index:].rstrip()
            return "" if secret_text(comment.lstrip("# ")) else comment
    return ""
