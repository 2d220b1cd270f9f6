"""Files that somebody spoilt: refused with the place, or imported with a whole account; never a defect."""

from __future__ import annotations

import random

import pytest

from generator.errors import ProblemsError
from generator.yaml import read
from tests.importer.imports import NAMES, imported, values_text
from tests.importer.test_account import wrong

INSERTS = (
    "{{",
    "}}",
    '"',
    "'",
    "#",
    ":",
    " ",
    "- ",
    "\t",
    "[",
    "{",
    "&a ",
    "*a",
    "!!x ",
    "|",
    ">",
    "0",
    "null",
    "~",
    "é",
)
LINES = ("  x: 1", "a:", "- b", "kind: Application", "values: |", "  helm:", "executor: [1]", "")


def spoilt(text: str, rng: random.Random) -> str:
    """The text with a few lines lost, doubled, moved in or out, or changed."""
    lines = text.split("\n")
    for _ in range(rng.randint(1, 5)):
        at = rng.randrange(len(lines))
        match rng.randrange(5):
            case 0 if len(lines) > 1:
                del lines[at]
            case 1:
                lines[at] = rng.choice(lines)
            case 2:
                cut = rng.randrange(len(lines[at]) + 1)
                lines[at] = lines[at][:cut] + rng.choice(INSERTS) + lines[at][cut:]
            case 3:
                lines[at] = lines[at].lstrip() if rng.random() < 0.5 else "  " + lines[at]
            case _:
                lines.insert(at, rng.choice(LINES))
    return "\n".join(lines)


@pytest.mark.parametrize("name", NAMES)
def test_a_spoilt_file_is_refused_or_imported_whole(name: str) -> None:
    rng = random.Random(name)
    whole = 0
    for _ in range(25):
        text = spoilt(values_text(name), rng)
        try:
            found = imported(text)
        except ProblemsError:
            continue
        whole += 1
        assert wrong(read(text, file="").value, found.account) == ([], [])
    assert whole


def test_a_text_of_values_without_values() -> None:
    text = "apiVersion: argoproj.io/v1alpha1\nkind: Application\n"
    text += "spec:\n  source: {chart: airflow, helm: {values: '# none'}}\n"
    found = imported(text)
    assert wrong(read(text, file="").value, found.account) == ([], [])
