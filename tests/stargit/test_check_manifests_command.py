"""`stargit check-manifests` with the real kubeconform."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stargit.__main__ import main
from tests.desired.repositories import DEPLOYMENT_FILE, PLAIN, write
from tests.stargit.test_kubeconform import GOOD

MANIFEST = "rendered/dev/workspaces/etl/daily/all.yaml"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    values = {"rendered/dev/values/etl/daily.yaml": "a: 1\n"}
    return write(tmp_path, {**PLAIN, **values, MANIFEST: GOOD})


def run(capsys: pytest.CaptureFixture[str], repository: Path, *arguments: str) -> tuple[int, str, str]:
    code = main(["check-manifests", "--repository", str(repository), *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_good_manifests(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, repository) == (0, "dev: 1 file, no problems under Kubernetes 1.34\n", "")
    code, out, _ = run(capsys, repository, "--output", "json")
    assert json.loads(out) == {
        "environments": [{"environment": "dev", "kubernetes": "1.34", "files": 1}],
        "problems": [],
    }
    assert code == 0


def test_what_kubernetes_would_refuse(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(repository, {MANIFEST: GOOD + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndatta: {}\n"})
    code, out, err = run(capsys, repository)
    assert (code, out) == (1, "")
    assert err == f"{MANIFEST}: ConfigMap x: additional properties 'datta' not allowed\n1 problem\n"


def test_custom_kinds_need_a_schema(repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(repository, {MANIFEST: "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: x}\n"})
    assert "could not find schema for Thing" in run(capsys, repository)[2]
    schemas = write(tmp_path / "schemas", {"example.com/thing_v1.json": '{"type": "object"}'})
    assert run(capsys, repository, "--schemas", str(schemas))[0] == 0


def test_what_was_not_rendered(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repository / MANIFEST).unlink()
    assert run(capsys, repository)[2] == (
        "rendered/dev: has no manifests\n  hint: run 'stargit render'\n1 problem\n"
    )  # fmt: skip


def test_wrong_environments_are_told_first(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(repository, {"environments/dev/environment.yaml": "kind: x\n", DEPLOYMENT_FILE: "not read: here"})
    code, _, err = run(capsys, repository)
    assert (code, "environments/dev/environment.yaml" in err) == (1, True)
