from __future__ import annotations

from pathlib import Path

import pytest

from generator.airflow.chart import airflow_chart
from stargit.tools import tool
from tests.equality.harness import BuiltChart, build


@pytest.fixture(scope="session")
def helm() -> Path:
    return tool("helm")


@pytest.fixture(scope="session")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> BuiltChart:
    return build(airflow_chart(), tmp_path_factory.mktemp("chart"))
