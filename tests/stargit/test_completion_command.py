"""Completion of the command line in a shell."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from stargit.__main__ import main
from tests.desired.repositories import PLAIN, write

STARGIT = Path(sys.executable).with_name("stargit")


def proposed(folder: Path, *words: str) -> list[str]:
    """What the program proposes for the last of the words, as the scripts ask it."""
    environment = {
        **os.environ, "_STARGIT_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(["stargit", *words]),
        "COMP_CWORD": str(len(words)),
    }  # fmt: skip
    done = subprocess.run([str(STARGIT)], env=environment, cwd=folder, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return [line.partition(",")[2] for line in done.stdout.splitlines() if line]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return write(tmp_path, {**PLAIN, "environments/prod/environment.yaml": "", "environments/.x/environment.yaml": ""})


def test_names_are_those_of_the_repository(repository: Path) -> None:
    assert proposed(repository, "set", "") == ["dev", "dev/etl", "dev/etl/daily", "prod"]
    assert proposed(repository, "set", "dev/e") == ["dev/etl", "dev/etl/daily"]
    assert proposed(repository, "unset", "dev/etl/d") == ["dev/etl/daily"]
    assert proposed(repository, "new", "deployment", "dev/") == ["dev/etl", "dev/etl/daily"]
    assert proposed(repository, "explain", "") == ["dev/etl/daily"]
    assert proposed(repository, "set", "x") == []
    assert proposed(repository.parent, "set", "--repository", str(repository), "p") == ["prod"]
    assert proposed(repository / "environments/dev/workspaces/etl", "set", "") == []


def test_commands_and_options(repository: Path) -> None:
    assert {"init", "new", "set", "render"} <= set(proposed(repository, ""))
    assert proposed(repository, "new", "") == ["deployment", "environment", "workspace"]
    assert "--dry-run" in proposed(repository, "unset", "dev", "--")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_for_each_shell(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    text = capsys.readouterr().out
    assert f"_STARGIT_COMPLETE={shell}_complete" in text
    assert main(["completion", shell, "--output", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["script"] == text.removesuffix("\n")


def test_bash_itself_completes(repository: Path) -> None:
    bash = shutil.which("bash")
    assert bash is not None
    script = (
        'eval "$(stargit completion bash)"; COMP_WORDS=(stargit set dev/etl/d); COMP_CWORD=2;'
        ' _stargit_completion stargit; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    environment = {**os.environ, "PATH": f"{STARGIT.parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        [bash, "--norc", "-c", script], cwd=repository, env=environment, capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("dev/etl/daily\n", "")


def test_an_unknown_shell(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "tcsh"]) == 2
    assert "is not one of 'bash', 'zsh', 'fish'" in capsys.readouterr().err
