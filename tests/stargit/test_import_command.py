"""`stargit import` as a person or a pipeline meets it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from stargit.__main__ import main
from tests.desired.repositories import DEPLOYMENT_FILE, PLAIN, write

VALUES = "executor: LocalExecutor\nairflowVersion: 2.10.5\nfernetKey: canary\n"
FILE = "environments/dev/workspaces/etl/deployments/fresh.yaml"
WRITTEN = """\
# yaml-language-server: $schema=../../../../../schemas/deployment.json
apiVersion: stargit.dev/v1
kind: Deployment

values:
  executor: LocalExecutor
  airflowVersion: 2.10.5
  fernetKeySecretName: fresh-fernet
  workers:
    persistence:
      enabled: true
      size: 100Gi
  triggerer:
    persistence:
      enabled: true
      size: 100Gi
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    write(tmp_path, {"values.yaml": VALUES})
    return write(tmp_path / "gitops", PLAIN)


def run(
    capsys: pytest.CaptureFixture[str], repository: Path, *arguments: str, file: str = "values.yaml"
) -> tuple[int, str, str]:
    """Exit code, standard output, standard error of an import into ``dev/etl/fresh``, unless the arguments say else."""
    to = () if "--to" in arguments else ("--to", "dev/etl/fresh")
    source = file if file == "-" else str(repository.parent / file)
    code = main(["import", source, *to, "--repository", str(repository), *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def files(repository: Path) -> list[str]:
    return sorted(str(path.relative_to(repository)) for path in repository.rglob("*") if path.is_file())


def test_import_writes_a_deployment_and_tells_of_each_value(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, repository)
    assert (code, err) == (0, "")
    assert (repository / FILE).read_text() == WRITTEN
    assert "kept (2 values): as it was\n  executor, airflowVersion\n" in out
    assert "  fernetKey -> Secret fresh-fernet, key fernet-key\n" in out
    assert "Secrets to make in namespace stargit-fresh" in out
    assert out.endswith(f"written: {FILE}\nnext: make the Secrets above in the cluster, then 'stargit render'\n")
    assert "canary" not in out
    assert main(["validate", "--repository", str(repository)]) == 0
    assert files(repository) == sorted([*PLAIN, FILE])


def test_a_dry_run_shows_the_file_and_writes_nothing(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, repository, "--dry-run")
    assert code == 0
    assert out.startswith(WRITTEN)
    assert out.endswith(f"would write {FILE}\n")
    assert files(repository) == sorted(PLAIN)


def test_a_file_that_is_there_is_not_written_over(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (repository / DEPLOYMENT_FILE).read_bytes()
    code, _, err = run(capsys, repository, "--to", "dev/etl/daily")
    assert code == 1
    assert err == (
        f"{DEPLOYMENT_FILE}: is there already, and is not written over\n"
        "  hint: choose another name, or move it away\n1 problem\n"
    )
    assert (repository / DEPLOYMENT_FILE).read_bytes() == before


def test_strict_writes_nothing_when_a_value_was_dropped(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(repository.parent, {"values.yaml": VALUES + "priorityClasses: [{name: high}]\n"})
    code, out, _ = run(capsys, repository, "--strict")
    assert (code, out.splitlines()[-1]) == (1, "nothing is written: 1 value was dropped")
    assert files(repository) == sorted(PLAIN)
    assert run(capsys, repository)[0] == 0
    (repository / FILE).unlink()
    write(repository.parent, {"values.yaml": VALUES})
    assert run(capsys, repository, "--strict")[0] == 0


def test_standard_input_and_a_document_for_machines(
    repository: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(VALUES.encode())))
    code, out, err = run(capsys, repository, "--output", "json", file="-")
    said = json.loads(out)
    assert (code, err, said["written"], said["file"], said["text"]) == (0, "", True, FILE, WRITTEN)
    assert said["namespace"] == "stargit-fresh"
    assert said["secrets"] == [
        {"name": "fresh-fernet", "type": "Opaque", "keys": ["fernet-key"], "sources": ["fernetKey"]}
    ]
    assert [entry["outcome"] for entry in said["account"]] == ["kept", "kept", "secret"]
    assert "canary" not in out


def test_the_chart_s_release_tells_the_version(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(repository.parent, {"values.yaml": "executor: LocalExecutor\n"})
    assert run(capsys, repository, "--chart-version", "1.16.0")[0] == 0
    assert "  airflowVersion: 2.10.5\n" in (repository / FILE).read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--to", "fresh"], "'fresh' is not ENVIRONMENT/WORKSPACE/RELEASE"),
        (["--chart-version", "new"], "'new' is no version, as 1.16.0 is"),
    ],
)
def test_a_wrong_command_line(
    repository: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    code, _, err = run(capsys, repository, *arguments)
    assert code == 2
    assert message in err


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("dev/elt/fresh", "there is no workspace 'dev/elt'\n  allowed: dev/etl\n  hint: did you mean 'dev/etl'?"),
        ("dev/etl/Fresh", "'Fresh' is no name of a release"),
        ("dev/etl/..", "'..' is no name of a release"),
        ("dev/etl/" + "x" * 5000, "is no name of a release"),
        ("../etl/x", "there is no workspace '../etl'"),
    ],
)
def test_a_place_that_is_none(repository: Path, capsys: pytest.CaptureFixture[str], place: str, message: str) -> None:
    code, _, err = run(capsys, repository, "--to", place)
    assert code == 1
    assert message in err
    assert files(repository) == sorted(PLAIN)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"a: [", "expected"),
        (b"\xff\xfea", "the file is UTF-16"),
        (b"a: &a [*a]\n", "a"),
        (b"x" * 1_100_000, "bytes"),
        (b"executor: no\n", "executor"),
        (b"kind: Application\napiVersion: argoproj.io/v1alpha1\n", "has no source that is the Airflow chart"),
    ],
)
def test_a_file_that_can_not_be_read(
    repository: Path, capsys: pytest.CaptureFixture[str], content: bytes, message: str
) -> None:
    write(repository.parent, {"values.yaml": content})
    code, _, err = run(capsys, repository)
    assert code == 1
    assert message in err
    assert files(repository) == sorted(PLAIN)


