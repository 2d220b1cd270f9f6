"""`ci/comment.py` against a forge: one comment, written anew, and nobody else's touched."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.diff import MARKER, as_markdown, diff
from tests.ci.forges import TOKEN, Forge, running

SCRIPT = Path(__file__).parents[2] / "ci/comment.py"
REPORT = as_markdown(diff({}, {}))
BOT = "github-actions[bot]"


@pytest.fixture
def forge() -> Iterator[Forge]:
    with running() as forge:
        yield forge


@pytest.fixture
def report(tmp_path: Path) -> Path:
    file = tmp_path / "report.md"
    file.write_text(REPORT, encoding="utf-8")
    return file


def github(forge: Forge, **variables: str) -> dict[str, str]:
    known = {"GITHUB_API_URL": forge.address, "GITHUB_REPOSITORY": "acme/gitops", "PULL_REQUEST": "7"}
    return {**known, "GITHUB_TOKEN": TOKEN, **variables}


def gitlab(forge: Forge, **variables: str) -> dict[str, str]:
    known = {"CI_API_V4_URL": forge.address, "CI_PROJECT_ID": "12", "CI_MERGE_REQUEST_IID": "7"}
    return {**known, "GITLAB_TOKEN": TOKEN, **variables}


def run(report: Path, variables: dict[str, str]) -> tuple[int, str]:
    """Exit code, what was said. Isolated: nothing but the standard library."""
    done = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), str(report)], capture_output=True, text=True, check=False, timeout=60,
        env=variables,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_the_first_report_becomes_a_comment(forge: Forge, report: Path) -> None:
    forge.github("ada", "looks good")
    assert run(report, github(forge)) == (0, "a comment was added\n")
    assert forge.bodies == ["looks good", REPORT]


def test_later_reports_take_its_place(forge: Forge, report: Path) -> None:
    for number in range(130):
        forge.github("ada", f"remark {number}")
    forge.github("mallory", f"{MARKER} not the bot's")
    forge.github(BOT, "another comment of the bot")
    forge.github(BOT, f"{MARKER}\nold")
    assert run(report, github(forge)) == (0, "the comment was written anew\n")
    assert forge.bodies[-3:] == [f"{MARKER} not the bot's", "another comment of the bot", REPORT]
    assert len(forge.comments) == 133
    assert [method for method, _ in forge.asked] == ["GET", "GET", "PATCH"]


def test_gitlab(forge: Forge, report: Path) -> None:
    forge.gitlab(5, f"{MARKER} of another person")
    assert run(report, gitlab(forge)) == (0, "a comment was added\n")
    assert forge.bodies[1] == REPORT
    forge.comments[1] = {"id": 2, "author": {"id": 99}, "body": f"{MARKER}\nold"}
    assert run(report, gitlab(forge)) == (0, "the comment was written anew\n")
    assert forge.bodies == [f"{MARKER} of another person", REPORT]


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"GITHUB_TOKEN": ""}, "neither GITHUB_TOKEN nor GITLAB_TOKEN is set"),
        ({"GITHUB_TOKEN": "wrong"}, "GitHub answers 401 to GET: the token is refused"),
        ({"PULL_REQUEST": ""}, "the variable PULL_REQUEST is not set, or is not what it should be"),
        ({"PULL_REQUEST": "8"}, "GitHub answers 404 to GET: not found, or not for this token"),
        ({"GITHUB_REPOSITORY": "acme/../x"}, "the variable GITHUB_REPOSITORY is not set, or is not what it should be"),
        ({"GITHUB_API_URL": "http://example.com"}, "the variable GITHUB_API_URL is no https address"),
    ],
)
def test_what_goes_wrong_is_told_without_the_token(
    forge: Forge, report: Path, variables: dict[str, str], said: str
) -> None:
    assert run(report, github(forge, **variables)) == (1, f"comment.py: {said}\n")
    assert forge.comments == []


def test_a_redirect_gets_no_token(forge: Forge, report: Path) -> None:
    with running() as other:
        forge.status, forge.location = 302, other.address
        assert run(report, github(forge)) == (1, "comment.py: GitHub answers 302 to GET: Found\n")
        assert other.asked == []


def test_what_is_no_report_is_not_posted(forge: Forge, tmp_path: Path) -> None:
    file = tmp_path / "report.md"
    assert run(file, github(forge)) == (1, f"comment.py: {file} can't be read: No such file or directory\n")
    file.write_text("anything", encoding="utf-8")
    assert run(file, github(forge))[0] == 1
    assert forge.asked == []


def test_a_report_that_is_too_long_is_cut(forge: Forge, tmp_path: Path) -> None:
    file = tmp_path / "report.md"
    file.write_text(MARKER + "ä" * 200_000, encoding="utf-8")
    assert run(file, github(forge))[0] == 0
    assert len(forge.bodies[0]) < 65_536
    assert forge.bodies[0].endswith("\n(cut)\n")


def test_nobody_listens(report: Path) -> None:
    code, said = run(report, github(Forge(address="http://127.0.0.1:9")))
    assert (code, said) == (1, "comment.py: GitHub can't be asked: <urlopen error [Errno 111] Connection refused>\n")
