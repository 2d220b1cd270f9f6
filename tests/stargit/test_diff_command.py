"""`stargit diff` as a person or a pipeline meets it, in real git repositories."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from stargit.__main__ import main
from tests.desired.repositories import DEPLOYMENT, DEPLOYMENT_FILE, PLAIN, WORKSPACE, WORKSPACE_FILE, write
from tests.stargit.git_repositories import commit, git

SCALED = DEPLOYMENT + "values:\n  scheduler:\n    replicas: 2\n"
REPORT = """\
1 deployment: 1 object changed; no pods restart

dev/etl/daily
  ~ Deployment spec.replicas: 1 -> 2  (scheduler)
"""
SAME = "No object changes\n"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with one deployment, rendered and committed."""
    folder = write(tmp_path_factory.mktemp("template"), PLAIN)
    assert main(["render", "--repository", str(folder)]) == 0
    commit(folder, "first")
    return folder


@pytest.fixture
def repository(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(template, tmp_path / "repository"))


def run(capsys: pytest.CaptureFixture[str], repository: Path, *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    capsys.readouterr()
    code = main(["diff", "--repository", str(repository), *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_what_an_edit_would_change_before_it_is_rendered(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, repository) == (0, SAME, "old: HEAD: rendered/\nnew: work tree: environments/ rendered\n")
    write(repository, {DEPLOYMENT_FILE: SCALED})
    before = git(repository, "status", "--porcelain")
    assert run(capsys, repository)[:2] == (0, REPORT)
    assert run(capsys, repository, "--exit-code")[0] == 1
    assert git(repository, "status", "--porcelain") == before
    # What stands in rendered/ was not touched.
    assert run(capsys, repository, "--rendered", "--exit-code")[:2] == (0, SAME)


def test_two_revisions(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(repository, {DEPLOYMENT_FILE: SCALED})
    main(["render", "--repository", str(repository)])
    second = commit(repository)
    assert run(capsys, repository, "HEAD~1", "main") == (0, REPORT, "old: HEAD~1: rendered/\nnew: main: rendered/\n")
    assert run(capsys, repository, "HEAD~1..HEAD")[1] == REPORT
    assert run(capsys, repository, "HEAD~1")[1] == REPORT
    assert run(capsys, repository, second[:10], "HEAD~1")[1] == REPORT.replace("1 -> 2", "2 -> 1")
    assert run(capsys, repository)[1] == SAME


def test_a_branch_is_compared_with_what_it_came_from(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(repository, "branch", "other")
    write(repository, {WORKSPACE_FILE: WORKSPACE + "defaults: {triggerer: {replicas: 2}}\n"})
    main(["render", "--repository", str(repository)])
    commit(repository, "on main")
    git(repository, "checkout", "--quiet", "other")
    write(repository, {DEPLOYMENT_FILE: SCALED})
    main(["render", "--repository", str(repository)])
    commit(repository, "on other")
    assert "triggerer" in run(capsys, repository, "main", "other")[1]
    assert run(capsys, repository, "main...other")[1] == REPORT
    assert run(capsys, repository, "--merge-base", "main")[1] == REPORT


def test_desired_state_of_revisions(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(repository, {DEPLOYMENT_FILE: SCALED})
    commit(repository, "rendered/ was forgotten")
    assert run(capsys, repository, "HEAD~1", "HEAD")[1] == SAME
    code, out, err = run(capsys, repository, "--desired", "HEAD~1", "HEAD")
    assert (code, out, err) == (
        0, REPORT, "old: HEAD~1: environments/ rendered\nnew: HEAD: environments/ rendered\n",
    )  # fmt: skip


def test_wrong_desired_state_is_told_with_the_revision(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(repository, {DEPLOYMENT_FILE: DEPLOYMENT + "values: {scheduler: {replicas: three}}\n"})
    commit(repository)
    code, out, err = run(capsys, repository, "--desired", "HEAD~1", "HEAD")
    assert (code, out) == (1, "")
    assert err.splitlines()[0] == f'HEAD:{DEPLOYMENT_FILE}:3:22: values.scheduler.replicas: "three" is text'


def test_folders_without_git(repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = Path(shutil.copytree(repository / "rendered", tmp_path / "alone"))
    shutil.rmtree(repository / ".git")
    write(repository, {DEPLOYMENT_FILE: SCALED})
    assert run(capsys, tmp_path, str(old), str(repository))[:2] == (0, REPORT)
    assert run(capsys, tmp_path, str(old), str(repository), "--rendered")[:2] == (0, SAME)
    empty = tmp_path / "empty"
    empty.mkdir()
    code, out, _ = run(capsys, tmp_path, str(empty), str(old))
    assert (code, out.splitlines()[-2:]) == (0, ["dev/etl/daily", out.splitlines()[-1]])
    assert out.splitlines()[-1].startswith("  + deployment  (")


def test_a_renamed_deployment_is_a_new_one(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repository / DEPLOYMENT_FILE).rename((repository / DEPLOYMENT_FILE).with_name("nightly.yaml"))
    out = run(capsys, repository)[1]
    assert "  dev/etl/daily: deployment is removed\n  dev/etl/nightly: new deployment\n" in out
    assert (
        "! Namespace stargit-daily is removed: everything in the namespace is deleted, volumes too: dev/etl/daily"
        in out
    )


def test_files_of_people_in_rendered_are_no_difference(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: mine}\n"
    write(repository, {"rendered/dev/mine/a.yaml": mine, "rendered/notes.txt": "x"})
    commit(repository)
    assert run(capsys, repository)[1] == SAME
    write(repository, {"rendered/dev/mine/a.yaml": mine + "data: {a: b}\n"})
    assert '~ ConfigMap data: {"a":"b"}' not in run(capsys, repository)[1]
    assert '  + ConfigMap data: {"a":"b"}  (mine)' in run(capsys, repository)[1]


def test_only_a_part(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = DEPLOYMENT_FILE.replace("daily", "hourly")
    write(repository, {DEPLOYMENT_FILE: SCALED, other: DEPLOYMENT})
    assert run(capsys, repository, "--only", "dev/etl/daily")[1] == REPORT
    assert run(capsys, repository, "--only", "dev/etl/daily", "--only", "dev/etl/hourly") == run(capsys, repository)
    code, out, err = run(capsys, repository, "--only", "dev/elt")
    assert (code, out) == (1, "")
    assert "there is no 'dev/elt' on either side\n  hint: did you mean 'dev/etl'?\n" in err
    assert run(capsys, repository, "--only", "a/b/c/d")[0] == 2


def test_for_machines_and_for_comments(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(repository, {DEPLOYMENT_FILE: SCALED})
    code, out, err = run(capsys, repository, "--output", "json")
    report = json.loads(out)
    assert (code, err) == (0, "")
    assert (report["old"], report["summary"]) == ("HEAD: rendered/", REPORT.split("\n", 1)[0])
    code, out, _ = run(capsys, repository, "--output", "markdown")
    assert out.startswith("<!-- stargit diff -->\n\n### What this changes in the clusters\n\n**1 deployment: ")
    assert "! Deployment spec.replicas: 1 -> 2  (scheduler)" in out


@pytest.mark.parametrize(
    "revision", ["nowhere", "--help-me", "-x", "HEAD~99", "a b", "", ":/", "HEAD:rendered", "x" * 2000]
)
def test_what_is_no_revision(repository: Path, capsys: pytest.CaptureFixture[str], revision: str) -> None:
    code, out, err = run(capsys, repository, "--", revision)
    assert (code, out) == (1, "")
    assert err.startswith(
        f"'{revision[:200]}' is no revision of this repository\n  allowed: a branch, a tag, a commit, or a folder"
    )
    assert err.endswith("1 problem\n")


def test_no_git_repository(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, PLAIN)
    code, out, err = run(capsys, tmp_path)
    assert (code, out) == (1, "")
    assert err == (
        f"{tmp_path}: is in no git repository\n"
        "  hint: run 'git init' and commit, or name two folders to compare\n1 problem\n"
    )


def test_before_the_first_commit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, PLAIN)
    git(tmp_path, "init", "--quiet")
    code, out, err = run(capsys, tmp_path)
    assert (code, err.splitlines()[0]) == (0, "old: nothing (there are no commits yet)")
    assert "+ deployment" in out


def test_a_shallow_clone_tells_how_to_get_more(
    repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commit(repository, "second")
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{repository}", "clone")
    assert run(capsys, tmp_path / "clone")[:2] == (0, SAME)
    code, _, err = run(capsys, tmp_path / "clone", "HEAD~1")
    assert code == 1
    assert "hint: this clone has only a part of the history; fetch more: git fetch --unshallow origin HEAD" in err


def test_a_branch_that_was_not_fetched(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    err = run(capsys, repository, "origin/release")[2]
    assert "hint: fetch it first: git fetch origin release\n" in err


def test_a_repository_below_the_root_of_git(template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inner = tmp_path / "gitops/ä folder"
    shutil.copytree(template, inner, ignore=shutil.ignore_patterns(".git"))
    commit(tmp_path)
    assert run(capsys, inner)[:2] == (0, SAME)
    write(inner, {DEPLOYMENT_FILE: SCALED})
    assert run(capsys, inner)[:2] == (0, REPORT)
    assert run(capsys, inner, "--desired", "HEAD")[:2] == (0, REPORT)


def test_links_are_not_followed(repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outside = write(tmp_path / "outside", {"a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: stolen}\n"})
    (repository / "rendered/dev/link").symlink_to(outside)
    (repository / "rendered/dev/link.yaml").symlink_to(outside / "a.yaml")
    commit(repository)
    for arguments in (["HEAD~1", "HEAD"], ["HEAD~1"], ["HEAD~1", "--rendered"]):
        assert run(capsys, repository, *arguments)[1] == SAME
    (repository / "environments/dev/link.yaml").symlink_to(outside / "a.yaml")
    commit(repository)
    code, _, err = run(capsys, repository, "--desired", "HEAD~1", "HEAD")
    assert (code, err.splitlines()[0]) == (
        1,
        "HEAD:environments/dev/link.yaml: is a symbolic link, a submodule or outside of the repository",
    )


def test_a_tree_that_was_made_by_hand_leads_nowhere(
    repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Git itself writes no folder `..` into a tree, but whoever pushes may."""
    blob = git(repository, "rev-parse", f"HEAD:{DEPLOYMENT_FILE}")
    tree = blob
    for name in ("x.yaml", "..", "..", "..", "environments"):
        mode = "100644" if tree == blob else "40000"
        raw = f"{mode} {name}".encode() + b"\0" + bytes.fromhex(tree)
        (tmp_path / "raw").write_bytes(raw)
        tree = git(repository, "hash-object", "-t", "tree", "-w", "--literally", str(tmp_path / "raw"))
    commit_id = git(repository, "commit-tree", tree, "-m", "hostile")
    code, _, err = run(capsys, repository, "--desired", commit_id, "HEAD")
    assert (code, err.splitlines()[0]) == (
        1, f"{commit_id}:environments/../../../x.yaml: is a symbolic link, a submodule or outside of the repository",
    )  # fmt: skip


def test_variables_of_a_surrounding_git_are_not_heeded(
    repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a hook, where they name the repository that the hook is of."""
    commit(tmp_path)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "none"))
    assert run(capsys, repository)[:2] == (0, SAME)