def test_a_release_name_that_another_workspace_has(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = "environments/dev/workspaces/bi/workspace.yaml"
    write(repository, {other: "apiVersion: stargit.dev/v1\nkind: Workspace\n"})
    code, _, err = run(capsys, repository, "--to", "dev/bi/daily")
    assert code == 1
    assert f"the release name 'daily' is also that of {DEPLOYMENT_FILE}" in err


def test_what_the_environment_says_counts(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    defaults = "defaults: {airflowVersion: 2.9.3, ingress: {baseDomain: example.com}}\n"
    write(repository, {"environments/dev/environment.yaml": PLAIN["environments/dev/environment.yaml"] + defaults})
    write(repository.parent, {"values.yaml": "webserver: {replicas: 2}\ningress: {web: {enabled: true}}\n"})
    assert run(capsys, repository)[0] == 0
    text = (repository / FILE).read_text()
    assert "  webserver:\n    replicas: 2\n" in text
    assert "    web:\n      enabled: true\n" in text


@pytest.mark.slow
def test_the_same_bytes_whatever_the_hash_seed(repository: Path) -> None:
    write(repository.parent, {"values.yaml": Path("tests/importer/cases/literal-secrets/values.yaml").read_bytes()})
    command = [sys.executable, "-m", "stargit", "import", str(repository.parent / "values.yaml"), "--dry-run"]
    command += ["--to", "dev/etl/fresh", "--repository", str(repository)]
    said = {
        subprocess.run(command, env={"PYTHONHASHSEED": seed, "PATH": ""}, capture_output=True, check=True).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1
