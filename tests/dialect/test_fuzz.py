"""Whatever stands in a template, the compiler gives a chart or problems: never a traceback, never a broken program."""

from __future__ import annotations

import random
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from generator.dialect import Release
from generator.errors import ProblemsError
from tests.dialect.random_templates import Writer
from tests.dialect.small import BARE, FULL, compiled

_FRAGMENTS = (
    '{{', '}}', '{%', '%}', '{#', '#}', '(', ')', '[', ']', '{', '}', '"', "'", '|', ':', ': ', '- ', '-', '~', ',',
    '.', '#', '\\', '\n', '\n---\n', ' ', '  ', '\t', '\u2028', '\ud800', 'é', '😀', 'values', '.flower', '.probe',
    '.seconds', '.note', '.extra', '["a"]', 'lib.m0(', 'x', '1', '1e999', '99999999999999999999', '0x1', 'none',
    'true', 'not ', ' and ', ' or ', ' if ', ' else ', ' is none', ' in ', ' == ', ' < ', ' + ', '**', '//',
    ' | items', ' | json', ' | default(1)', ' | trunc(2)', " | replace('', 'a')", " | total('port', 1)",
    '{% if values.debug %}\n', '{% else %}\n', '{% endif %}\n', '{% for a in values.hosts %}\n',
    '{% for k, v in values.labels | items %}\n', '{% endfor %}\n', '{% set a = values.note %}\n',
    "{% require values.debug, 'no' %}\n", '{% macro m(a: str) %}\n', '{% macro m() as python %}\n',
    '{% endmacro %}\n', 'a: b\n', '- a\n', 'a:\n', '{{ values.note }}', '{{ values.labels }}: x\n', '|\n', '&a ',
    '*a', '!!str ', 'null', '<<: ', 'merge(', 'overlay(', 'override(', 'static', '?', '\x00', '\r',
)  # fmt: skip


def check(template: str, library: str) -> None:
    """Compile; what compiles also renders."""
    try:
        chart = compiled(template, library)
    except ProblemsError as error:
        for problem in error.problems:
            assert problem.file
            assert problem.message
            assert str(problem)
        return
    for file in chart.go_files.values():
        assert len(file.origins) == file.text.count("\n")
    for values in (FULL, BARE):
        if "require" in template + library:
            with suppress(ProblemsError):
                chart.program.render(values, Release("r", "n"))
        else:
            chart.program.render(values, Release("r", "n"))


@given(st.lists(st.sampled_from(_FRAGMENTS), max_size=25).map("".join), st.booleans())
@settings(max_examples=400)
def test_random_text(text: str, document: bool) -> None:
    check(f"---\na:\n  {text}" if document else text, "")
    check("---\na: 1\n", text)


@given(
    st.integers(0, 10_000),
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 8), st.sampled_from(_FRAGMENTS)), max_size=4),
)
@settings(max_examples=300)
def test_changed_templates(seed: int, edits: list[tuple[int, int, str]]) -> None:
    writer = Writer(random.Random(seed))
    library = writer.library() if seed % 3 else ""
    template = writer.template()
    for at, size, fragment in edits:
        if at % 2 and library:
            place = at % len(library)
            library = library[:place] + fragment + library[place + size :]
        else:
            place = at % len(template)
            template = template[:place] + fragment + template[place + size :]
    check(template, library)
