"""docs/commander.md and the README: what they print for Commander works with the sample repository."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from stargit.__main__ import main
from tests.commander.repositories import git
from tests.commander.service.processes import Service, serving

_ROOT = Path(__file__).parents[2]
_PAGE = (_ROOT / "docs/commander.md").read_text(encoding="utf-8")
_README = (_ROOT / "README.md").read_text(encoding="utf-8")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, Path]]:
    """The sample repository, in a state that has not to be committed, and a service on it."""
    folder = tmp_path_factory.mktemp("sample")
    tree, bare = folder / "tree", folder / "fleet.git"
    tree.mkdir()
    for name in ("environments", "rendered"):
        subprocess.run(["cp", "-r", _ROOT / name, tree], check=True)
    who = ("-c", "user.name=x", "-c", "user.email=x@example.com")
    for command in (["init", "--quiet", "--initial-branch=main"], ["add", "."], [*who, "commit", "--quiet", "-m", "A"]):
        subprocess.run(["git", "-C", tree, *command], check=True)
    subprocess.run(["git", "clone", "--quiet", "--bare", tree, bare], check=True)
    with serving(folder / "service", bare) as service:
        yield service, bare


def commands(text: str) -> list[list[str]]:
    """The lines that call stargit commander, but for the service itself."""
    lines = re.findall(r"^(?:[.]venv/bin/)?stargit commander (.+)", text, re.MULTILINE)
    return [shlex.split(line, comments=True) for line in lines if not line.startswith("serve ")]


@pytest.mark.parametrize("page", [_README, _PAGE.partition("## What it promises")[0]], ids=["README", "commander"])
def test_the_first_commands_work(
    page: str,
    sample: tuple[Service, Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    service, bare = sample
    monkeypatch.setenv("STARGIT_COMMANDER", service.address)
    before = git(bare, "rev-parse", "main")
    found = commands(page)
    assert len(found) > 1
    for words in found:
        assert (main(["commander", *words]), capsys.readouterr().err) == (0, "")
    assert git(bare, "rev-list", "--count", f"{before}..main") == "1"


def test_nothing_of_the_sample_was_unrendered(sample: tuple[Service, Path]) -> None:
    _, bare = sample
    assert "unrendered" not in git(bare, "log", "--format=%s")


def test_the_example_of_the_client_works(sample: tuple[Service, Path], capsys: pytest.CaptureFixture[str]) -> None:
    service, bare = sample
    [code] = re.findall(r"```python\n(.*?)```", _PAGE, re.DOTALL)
    code = code.replace('"commander.example.com:7070", token=token, tls=True', f'"{service.address}"')
    code = code.replace("dev/etl/daily", "dev/customer-data/orders-dev")
    exec(compile(code, "docs/commander.md", "exec"), {})  # noqa: S102
    assert git(bare, "log", "-1", "--format=%an") == "Ada Person"
    assert capsys.readouterr().out == ""


def test_every_command_is_named() -> None:
    from stargit.commands.commander import COMMANDS

    named = set(re.findall(r"`([a-z]+)`", _PAGE)) | {words[0] for words in commands(_PAGE)} | {"serve", "token"}
    assert {entry.name for entry in COMMANDS} <= named


def test_every_metric_is_named() -> None:
    from commander.service.metrics import Metrics

    metrics = Metrics()
    names = {each.name.removeprefix("stargit_commander_") for each in metrics.registry.collect()}
    assert {name for name in names if f"_{name}" not in _PAGE} == set()
