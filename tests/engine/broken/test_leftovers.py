"""What lies in the place where the new state is made, or under ``rendered/``, and was never made by Stargit."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from generator.worktree import HEADER, STAGING, recover
from stargit.__main__ import main
from tests.desired.repositories import PLAIN, write
from tests.engine.broken.repositories import Broken, build, everything, printed
from tests.engine.fleets import state

JOURNALS: dict[str, Any] = {
    "no map": ["rendered"],
    "half of one": {"written": []},
    "numbers": {"written": 5, "removed": [6]},
    "files of others are removed": {"written": [], "removed": ["environments/dev/environment.yaml"]},
    "files beside the repository are removed": {"written": [], "removed": ["rendered/../../outside/mine.txt"]},
    "files of the machine are removed": {"written": [], "removed": ["{outside}/mine.txt"]},
    "files behind a link are removed": {"written": [], "removed": ["rendered/link/mine.txt"]},
    "files of others are written": {"written": ["environments/dev/environment.yaml"], "removed": []},
    "files beside the repository are written": {"written": ["rendered/../../outside/mine.txt"], "removed": []},
    "files behind a link are written": {"written": ["rendered/link/mine.txt"], "removed": []},
    "everything is removed": {"written": [], "removed": ["rendered"]},
    "a name that no file has": {"written": ["rendered/" + "x" * 5000], "removed": ["rendered/a\0b", ""]},
}


@pytest.mark.parametrize("name", JOURNALS)
def test_a_journal_of_somebody_else_is_not_obeyed(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A repository is a place where others can put files, so a run takes no orders from one."""
    outside = write(tmp_path / "outside", {"mine.txt": "mine"})
    repository = build(Broken(PLAIN, ""), tmp_path)
    (repository / "rendered/link").symlink_to(outside)
    good = everything(repository / "environments"), everything(outside), state(repository)
    text = json.dumps(JOURNALS[name]).replace("{outside}", str(outside))
    planted = {"journal.json": text, "environments/dev/environment.yaml": "evil", "rendered/link/mine.txt": "evil"}
    write(repository / STAGING, planted)
    code, _, err = printed(["render"], repository, capsys)
    assert (code, err) == (0, "rendered/link: not written by Stargit, left alone\n")
    assert (everything(repository / "environments"), everything(outside), state(repository)) == good
    assert not (repository / STAGING).exists()


@pytest.mark.parametrize("kind", ["pipe", "link to a pipe", "link to a journal", "folder", "device that never ends"])
def test_a_journal_that_is_no_file(kind: str, tmp_path: Path) -> None:
    """A run does not wait for a pipe that nobody writes to, and follows no link."""
    repository = write(tmp_path / "repository", PLAIN)
    journal = repository / STAGING / "journal.json"
    journal.parent.mkdir()
    os.mkfifo(tmp_path / "pipe")
    generated = write(tmp_path / "outside", {"journal.json": '{"written": [], "removed": ["rendered/mine.yaml"]}'})
    mine = write(repository, {"rendered/mine.yaml": f"{HEADER}somewhere\n"}) / "rendered/mine.yaml"
    if kind == "pipe":
        os.mkfifo(journal)
    elif kind == "folder":
        journal.mkdir()
    else:
        targets = {"link to a pipe": tmp_path / "pipe", "link to a journal": generated / "journal.json"}
        journal.symlink_to(targets.get(kind, Path("/dev/zero")))
    recover(repository)
    assert not (repository / STAGING).exists()
    assert mine.exists()


@pytest.mark.parametrize("target", ["../outside", "nowhere", "."])
def test_a_staging_folder_that_leads_elsewhere(target: str, tmp_path: Path) -> None:
    journal = json.dumps({"written": ["rendered/new.yaml"], "removed": []})
    outside = write(tmp_path / "outside", {"old/mine.txt": "mine", "rendered/new.yaml": "x", "journal.json": journal})
    repository = write(tmp_path / "repository", PLAIN)
    (repository / STAGING).symlink_to(target)
    before = everything(outside)
    assert main(["render", "--repository", str(repository)]) == 0
    assert everything(outside) == before
    assert sorted(path.name for path in repository.iterdir()) == ["environments", "rendered"]


@pytest.mark.parametrize("arguments", [[], ["--check"], ["--output", "json"], ["--check", "--output", "json"]])
def test_names_under_rendered_that_are_no_text(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repository = build(Broken(PLAIN, ""), tmp_path)
    (repository / "rendered" / os.fsdecode(b"caf\xe9")).mkdir()
    (repository / "rendered" / os.fsdecode(b"caf\xe9/a\xe9\n.txt")).touch()
    (repository / "rendered" / os.fsdecode(b"link\xe9")).symlink_to("nowhere")
    before = everything(repository)
    for _ in range(2):
        code, out, err = printed(["render", *arguments], repository, capsys)
        assert code == 0
        if "json" in arguments:
            assert json.loads(out)["changes"]["unowned"] == [r"rendered/caf\xe9/a\xe9\n.txt", r"rendered/link\xe9"]
        else:
            assert err == (
                "rendered/caf\\xe9/a\\xe9\\n.txt: not written by Stargit, left alone\n"
                "rendered/link\\xe9: not written by Stargit, left alone\n"
            )
    assert everything(repository) == before
