"""`stargit set` and `stargit unset` as a person or a pipeline meets them."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from stargit.__main__ import main
from tests.desired.repositories import DEPLOYMENT_FILE, ENVIRONMENT_FILE, PLAIN, WORKSPACE_FILE, write

DEPLOYMENT = """\
# Ours.
apiVersion: stargit.dev/v1
kind: Deployment

values:
  executor:   CeleryExecutor   # for now
  env:
    - {name: STAGE, value: dev}
  # About workers.
  workers:
    replicas: 2
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(tmp_path, {**PLAIN, DEPLOYMENT_FILE: DEPLOYMENT})
    monkeypatch.chdir(tmp_path)
    return tmp_path / DEPLOYMENT_FILE


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    code = main(arguments)
    said = capsys.readouterr()
    return code, said.out, said.err


def test_set_says_what_it_changed_and_changes_nothing_else(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.chmod(0o640)
    code, out, err = run(
        capsys, "set", "dev/etl/daily", "values.executor=KubernetesExecutor", "values.scheduler.replicas=2"
    )
    assert (code, err) == (0, "")
    assert (
        out
        == f"""\
--- a/{DEPLOYMENT_FILE}
+++ b/{DEPLOYMENT_FILE}
@@ -3,9 +3,11 @@
 kind: Deployment
{" "}
 values:
-  executor:   CeleryExecutor   # for now
+  executor:   KubernetesExecutor   # for now
   env:
     - {{name: STAGE, value: dev}}
   # About workers.
   workers:
     replicas: 2
+  scheduler:
+    replicas: 2
changed: {DEPLOYMENT_FILE}
next: 'stargit diff' shows what that changes in the cluster, 'stargit render' writes it
"""
    )
    assert file.read_text() == (
        DEPLOYMENT.replace("CeleryExecutor", "KubernetesExecutor") + "  scheduler:\n    replicas: 2\n"
    )
    assert file.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in file.parent.iterdir()] == ["daily.yaml"]


def test_unset(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "unset", "dev/etl/daily", "values.workers", "values.env[name=STAGE]")
    assert (code, err) == (0, "")
    assert file.read_text() == DEPLOYMENT.partition("  env:")[0] + "  env: []\n"
    assert "-  # About workers." in out.splitlines()


def test_a_dry_run_writes_nothing(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "set", "dev/etl/daily", "label=Daily", "--dry-run")
    assert (code, out.splitlines()[-1]) == (0, f"would change {DEPLOYMENT_FILE}")
    code, out, _ = run(capsys, "unset", "dev/etl/daily", "values.env", "--dry-run", "--output", "json")
    result = json.loads(out)
    assert (code, result["changed"], result["written"]) == (0, True, False)
    assert result["diff"].splitlines()[-1].startswith(" ")
    assert file.read_text() == DEPLOYMENT


