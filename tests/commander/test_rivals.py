"""Two Commanders and a person at one remote: all that is acknowledged is there once, and nothing of anybody is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.charts import ChartSource
from tests.commander.rivals import rivalry


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_two_commanders_and_a_person_for_a_while(tmp_path: Path, chart: ChartSource) -> None:
    """`python -m tests.commander.rivals --minutes N` goes on for longer."""
    result = rivalry(tmp_path, chart, seconds=20, seed=7)
    assert result.acknowledged >= 10
    assert result.pushes >= 3
