# ruff: noqa: E501  (messages stand as they are printed)
"""Something is in the place of rendered state."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.worktree import STAGING
from tests.desired.repositories import DEPLOYMENT, DEPLOYMENT_FILE, PLAIN, write
from tests.engine.broken.repositories import Broken, check

HOURLY = DEPLOYMENT_FILE.replace("daily", "hourly")
MORE = {**PLAIN, HOURLY: DEPLOYMENT}
PLACE = "rendered/dev/workspaces/etl/hourly"


def _instead_of_rendered(make: Callable[[Path], object]) -> Callable[[Path], object]:
    def replace(repository: Path) -> None:
        shutil.rmtree(repository / "rendered")
        make(repository)

    return replace


TABLE = {
    "a file that is called rendered": Broken(
        PLAIN,
        """\
        rendered: is no folder
          allowed: a folder that Stargit writes to
          hint: remove it, or move it elsewhere; Stargit makes the folder
        """,
        _instead_of_rendered(lambda repository: (repository / "rendered").write_text("mine")),
    ),
    "rendered that leads elsewhere": Broken(
        PLAIN,
        """\
        rendered: is a symbolic link
          allowed: a folder that Stargit writes to
          hint: remove it, or move it elsewhere; Stargit makes the folder
        """,
        _instead_of_rendered(
            lambda repository: (repository / "rendered").symlink_to(
                write(repository.parent / "outside", {"a.yaml": "mine"})
            )
        ),
    ),
    "rendered that leads nowhere": Broken(
        PLAIN,
        """\
        rendered: is a symbolic link
          allowed: a folder that Stargit writes to
          hint: remove it, or move it elsewhere; Stargit makes the folder
        """,
        _instead_of_rendered(lambda repository: (repository / "rendered").symlink_to("nowhere")),
    ),
    "a pipe that is called rendered": Broken(
        PLAIN,
        """\
        rendered: is no folder
          allowed: a folder that Stargit writes to
          hint: remove it, or move it elsewhere; Stargit makes the folder
        """,
        _instead_of_rendered(lambda repository: os.mkfifo(repository / "rendered")),
    ),
    "a file of somebody": Broken(
        {**MORE, f"{PLACE}/namespace.yaml": "kind: Namespace\n"},
        """\
        rendered/dev/workspaces/etl/hourly/namespace.yaml: is in the place of a file that Stargit writes, and Stargit did not write it
          hint: move it elsewhere or delete it
        """,
    ),
    "an empty file": Broken(
        {**MORE, f"{PLACE}/namespace.yaml": ""},
        """\
        rendered/dev/workspaces/etl/hourly/namespace.yaml: is in the place of a file that Stargit writes, and Stargit did not write it
          hint: move it elsewhere or delete it
        """,
    ),
    "files of somebody, many": Broken(
        {**MORE, f"{PLACE}/namespace.yaml": "a", "rendered/dev/values/etl/hourly.yaml": "b"},
        """\
        rendered/dev/values/etl/hourly.yaml: is in the place of a file that Stargit writes, and Stargit did not write it
          hint: move it elsewhere or delete it
        rendered/dev/workspaces/etl/hourly/namespace.yaml: is in the place of a file that Stargit writes, and Stargit did not write it
          hint: move it elsewhere or delete it
        """,
    ),
    "a rendered file without its head": Broken(
        {
            **PLAIN,
            DEPLOYMENT_FILE: DEPLOYMENT + "label: New\n",
            "rendered/dev/workspaces/etl/daily/namespace.yaml": "apiVersion: v1\nkind: Namespace\n",
        },
        """\
        rendered/dev/workspaces/etl/daily/namespace.yaml: is in the place of a file that Stargit writes, and Stargit did not write it
          hint: move it elsewhere or delete it
        """,
    ),
    "a file where a folder is needed": Broken(
        {**MORE, PLACE: "mine"},
        """\
        rendered/dev/workspaces/etl/hourly: is a file, and Stargit needs a folder of this name
          hint: remove it
        """,
    ),
    "a folder where a file is needed": Broken(
        {**MORE, f"{PLACE}/namespace.yaml/x": "mine"},
        """\
        rendered/dev/workspaces/etl/hourly/namespace.yaml: is a folder, and Stargit writes a file of this name
          hint: remove it
        """,
    ),
    "a link where a folder is needed": Broken(
        MORE,
        """\
        rendered/dev/workspaces/etl/hourly: is a symbolic link, and Stargit writes there
          hint: remove it
        """,
        lambda repository: (repository / PLACE).symlink_to(
            write(repository.parent / "outside", {"namespace.yaml": "mine"})
        ),
    ),
    "a link where a file is needed": Broken(
        {**MORE, f"{PLACE}/README.md": "x"},
        """\
        rendered/dev/workspaces/etl/hourly/namespace.yaml: is a symbolic link, and Stargit writes there
          hint: remove it
        """,
        lambda repository: (repository / PLACE / "namespace.yaml").symlink_to("/etc/passwd"),
    ),
    "a pipe where a file is needed": Broken(
        {**MORE, f"{PLACE}/README.md": "x"},
        """\
        rendered/dev/workspaces/etl/hourly/namespace.yaml: is a device or pipe, and Stargit writes there
          hint: remove it
        """,
        lambda repository: os.mkfifo(repository / PLACE / "namespace.yaml"),
    ),
    "a file where the new state is made": Broken(
        {**MORE, STAGING: "mine"},
        """\
        .stargit-rendering: is no folder, and Stargit makes one of this name
          hint: remove it
        """,
    ),
    "a pipe where the new state is made": Broken(
        MORE,
        """\
        .stargit-rendering: is no folder, and Stargit makes one of this name
          hint: remove it
        """,
        lambda repository: os.mkfifo(repository / STAGING),
    ),
}


@pytest.mark.parametrize("name", TABLE)
def test_rendered(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(TABLE[name], tmp_path, capsys)
