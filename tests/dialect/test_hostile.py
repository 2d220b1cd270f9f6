"""Templates and values made to break the compiler: their author reads a problem, never a traceback."""

from __future__ import annotations

import pytest

from generator.errors import ProblemsError
from tests.dialect.small import compiled

#: Tokens that Jinja's lexer refuses, and what is said of each.
_TOKENS = {
    "`": "syntax: unexpected char '`'",
    "$x": "syntax: unexpected char '$'",
    r'"\N{BULLET}"': "the escape '\\N' in a string",
    "9" * 5000: "a number of too many digits",
    '"open': "a string is not closed",
}
#: Tags with a place for a token.
_TAGS = {
    "expression": "---\na: {{ T }}\n",
    "second operand": "---\na: {{ release.name ~ T }}\n",
    "target of a loop": "---\na:\n  {% for T in values.hosts %}\n  - b\n  {% endfor %}\n",
    "after the target": "---\na:\n  {% for q T %}\n  - b\n  {% endfor %}\n",
    "list of a loop": "---\na:\n  {% for q in T %}\n  - {{ q }}\n  {% endfor %}\n",
    "after the list": "---\na:\n  {% for q in values.hosts T %}\n  - {{ q }}\n  {% endfor %}\n",
    "condition of a loop": "---\na:\n  {% for q in values.hosts if T %}\n  - {{ q }}\n  {% endfor %}\n",
    "condition": "---\n{% if T %}\na: b\n{% endif %}\n",
    "after a condition": "---\n{% if values.debug T %}\na: b\n{% endif %}\n",
    "set": "{% set q = T %}\n---\na: {{ q }}\n",
    "merge": "---\na: {{ merge(values.labels, T) }}\n",
    "require": "{% require values.debug, T %}\n---\na: b\n",
    "second argument of require": "{% require T, T %}\n---\na: b\n",
}


@pytest.mark.parametrize("token", _TOKENS)
@pytest.mark.parametrize("tag", _TAGS)
def test_a_token_that_jinja_refuses_is_a_problem_wherever_it_stands(tag: str, token: str) -> None:
    with pytest.raises(ProblemsError) as caught:
        compiled(_TAGS[tag].replace("T", token))
    assert {problem.file for problem in caught.value.problems} == {"test.yaml.j2"}
    if tag in ("list of a loop", "after the list", "condition of a loop"):
        assert _TOKENS[token] in str(caught.value)


@pytest.mark.parametrize(
    "operand",
    [
        "release.name",
        "values.title",
        "values.executor",
        '("v" ~ values.version)',
        '(values.note | default("1.0.0"))',
        "(values.version if values.debug else values.name)",
        "(values.version | b64encode)",
    ],
)
def test_what_may_be_no_version_is_not_compared_as_one(operand: str) -> None:
    with pytest.raises(ProblemsError) as caught:
        compiled(f'---\na: {{{{ {operand} is semver(">=1") }}}}\n')
    (problem,) = caught.value.problems
    assert problem.message == "'semver' of a string whose schema allows what is no version"


@pytest.mark.parametrize("operand", ["values.version", '(values.version if values.debug else "2.0.0")'])
def test_versions_are_compared(operand: str) -> None:
    compiled(f'---\na: {{{{ {operand} is semver(">=1") }}}}\n')


def test_a_static_text_is_read_at_once() -> None:
    with pytest.raises(ProblemsError, match="'etl' is no version"):
        compiled('---\na: {{ "etl" is semver(">=1") }}\n')
