"""A real Airflow in a virtual environment of the cache, as ``tools/airflow`` pins it (250 MB; seconds with uv).

``python -m tests.bootstrapper.airflows`` makes it ahead of time and prints its folder.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from stargit import resources
from tests.bootstrapper.programs import made_once

_LOCK = Path(__file__).resolve().parents[2] / "tools" / "airflow" / "requirements.lock"
_UV = Path(sys.executable).parent / "uv"


def environment() -> Path:
    """The folder of a virtual environment with Airflow."""
    digest = hashlib.sha256(f"{sys.version}\n{_LOCK.read_text(encoding='utf-8')}".encode()).hexdigest()[:12]
    folder = resources.cache_folder() / "airflow" / digest
    with made_once(folder) as new:
        if new is not None:
            quiet = ("--quiet", "--no-config")
            subprocess.run([_UV, "venv", *quiet, "--python", sys.executable, "--allow-existing", new], check=True)
            install: list[str | Path] = [
                _UV,
                "pip",
                "install",
                *quiet,
                "--python",
                new / "bin/python",
                "--require-hashes",
                "-r",
                _LOCK,
            ]
            subprocess.run(install, check=True)
    return folder


def airflow(*arguments: str, home: Path, settings: Mapping[str, str]) -> str:
    """What ``airflow ...`` writes; it must work."""
    return python("-m", "airflow", *arguments, home=home, settings=settings)


def python(*arguments: str, home: Path, settings: Mapping[str, str]) -> str:
    """What Python of that environment writes; it must work."""
    env = {"PATH": "/usr/bin:/bin", **settings, "AIRFLOW_HOME": str(home), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
    done = subprocess.run(
        [environment() / "bin/python", *arguments], env=env, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, f"{' '.join(arguments)}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done.stdout


if __name__ == "__main__":
    sys.stdout.write(f"{environment()}\n")
