"""The chart's templates are for people who own them: no long lines, no define twice, names that tell what for."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from generator.airflow.chart import airflow_chart
from generator.charts import chart_files

#: Columns of a line, as of every line of this repository; a string that is long by itself is not broken.
_WIDTH = 120
_LONG_STRING = re.compile(r'"(?:[^"\\]|\\.){60,}"')
#: Bytes of a file: what one can read in a sitting.
_MOST_BYTES = 24_000

_DEFINE = re.compile(r'\{\{-? define "([^"]+)"')
_COMMENT = re.compile(r"(?:\A|\n) *\{\{-? /\*.*?\*/ ?-?\}\}", re.DOTALL)


@pytest.fixture(scope="module")
def templates() -> dict[str, str]:
    """All templates by file name. (NOTES.txt is text for a terminal, written by hand.)"""
    files = chart_files(airflow_chart())
    found = {name: text for name, text in files.items() if name.startswith("templates/") and name[-4:] != ".txt"}
    assert len(found) > 40
    return found


def test_no_line_is_long_but_for_one_string(templates: dict[str, str]) -> None:
    long = [
        f"{name}:{number}: {line}"
        for name, text in templates.items()
        for number, line in enumerate(text.split("\n"), start=1)
        if len(line) > _WIDTH and len(_LONG_STRING.sub('""', line)) > _WIDTH - 60
    ]
    assert long == []


def test_no_file_is_long(templates: dict[str, str]) -> None:
    assert {name: len(text.encode()) for name, text in templates.items() if len(text.encode()) > _MOST_BYTES} == {}


def test_names_of_defines_tell_what_they_are_for(templates: dict[str, str]) -> None:
    names = [match[1] for text in templates.values() for match in _DEFINE.finditer(text)]
    assert len(names) == len(set(names)) > 100
    assert [name for name in names if re.search(r"[0-9]\Z|\.x\b", name)] == []


def test_no_two_defines_say_the_same(templates: dict[str, str]) -> None:
    names = defaultdict(list)
    for text in templates.values():
        for define in re.split(r"(?m)^(?=\{\{-? define )", _COMMENT.sub("", text))[1:]:
            head, _, body = define.partition("}}")
            names[body.split("\n\n")[0].strip()].append(head)
    assert len(names) > 100
    assert [alike for alike in names.values() if len(alike) > 1] == []


def test_no_choice_is_inside_another(templates: dict[str, str]) -> None:
    """Branches are read as ``if`` and ``else``; ``ternary`` is for one choice between two short values."""
    nested = [
        f"{name}: {operands}"
        for name, text in templates.items()
        for match in re.finditer(r"\bternary\b", text)
        if "ternary" in (operands := _operands(text[match.end() :]))
    ]
    assert nested == []


def _operands(text: str) -> str:
    """What belongs to a function, up to the parenthesis or action that ends it."""
    depth = 0
    for index, word in enumerate(re.finditer(r'"(?:[^"\\]|\\.)*"|[()]|\}\}|\||[^\s()"|}]+', text)):
        depth += {"(": 1, ")": -1}.get(word[0], 0)
        if depth < 0 or word[0] == "}}" or (word[0] == "|" and depth == 0) or index > 1000:
            return text[: word.start()]
    return text
