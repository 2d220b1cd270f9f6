"""What people read who install the chart with Helm: its README, and the notes behind an installation."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.airflow.chart import airflow_chart
from generator.charts import chart_files
from generator.dialect import Release
from generator.yaml import dump
from stargit.tools import tool
from tests.equality.harness import build

_DRY = ("--dry-run=client", "--namespace", "my-airflow")


@pytest.fixture(scope="module")
def chart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(airflow_chart(), tmp_path_factory.mktemp("chart")).folder


def notes(chart: Path, values: dict[str, Any], folder: Path) -> str:
    """What Helm shows behind an installation. (Helm 3 would ask a cluster first; ``helm lint`` reads its notes too.)"""
    (folder / "values.yaml").write_text(dump(values), encoding="utf-8")
    command = [str(tool("helm")), "install", "my-airflow", str(chart), "--values", str(folder / "values.yaml"), *_DRY]
    environment = {**os.environ, "KUBECONFIG": os.devnull}
    done = subprocess.run(command, env=environment, capture_output=True, check=False, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    return done.stdout.partition("\nNOTES:\n")[2]


def test_notes_tell_what_a_plain_installation_needs(chart: Path, tmp_path: Path) -> None:
    found = notes(chart, {}, tmp_path)
    for line in (
        "Airflow 3.3.2 is being installed as my-airflow in the namespace my-airflow.",
        "  stargit/bootstrapper:0.1.0",
        "Nobody has published it: build it from bootstrapper/Containerfile, or set bootstrap.enabled: false and name",
        "  kubectl create secret generic stargit-bootstrap --namespace my-airflow --from-file=connection=url.txt",
        "  kubectl port-forward --namespace my-airflow service/my-airflow-api-server 8080:8080",
        "It has no users yet: createUserJob.enabled makes the first one.",
    ):
        assert line in found.splitlines()


def test_notes_follow_the_values(chart: Path, tmp_path: Path) -> None:
    values = {
        "airflowVersion": "2.11.0",
        "createUserJob": {"enabled": True, "defaultUser": {"username": "ann"}},
        "data": {"metadataSecretName": "mine"},
        "images": {"bootstrap": {"digest": "sha256:" + "0" * 64}},
    }
    found = notes(chart, values, tmp_path)
    assert "stargit-bootstrap" not in found
    assert "service/my-airflow-webserver" in found
    assert "  stargit/bootstrapper@sha256:000" in found
    template = "'{{index .data \"password\" | base64decode}}'"
    assert f"kubectl get secret my-airflow-default-user --namespace my-airflow --output go-template={template}" in found
    assert notes(chart, {"webserver": {"enabled": False}, "airflowVersion": "2.11.0"}, tmp_path)


def test_the_readme_names_every_secret_that_a_plain_installation_needs() -> None:
    assert needed({}) - made(0) == {("my-airflow-" + name, key) for name, key in _BOOTSTRAPPED}


_BOOTSTRAPPED = {
    ("api-secret-key", "api-secret-key"),
    ("broker-url", "connection"),
    ("fernet-key", "fernet-key"),
    ("jwt-secret", "jwt-secret"),
    ("metadata", "connection"),
    ("metadata", "connectionAsync"),
    ("redis-password", "password"),
}


def test_the_readme_s_commands_make_every_secret_that_its_values_name() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", readme(), re.DOTALL)
    values = yaml.safe_load(blocks[1])
    assert needed(values) == made(1) | {("my-metadata", "connectionAsync")}  # which is optional


def readme() -> str:
    return chart_files(airflow_chart())["README.md"]


def made(section: int) -> set[tuple[str, str]]:
    """Names and keys of the Secrets that the commands of a section make."""
    text = readme().split("\n### ")[section + 1].partition("\n## ")[0]
    commands = re.findall(r"kubectl create secret generic (\S+) --namespace my-airflow ((?:\\\n|.)*)", text)
    return {(name, key) for name, rest in commands for key in re.findall(r"--from-(?:file|literal)=([^=\s]+)=", rest)}


def needed(values: dict[str, Any]) -> set[tuple[str, str]]:
    """Names and keys of the Secrets that the pods refer to."""
    chart = airflow_chart()
    files = chart.render(chart.effective(values), Release("my-airflow", "my-airflow"))
    return set(_references(list(files.values())))


def _references(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for item in value:
            yield from _references(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key == "secretKeyRef":
                yield item["name"], item["key"]
            else:
                yield from _references(item)
