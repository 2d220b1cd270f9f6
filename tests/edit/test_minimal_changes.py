"""Whatever a file looks like: an edit gives exactly the data that was asked for, and touches no line but those it is
about."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from generator.edit import Merge, Operation, Set, Unset, edit
from generator.errors import ProblemsError
from generator.yaml import Document, read
from tests.edit.texts import KEYS, files

SAMPLES = sorted((FilePath(__file__).parents[2] / "environments").rglob("*.yaml"))
VALUES: list[Any] = [
    None, 1, 2.5, True, "x", "on", "1e3", "08", "1:30", "2024-01-01", "~", "", " ", "two\nlines\n", "a\nb", "\n",
    "it's, a: b", "- x", "# c", " lead\nx", "x \ny", "é\u00a0", "\u200b", {}, [], {"a": 1}, {"b": {"name": "x"}},
    ["x", {"name": "y", "a": [1]}], [[1, [2]], {}], {"on": "off", "a.b": "{x}", "": "|"},
]  # fmt: skip


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """All paths in a value, the root's first."""
    yield path
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in below:
        yield from places(item, (*path, step))


def same(one: Any, other: Any) -> bool:
    """Also to those who tell true from 1."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def done(data: Any, operation: Operation) -> Any:
    """What an operation does to plain data."""
    data = copy.deepcopy(data)
    if isinstance(operation, Merge):
        return patched(data, operation.values)
    *way, last = operation.path
    parent: Any = at(data, tuple(way))  # type: ignore[arg-type]
    if isinstance(operation, Unset):
        del parent[last]
    elif isinstance(parent, list) and last == len(parent):
        parent.append(operation.value)
    else:
        parent[last] = operation.value
    return data


def patched(target: Any, patch: Any) -> Any:
    """RFC 7386, as it stands there."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = patched(result.get(key), value)
    return result


@st.composite
def operations(draw: st.DrawFn, data: Any) -> Operation:
    path = draw(st.sampled_from(list(places(data))))
    here = at(data, path)
    value = draw(st.sampled_from(VALUES))
    kind = draw(st.sampled_from(["set", "unset", "new", "new", "merge"]))
    if kind == "merge" or not path:
        return Merge((), draw(st.dictionaries(st.sampled_from(KEYS), st.sampled_from(VALUES), min_size=1, max_size=3)))
    if kind == "new" and isinstance(here, dict):
        return Set((*path, draw(st.sampled_from([*KEYS, "new"]))), value)
    if kind == "new" and isinstance(here, list):
        return Set((*path, len(here)), value)
    return Unset(path) if kind == "unset" else Set(path, value)


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(files(), st.data())
def test_the_data_is_what_was_asked_for(text: str, draw: st.DataObject) -> None:
    before = read(text, file="f.yaml").value
    data = before
    asked: list[Operation] = []
    for _ in range(draw.draw(st.integers(1, 4))):
        asked.append(draw.draw(operations(data)))
        data = done(data, asked[-1])
    try:
        result = edit(text, "f.yaml", asked)
    except ProblemsError as error:
        others = [each for each in error.problems if not re.search("which stands for|would change", each.message)]
        assert others == []
        return
    assert same(read(result, file="f.yaml").value, data)
    assert result == text or not same(before, data)
    assert same(YAML(typ="safe", pure=True).load(result), data), "another reader sees other data"
    if text.endswith("\n"):
        assert result.endswith("\n")
    if "\r\n" in text:
        assert "\n" not in result.replace("\r\n", "")


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(files(), st.data())
def test_only_lines_that_the_edit_is_about_change(text: str, draw: st.DataObject) -> None:
    text = text if text.endswith("\n") else text + "\n"
    document = read(text, file="f.yaml")
    path = draw.draw(st.sampled_from([place for place in places(document.value) if place]))
    parent, old = at(document.value, path[:-1]), at(document.value, path)
    kind = draw.draw(st.sampled_from(["set", "unset", "new"]))
    before = text.splitlines()
    try:
        if kind == "set":
            # A value on one line gets another one.
            line = before[document.value_position(path).line - 1]
            assume(isinstance(old, str | int | float) and not any(sign in line for sign in ("|", ">", "one", "*")))
            after = edit(text, "f.yaml", [Set(path, "elsewhere")]).splitlines()
            assert len(after) == len(before)
            assert sum(new != was for new, was in zip(after, before, strict=True)) == 1
        elif kind == "new":
            assume(is_block(document, path[:-1]))
            new = (*path[:-1], "new" if isinstance(parent, dict) else len(parent))
            assert is_part(before, edit(text, "f.yaml", [Set(new, ["a", {"b": "c"}])]).splitlines())
        else:
            assume(is_block(document, path[:-1]) and len(parent) > 1)
            after = edit(text, "f.yaml", [Unset(path)]).splitlines()
            # Behind a dash the second key takes the place of the first.
            moved = [line for line in after if line not in before]
            assert len(moved) <= 1
            assert is_part([line for line in after if line not in moved], before)
            assert not moved or "- " in moved[0] or moved[0].endswith("-")
    except ProblemsError:
        assert "*" in text


@pytest.mark.slow
@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: "-".join(file.parts[-3:]))
def test_every_value_of_the_samples(file: FilePath) -> None:
    text = file.read_bytes().decode()
    document = read(text, file=file.name)
    lines = text.splitlines(keepends=True)
    known = list(places(document.value))[1:]
    for index, path in enumerate(known):
        old = at(document.value, path)
        below = next((place for place in known[index + 1 :] if place[: len(path)] != path), None)
        begin = document.position(path).line - 1
        end = document.position(below).line - 1 if below else len(lines)
        if isinstance(old, dict | list) or "\n" in str(old):
            # The comments and the blank line above the next key stay.
            end = max(end, begin + 1)
            while not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#"):
                end -= 1
        else:
            end = begin + 1
        for new in ("changed", 3, {"a": ["b"]}):
            changed = edit(text, file.name, [Set(path, new)])
            assert changed.startswith("".join(lines[:begin]))
            assert changed.endswith("".join(lines[end:]))
            if end == begin + 1 and not isinstance(old, dict | list):
                back = edit(changed, file.name, [Set(path, old)])
                assert back.replace('"', "") == text.replace('"', "")


def is_block(document: Document, path: tuple[str | int, ...]) -> bool:
    """Whether the map or list there has lines of its own."""
    position = document.value_position(path)
    line = document.text.splitlines()[position.line - 1]
    return not line[position.column - 1 :].startswith(("{", "[", "*", "&")) and bool(at(document.value, path))


def is_part(some: list[str], lines: list[str]) -> bool:
    """Whether all of some lines are there, in their order."""
    rest = iter(lines)
    return all(line in rest for line in some)
