"""A writer killed at any point of the write path loses nothing that it acknowledged, and does nothing twice."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from generator.charts import ChartSource
from tests.commander.faults import Trial, events, prepare, run

#: Together these are more than 300 kills. `python -m tests.commander.faults --kills N` goes on.
_SHARES = 8
_KILLS = 20


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, chart: ChartSource) -> Path:
    return prepare(tmp_path_factory.mktemp("prepared"), chart)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("share", range(_SHARES))
def test_killed_at_calls_of_the_write_path(tmp_path: Path, prepared: Path, chart: ChartSource, share: int) -> None:
    """Points evenly over one workload, another for each share."""
    last = events(Trial(share, 0), tmp_path, prepared, chart)
    kills = sum(run(Trial(share, last * n // _KILLS), tmp_path, prepared, chart) for n in range(_KILLS))
    assert kills == _KILLS


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("share", range(_SHARES))
def test_killed_at_random_times_under_load(tmp_path: Path, prepared: Path, chart: ChartSource, share: int) -> None:
    kills, seed = 0, share * 10_000
    while kills < _KILLS:
        rng = random.Random(seed)
        kills += run(Trial(seed, None, rng.uniform(0, 0.15)), tmp_path, prepared, chart)
        seed += 1
        assert seed < share * 10_000 + 40 * _KILLS, "hardly any trial ends in a kill"
