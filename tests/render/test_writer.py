"""Writing of rendered state: all of it or nothing, each file whole at any time, and nothing of others is touched."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from generator.errors import ProblemsError
from generator.render import HEADER, Changes, compare, write
from tests.desired import repositories

OLD = {f"rendered/dev/{name}.yaml": f"{HEADER}old\n{name}: 1\n".encode() for name in "abcd"}
#: One as it was, one changed, one removed, two created, one of them in a folder of its own.
NEW = {
    "rendered/dev/a.yaml": OLD["rendered/dev/a.yaml"],
    "rendered/dev/b.yaml": f"{HEADER}new\nb: 2\n".encode(),
    "rendered/dev/c.yaml": f"{HEADER}new\nc: 2\n".encode(),
    "rendered/dev/e.yaml": f"{HEADER}new\ne: 2\n".encode(),
    "rendered/new/folder/f.yaml": f"{HEADER}new\nf: 2\n".encode(),
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return repositories.write(tmp_path, OLD)


def found(repository: Path) -> dict[str, bytes]:
    return {
        file.relative_to(repository).as_posix(): file.read_bytes()
        for file in (repository / "rendered").rglob("*")
        if file.is_file()
    }


def folders(repository: Path) -> list[str]:
    every = (repository / "rendered").rglob("*")
    return sorted(each.relative_to(repository).as_posix() for each in every if each.is_dir())


def test_what_is_written(repository: Path) -> None:
    changes = write(repository, NEW)
    assert changes == Changes(
        created=("rendered/dev/e.yaml", "rendered/new/folder/f.yaml"),
        changed=("rendered/dev/b.yaml", "rendered/dev/c.yaml"),
        removed=("rendered/dev/d.yaml",),
        unowned=(),
        unchanged=1,
    )
    assert (found(repository), folders(repository)) == (NEW, ["rendered/dev", "rendered/new", "rendered/new/folder"])


def test_what_a_killed_run_left_is_told_and_removed(repository: Path) -> None:
    repositories.write(repository, {"rendered/.stargit-writing/old-1": b"x"})
    unchanged = Changes((), (), ("rendered/.stargit-writing",), (), len(OLD))
    assert compare(repository, OLD) == unchanged
    write(repository, OLD)
    assert (found(repository), folders(repository)) == (OLD, ["rendered/dev"])


@pytest.mark.parametrize("run", [compare, write])
def test_file_where_new_files_are_made(repository: Path, run: Callable[..., Changes]) -> None:
    repositories.write(repository, {"rendered/.stargit-writing": b"x"})
    with pytest.raises(ProblemsError) as caught:
        run(repository, NEW)
    assert str(caught.value) == (
        "rendered/.stargit-writing: is a file, and Stargit needs a folder of this name\n  hint: remove it"
    )
    assert found(repository) == {**OLD, "rendered/.stargit-writing": b"x"}


def test_files_have_the_rights_of_any_new_file(repository: Path) -> None:
    write(repository, NEW)
    plain = repository / "plain"
    plain.touch()
    assert {(repository / path).stat().st_mode for path in NEW} == {plain.stat().st_mode}


def failing(real: Callable[..., Any], at: int, error: Callable[[Any], BaseException]) -> Callable[..., Any]:
    """The function, but its call number ``at`` raises."""
    calls = 0

    def called(*arguments: Any, **keywords: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == at:
            raise error(arguments)
        return real(*arguments, **keywords)

    return called


def disk_error(arguments: Any) -> OSError:
    return OSError(errno.EIO, "Input/output error", str(arguments[0]), None, str(arguments[1]))


@pytest.mark.parametrize("at", range(1, 5))
def test_failure_in_the_middle_puts_everything_back(repository: Path, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    monkeypatch.setattr(os, "replace", failing(os.replace, at, disk_error))
    with pytest.raises(ProblemsError) as caught:
        write(repository, NEW)
    path = ["rendered/dev/e.yaml", "rendered/new/folder/f.yaml", "rendered/dev/b.yaml", "rendered/dev/c.yaml"][at - 1]
    assert str(caught.value) == f"{path}: cannot be written: Input/output error\n  hint: nothing was changed"
    assert (found(repository), folders(repository)) == (OLD, ["rendered/dev"])


@pytest.mark.parametrize("at", range(1, 5))
def test_interruption_in_the_middle_puts_everything_back(
    repository: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    monkeypatch.setattr(os, "replace", failing(os.replace, at, lambda _: KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        write(repository, NEW)
    assert (found(repository), folders(repository)) == (OLD, ["rendered/dev"])


def test_failure_to_remove_puts_everything_back(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(arguments: Any) -> OSError:
        return PermissionError(errno.EACCES, "Permission denied", str(arguments[0]))

    monkeypatch.setattr(os, "unlink", failing(os.unlink, 1, refused))
    with pytest.raises(ProblemsError) as caught:
        write(repository, NEW)
    assert str(caught.value) == (
        "rendered/dev/d.yaml: cannot be written: Permission denied\n  hint: nothing was changed"
    )
    assert (found(repository), folders(repository)) == (OLD, ["rendered/dev"])


def test_disk_that_fails_for_good_leaves_every_file_whole(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.replace
    calls = 0

    def broken(source: Any, target: Any) -> None:
        nonlocal calls
        calls += 1
        if calls > 3:
            raise disk_error((source, target))
        real(source, target)

    monkeypatch.setattr(os, "replace", broken)
    with pytest.raises(ProblemsError) as caught:
        write(repository, NEW)
    assert str(caught.value) == (
        "rendered/dev/c.yaml: cannot be written: Input/output error\n"
        "  hint: these could not be put back, their old contents are in rendered/.stargit-writing:"
        " rendered/dev/c.yaml, rendered/dev/b.yaml"
    )
    for path in ("rendered/dev/a.yaml", "rendered/dev/c.yaml", "rendered/dev/d.yaml"):
        assert (repository / path).read_bytes() == OLD[path]
    assert (repository / "rendered/dev/b.yaml").read_bytes() == NEW["rendered/dev/b.yaml"]
    monkeypatch.undo()
    write(repository, NEW)
    assert found(repository) == NEW


def test_full_disk(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(file: Path, _data: bytes) -> int:
        with file.open("wb") as stream:
            stream.write(b"# Gen")
        raise OSError(errno.ENOSPC, "No space left on device", str(file))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ProblemsError) as caught:
        write(repository, NEW)
    assert str(caught.value) == "rendered: cannot be written: No space left on device\n  hint: nothing was changed"
    assert found(repository) == OLD


@pytest.mark.parametrize("at", range(1, 5))
def test_killed_process_leaves_every_file_whole_and_the_next_run_ends_it(repository: Path, at: int) -> None:
    program = dedent(f"""\
        import os, signal, sys
        from pathlib import Path
        from generator.render import write
        from tests.render.test_writer import NEW
        real, calls = os.replace, []
        def replace(*arguments):
            calls.append(arguments)
            if len(calls) == {at}:
                os.kill(os.getpid(), signal.SIGKILL)
            real(*arguments)
        os.replace = replace
        write(Path(sys.argv[1]), NEW)
        """)
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", program, str(repository)], cwd=root, check=False)
    assert done.returncode == -signal.SIGKILL
    left = {path: data for path, data in found(repository).items() if "/.stargit-writing/" not in path}
    assert all(data in (OLD.get(path), NEW.get(path)) for path, data in left.items())
    assert OLD.keys() <= left.keys()
    write(repository, NEW)
    assert found(repository) == NEW


def test_runs_at_the_same_time_wait_for_each_other(tmp_path: Path) -> None:
    program = dedent("""\
        import sys
        from pathlib import Path
        from generator.render import HEADER, write
        files = {f"rendered/{n}.yaml": f"{HEADER}{sys.argv[2]}\\n".encode() for n in range(100)}
        for _ in range(5):
            write(Path(sys.argv[1]), files)
        """)
    root = Path(__file__).parents[2]
    running = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path), name], cwd=root) for name in ("one", "two")
    ]
    assert [process.wait() for process in running] == [0, 0]
    assert len(set(found(tmp_path).values())) == 1
    assert len(found(tmp_path)) == 100


BLOCKED: dict[str, tuple[Callable[[Path], object], str]] = {
    "file of somebody else": (
        lambda root: (root / "rendered/dev/b.yaml").write_text("mine: 1\n"),
        "rendered/dev/b.yaml: is in the place of a file that Stargit writes, and Stargit did not write it\n"
        "  hint: move it elsewhere or delete it",
    ),
    "folder of the name": (
        lambda root: (root / "rendered/dev/e.yaml").mkdir(),
        "rendered/dev/e.yaml: is a folder, and Stargit writes a file of this name\n  hint: remove it",
    ),
    "file where a folder is needed": (
        lambda root: (root / "rendered/new").write_text(""),
        "rendered/new: is a file, and Stargit needs a folder of this name\n  hint: remove it",
    ),
    "link in the place of a file": (
        lambda root: (root / "rendered/dev/e.yaml").symlink_to(root / "outside"),
        "rendered/dev/e.yaml: is a symbolic link, and Stargit writes there\n  hint: remove it",
    ),
    "link in the place of a folder": (
        lambda root: (root / "rendered/new").symlink_to(root),
        "rendered/new: is a symbolic link, and Stargit writes there\n  hint: remove it",
    ),
}


@pytest.mark.parametrize("name", BLOCKED)
def test_something_in_the_way(repository: Path, name: str) -> None:
    block, message = BLOCKED[name]
    block(repository)
    before = found(repository)
    for attempt in (compare, write):
        with pytest.raises(ProblemsError) as caught:
            attempt(repository, NEW)
        assert str(caught.value) == message
    assert found(repository) == before


def test_rendered_that_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "rendered").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ProblemsError, match="rendered: is no folder"):
        write(tmp_path, NEW)
    assert list((tmp_path / "elsewhere").iterdir()) == []
    (tmp_path / "rendered").unlink()
    (tmp_path / "rendered").write_text("")
    with pytest.raises(ProblemsError, match="rendered: is no folder"):
        write(tmp_path, NEW)


def test_file_system_without_hard_links(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    monkeypatch.setattr(os, "replace", failing(os.replace, 4, disk_error))
    with pytest.raises(ProblemsError):
        write(repository, NEW)
    assert found(repository) == OLD