def test_what_is_so_already(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = file.stat().st_mtime_ns
    code, out, _ = run(capsys, "set", "dev/etl/daily", "values.workers.replicas=2")
    assert (code, out) == (0, f"nothing to do: {DEPLOYMENT_FILE} says so already\n")
    assert file.stat().st_mtime_ns == before


def test_each_level_has_its_file(file: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(capsys, "set", "dev", "defaults.scheduler.replicas=2", "label=Dev")[0] == 0
    assert run(capsys, "set", "dev/etl", 'allowedImages=["registry.example.com/x", "apache/airflow"]')[0] == 0
    assert (tmp_path / ENVIRONMENT_FILE).read_text() == (
        PLAIN[ENVIRONMENT_FILE] + "label: Dev\ndefaults:\n  scheduler:\n    replicas: 2\n"
    )
    assert (tmp_path / WORKSPACE_FILE).read_text() == (
        PLAIN[WORKSPACE_FILE] + "allowedImages:\n  - registry.example.com/x\n  - apache/airflow\n"
    )


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("env[name=A].value=on", '    - name: A\n      value: "on"\n'),
        ("env[name=A].value=5", '    - name: A\n      value: "5"\n'),
        ("env[name=MY_PASS].value=5", '    - name: MY_PASS\n      value: "5"\n'),
        ("env[name=A].value=true", '    - name: A\n      value: "true"\n'),
        ("env[name=A].value=x # y", '    - name: A\n      value: "x # y"\n'),
        ("env[name=A].value=1 # y", '    - name: A\n      value: "1 # y"\n'),
        ("env[name=A].value=a: b", '    - name: A\n      value: "a: b"\n'),
        ("env[name=A].value=@daily", '    - name: A\n      value: "@daily"\n'),
        ("env[name=A].value=*/5 * * * *", '    - name: A\n      value: "*/5 * * * *"\n'),
        ("env[name=A].value=", '    - name: A\n      value: ""\n'),
        ("env[name=A].value=a=b", '    - name: A\n      value: a=b\n'),
        ('env[name="A_B"].value="null"', '    - name: A_B\n      value: "null"\n'),
        ("env[name=A].value='it''s'", "    - name: A\n      value: it's\n"),
        ('env[1]={"name": "A", "value": "1"}', '    - name: A\n      value: "1"\n'),
        ("hibernate=true", "  hibernate: true\n"),
        ("defaultAirflowTag=null", "  defaultAirflowTag: null\n"),
        ('labels."example.com/team"=etl', "  labels:\n    example.com/team: etl\n"),
    ],
)  # fmt: skip
def test_what_is_typed_and_what_is_written(
    file: Path, capsys: pytest.CaptureFixture[str], typed: str, written: str
) -> None:
    code, _, err = run(capsys, "set", "dev/etl/daily", f"values.{typed}")
    assert (code, err) == (0, "")
    old = set(DEPLOYMENT.splitlines(keepends=True))
    assert "".join(line for line in file.read_text().splitlines(keepends=True) if line not in old) in (
        written,
        written.replace("it's", '"it\'s"'),
    )


def test_text_is_text(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "set", "dev/etl/daily", "label=x", "--text", 'description={"a": 1}')[0] == 0
    assert 'description: "{\\"a\\": 1}"\n' in file.read_text()


def test_nothing_is_written_when_the_result_would_be_wrong(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "set", "dev/etl/daily", "values.scheduler.replicas=two", "values.exectuor=X")
    assert (code, out) == (1, "")
    assert err == (
        f"{DEPLOYMENT_FILE}: values.exectuor: there is no such setting\n"
        "  hint: did you mean 'executor'?\n"
        f'{DEPLOYMENT_FILE}: values.scheduler.replicas: "two" is text\n'
        "  allowed: a whole number from 0 to 1000\n"
        "2 problems\n"
    )
    assert file.read_text() == DEPLOYMENT


def test_what_breaks_a_deployment_below_is_refused(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "set", "dev/etl/daily", "values.defaultAirflowRepository=registry.example.com/y")[0] == 0
    code, _, err = run(capsys, "set", "dev/etl", 'allowedImages=["registry.example.com/x"]')
    assert code == 1
    assert re.search(rf"{DEPLOYMENT_FILE}:\d+:\d+: .*registry\.example\.com/y", err)


