"""Long lines of Go templates: broken where it reads well, and never inside of a word."""

from __future__ import annotations

import random
import re

import pytest

from generator.dialect.golang_layout import WIDTH, comment_lines, laid_out

_LONG = '"' + 'a string with ) and ( and {{ and }} and \\" in it, ' * 4 + '"'


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        ("a: {{ $.Values.title | quote }}", ["a: {{ $.Values.title | quote }}"]),
        (
            '  {{- include "airflow.names.metadata" (dict "root" $ "name" (printf "%s-redis-of-release" $.Release.Name)'
            ' "labels" $cfg.labels) | trim | nindent 2 }}',
            [
                '  {{- include "airflow.names.metadata" (dict',
                '      "root" $',
                '      "name" (printf "%s-redis-of-release" $.Release.Name)',
                '      "labels" $cfg.labels',
                "    ) | trim | nindent 2 }}",
            ],
        ),
        (
            'a: {{ include "stargit.merge" (list $.Values.labels (include "airflow.names.selector" (dict "root" $'
            ' "component" "a-component-of-a-long-name" "more" "and more") | fromYaml)) | fromJson | toJson }}',
            [
                'a: {{ include "stargit.merge" (list',
                "    $.Values.labels",
                '    (include "airflow.names.selector" (dict',
                '        "root" $',
                '        "component" "a-component-of-a-long-name"',
                '        "more" "and more"',
                "      ) | fromYaml)",
                "  ) | fromJson | toJson }}",
            ],
        ),
        (
            "{{- if and $.Values.elasticsearch.enabled $.Values.elasticsearch.secretName"
            " (not $.Values.enableBuiltInSecretEnvVars.AIRFLOW__ELASTICSEARCH__HOST) }}",
            [
                "{{- if and",
                "    $.Values.elasticsearch.enabled",
                "    $.Values.elasticsearch.secretName",
                "    (not $.Values.enableBuiltInSecretEnvVars.AIRFLOW__ELASTICSEARCH__HOST) }}",
            ],
        ),
        (
            f"{{{{ $key | quote }}}}: {{{{ printf {_LONG} $key (index $.Values.labels $key) | quote }}}}",
            [
                f"{{{{ $key | quote }}}}: {{{{ printf {_LONG}",
                "    $key",
                "    (index $.Values.labels $key) | quote }}",
            ],
        ),
    ],
    ids=["short", "a dict", "a dict in a list", "words", "a key"],
)
def test_a_long_action_has_a_line_for_each_argument(line: str, lines: list[str]) -> None:
    assert laid_out(line) == lines


def test_a_comment_is_wrapped_and_cannot_end_early() -> None:
    lines = comment_lines("What it is for: */ " + "word " * 40 + "\n  and more", 2)
    assert lines[0].startswith("  {{- /* What it is for: * / word")
    assert lines[-1] == "         and more */}}"
    assert max(map(len, lines)) <= WIDTH


@pytest.mark.parametrize("seed", range(200))
def test_no_layout_changes_a_word(seed: int) -> None:
    rng = random.Random(seed)
    indent = " " * rng.randrange(0, 20, 2)
    line = f"{indent}{rng.choice(('{{- ', 'key: {{ ', '- {{ '))}{_pipeline(rng, 4)} }}}}"
    lines = laid_out(line)
    assert _joined("\n".join(lines)) == _joined(line)
    assert all(one.startswith(indent) for one in lines)


def _joined(text: str) -> str:
    """The text without what may stand between words."""
    return re.sub(r"\s+\)", ")", re.sub(r"\s+", " ", text))


def _pipeline(rng: random.Random, depth: int) -> str:
    words = [rng.choice(("include", "printf", "dict", "list", "or", "ternary", "$x :=", "with", "if and"))]
    for _ in range(rng.randrange(1, 6)):
        if depth and rng.random() < 0.5:
            words.append(f"({_pipeline(rng, depth - 1)}){rng.choice(('', '.host'))}")
        else:
            words.append(
                rng.choice(("$.Values.some.long.path.to.a.setting", '"a word"', "`raw ) text`", "nil", "8080"))
            )
    return " ".join(words) + rng.choice(("", " | quote", " | trim | nindent 2"))
