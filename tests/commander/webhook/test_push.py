"""What Argo CD is told of: the right repository, the files that matter, never too many."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from commander.git import Repository
from commander.webhook import push as push_module
from commander.webhook import pushes
from commander.webhook.push import follows, web_address
from generator.desired import GitOps
from tests.commander.repositories import MAIN, bare, git

_FOLDER = "rendered/dev/workspaces/etl/daily"


def commit(repository: Path, files: dict[str, str | None]) -> str:
    lines = ["commit refs/heads/main", "committer Ada <ada@example.com> 1700000100 +0000", "data 1", "x"]
    lines.append("from refs/heads/main^0")
    for path, text in files.items():
        lines += [f"D {path}"] if text is None else [f"M 100644 inline {path}", f"data {len(text)}", text]
    data = "\n".join([*lines, ""]).encode()
    subprocess.run(["git", "-C", repository, "fast-import", "--quiet"], input=data, check=True)
    return git(repository, "rev-parse", "main")


def gitops(repository: str = "https://git.example.com/fleet.git", **more: str) -> GitOps:
    return GitOps.model_validate({"repository": repository, **more})


@pytest.mark.parametrize(
    ("repository", "address"),
    [
        ("https://git.example.com/platform/fleet.git", "https://git.example.com/platform/fleet"),
        ("https://robot:secret@git.example.com:8443/fleet", "https://git.example.com/fleet"),
        ("ssh://git@git.example.com:2222/fleet.git/", "https://git.example.com/fleet"),
        ("git@git.example.com:platform/fleet.git", "https://git.example.com/platform/fleet"),
        ("file:///srv/fleet.git", ""),
    ],
)
def test_the_address_has_no_login_no_port_and_no_ending(repository: str, address: str) -> None:
    assert web_address(repository) == address


@pytest.mark.parametrize(
    ("revision", "told"),
    [("HEAD", True), ("main", True), ("refs/heads/main", True), ("refs/heads/live", False), ("v1.2.0", False)],
)
def test_who_follows_another_branch_or_a_tag_is_not_told(revision: str, told: bool) -> None:
    assert follows(revision, MAIN) is told


def test_a_folder_that_is_followed_as_a_whole_is_told_once_and_single_files_one_by_one(tmp_path: Path) -> None:
    repository = bare(tmp_path, {f"{_FOLDER}/a.yaml": "1", f"{_FOLDER}/b.yaml": "1", "rendered/dev/argocd/x.yaml": "1"})
    before = git(repository, "rev-parse", "main")
    after = commit(
        repository,
        {
            f"{_FOLDER}/a.yaml": "2",
            f"{_FOLDER}/b.yaml": "2",
            f"{_FOLDER}/namespace.yaml": "2",
            "rendered/dev/argocd/x.yaml": None,
            "rendered/dev/argocd/workspaces/etl.yaml": "2",
            "rendered/dev/values/etl/daily.yaml": "2",
            "rendered/dev/values/etl/hourly.yaml": "2",
            "environments/dev/environment.yaml": "2",
        },
    )
    (found,) = pushes(Repository(repository, MAIN), before, after, {"dev": gitops(path="fleet")})
    told = json.loads(found.as_json())
    assert told["ref"] == "refs/heads/main"
    assert told["repository"] == {"html_url": "https://git.example.com/fleet", "default_branch": "main"}
    assert (told["before"], told["after"]) == (before, after)
    (joined,) = told["commits"]
    assert joined["modified"] == [f"fleet/{_FOLDER}/a.yaml"]
    assert joined["added"] == [
        "fleet/rendered/dev/argocd/workspaces/etl.yaml",
        "fleet/rendered/dev/values/etl/daily.yaml",
        "fleet/rendered/dev/values/etl/hourly.yaml",
        f"fleet/{_FOLDER}/namespace.yaml",
    ]
    assert joined["removed"] == ["fleet/rendered/dev/argocd/x.yaml"]


def test_each_address_is_told_of_its_own_environments(tmp_path: Path) -> None:
    repository = bare(tmp_path)
    before = git(repository, "rev-parse", "main")
    after = commit(
        repository, {"rendered/dev/a/x.yaml": "1", "rendered/test/a/x.yaml": "1", "rendered/live/a/x.yaml": "1"}
    )
    settings = {
        "dev": gitops("https://git.example.com/fleet.git"),
        "test": gitops("git@git.example.com:fleet"),
        "live": gitops("ssh://git@mirror.example.com/fleet"),
        "quiet": gitops("https://quiet.example.com/fleet"),
    }
    found = pushes(Repository(repository, MAIN), before, after, settings)
    assert {each.repository: each.added for each in found} == {
        "https://git.example.com/fleet": ("rendered/dev/a/x.yaml", "rendered/test/a/x.yaml"),
        "https://mirror.example.com/fleet": ("rendered/live/a/x.yaml",),
    }


def test_of_more_files_than_are_told_no_list_is_sent_which_means_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push_module, "MOST_FILES", 3)
    repository = bare(tmp_path)
    before = git(repository, "rev-parse", "main")
    three = commit(repository, {f"rendered/dev/{number}/x.yaml": "1" for number in range(3)})
    four = commit(repository, {"rendered/dev/9/x.yaml": "1"})
    told = [
        json.loads(pushes(Repository(repository, MAIN), before, after, {"dev": gitops()})[0].as_json())
        for after in (three, four)
    ]
    assert [len(each["commits"]) for each in told] == [1, 0]


def test_what_was_changed_and_put_right_in_between_is_told(tmp_path: Path) -> None:
    """Argo CD was told of the first by the forge, and would stay at it."""
    repository = bare(tmp_path, {f"{_FOLDER}/a.yaml": "1", f"{_FOLDER}-2/a.yaml": "1"})
    before = git(repository, "rev-parse", "main")
    commit(repository, {f"{_FOLDER}/a.yaml": "wrong"})
    commit(repository, {f"{_FOLDER}/a.yaml": "1"})
    after = commit(repository, {f"{_FOLDER}-2/a.yaml": "2"})
    (push,) = pushes(Repository(repository, MAIN), before, after, {"dev": gitops()})
    assert sorted(push.modified) == [f"{_FOLDER}-2/a.yaml", f"{_FOLDER}/a.yaml"]
    assert (push.before, push.after) == (before, after)