def test_what_was_wrong_before_hinders_nobody(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = DEPLOYMENT.replace("replicas: 2", "replicas: two\n    nonsense: 1")
    file.write_text(wrong)
    assert run(capsys, "set", "dev/etl/daily", "values.workers.replicas=3")[0] == 0
    assert run(capsys, "unset", "dev/etl/daily", "values.workers.nonsense")[0] == 0
    assert file.read_text() == DEPLOYMENT.replace("replicas: 2", "replicas: 3")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (
            ["set", "dev/etl/daily", "executor=LocalExecutor"],
            1,
            "executor: there is no such setting\n  allowed: label, description, deletedAt, apiVersion, kind, namespace,"
            " alertEmails, runtimeVersion, values\n  hint: settings of Airflow are under 'values': values.executor\n",
        ),
        (["set", "dev", "scheduler.replicas=1"], 1, "under 'defaults': defaults.scheduler.replicas\n"),
        (["unset", "dev/etl/daily", "lable"], 1, "lable: there is no such setting\n"),
        (["unset", "dev/etl/daily", "label"], 1, ":2:1: label: is not in this file\n"),
        (["set", "dev/etl/daily", "values.env.x=1"], 1, ":7:3: values.env: is a list, so there is no 'x' in it\n"),
        (["set", "dev/etl/daily", "values.x=[1"], 1, "values.x: the value '[1': while parsing a flow sequence"),
        (
            ["set", "dev/etl/daily", "values.fernetKeySecretName=[1"],
            1,
            "fernetKeySecretName: the value (hidden): while",
        ),
        (["set", "dev/etl/daily", "a..b=1"], 1, "a..b: this is no path: '.b' cannot be read\n"),
        (
            ["set", "dev/etl/dialy", "label=x"],
            1,
            "no deployment 'dev/etl/dialy'\n  hint: did you mean 'dev/etl/daily'?",
        ),
        (
            ["set", "dev/etl/x", "label=x"],
            1,
            "\n  hint: 'stargit new deployment dev/etl/x' makes one\n",
        ),
        (["set", "../../x", "label=x"], 1, "there is no deployment '../../x'\n1 problem"),
        (["set", "dev/etl/1x", "label=x"], 1, "'dev/etl/1x'\n1 problem"),
        (["set", "Dev", "label=x"], 1, "there is no environment 'Dev'\n  hint: did you mean 'dev'?\n1 problem"),
        (["set", "daily", "label=x"], 1, "no environment 'daily'\n  hint: did you mean 'dev/etl/daily'? 'stargit new"),
        (["set", "dev/daily", "label=x"], 1, "no workspace 'dev/daily'\n  hint: did you mean 'dev/etl/daily'? 'star"),
        (["set", "dev/etl/daily/x", "label=x"], 1, "'dev/etl/daily/x' is no name of anything here\n"),
        (["set", "dev/etl/daily", "label"], 2, "'label' is not PATH=VALUE, as in values.scheduler.replicas=2\n"),
        (["set", "dev/etl/daily"], 2, "nothing is to be set"),
        (["unset", "dev/etl/daily"], 2, "Missing argument 'PATH...'"),
    ],
)
def test_what_is_refused(
    file: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, said: str
) -> None:
    ended, out, err = run(capsys, *arguments)
    assert (ended, out) == (code, "")
    assert said in err
    assert file.read_text() == DEPLOYMENT


def test_a_file_that_nobody_may_change(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(DEPLOYMENT + "broken: [\n")
    code, out, err = run(capsys, "set", "dev/etl/daily", "label=x")
    assert (code, out) == (1, "")
    assert err.startswith(f"{DEPLOYMENT_FILE}:13:1: while parsing a flow node")
    file.unlink()
    file.symlink_to("/dev/null")
    code, _, err = run(capsys, "set", "dev/etl/daily", "label=x")
    assert code == 1
    assert file.is_symlink()


def test_line_ends_of_windows_stay(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_bytes(DEPLOYMENT.replace("\n", "\r\n").encode())
    assert run(capsys, "set", "dev/etl/daily", "values.workers.replicas=3", "label=x")[0] == 0
    expected = DEPLOYMENT.replace("replicas: 2", "replicas: 3").replace("Deployment\n", "Deployment\nlabel: x\n")
    assert file.read_bytes() == expected.replace("\n", "\r\n").encode()


def test_names_that_meet_those_of_others_are_seen(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "new", "deployment", "dev/etl/hourly")[0] == 0
    code, _, err = run(capsys, "set", "dev/etl/daily", "namespace=stargit-hourly")
    assert code == 1
    assert "the namespace 'stargit-hourly' is also that of" in err
    assert run(capsys, "set", "dev/etl/daily", "namespace=ours")[0] == 0
    code, _, err = run(capsys, "set", "dev/etl/hourly", "namespace=ours")
    assert code == 1
    assert f"the namespace 'ours' is also that of {DEPLOYMENT_FILE}" in err
    code, _, err = run(capsys, "set", "dev", "platform.namespace=ours")
    assert code == 1
    assert f"{DEPLOYMENT_FILE}:4:1: namespace: the namespace 'ours' is that of the platform" in err


def test_the_page_about_editing_is_right(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.unlink()
    page = (Path(__file__).parents[2] / "docs/editing.md").read_text()
    commands = [shlex.split(line)[1:] for line in page.split("```")[1].splitlines() if line]
    assert [command[0] for command in commands] == ["new", "set", "unset"]
    for command in commands:
        code, _, err = run(capsys, *command)
        assert (code, err) == (0, "")
