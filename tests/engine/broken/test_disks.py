"""A disk that is full, whenever that shows, and the real program with repositories that are broken."""

from __future__ import annotations

import contextlib
import errno
import io
import itertools
import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from generator.worktree import STAGING
from stargit.__main__ import main
from tests.desired.repositories import DEPLOYMENT, DEPLOYMENT_FILE, PLAIN
from tests.engine.broken.repositories import Broken, build, everything, whole
from tests.engine.broken.test_places import TABLE as PLACES
from tests.engine.broken.test_rendered import TABLE as RENDERED
from tests.engine.broken.test_text import TABLE as TEXT
from tests.engine.fleets import with_fault

NEW = Broken({**PLAIN, DEPLOYMENT_FILE.replace("daily", "hourly"): DEPLOYMENT}, "")


def _full() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.slow
def test_a_disk_that_is_full_at_any_moment(tmp_path: Path) -> None:
    repository = build(NEW, tmp_path)
    before = everything(repository)
    told = tmp_path / "told.json"

    def render() -> None:
        text = io.StringIO()
        with contextlib.redirect_stderr(text), contextlib.redirect_stdout(io.StringIO()):
            code = main(["render", "--no-cache", "--repository", str(repository)])
        told.write_text(json.dumps([code, text.getvalue()]))

    messages: dict[str, int] = {}
    for at in itertools.count(1):
        assert with_fault(render, at, _full) == 0
        code, text = json.loads(told.read_text())
        if code == 0:
            break
        assert everything(repository) == before
        messages[text] = messages.get(text, 0) + 1
    assert messages.keys() == {
        "rendered: cannot be written: No space left on device\n"
        "  hint: nothing was changed; make room on the disk, and try again\n"
        "1 problem\n"
    }
    assert at > 20
    # What is left of the last run that failed is removed by the next that does not.
    assert main(["render", "--repository", str(repository)]) == 0
    assert not (repository / STAGING).exists()


@pytest.mark.parametrize(
    "name", ["UTF-16 from an editor of Windows", "aliases that explode", "a link to itself", "a file of somebody"]
)
@pytest.mark.slow
def test_the_installed_program(name: str, tmp_path: Path) -> None:
    broken = {**TEXT, **PLACES, **RENDERED}[name]
    repository = build(broken, tmp_path)
    before = everything(repository)
    program = Path(sys.executable).with_name("stargit")
    done = subprocess.run([program, "render"], cwd=repository, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", whole(broken.message))
    assert everything(repository) == before


@pytest.mark.slow
def test_no_file_may_grow(tmp_path: Path) -> None:
    """A limit of the system, which Python is told by itself, without anything put in its place."""
    repository = build(NEW, tmp_path)
    before = everything(repository)
    done = subprocess.run(
        [Path(sys.executable).with_name("stargit"), "render", "--no-cache"],
        cwd=repository,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1, 1)),
    )
    message = "rendered: cannot be written: File too large\n  hint: nothing was changed\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", whole(message))
    assert everything(repository) == before
