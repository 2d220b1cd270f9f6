"""Folders that nobody should have made: they are refused with a reason, and nothing outside of them is read."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from generator.desired import Limits, load_work_tree, read_files
from generator.errors import ProblemsError
from tests.desired.repositories import DEPLOYMENT, DEPLOYMENT_FILE, ENVIRONMENT_FILE, PLAIN, WORKSPACE_FILE, write

FOLDER = DEPLOYMENT_FILE.rpartition("/")[0]


def told(repository: Path) -> list[str]:
    """What is wrong with the repository."""
    try:
        return [str(problem) for problem in load_work_tree(repository).problems]
    except ProblemsError as error:
        return [str(problem) for problem in error.problems]


def test_files_come_sorted_and_as_bytes(tmp_path: Path) -> None:
    write(
        tmp_path, {**PLAIN, "environments/dev/README.md": "# Dev", "environments/.git/x.yaml": "x", "other.yaml": "x"}
    )
    files, problems = read_files(tmp_path)
    assert (list(files), problems) == ([ENVIRONMENT_FILE, DEPLOYMENT_FILE, WORKSPACE_FILE], [])
    assert files[DEPLOYMENT_FILE] == DEPLOYMENT.encode()


def test_link_to_a_file(tmp_path: Path) -> None:
    write(tmp_path / "outside", {"secret.yaml": "password: hunter2\n"})
    repository = write(tmp_path / "repository", PLAIN)
    (repository / FOLDER / "other.yaml").symlink_to(tmp_path / "outside" / "secret.yaml")
    (repository / FOLDER / "README.md").symlink_to(tmp_path / "nowhere")
    assert told(repository) == [
        f"{FOLDER}/other.yaml: is a symbolic link\n  allowed: a regular file\n  hint: put the file itself here"
    ]


def test_link_to_a_folder(tmp_path: Path) -> None:
    write(tmp_path / "outside", {"workspace.yaml": "apiVersion: stargit.dev/v1\nkind: Workspace\n"})
    repository = write(tmp_path / "repository", PLAIN)
    (repository / "environments/dev/workspaces/other").symlink_to(tmp_path / "outside")
    (repository / "environments/loop").symlink_to(repository / "environments")
    assert told(repository) == [
        f"environments/{path}: is a symbolic link\n  allowed: a folder\n  hint: put the folder itself here"
        for path in ("dev/workspaces/other", "loop")
    ]


def test_environments_that_is_no_folder(tmp_path: Path) -> None:
    allowed = f"\n  allowed: a folder with one folder for each environment\n  hint: in {tmp_path}"
    proposed = "; 'stargit init' makes a first one, --repository names another folder"
    assert told(tmp_path) == [f"environments: is missing{allowed}{proposed}"]
    (tmp_path / "environments").write_text("")
    assert told(tmp_path) == [f"environments: is no folder{allowed}"]
    (tmp_path / "environments").unlink()
    write(tmp_path / "outside", PLAIN)
    (tmp_path / "environments").symlink_to(tmp_path / "outside" / "environments")
    assert told(tmp_path) == [f"environments: is a symbolic link{allowed}"]


def test_what_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, PLAIN)
    monkeypatch.chdir(tmp_path / FOLDER)
    os.mkfifo("pipe.yaml")
    Path("folder.yaml").mkdir()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.yaml")
        assert told(tmp_path) == [
            f"{FOLDER}/folder.yaml: is a folder\n  allowed: a regular file",
            f"{FOLDER}/pipe.yaml: is a device or pipe\n  allowed: a regular file",
            f"{FOLDER}/socket.yaml: is a device or pipe\n  allowed: a regular file",
        ]


def test_file_of_ten_megabytes(tmp_path: Path) -> None:
    write(tmp_path, {**PLAIN, DEPLOYMENT_FILE: DEPLOYMENT + "description: |\n" + "  text text text\n" * 650_000})
    assert told(tmp_path) == [
        f"{DEPLOYMENT_FILE}: is larger than 1,048,576 bytes\n  hint: is this a file for Stargit at all?"
    ]


def test_deeply_nested_values(tmp_path: Path) -> None:
    write(tmp_path, {**PLAIN, DEPLOYMENT_FILE: f"{DEPLOYMENT}values: {'[' * 5000}\n"})
    assert told(tmp_path) == [f"{DEPLOYMENT_FILE}:3:72: maps and lists nested more than 64 deep"]


def test_aliases_that_explode(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    write(tmp_path, {**PLAIN, DEPLOYMENT_FILE: "\n".join(lines)})
    (message,) = told(tmp_path)
    assert message.startswith(f"{DEPLOYMENT_FILE}:")
    assert "aliases make" in message


def test_very_many_folders_below_each_other(tmp_path: Path) -> None:
    write(tmp_path, PLAIN)
    (tmp_path / FOLDER / "a/b/c").mkdir(parents=True)
    assert told(tmp_path) == [f"{FOLDER}/a/b: is too deep\n  allowed: no folders under deployments/"]


def test_names_that_a_terminal_would_obey(tmp_path: Path) -> None:
    write(tmp_path, PLAIN)
    for name in (b"\x1b[2J.yaml", b"two\nlines.yaml", b"\xff.yaml", "\u202efdp.yaml".encode()):
        (tmp_path / FOLDER / os.fsdecode(name)).touch()
    assert told(tmp_path) == [
        f"{FOLDER}/{name}: has characters in its name that are not allowed"
        for name in (r"\x1b[2J.yaml", r"two\nlines.yaml", r"\u202efdp.yaml", r"\xff.yaml")
    ]


def test_unreadable_file_and_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is unreadable to root, so the system's answer is put in here."""
    write(tmp_path, PLAIN)
    real_open, real_scan = os.open, os.scandir

    def refusing_open(path: str | Path, flags: int) -> int:
        if str(path).endswith("daily.yaml"):
            raise PermissionError(13, "Permission denied", str(path))
        return real_open(path, flags)

    def refusing_scan(path: str | Path) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return real_scan(path)

    (tmp_path / "environments/closed").mkdir()
    monkeypatch.setattr(os, "open", refusing_open)
    monkeypatch.setattr(os, "scandir", refusing_scan)
    assert told(tmp_path) == [
        "environments/closed: cannot be read: Permission denied",
        f"{DEPLOYMENT_FILE}: cannot be read: Permission denied",
    ]


@pytest.mark.parametrize("limits", [Limits(files=2), Limits(all_bytes=100)])
def test_more_than_is_read(tmp_path: Path, limits: Limits) -> None:
    write(tmp_path, PLAIN)
    with pytest.raises(ProblemsError) as caught:
        read_files(tmp_path, limits)
    assert str(caught.value) == (
        f"environments: has too many files\n  allowed: {limits.files} files, {limits.all_bytes} bytes"
    )
