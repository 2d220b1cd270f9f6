"""The files of configuration read well where people review them."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.yaml import dump
from tests.airflow_chart.rendered import render

RENDERED = Path(__file__).parents[2] / "rendered"
CONFIGS = sorted(RENDERED.glob("*/workspaces/*/*/config.yaml"))


@pytest.mark.parametrize("file", CONFIGS, ids=lambda file: file.parent.name)
def test_airflow_cfg_is_a_literal_block_in_the_sample(file: Path) -> None:
    assert "  airflow.cfg: |\n    [" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("file", CONFIGS, ids=lambda file: file.parent.name)
def test_files_in_json_have_lines_in_the_sample(file: Path) -> None:
    assert "  mappings.yml: |-\n    {\n" in (file.parent / "statsd.yaml").read_text(encoding="utf-8")


def test_the_template_of_task_pods_has_lines() -> None:
    data = render({"executor": "KubernetesExecutor"}).one("ConfigMap", "config")["data"]
    assert dump(data)[-2:] == "}\n"
    assert "pod_template_file.yaml: |-\n  {\n" in dump(data)


def test_the_sample_has_deployments() -> None:
    assert CONFIGS
