"""The sample repository with the real chart: judged by Helm and kubeconform, and the same bytes everywhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from generator.airflow.chart import airflow_chart
from generator.desired import Deployment, load_repository
from generator.dialect import Release
from generator.engine import plan_repository
from generator.render import render_deployment
from generator.yaml import read
from stargit import kubeconform
from stargit.chart_folder import cached_chart
from stargit.helm_engine import helm_template
from stargit.tools import tool

ROOT = Path(__file__).parents[2]
DEPLOYMENTS = load_repository(ROOT).deployments


@pytest.fixture(scope="module")
def files() -> Mapping[str, bytes]:
    return plan_repository(ROOT).files


def by_name(documents: list[Any]) -> list[Any]:
    return sorted(documents, key=lambda each: (each["kind"], each["metadata"]["name"]))


@pytest.mark.slow
@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda each: each.name)
def test_packed_chart_with_the_rendered_values_gives_the_same_objects(
    deployment: Deployment, files: Mapping[str, bytes]
) -> None:
    place = f"{deployment.environment.name}/values/{deployment.workspace.name}/{deployment.name}.yaml"
    values = read(files[f"rendered/{place}"], file=place).value
    release = Release(deployment.name, deployment.namespace)
    by_helm = helm_template(cached_chart(airflow_chart()), values, release, tool("helm"))
    native = {
        name: documents
        for name, documents in render_deployment(deployment, airflow_chart()).objects.items()
        if name != "namespace.yaml"
    }
    assert {name: by_name(found) for name, found in by_helm.items()} == {
        name: by_name(made) for name, made in native.items()
    }


@pytest.mark.slow
@pytest.mark.parametrize("minor", [kubeconform.supported_minors()[0], kubeconform.supported_minors()[-1]])
def test_kubernetes_takes_every_object(minor: str, files: Mapping[str, bytes]) -> None:
    manifests = {path: data.decode() for path, data in files.items() if "/values/" not in path}
    findings = kubeconform.check("".join(manifests.values()), kubernetes_minor=minor)
    assert [str(finding) for finding in findings] == []


PROGRAM = """\
import hashlib, os, sys
from pathlib import Path
from generator.engine import plan_repository
for path, data in plan_repository(Path(sys.argv[1])).files.items():
    print(path, hashlib.sha256(data).hexdigest())
"""


def digests(repository: Path, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(repository)],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.slow
def test_same_bytes_whatever_the_machine(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "environments", tmp_path / "a b" / "environments")
    settings: list[Mapping[str, str]] = [
        {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "4242", "TZ": "Pacific/Auckland", "LC_ALL": "tr_TR.UTF-8", "PYTHONUTF8": "0"},
    ]
    one, other = (digests(path, **each) for path, each in zip((ROOT, tmp_path / "a b"), settings, strict=True))
    assert one == other
    assert one.count("\n") > 50
