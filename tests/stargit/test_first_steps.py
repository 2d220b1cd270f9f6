"""`stargit init` and `stargit new` as somebody meets them who has never used Stargit."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from stargit.__main__ import main

CREATED = re.compile(r"written: (\S+)")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    code = main(arguments)
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which one is in."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("STARGIT_CACHE", str(tmp_path / "cache"))
    return folder


@pytest.fixture
def repository(empty: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert run(capsys, "init")[0] == 0
    return empty


def tree(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_from_nothing_to_a_rendered_airflow_by_what_is_said(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "init")
    assert (code, err) == (0, "")
    assert out == (
        "written: README.md\n"
        "written: .gitignore\n"
        "written: .gitattributes\n"
        "written: environments/dev/environment.yaml\n"
        "written: environments/dev/workspaces/team/workspace.yaml\n"
        "written: schemas/airflow-values.json\n"
        "written: schemas/deployment.json\n"
        "written: schemas/environment.json\n"
        "written: schemas/workspace.json\n"
        "next:\n"
        "  git init                               # what git does not know, it cannot give back\n"
        "  stargit new deployment dev/team/daily  # a first Airflow\n"
        "  stargit render                         # write the manifests into rendered/\n"
    )
    assert sorted(CREATED.findall(out)) == tree(empty)
    # What was said is done, word by word.
    for line in out.partition("next:\n")[2].splitlines():
        words = line.partition("#")[0].split()
        if words[0] == "git":
            subprocess.run([*words, "--quiet"], check=True)
            continue
        code, out, err = run(capsys, *words[1:])
        assert (code, err) == (0, "")
    assert out.startswith("dev: 1 deployment in 1 workspace")
    assert (empty / "rendered/dev/workspaces/team/daily/scheduler.yaml").is_file()
    assert run(capsys, "render", "--check")[0] == 0


def test_every_command_of_the_readme_works(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    subprocess.run(["git", "init", "--quiet"], check=True)
    commands = re.findall(r"^stargit ([^#\n]+)", (repository / "README.md").read_text(), re.MULTILINE)
    assert len(commands) >= 6
    for command in commands:
        code, _, err = run(capsys, *command.split())
        assert code == 0, f"{command}: {err}"


def test_init_with_everything(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    subprocess.run(["git", "init", "--quiet"], check=True)
    Path("README.md").write_text("mine\n")
    code, out, err = run(
        capsys, "init", ".", "--environment", "production", "--workspace", "etl", "--deployment", "daily", "--executor",
        "KubernetesExecutor", "--airflow-version", "2.11.2", "--kubernetes", "1.33", "--base-domain", "af.example.com",
        "--git-url", "git@git.example.com:p/a.git",
    )  # fmt: skip
    assert (code, err) == (0, "README.md: was there already, left alone\n")
    assert out.endswith("next:\n  stargit render  # write the manifests into rendered/\n")
    assert Path("README.md").read_text() == "mine\n"
    assert run(capsys, "render")[0] == 0
    assert Path("rendered/production/argocd/root.yaml").is_file()
    assert "deployments.af.example.com" in Path("rendered/production/workspaces/etl/daily/ingress.yaml").read_text()


def test_init_makes_the_folder(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "init", "a/b", "--output", "json")
    assert code == 0
    assert sorted(json.loads(out)["written"]) == tree(empty / "a/b")


def test_init_writes_over_nothing(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = tree(repository)
    assert run(capsys, "init", "--environment", "production") == (
        1,
        "",
        "environments: is there already: this is a GitOps repository\n"
        "  hint: 'stargit new environment NAME' adds one; 'stargit init --schemas' only writes schemas/ anew\n"
        "1 problem\n",
    )
    assert tree(repository) == before


def test_init_leaves_nothing_when_something_is_in_the_way(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("schemas").write_text("mine\n")
    code, _, err = run(capsys, "init")
    assert (code, err) == (1, "schemas: is no folder\n  allowed: a folder\n1 problem\n")
    assert tree(empty) == ["schemas"]


def test_init_leaves_nothing_when_it_cannot_write(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("full").mkdir()
    Path("full/schemas").symlink_to("/proc")
    code, _, err = run(capsys, "init", "full")
    assert (code, err) == (1, "schemas: is a symbolic link\n  allowed: a folder\n1 problem\n")
    assert tree(empty) == []
    assert os.listdir("full") == ["schemas"]  # noqa: PTH208


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--environment", "Dev"], "'Dev' is no name of an environment"),
        (["--workspace", "../x"], "'../x' is no name of a workspace"),
        (["--deployment", "1"], "'1' is no name of a release"),
        (["--kubernetes", "1.20"], 'environments/dev/environment.yaml: kubernetes.minorVersion: "1.20" is not allowed'),
        (["--deployment", "d", "--executor", "Celery"], 'values.executor: "Celery" is not allowed'),
        (["--git-url", "nowhere"], "gitops.repository"),
    ],
)
def test_init_refuses(empty: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str) -> None:
    code, out, err = run(capsys, "init", *arguments)
    assert (code, out) == (1, "")
    assert message in err
    assert tree(empty) == []


def test_schemas_are_written_anew_after_an_upgrade(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "init", "--schemas") == (0, "schemas/ is up to date\n", "")
    file = repository / "schemas/workspace.json"
    new = file.read_text()
    file.write_text("{}")
    (repository / "schemas/deployment.json").unlink()
    assert run(capsys, "init", "--schemas") == (
        0,
        "written: schemas/deployment.json\nwritten: schemas/workspace.json\n",
        "",
    )
    assert file.read_text() == new


def test_schemas_belong_to_a_repository(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "init", "--schemas")
    assert (code, tree(empty)) == (1, [])
    assert err.startswith("environments: is missing\n")


def test_a_whole_company(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (
        "environment production --label Production --kubernetes 1.34 --base-domain af.example.com",
        "workspace production/etl --label Data --description Orders --allow-image registry.example.com/etl",
        "deployment production/etl/daily --label Daily --executor KubernetesExecutor --airflow-version 2.11.2",
        "deployment production/etl/hourly --runtime-version 3.1-2 --image registry.example.com/etl/hourly:1",
    ):
        code, out, err = run(capsys, "new", *command.split())
        assert (code, err) == (0, "")
        assert out.startswith("written: environments/production/")
    assert run(capsys, "validate")[0] == 0


def test_new_says_what_comes_next(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "new", "workspace", "dev/etl") == (
        0,
        "written: environments/dev/workspaces/etl/workspace.yaml\n"
        "next: look it over, then 'stargit new deployment dev/etl/daily'\n",
        "",
    )


def test_a_dry_run_writes_nothing(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = tree(repository)
    code, out, _ = run(capsys, "new", "deployment", "dev/team/daily", "--dry-run")
    assert code == 0
    assert out.startswith("# yaml-language-server:")
    assert out.endswith("would write environments/dev/workspaces/team/deployments/daily.yaml\n")
    code, out, _ = run(capsys, "new", "environment", "x", "--dry-run", "--output", "json")
    result = json.loads(out)
    assert (code, result["file"], result["written"]) == (0, "environments/x/environment.yaml", False)
    assert tree(repository) == before


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["environment", "dev"], 1, "environments/dev/environment.yaml: is there already, and is not written over"),
        (["workspace", "prod/etl"], 1, "no environment 'prod'\n  hint: 'stargit new environment prod' makes one"),
        (["deployment", "dev/tem/daily"], 1, "no workspace 'dev/tem'\n  hint: did you mean 'dev/team'? 'stargit new"),
        (["deployment", "dev/nope/daily"], 1, "'dev/nope'\n  hint: 'stargit new workspace dev/nope' makes one"),
        (["deployment", "dev/team/Daily"], 1, "'Daily' is no name of a release"),
        (["deployment", "dev/team/../x"], 2, "is not ENVIRONMENT/WORKSPACE/RELEASE, as in dev/etl/daily"),
        (["deployment", "dev/team"], 2, "'dev/team' is not ENVIRONMENT/WORKSPACE/RELEASE, as in dev/etl/daily"),
        (["deployment", "dev/team/d", "--airflow-version", "1.10.0"], 1, "1.10.0"),
        (["deployment", "dev/team/d", "--airflow-version", "3.1.5", "--runtime-version", "3.1-2"], 1, "and one of"),
        (["deployment", "dev/team/d", "--runtime-version", "99.0.0"], 1, "nothing is known of runtime 99.0.0"),
    ],
)  # fmt: skip
def test_new_refuses(
    repository: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, message: str
) -> None:
    before = tree(repository)
    ended, _, err = run(capsys, "new", *arguments)
    assert ended == code
    assert message in err
    assert tree(repository) == before


@pytest.mark.parametrize(
    ("file", "what", "new"),
    [
        ("environments/dev/environment.yaml", "environment 'dev'", ("workspace", "dev/other")),
        ("environments/dev/environment.yaml", "environment 'dev'", ("deployment", "dev/team/daily")),
        ("environments/dev/workspaces/team/workspace.yaml", "workspace 'team'", ("deployment", "dev/team/daily")),
    ],
)
def test_nothing_new_is_made_in_what_is_deleted(
    repository: Path, capsys: pytest.CaptureFixture[str], file: str, what: str, new: tuple[str, str]
) -> None:
    text = (repository / file).read_text()
    (repository / file).write_text('deletedAt: "2026-11-28T21:00:00Z"\n' + text)
    before = tree(repository)
    code, _, err = run(capsys, "new", *new)
    assert code == 1
    assert f"{file}:1:1: deletedAt: the {what} is deleted, and so would be what is made in it" in err
    assert tree(repository) == before


def test_a_release_is_there_once_in_an_environment(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "new", "workspace", "dev/other")
    assert run(capsys, "new", "deployment", "dev/other/daily")[0] == 0
    code, _, err = run(capsys, "new", "deployment", "dev/team/daily")
    assert code == 1
    assert "the release name 'daily' is also that of environments/dev/workspaces/other/deployments/daily.yaml" in err
