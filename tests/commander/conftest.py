"""What nearly every test of Commander needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.charts import ChartSource
from tests.commander.fleets import FILES
from tests.commander.repositories import bare
from tests.render.tiny_chart import tiny_chart


@pytest.fixture(scope="module")
def chart(tmp_path_factory: pytest.TempPathFactory) -> ChartSource:
    """A chart of two small templates."""
    return tiny_chart(tmp_path_factory.mktemp("chart"))


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A bare repository with a fleet that nobody has rendered."""
    return bare(tmp_path, FILES)
