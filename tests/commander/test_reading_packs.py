"""Reading while somebody writes: what is gone from the disk is let go of."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest

from commander.changes import Edit
from commander.reading import Reading
from generator.charts import ChartSource
from generator.edit import Set
from tests.commander.fleets import DAILY, change, writer
from tests.commander.repositories import MAIN


def gone() -> int:
    """Files that this process has open, and that have no name any more."""
    found = 0
    for each in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):
            found += os.fspath(each.readlink()).endswith(".pack (deleted)")
    return found


@pytest.mark.slow
def test_packs_that_were_put_together_are_not_held_for_long(
    repository: Path, chart: ChartSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commander.git.store._MANY_PACKS", 50)
    mine = writer(repository, chart)
    mine.follow()
    reading = Reading(repository, MAIN)
    most = 0
    for number in range(300):
        mine.apply([change(f"{number}", Edit(DAILY, (Set(("label",), f"Label {number}"),)))])
        mine.tracker.store.tidy(wait=True)
        assert reading.get(DAILY).item.label == f"Label {number}"
        most = max(most, gone())
    assert most <= 128
    reading.close()
    mine.tracker.store.close()
