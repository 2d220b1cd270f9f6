"""The files of configuration read well where people review them."""

from __future__ import annotations

import configparser
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


@pytest.mark.parametrize(("empty", "text"), [("", ""), ("a \t", "a"), ("a\n\n", "a"), (False, "false")])
def test_an_option_without_a_value_leaves_airflow_cfg_in_lines(empty: object, text: str) -> None:
    settings = {"config": {"email": {"a_b": "x", "email_backend": empty, "z": "y"}}}
    data = render(settings).one("ConfigMap", "config")["data"]
    assert "\nairflow.cfg: |\n" in "\n" + dump(data)
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(data["airflow.cfg"])
    assert dict(parser["email"]) == {"a_b": "x", "email_backend": text, "z": "y"}


def test_an_option_of_pgbouncer_without_a_value_leaves_its_file_in_lines() -> None:
    values = {"pgbouncer": {"enabled": True, "extraIni": {"a": "", "b": "c"}}}
    data = render(values).one("ConfigMap", "pgbouncer-config")["data"]
    assert "pgbouncer.ini: |\n" in dump(data)
    assert data["pgbouncer.ini"].endswith("\na =\nb = c\n")


def test_the_sample_has_deployments() -> None:
    assert CONFIGS
