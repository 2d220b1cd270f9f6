"""docs/wishes.md names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

from tests.airflow_chart import test_wishes

_ROOT = Path(__file__).parents[2]


def test_every_named_test_exists() -> None:
    page = (_ROOT / "docs" / "wishes.md").read_text(encoding="utf-8")
    named = re.findall(r"`(Test\w+)::(test_\w+)`", page)
    missing = [f"{owner}::{test}" for owner, test in named if not hasattr(getattr(test_wishes, owner, None), test)]
    files = [file for file in re.findall(r"`(tests/[\w/.]+\.py)`", page) if not (_ROOT / file).is_file()]
    assert (missing, files) == ([], [])
    assert len(named) > 20


def test_every_wish_has_a_test() -> None:
    page = (_ROOT / "docs" / "wishes.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if re.match(r"\| (\d+|[A-Z])", line)]
    assert len(rows) == 20
    assert [row for row in rows if "`Test" not in row and "`tests/" not in row] == []
