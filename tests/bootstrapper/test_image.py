"""What the container file does, done here without a container: the locked packages are enough, and alone."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]
_FILE = (_ROOT / "bootstrapper" / "Containerfile").read_text(encoding="utf-8")


def test_what_it_copies_is_there() -> None:
    sources = re.findall(r"^COPY (?!--from)(\S+) ", _FILE, re.MULTILINE)
    assert sources == ["bootstrapper/requirements.lock", "bootstrapper"]
    assert all((_ROOT / source).exists() for source in sources)


def test_it_runs_as_nobody_in_particular() -> None:
    assert re.findall(r"^USER (.+)$", _FILE, re.MULTILINE) == ["65534:0"]
    assert re.findall(r"^ENTRYPOINT (.+)$", _FILE, re.MULTILINE) == [
        '["/opt/bootstrapper/bin/python", "-I", "-m", "bootstrapper"]'
    ]


@pytest.mark.slow
def test_the_locked_packages_are_enough(tmp_path: Path) -> None:
    uv, python = Path(sys.executable).parent / "uv", tmp_path / "image" / "bin" / "python"
    quiet = ("--quiet", "--no-config")
    subprocess.run([uv, "venv", *quiet, "--python", sys.executable, tmp_path / "image"], check=True)
    lock = _ROOT / "bootstrapper" / "requirements.lock"
    hashes = ("--require-hashes", "--only-binary", ":all:", "-r", lock)
    subprocess.run([uv, "pip", "install", *quiet, "--python", python, *hashes], check=True)
    (packages,) = (tmp_path / "image" / "lib").glob("python3.*/site-packages")
    shutil.copytree(_ROOT / "bootstrapper", packages / "bootstrapper")
    done = subprocess.run(
        [python, "-I", "-m", "bootstrapper"], env={}, cwd="/", capture_output=True, text=True, check=False
    )
    assert done.returncode == 2, done.stderr
    assert done.stderr == "bootstrap: refused: the variable BOOTSTRAP_PLAN is not set\n"
