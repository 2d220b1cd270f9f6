"""Makes the virtual environment that every other target uses: ``python3 tools/setup.py [FOLDER]`` (default ``.venv``).

Runs on the system's Python, so it uses the standard library alone. It installs exactly what ``requirements.lock``
names, by hash, then the project itself as an editable install. Stamps in the environment hold what was installed, so a
second run does nothing, and a run that was cut off is made again.
"""

from __future__ import annotations

import fcntl
import hashlib
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FLOOR = (3, 11)


def main() -> int:
    """Make or refresh the environment; the exit code is pip's when pip fails."""
    if sys.version_info < FLOOR:
        found = ".".join(map(str, sys.version_info[:3]))
        print(f"setup: Stargit needs Python {FLOOR[0]}.{FLOOR[1]} or newer, this is {found}", file=sys.stderr)
        print("setup: name another one: make setup PYTHON=/path/to/python3", file=sys.stderr)
        return 1
    folder = ROOT / (sys.argv[1] if len(sys.argv) > 1 else ".venv")
    with (ROOT / ".setup.lock").open("w") as guard:  # two targets started at once wait for each other
        fcntl.flock(guard, fcntl.LOCK_EX)
        try:
            _refresh(folder)
        except subprocess.CalledProcessError as error:
            print(f"setup: failed: {' '.join(map(str, error.cmd))}", file=sys.stderr)
            if "venv" in error.cmd:
                print("setup: Debian and Ubuntu have the module venv in the package python3-venv", file=sys.stderr)
            return error.returncode
    return 0


def _refresh(folder: Path) -> None:
    python = folder / "bin" / "python"
    origin_stamp, lock_stamp, project_stamp = (folder / f"{name}.stamp" for name in ("origin", "lock", "project"))
    # The scripts of a virtual environment name their interpreter by its full path, so a moved folder is of no use.
    origin = f"{folder}\n{sys.version}\n"
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    project = _digest_of_project()

    if _read(origin_stamp) != origin:
        print(f"setup: making {folder.name}", flush=True)
        _run(sys.executable, "-m", "venv", "--clear", str(folder))
        origin_stamp.write_text(origin, encoding="utf-8")
    installed = _read(lock_stamp)
    if installed != lock:
        print("setup: installing the locked packages", flush=True)
        _run(python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", "requirements.lock")
        dropped = sorted(_names(installed) - _names(lock))
        if dropped:
            _run(python, "-m", "pip", "uninstall", "--quiet", "--yes", *dropped)
        lock_stamp.write_text(lock, encoding="utf-8")
    if _read(project_stamp) != project:
        print("setup: installing the project itself (editable)", flush=True)
        _run(python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "-e", ".")
        project_stamp.write_text(project, encoding="utf-8")


def _digest_of_project() -> str:
    """A digest of the parts of pyproject.toml that an installation depends on; settings of linters are none of them."""
    import tomllib  # not at the top: an older Python must get as far as the message about its version

    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    parts = (settings["build-system"], settings["project"], settings["tool"]["hatch"])
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _names(lock: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _run(*command: str | Path) -> None:
    subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    sys.exit(main())
