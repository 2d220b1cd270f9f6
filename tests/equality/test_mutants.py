"""The proof can fail: each of these bugs, put into the compiler, is found by comparing Helm with the native program.

A mutant that survives means that drawn values are too tame, or that the comparison looks away.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from generator.airflow.chart import airflow_chart
from generator.compat import table
from generator.compat.defines import RUNTIME_DEFINES
from generator.dialect import golang, native
from generator.dialect import tree as t
from generator.errors import ProblemsError
from tests.equality.harness import BuiltChart, build, differences, drawn_set
from tests.support.contexts import CONTEXTS
from tests.support.values import drawn_release

# A mutant that hides is looked for in all sets before the test fails.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

#: Drawn sets that are tried before a mutant counts as survived.
_SETS = 60


@dataclass(frozen=True)
class Mutant:
    """A bug: ``apply`` puts it into the compiler."""

    name: str
    apply: Callable[[pytest.MonkeyPatch], None]


def _printed(pattern: str, replacement: str) -> Callable[[pytest.MonkeyPatch], None]:
    """A bug of the Go printer: what it prints is changed wherever the pattern matches."""

    def apply(patch: pytest.MonkeyPatch) -> None:
        original = golang.print_go

        def mutated(chart: t.Chart, name: str) -> Any:
            files, used = original(chart, name)
            changed = {
                key: golang.GoFile(file.name, re.sub(pattern, replacement, file.text), file.origins)
                for key, file in files.items()
            }
            assert any(changed[key].text != files[key].text for key in files), f"{pattern} matches nothing"
            return changed, used

        patch.setattr("generator.dialect.compiler.print_go", mutated)

    return apply


def _compiled(pattern: str, replacement: str) -> Callable[[pytest.MonkeyPatch], None]:
    """A bug of the native target: the Python source is changed wherever the pattern matches."""

    def apply(patch: pytest.MonkeyPatch) -> None:
        original = native._Writer.write

        def mutated(writer: Any) -> str:
            source = original(writer)
            changed = re.sub(pattern, replacement, source, flags=re.MULTILINE)
            assert changed != source, f"{pattern} matches nothing"
            return changed

        patch.setattr(native._Writer, "write", mutated)

    return apply


def _defined(define: str, old: str, new: str) -> Callable[[pytest.MonkeyPatch], None]:
    """A bug of a runtime define: its text is changed."""
    text = RUNTIME_DEFINES[define]
    assert old in text
    return lambda patch: patch.setitem(RUNTIME_DEFINES, define, text.replace(old, new))


def _function(row: str, python: Callable[..., Any]) -> Callable[[pytest.MonkeyPatch], None]:
    """A bug of the function table: the Python side does something else."""
    return lambda patch: patch.setitem(table.FUNCTIONS, row, python)


MUTANTS = [
    Mutant("strings are not quoted", _printed(r" \| quote }}", " }}")),
    Mutant("integers are printed as floats", _printed(r" \| int64 }}", " }}")),
    Mutant("free JSON is printed by toYaml", _printed(r" \| toJson }}", " | toYaml }}")),
    Mutant("absent is tested by truth", _printed(r'if not \(kindIs "invalid" (\$[A-Za-z.]+)\)', r"if \1")),
    Mutant(
        "what is empty is written", _printed(r"{{- with (\$[A-Za-z.]+) }}", r'{{- with (default (dict "a" "b") \1) }}')
    ),
    Mutant("what is null is written", _printed(r'if not \(kindIs "invalid" (\$[A-Za-z._]+)\)', r"if true")),
    Mutant("or is and", _printed(r"{{- if or ", "{{- if and ")),
    Mutant("and is or", _printed(r"{{- if and ", "{{- if or ")),
    Mutant("equal is unequal", _printed(r"\(?\beq ", lambda m: m[0].replace("eq", "ne"))),  # type: ignore[arg-type]
    Mutant(
        "later maps lose",
        _defined(
            "stargit.merge", "{{- $_ := set", "{{- if hasKey $result $key }}{{- continue }}{{- end }}{{- $_ := set"
        ),
    ),
    Mutant("lists are not appended", _defined("stargit.override", "concat $old $value", "concat $value")),
    Mutant("includes are indented by two more", _printed(r"nindent ([0-9]+)", lambda m: f"nindent {int(m[1]) + 2}")),  # type: ignore[arg-type]
    Mutant("the namespace is the release's name", _printed(r"\.Release\.Namespace", ".Release.Name")),
    Mutant(
        "versions lose their pre-release bound",
        _printed(r'semverCompare "([<>=]+)([0-9.]+)-0"', r'semverCompare "\1\2"'),
    ),
    Mutant("ternaries are turned round", _printed(r"ternary (\"[^\"]*\") (\S+) ", r"ternary \2 \1 ")),
    Mutant(
        "maps are walked backwards natively",
        _compiled(r"sorted\((.*)\.items\(\)\)", r"sorted(\1.items(), reverse=True)"),
    ),
    Mutant("null is tested by truth natively", _compiled(r"^(\s*)if (t[0-9]+) is not None:", r"\1if \2:")),
    Mutant("empty containers stay natively", _compiled(r"^(\s*)if (t[0-9]+): (.*) = \2$", r"\1\3 = \2")),
    Mutant("booleans join as Python writes them", _compiled(r"'true' if ", "'True' if ")),
    Mutant("checksums of configuration differ", _function("sha256", lambda text: "0" * 64)),
    Mutant("JSON text is Python's", _function("json", lambda value: __import__("json").dumps(value, sort_keys=True))),
    Mutant(
        "merge keeps the first natively",
        _compiled(r"\{\*\*([^{},]+), \*\*([^{},]+)\}", r"{**\2, **\1}"),
    ),
    Mutant(
        "options of airflow.cfg keep line breaks",
        _function("ini_value", lambda value: value if isinstance(value, str) else str(value)),
    ),
    Mutant(
        "default looks at truth natively",
        _compiled(r"if \((d[0-9]+) := (.*?)\) is None else", r"if not (\1 := \2) else"),
    ),
]


@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.name for mutant in MUTANTS])
def test_every_bug_is_found(mutant: Mutant, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, helm: Path) -> None:
    mutant.apply(monkeypatch)
    source = airflow_chart.__wrapped__()  # compiled anew, with the bug
    chart = build(source, tmp_path)
    assert _found(chart, helm), "no drawn set tells this bug"


def _found(chart: BuiltChart, helm: Path) -> bool:
    for number, values in enumerate(CONTEXTS):
        if _differs(chart, values, number, helm):
            return True
    return any(_differs(chart, drawn_set(chart.source, number)[0], number, helm) for number in range(_SETS))


def _differs(chart: BuiltChart, values: dict[str, Any], number: int, helm: Path) -> bool:
    try:
        return bool(differences(chart, values, drawn_release(number), helm))
    except (ProblemsError, TypeError, ValueError, KeyError):
        # Helm refuses, or the mutated program breaks: the bug shows.
        return True
