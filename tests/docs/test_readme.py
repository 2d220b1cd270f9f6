"""README.md: what its tour prints works in a fresh clone, and its links and those of the pages lead somewhere."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from stargit.__main__ import main

_ROOT = Path(__file__).parents[2]
_README = (_ROOT / "README.md").read_text(encoding="utf-8")
_TOUR = _README.partition("## A tour\n")[2].partition("\n## ")[0]
_COMMANDS = [
    words[1:]
    for line in re.findall(r"^[.]venv/bin/stargit .+", _TOUR, re.MULTILINE)
    for words in [shlex.split(line, comments=True)]
]
_PAGES = sorted([*_ROOT.glob("*.md"), *(_ROOT / "docs").glob("*.md")])


def test_the_tour_leaves_nothing_that_git_would_see() -> None:
    ignored = (_ROOT / ".gitignore").read_text(encoding="utf-8").split()
    folders = [words[words.index("--to") + 1] for words in _COMMANDS if "--to" in words]
    assert len(folders) == 1
    assert [folder for folder in folders if f"/{folder.split('/')[0]}/" not in ignored] == []


@pytest.mark.parametrize("start", [["explain"], ["graph"], ["chart", "template"]])
def test_the_commands_that_only_tell_work(
    start: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(_ROOT)
    [words] = [words for words in _COMMANDS if words[: len(start)] == start]
    assert (main(words), capsys.readouterr().err) == (0, "")


def test_every_page_is_named() -> None:
    assert [page.name for page in (_ROOT / "docs").glob("*.md") if f"](docs/{page.name}" not in _README] == []


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    missing = []
    for link in links:
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        if "://" in link:
            continue
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            missing.append(link)
    assert missing == []


def _anchors(page: Path) -> set[str]:
    """The headings as GitHub names them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
