"""A writer killed at any point of the write path loses nothing that it acknowledged, and does nothing twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.charts import ChartSource
from tests.commander.faults import Kill, Place, Prepared, Trial, drawn, events, prepare, run

#: Together these are more than 300 kills. `python -m tests.commander.faults --kills N` goes on.
_SHARES = 4
_KILLS = 22


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, chart: ChartSource) -> Prepared:
    return prepare(tmp_path_factory.mktemp("prepared"), chart)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("share", range(_SHARES))
@pytest.mark.parametrize("place", ["local", "remote"])
def test_killed_at_calls_of_the_write_path(
    tmp_path: Path, prepared: Prepared, chart: ChartSource, share: int, place: Place
) -> None:
    """Points evenly over one workload, another for each share."""
    last = events(share, place, tmp_path, prepared, chart)
    points = [Kill(call=last * number // _KILLS) for number in range(_KILLS)]
    assert sum(run(Trial(share, place, (kill,)), tmp_path, prepared, chart) for kill in points) == _KILLS


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("share", range(2 * _SHARES))
def test_killed_at_random_times_again_and_again_and_while_git_works(
    tmp_path: Path, prepared: Prepared, chart: ChartSource, share: int
) -> None:
    kills, seed = 0, share * 10_000
    while kills < _KILLS:
        trial = drawn(seed)
        print(trial)
        kills += run(trial, tmp_path, prepared, chart)
        seed += 1
        assert seed < share * 10_000 + 40 * _KILLS, "hardly any trial ends in a kill"
