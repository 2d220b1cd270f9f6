"""The files of configuration read well where people review them."""

from __future__ import annotations

from pathlib import Path

import pytest

RENDERED = Path(__file__).parents[2] / "rendered"
CONFIGS = sorted(RENDERED.glob("*/workspaces/*/*/config.yaml"))


@pytest.mark.parametrize("file", CONFIGS, ids=lambda file: file.parent.name)
def test_airflow_cfg_is_a_literal_block_in_the_sample(file: Path) -> None:
    assert "  airflow.cfg: |\n    [" in file.read_text(encoding="utf-8")


def test_the_sample_has_deployments() -> None:
    assert CONFIGS
