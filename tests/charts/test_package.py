"""The Helm chart as a package: the same bytes on every build, and a chart to both Helms."""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
import yaml

from generator.airflow.chart import airflow_chart
from generator.charts import chart_files, package, package_name
from stargit.helm_engine import helm_lint
from stargit.tools import tool

_BUILD = """
import hashlib
from generator.airflow.chart import airflow_chart
from generator.charts import chart_files, package
chart = airflow_chart()
print(hashlib.sha256(package(chart, chart_files(chart))).hexdigest())
"""


@pytest.fixture(scope="module")
def packed() -> bytes:
    chart = airflow_chart()
    return package(chart, chart_files(chart))


@pytest.mark.slow
@pytest.mark.parametrize("surroundings", [("0", "C", "UTC"), ("1", "tr_TR.UTF-8", "Asia/Tokyo")])
def test_the_package_is_the_same_in_another_process(packed: bytes, surroundings: tuple[str, str, str]) -> None:
    seed, language, zone = surroundings
    environment = {"PYTHONHASHSEED": seed, "LC_ALL": language, "TZ": zone, "PYTHONPATH": ".", "PATH": ""}
    done = subprocess.run([sys.executable, "-c", _BUILD], env=environment, capture_output=True, check=True, text=True)
    assert done.stdout.strip() == hashlib.sha256(packed).hexdigest()


def test_the_package_holds_no_owner_time_or_folder_of_a_machine(packed: bytes) -> None:
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        members = archive.getmembers()
    assert {(one.uid, one.gid, one.uname, one.gname, one.mode, one.mtime) for one in members} == {
        (0, 0, "", "", 0o644, 315532800)
    }
    assert [one.name for one in members] == sorted(one.name for one in members)
    assert all(one.name.startswith("airflow/") and one.isfile() for one in members)


@pytest.mark.parametrize("helm", ["helm", "helm3"])
def test_helm_lint_finds_nothing(packed: bytes, helm: str, tmp_path: Path) -> None:
    file = tmp_path / package_name(airflow_chart())
    file.write_bytes(packed)
    helm_lint(file, tool(helm))  # type: ignore[arg-type]


def test_values_yaml_holds_every_setting_and_reads_as_the_defaults() -> None:
    chart = airflow_chart()
    text = chart_files(chart)["values.yaml"]
    assert yaml.safe_load(text) == chart.defaults


def test_no_template_uses_what_is_not_faithful_or_not_the_same_twice() -> None:
    unwanted = (
        "toYaml", "lookup", "tpl", "now", "date", "uuidv4", "Capabilities", "htpasswd", "derivePassword", "env",
        "getHostByName", "randAlphaNum", "randAlpha", "randNumeric", "randAscii", "randBytes", "genCA", "shuffle",
        "genSelfSignedCert", "genSignedCert", "genPrivateKey",
    )  # fmt: skip
    found = {}
    for name, text in chart_files(airflow_chart()).items():
        if name.startswith("templates/"):
            actions = re.findall(r"{{(?!-? ?/\*)(.*?)}}", text)
            calls = {
                word
                for action in actions
                for word in re.findall(r"[A-Za-z0-9]+", re.sub(r'"(\\.|[^"\\])*"|\.\w+', "", action))
            }
            if used := calls.intersection(unwanted):
                found[name] = used
    assert found == {}


def test_every_template_explains_itself() -> None:
    files = chart_files(airflow_chart())
    silent = [
        name
        for name, text in files.items()
        if name.endswith(".yaml") and name.startswith("templates/") and not text.startswith("{{- /*")
    ]
    assert silent == []
