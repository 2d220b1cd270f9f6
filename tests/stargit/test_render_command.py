"""`stargit render` and `stargit validate` as a person or a pipeline meets them."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from stargit.__main__ import main
from tests.desired.repositories import DEPLOYMENT, DEPLOYMENT_FILE, PLAIN, write

WRONG = DEPLOYMENT + "values:\n  scheduler:\n    replicas: three\n"
MESSAGE = (
    f'{DEPLOYMENT_FILE}:5:5: values.scheduler.replicas: "three" is text\n  allowed: a whole number from 0 to 1000\n'
)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return write(tmp_path, PLAIN)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    code = main(arguments)
    said = capsys.readouterr()
    return code, said.out, said.err


def test_render_tells_what_it_made_and_where(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "render", "--repository", str(repository))
    made = [file for file in (repository / "rendered").rglob("*") if file.is_file()]
    objects = sum(file.read_text().count("\n---\n") for file in made)
    assert (code, err) == (0, "")
    assert out == (
        f"dev: 1 deployment in 1 workspace, {objects} objects, see rendered/dev/\n"
        f"files: {len(made)} created, 0 as they were\n"
    )
    code, out, _ = run(capsys, "render", "--repository", str(repository))
    assert (code, out.splitlines()[-1]) == (0, f"nothing to do: {len(made)} files up to date")


def test_why_also_says_that_there_was_nothing_to_look_at(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nothing = "no deployment was looked at: nothing changed since the last run"
    first = run(capsys, "render", "--why", "--repository", str(repository))[1].splitlines()
    assert first[1:-1] == ["dev/etl/daily: rendered, nothing is known of it"]
    assert run(capsys, "render", "--why", "--repository", str(repository))[1].splitlines()[1:-1] == [nothing]
    assert nothing not in run(capsys, "render", "--repository", str(repository))[1]


def test_render_works_on_the_folder_one_is_in(
    repository: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository)
    assert run(capsys, "render")[0] == 0
    assert (repository / "rendered/dev/values/etl/daily.yaml").is_file()


def test_check_of_what_is_out_of_date(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "render", "--repository", str(repository))
    code, out, _ = run(capsys, "render", "--repository", str(repository), "--check")
    assert (code, out.splitlines()[-1]) == (0, "rendered/ is up to date")
    write(repository, {DEPLOYMENT_FILE: DEPLOYMENT + "label: Every day\nvalues: {statsd: {enabled: false}}\n"})
    (repository / "rendered/dev/workspaces/etl/daily/rbac.yaml").unlink()
    write(repository, {"rendered/notes.txt": "mine"})
    code, out, err = run(capsys, "render", "--repository", str(repository), "--check")
    folder = "rendered/dev/workspaces/etl/daily"
    lines = out.splitlines()[1:]
    assert code == 1
    assert lines[0] == f"would create {folder}/rbac.yaml"
    assert f"would change {folder}/namespace.yaml" in lines
    assert f"would change {folder}/scheduler.yaml" in lines
    assert lines[-2:] == [
        f"would remove {folder}/statsd.yaml",
        "rendered/ is out of date: run 'stargit render' and commit what it changes",
    ]
    assert err == "rendered/notes.txt: not written by Stargit, left alone\n"


def test_the_last_deployment_goes_with_prune_all(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "render", "--repository", str(repository))
    (repository / DEPLOYMENT_FILE).unlink()
    code, _, err = run(capsys, "render", "--repository", str(repository))
    assert (code, err.startswith("rendered/dev/workspaces: ")) == (1, True)
    assert (repository / "rendered/dev/values/etl/daily.yaml").is_file()
    assert run(capsys, "render", "--repository", str(repository), "--prune-all")[0] == 0
    assert not (repository / "rendered/dev/values").exists()


def test_check_for_machines(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "render", "--repository", str(repository), "--check", "--output", "json")
    report = json.loads(out)
    assert code == 1
    assert report["environments"][0].keys() == {"name", "folder", "workspaces", "deployments", "objects"}
    assert "rendered/dev/workspaces/etl/daily/namespace.yaml" in report["changes"]["created"]
    assert not (repository / "rendered").exists()


@pytest.mark.parametrize("command", ["render", "validate"])
def test_wrong_input(repository: Path, capsys: pytest.CaptureFixture[str], command: str) -> None:
    write(repository, {DEPLOYMENT_FILE: WRONG})
    assert run(capsys, command, "--repository", str(repository)) == (1, "", MESSAGE + "1 problem\n")
    assert not (repository / "rendered").exists()


@pytest.mark.parametrize("command", ["render", "validate"])
def test_wrong_input_for_machines(repository: Path, capsys: pytest.CaptureFixture[str], command: str) -> None:
    write(repository, {DEPLOYMENT_FILE: WRONG})
    code, out, err = run(capsys, command, "--repository", str(repository), "--output", "json")
    assert (code, err) == (1, "")
    assert json.loads(out) == [
        {
            "file": DEPLOYMENT_FILE,
            "line": 5,
            "column": 5,
            "path": "values.scheduler.replicas",
            "message": '"three" is text',
            "allowed": "a whole number from 0 to 1000",
            "hint": "",
        }
    ]


def test_validate_of_good_files(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "validate", "--repository", str(repository)) == (0, "1 deployment, no problems\n", "")
    code, out, _ = run(capsys, "validate", "--repository", str(repository), "--output", "json")
    assert (code, json.loads(out)) == (0, {"environments": ["dev"], "problems": []})
    assert not (repository / "rendered").exists()


def test_folder_that_is_no_repository(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "render", "--repository", str(tmp_path))
    assert (code, err) == (
        1,
        "environments: is missing\n  allowed: a folder with one folder for each environment\n"
        f"  hint: in {tmp_path}; 'stargit init' makes a first one, --repository names another folder\n1 problem\n",
    )
    assert run(capsys, "render", "--repository", str(tmp_path / "missing"))[0] == 2


def test_problems_on_a_terminal_show_the_line(repository: Path) -> None:
    write(repository, {DEPLOYMENT_FILE: WRONG})
    program = [str(Path(sys.executable).with_name("stargit")), "validate", "--repository", str(repository)]
    master, slave = pty.openpty()
    with subprocess.Popen(program, stdout=slave, stderr=slave, env={**os.environ, "TERM": "xterm"}) as process:
        process.wait(timeout=60)
        os.close(slave)
        text = os.read(master, 65536).decode()
        os.close(master)
    assert "  5 |     replicas: three" in text
    assert process.returncode == 1


@pytest.mark.parametrize("command", ["render", "validate"])
def test_help_has_an_example(capsys: pytest.CaptureFixture[str], command: str) -> None:
    code, out, _ = run(capsys, command, "--help")
    assert code == 0
    assert f"  stargit {command} --repository ../gitops" in out
