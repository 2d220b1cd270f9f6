"""Any repository is rendered or refused: no traceback, no half a state. ``python -m tests.engine.fuzz`` is longer."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.fuzz.judge import Judge, memory
from tests.render.tiny_chart import tiny_chart


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    with memory() as folder:
        yield Judge(tiny_chart(tmp_path_factory.mktemp("chart")), folder)


@pytest.mark.slow
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.randoms(use_true_random=False))
def test_any_repository(judge: Judge, random: Random) -> None:
    tree = judge.draw(random)
    try:
        judge.judge(tree)
    except BaseException as error:
        error.add_note("; ".join(tree.changes))
        raise


@pytest.mark.slow
def test_the_fuzzer_meets_both_ends(judge: Judge) -> None:
    """It would find nothing if all it drew were refused at the first byte, or nothing were."""
    outcomes = [judge.judge(judge.draw(Random(seed))) for seed in range(60)]
    assert 10 <= sum(outcomes) <= 50
