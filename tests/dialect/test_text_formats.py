"""Values cannot leave their place in text macros: what reads the format reads them back, whatever they are."""

from __future__ import annotations

import ast
import configparser
import subprocess
from functools import cache
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from generator.dialect import CompiledChart, Release
from generator.errors import ProblemsError
from tests.dialect.small import FULL, compiled

# What the schema of text allows: no control characters but tab and line feed.
_TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufeff\ufffe\uffff")
    | st.sampled_from("\n\t'\"\\$`#;=[]%{}()!"),
    max_size=40,
)
_NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e15, 1e15, allow_nan=False)
_SCALARS = st.booleans() | _NUMBERS | _TEXTS
_FREE = st.recursive(
    st.none() | _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=8,
)


def text_of(macro: str, **values: Any) -> str:
    """The text that a macro named ``m`` gives."""
    document: Any = _chart(macro).program.render({**FULL, **values}, Release("r", "n"))["test.yaml"][0]
    return str(document["a"])


@cache
def _chart(macro: str) -> CompiledChart:
    return compiled('{% import "lib.yaml.j2" as lib %}\n---\na: {{ lib.m() }}\n', macro)


_PYTHON = """\
{% macro m() as python %}
before = 1
free = {{ values.extra }}
text = [{{ values.title }}, {{ values.note }}]
# a comment {{ values.title }}
{% for key, value in values.config | items %}
after = {{ value }}
{% endfor %}
{% endmacro %}
"""


@given(_FREE, _TEXTS, st.none() | _TEXTS, st.dictionaries(_TEXTS, _SCALARS, max_size=3))
@settings(max_examples=150, deadline=None)
@example({"a": [None, True]}, "'''", '"""', {"\\": "\\"})
def test_python_reads_every_value_back(free: Any, title: str, note: str | None, section: dict[str, Any]) -> None:
    text = text_of(_PYTHON, extra=free, title=title, note=note, config={"a": section})
    tree = ast.parse(text)
    found = [(node.targets[0].id, ast.literal_eval(node.value)) for node in tree.body]  # type: ignore[attr-defined]
    assert found == [("before", 1), ("free", free), ("text", [title, note]), ("after", section)]


_INI = """\
{% macro m() as ini %}
[{{ values.name }}]
before = 1
title = {{ values.title }}
both = <{{ values.size }}|{{ values.title }}>
{{ values.name }} = {{ values.size }}

[last]
{{ more(values.title) }}
{% endmacro %}
{% macro more(title: str) as ini %}
after = {{ title }}
{% endmacro %}
"""


@given(_TEXTS, _SCALARS)
@settings(max_examples=150, deadline=None)
@example("a\n[b]\nc = d", "\n# x")
def test_configparser_finds_the_options_of_the_macro_and_no_others(title: str, size: Any) -> None:
    text = text_of(_INI, title=title, size=size, name="section")
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",), comment_prefixes=("#", ";"), strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(text)
    assert {name: list(parser[name]) for name in parser.sections()} == {
        "section": ["before", "title", "both", "section"],
        "last": ["after"],
    }
    assert parser["section"]["before"] == "1"
    if "\n" not in title:
        assert parser["section"]["title"] == title.strip()
        assert parser["last"]["after"] == title.strip()


_SHELL = """\
{% macro m() as shell %}
# Prints its words, one a line, ended by a null byte.
set -- {{ values.title }} --x={{ values.note | default("") }}
set -- "$@" "$(printf '%s|' {{ values.title }})" {{ values.size | text }}
printf '%s\\0' "$@"
{% endmacro %}
"""


@given(_TEXTS, _TEXTS, _SCALARS)
@settings(max_examples=60, deadline=None)
@example("$(touch x)`touch x`", "'; exit 3; '", "*")
def test_a_shell_gets_each_value_as_one_word(title: str, note: str, size: Any) -> None:
    script = text_of(_SHELL, title=title, note=note, size=size)
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, check=True, timeout=20, cwd="/")
    words = done.stdout.decode().split("\0")[:-1]
    # A command substitution takes line feeds from its end; here stands '|'.
    assert words[:3] == [title, f"--x={note}", f"{title}|"]
    assert len(words) == 4


def refused(format_: str, lines: str) -> list[str]:
    """The messages about a text macro."""
    library = f"{{% macro m() as {format_} %}}\n{lines}\n{{% endmacro %}}\n"
    with pytest.raises(ProblemsError) as raised:
        compiled('{% import "lib.yaml.j2" as lib %}\n---\na: {{ lib.m() }}\n', library)
    return [
        f"{problem.position.line - 1}:{problem.position.column} {problem.message}" if problem.position else ""
        for problem in raised.value.problems
    ]


