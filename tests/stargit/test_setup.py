"""The lock and the environment that is made from it."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
#: What `make setup` does not install.
FUZZ_LOCK = (ROOT / "requirements-fuzz.lock").read_text(encoding="utf-8")


def test_the_lock_names_no_place() -> None:
    """Versions and hashes alone, so that it is good for any index and any machine."""
    assert (
        re.findall(
            r"https?:|file:|--index|--extra-index|--find-links|--trusted|^-[ifc] | @ |/", LOCK + FUZZ_LOCK, re.MULTILINE
        )
        == []
    )


def test_every_locked_package_has_hashes() -> None:
    entries = re.split(r"\n(?=\S)", LOCK.strip())
    assert len(entries) > 40
    for entry in [*entries, *re.split(r"\n(?=\S)", FUZZ_LOCK.strip())]:
        assert re.match(r"[a-z0-9-]+==[^ ;\\]+", entry), entry
        assert "--hash=sha256:" in entry, entry


def test_the_environment_is_the_lock() -> None:
    pinned = dict(re.findall(r"^([a-z0-9-]+)==([^ ;\\]+) \\", LOCK, re.MULTILINE))
    assert {name: version(name) for name in pinned} == pinned


def test_all_that_the_project_asks_for_is_locked() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [
        *settings["build-system"]["requires"],
        *settings["project"]["dependencies"],
        *(name for names in settings["project"]["optional-dependencies"].values() for name in names),
        *(name for names in settings["dependency-groups"].values() for name in names),
    ]
    locked = set(re.findall(r"^([a-z0-9-]+)==", LOCK + FUZZ_LOCK, re.MULTILINE))
    assert {re.split(r"[>=<\[]", name)[0] for name in wanted} <= locked


def test_a_second_setup_does_nothing() -> None:
    command: list[str | Path] = [sys.executable, ROOT / "tools" / "setup.py", Path(sys.prefix).resolve()]
    subprocess.run(command, capture_output=True, check=True)
    stamps = {path: path.stat().st_mtime_ns for path in Path(sys.prefix).glob("*.stamp")}
    assert len(stamps) == 3
    again = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (again.stdout, again.stderr) == ("", "")
    assert {path: path.stat().st_mtime_ns for path in stamps} == stamps
