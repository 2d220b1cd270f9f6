"""`stargit commander` as a person or a program meets it, with a service of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stargit.__main__ import main
from tests.commander.fleets import FILES
from tests.commander.repositories import bare, git
from tests.commander.service.processes import Service, serving
from tests.desired.repositories import DEPLOYMENT

pytestmark = pytest.mark.slow

DAILY = "dev/etl/daily"
DAILY_FILE = "environments/dev/workspaces/etl/deployments/daily.yaml"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bare(tmp_path_factory.mktemp("fleet"), FILES)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("service"), repository) as running:
        yield running


@pytest.fixture
def run(service: Service, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command: exit code, standard output, standard error."""
    monkeypatch.setenv("STARGIT_COMMANDER", service.address)

    def called(*arguments: str) -> tuple[int, str, str]:
        code = main(["commander", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return called


def done(out: str, *names: str) -> str:
    """The commit that a command says it made."""
    words = out.split()
    assert words[:2] == ["done:", "commit"]
    assert out == f"done: commit {words[2]} ({', '.join(names)})\n"
    return words[2]


def test_a_change_says_its_commit_and_history_says_who_and_why(run: Run, repository: Path) -> None:
    code, out, err = run("scale", DAILY, "scheduler", "2", "--reason", "more DAGs", "--actor", "Ada <ada@example.com>")
    assert (code, err) == (0, "")
    commit = done(out, DAILY)
    assert git(repository, "rev-parse", "main") == commit
    code, out, _ = run("history", DAILY, "--limit", "1", "--differences")
    lines = out.splitlines()
    assert lines[0].startswith(f"{commit[:12]}  20")
    assert lines[0].endswith(f"Z  Ada  {DAILY}: set values.scheduler.replicas")
    assert lines[1:4] == ["  why: more DAGs", f"  {DAILY_FILE}: changed", "    values.scheduler.replicas: + 2"]
    assert "spec.replicas: 1 -> 2" in out


def test_a_dry_run_shows_what_would_change_and_writes_nothing(run: Run, repository: Path) -> None:
    before = git(repository, "rev-parse", "main")
    code, out, _ = run("set", DAILY, "values.triggerer.replicas=3", "--text", "description=3.10", "--dry-run")
    assert code == 0
    assert out.splitlines()[:3] == [
        f"{DAILY_FILE}: changed",
        '  description: + "3.10"',
        "  values.triggerer.replicas: + 3",
    ]
    assert out.endswith("nothing was written\n")
    assert git(repository, "rev-parse", "main") == before


def test_what_is_wrong_is_told_with_place_and_what_is_allowed(run: Run) -> None:
    code, out, err = run("set", DAILY, "values.scheduler.replicas=many")
    assert (code, out) == (1, "")
    assert f"{DAILY_FILE}:" in err
    assert 'values.scheduler.replicas: "many" is text\n  allowed: a whole number from 0 to 1000\n1 problem\n' in err


def test_a_conflict_says_who_was_first(run: Run) -> None:
    run("relabel", DAILY, "First", "--actor", "Ada <ada@example.com>")
    code, _, err = run("relabel", DAILY, "Second", "--expect", "0" * 40)
    assert code == 1
    assert "Ada changed it in " in err


def test_settings_are_set_and_unset(run: Run, repository: Path) -> None:
    run("set", DAILY, "values.scheduler.resources={limits: {memory: 2Gi}}", "values.env[name=STAGE].value=dev")
    text = git(repository, "show", f"main:{DAILY_FILE}")
    assert "limits: {memory: 2Gi}" in text or "memory: 2Gi" in text
    assert "name: STAGE" in text
    run("unset", DAILY, "values.env[name=STAGE]", "values.scheduler.resources")
    assert "STAGE" not in git(repository, "show", f"main:{DAILY_FILE}")


def test_a_deployments_life_from_creation_to_removal(run: Run, tmp_path: Path) -> None:
    name = "dev/etl/life"
    file = tmp_path / "life.yaml"
    file.write_text(DEPLOYMENT)
    done(run("create", name, "--file", str(file))[1], name)
    done(run("hibernate", name)[1], name)
    assert run("list", "deployment", "--asleep")[1].splitlines()[1].split()[0] == name
    done(run("wake", name)[1], name)
    done(run("image", name, "registry.example.com/life", "--tag", "1")[1], name)
    done(run("variables", name, "STAGE=dev")[1], name)
    done(run("move", name, "ml")[1], name, "dev/ml/life")
    name = "dev/ml/life"
    code, _, err = run("remove", name)
    assert code == 1
    assert "is not deleted" in err
    done(run("delete", name, "--reason", "replaced")[1], name)
    assert "deleted 20" in run("get", name)[1]
    done(run("undelete", name)[1], name)
    before = run("get", name, "--text")[1]
    commit = json.loads(run("status", "--output", "json")[1])["revision"]
    done(run("remove", name, "--at-once")[1], name)
    done(run("revert", name, commit)[1], name)
    assert run("get", name, "--text")[1] == before


def test_the_same_id_is_done_once(run: Run) -> None:
    first = run("relabel", DAILY, "Once", "--id", "once-1")[1]
    code, again, _ = run("relabel", DAILY, "Once", "--id", "once-1")
    assert code == 0
    assert again == first.replace("done:", "was done already:")


def test_operations_that_belong_together_come_from_a_file(run: Run, tmp_path: Path, repository: Path) -> None:
    file = tmp_path / "change.yaml"
    file.write_text(
        """\
id: together-1
reason: a new team
operations:
  - target: {environment: dev, workspace: sales}
    create: {text: "apiVersion: stargit.dev/v1\\nkind: Workspace\\nlabel: Sales\\n"}
  - target: {environment: dev, workspace: etl, release: daily}
    move: {workspace: sales}
  - target: {environment: dev, workspace: sales, release: daily}
    move: {workspace: etl}
"""
    )
    code, out, err = run("apply", str(file), "--output", "json")
    assert (code, err) == (0, "")
    told = json.loads(out)
    assert (told["id"], told["repeated"]) == ("together-1", False)
    assert git(
        repository, "show", "--no-patch", "--format=%(trailers:key=Reason,valueonly)", told["commit"]
    ).strip() == ("a new team")
    file.write_text("operations: [{target: {environment: dev}, fly: {}}]\n")
    code, _, err = run("apply", str(file))
    assert code == 1
    assert 'no field named "fly"' in err


def test_what_is_rendered_is_shown_or_written(run: Run, tmp_path: Path, repository: Path) -> None:
    code, out, _ = run("rendered", DAILY)
    assert code == 0
    assert out.startswith("# rendered/dev/")
    run("rendered", DAILY, "--to", str(tmp_path))
    written = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.yaml")}
    paths = git(repository, "ls-tree", "-r", "--name-only", "main", "rendered").splitlines()
    assert written == {path for path in paths if "/etl/daily" in path and "argocd" not in path}


def test_lines_are_found(run: Run) -> None:
    code, out, _ = run("search", "kind deployment")
    assert code == 0
    assert f"{DAILY_FILE}:" in out


def test_a_watch_until_now_tells_what_was_since(run: Run) -> None:
    since = json.loads(run("status", "--output", "json")[1])["revision"]
    commit = done(run("relabel", DAILY, "Watched")[1], DAILY)
    code, out, _ = run("watch", "--since", since, "--until-now")
    assert code == 0
    assert out.startswith(commit[:12])
    assert f"{DAILY} changed" in out
    code, out, _ = run("watch", "--since", since, "--until-now", "--output", "json")
    assert json.loads(out)["commit"]["revision"] == commit


def test_machines_get_one_json_document(run: Run) -> None:
    listed = json.loads(run("list", "deployment", "--output", "json")[1])
    assert DAILY.split("/")[2] in [each["target"]["release"] for each in listed["items"]]
    found = json.loads(run("get", DAILY, "--output", "json")[1])
    assert found["item"]["target"]["release"] == "daily"
    compared = json.loads(run("compare", DAILY, found["revision"], "--output", "json")[1])
    assert compared["files"] == []
    code, out, _ = run("get", "dev/etl/nobody", "--output", "json")
    assert code == 1
    assert json.loads(out)[0]["message"] == "there is no deployment 'dev/etl/nobody'"


def test_without_a_service_it_says_how_to_start_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert main(["commander", "status", "--timeout", "0.5"]) == 1
    said = capsys.readouterr().err
    assert "is the service running? 'stargit commander serve --repository ...' starts it" in said
    assert f"unix:{tmp_path}/stargit/commander.sock" in said


@pytest.mark.parametrize(
    "arguments",
    [
        ("get", "dev//daily"),
        ("scale", "dev/etl", "scheduler", "2"),
        ("image", DAILY, "registry.example.com/x"),
        ("variables", DAILY),
        ("variables", DAILY, "NOEQUALS"),
        ("relabel", DAILY, "x", "--actor", "nobody"),
        ("status", "--certificate", __file__),
        ("status", "dev/etl/daily", "--wait", "nonsense"),
    ],
)
def test_a_wrong_command_line_is_told_before_anything_is_asked(run: Run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments)[0] == 2


def test_a_token_is_written_for_its_owner_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "houston.token"
    assert main(["commander", "token", "--to", str(file)]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("sha256:")
    assert file.stat().st_mode & 0o077 == 0
    token = file.read_text().strip()
    assert token.startswith("stargit_")
    assert token not in said.out + said.err
    assert main(["commander", "token", "--to", str(file)]) == 1
    assert file.read_text().strip() == token


def test_help_of_the_group_is_quick() -> None:
    code = "import sys, stargit.__main__ as m; m.main(['commander', '--help']); print(*sys.modules, file=sys.stderr)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"grpc", "pygit2", "pydantic", "google.protobuf"} & set(shown.stderr.split()) == set()