@pytest.mark.parametrize(
    ("format_", "lines", "problems"),
    [
        ("python", 'x = "{{ values.title }}"', ["1:15 quotes around {{ }}"]),
        ("python", "x = f{{ values.title }}", ["1:15 an expression that touches the text beside it"]),
        ("python", "x = '''\n{{ values.title }}\n'''", ["2:10 quotes around {{ }}"]),
        ("python", "x = 'it\\'s {{ values.title }}'", ["1:21 quotes around {{ }}"]),
        (
            "python",
            "{% if values.debug %}\nx = '''\n{% endif %}\ny = 1",
            ["1:1 a quoted text that begins or ends in a body of control"],
        ),
        ("shell", 'echo "{{ values.title }}"', ["1:16 quotes around {{ }}"]),
        ("shell", "echo '\n{{ values.title }}'", ["2:10 quotes around {{ }}"]),
        ("shell", "# {{ values.title }}", ["1:12 an expression in a comment"]),
        ("shell", "echo ${{ values.title }}", ["1:16 an expression that touches the text beside it"]),
        ("shell", "echo \\{{ values.title }}", ["1:16 an expression that touches the text beside it"]),
        ("shell", "x=$(( {{ values.count }} + 1 ))", ["1:16 an expression in shell arithmetic"]),
        ("shell", 'echo "$(cat "{{ values.title }}")"', ["1:23 quotes around {{ }}"]),
        ("shell", "echo `cat {{ values.title }}`", ["1:20 quotes around {{ }}"]),
        ("shell", "cat <<EOF\n{{ values.title }}\nEOF", ["2:10 an expression in a heredoc"]),
        ("shell", "cat <<-'END' | tr a b\n\\\n{{ values.title }}\nEND\ntrue", ["3:10 an expression in a heredoc"]),
        ("ini", "[{{ values.title }}]", ["1:11 str in a section or option name"]),
        ("ini", "{{ values.code }} = 1", ["1:10 str in a section or option name"]),
        ("ini", "{{ values.title }}", ["1:10 str in a section or option name"]),
        ("ini", "# {{ values.title }}", ["1:12 str in a section or option name"]),
        ("ini", "  {{ values.title }}\na = b", ["1:12 str in a section or option name"]),
        ("ini", "a = {{ values.labels }}", ["1:14 map[str] in a text macro 'as ini'"]),
        ("text", "a {{ values.title }}", ["1:12 str in a text macro 'as text'"]),
    ],
)
def test_places_where_no_escaping_holds(format_: str, lines: str, problems: list[str]) -> None:
    assert refused(format_, lines) == problems


@pytest.mark.parametrize(
    ("format_", "lines"),
    [
        ("python", "x = {'a': {{ values.title }}}  # it's {{ values.title }}"),
        ("python", "'it\\'s'; x = {{ values.title }}\n'''doc'''; f({{ values.note }}, {{ values.count }})"),
        (
            "shell",
            "# don't\necho {{ values.title }} | tr \"'\" x; echo $(cat {{ values.title }}) 'a'{{ values.title }}",
        ),
        ("shell", "cat <<EOF\nit's\nEOF\necho {{ values.title }} $((1 + (2))) {{ values.title }}"),
        ("shell", "case $1 in a) echo {{ values.title }} ;; esac\nf() {\n  g {{ values.title }}\n}"),
        ("ini", "{{ values.name }}.{{ values.count }} = {{ values.title }}; {{ values.title }}"),
        ("text", 'it\'s {{ values.count }} {{ "x" }}'),
    ],
)
def test_places_where_it_does(format_: str, lines: str) -> None:
    library = f"{{% macro m() as {format_} %}}\n{lines}\n{{% endmacro %}}\n"
    compiled('{% import "lib.yaml.j2" as lib %}\n---\na: {{ lib.m() }}\n', library)


def test_text_of_another_format_is_a_value() -> None:
    library = """\
{% macro m() as shell %}
exec python3 -c {{ code() }}
{{ same() }}
{% endmacro %}
{% macro code() as python %}
print({{ values.title }})
{% endmacro %}
{% macro same() as shell %}
true
{% endmacro %}
"""
    assert text_of(library, title="it's") == "exec python3 -c 'print(\"it'\\''s\")\n'\ntrue\n"
