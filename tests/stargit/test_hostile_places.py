"""The program where the machine refuses: full disks, closed streams, paths that are none. Never a traceback."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from stargit.errors import guarded
from stargit.output import Output
from tests.stargit.test_entry_point import sample, stargit


def through_a_shell(line: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A line of a shell in which ``sample`` is the program of sample commands and ``stargit`` the real one."""
    code = "import sys; from tests.stargit.test_entry_point import sample; sys.exit(sample(*sys.argv[1:]))"
    program = Path(sys.executable).with_name("stargit")
    text = f'sample() {{ "{sys.executable}" -c "{code}" "$@"; }}\nstargit() {{ "{program}" "$@"; }}\n{line}'
    return subprocess.run(
        ["/bin/sh", "-c", text],
        env={**os.environ, "STARGIT_CACHE": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("sample fine >/dev/full", 1),
        ("sample fine --output json >/dev/full", 1),
        ("sample wrong --output json >/dev/full", 1),
        ("sample endless >/dev/full", 1),
        ("sample wrong 2>/dev/full", 1),
        ("sample wrong --output json >/dev/full 2>/dev/full", 1),
        ("sample broken 2>/dev/full", 3),
        ("sample fine >&-", 0),
        ("sample fine >&- 2>&-", 0),
        ("sample wrong >&- 2>&-", 1),
        ("sample wrong --output json >&-", 1),
    ],
)
def test_streams_that_take_no_words(line: str, code: int, tmp_path: Path) -> None:
    done = through_a_shell(line, tmp_path)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr
    assert ("defect" in done.stderr) == (code == 3 and "2>" not in line)
    if ">/dev/full" in line.replace("2>", ""):
        assert "2>" in line or "stargit: the output can't be written" in done.stderr or "No space" in done.stderr


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/proc/x", "/proc/x: No such file or directory\n  hint: name another path"),
        ("/dev/null/x", "/dev/null/x: Not a directory\n  hint: name another path"),
        ("/tmp/" + "x" * 300, "x: File name too long\n  hint: name another path"),
        ("/tmp", "/tmp: Is a directory\n  hint: name another path"),
    ],
)
def test_a_path_that_is_no_place_is_told_with_what_to_do(
    path: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sample("written", path) == 1
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["chart", "template", "airflow", "--name", "a", "--namespace", "b", "--values", "/proc/self/mem"],
        ["import", "/proc/self/mem", "--to", "dev/data-science/daily", "--dry-run"],
    ],
)
def test_a_file_that_cannot_be_read_is_named(arguments: list[str]) -> None:
    """Its first byte is at no address, which the system tells without the file's name."""
    done = stargit(*arguments)
    assert done.returncode == 1
    assert "/proc/self/mem: Input/output error\n  hint: see to the machine, and try again\n1 problem\n" in done.stderr


@pytest.mark.parametrize(
    ("path", "hint"),
    [("/proc/1/no-such-file", "name a path that you may write to"), ("locked", "name a path that you may read")],
)
def test_missing_rights_are_told_by_what_they_are_for(
    path: str, hint: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """What is there and can't be looked into is to be read; the error itself does not tell what was wanted."""
    if path == "locked":
        path = str(tmp_path / path)
        Path(path).symlink_to("nothing")

    def command() -> None:
        raise PermissionError(errno.EACCES, "Permission denied", path)

    assert guarded(command, Output()) == 1
    assert capsys.readouterr().err == f"{path}: Permission denied\n  hint: {hint}\n1 problem\n"


@pytest.mark.parametrize("folder", ["/proc/x", "/dev/null/x"])
@pytest.mark.parametrize("form", [[], ["--package"]])
def test_a_chart_is_not_built_where_nothing_can_be(folder: str, form: list[str]) -> None:
    done = stargit("chart", "build", "airflow", "--to", folder, *form, "--output", "json")
    assert done.returncode == 1
    (problem,) = json.loads(done.stdout)
    assert (problem["file"], problem["hint"]) == (folder, "name another path")


def test_a_cache_that_cannot_be_written_is_told_with_what_to_set(tmp_path: Path) -> None:
    line = "stargit chart template airflow --name a --namespace b --engine helm"
    done = through_a_shell(line, tmp_path, STARGIT_CACHE="", XDG_CACHE_HOME="/proc/nope", HOME="/nonexistent")
    assert done.returncode == 1
    assert done.stderr == (
        "/proc/nope: No such file or directory\n"
        "  hint: set STARGIT_CACHE to a folder that you may write to\n"
        "1 problem\n"
    )


def test_a_file_of_stargit_that_is_missing_is_a_defect(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STARGIT_CACHE", str(tmp_path))
    own = Path(sys.modules["stargit.errors"].__file__ or "").with_name("gone.txt")
    assert guarded(own.read_text, Output()) == 3
    assert "defect of Stargit" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["validate", "--repository", "/nowhere"], "Directory '/nowhere' does not exist"),
        (["validate", "--nothing"], "No such option '--nothing'"),
        (["chart", "nothing"], "No such command 'nothing'"),
        (["nothing"], "No such command 'nothing'"),
        (["chart", "template", "airflow", "--name", "A", "--namespace", "b"], "'A' is not allowed"),
    ],
)
def test_a_wrong_command_line_is_one_document_for_machines(arguments: list[str], message: str) -> None:
    done = stargit(*arguments, "--output", "json")
    assert (done.returncode, done.stderr) == (2, "")
    (problem,) = json.loads(done.stdout)
    assert message in problem["message"]
    assert problem["hint"].startswith("see 'stargit")


def test_a_defect_is_one_document_for_machines(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STARGIT_CACHE", str(tmp_path))
    assert sample("broken", "--output", "json") == 3
    out, err = capsys.readouterr()
    (problem,) = json.loads(out)
    assert "this is a defect of Stargit" in problem["message"]
    assert "Where it happened is written in" in err


NO_TEXT = os.fsdecode(b"caf\xe9")  # a name in Latin-1, as it comes from an old disk


def small_repository(tmp_path: Path) -> Path:
    """A repository with one deployment, in a folder whose name is no text."""
    folder = tmp_path / NO_TEXT
    assert stargit("init", str(folder), "--deployment", "daily").returncode == 0
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(("form", "shown"), [("text", "caf\\xe9"), ("json", "caf\\\\xe9")])
@pytest.mark.parametrize("encoding", ["utf-8:strict", "ascii:strict"])
def test_names_that_are_no_text_are_spelled_out(form: str, shown: str, encoding: str, tmp_path: Path) -> None:
    folder = small_repository(tmp_path)
    for line, code in (
        (f"stargit chart build airflow --to '{folder}/charts'", 0),
        (f"stargit import '{folder}/.gitignore' --to dev/team/a --repository '{folder}'", 1),
        (f"stargit diff '{NO_TEXT}' --repository '{folder}'", 1),
    ):
        done = through_a_shell(f"{line} --output {form}", tmp_path, PYTHONIOENCODING=encoding)
        assert (done.returncode, "Traceback" in done.stderr) == (code, False), line
        assert shown in done.stdout + done.stderr
        if form == "json":
            json.loads(done.stdout)


@pytest.mark.slow
@pytest.mark.parametrize(
    "line",
    [
        "set dev/team/daily 'label=BAD'",
        "set dev/team/daily --text 'values.labels.\"BAD\"=x' label=a",
        "unset dev/team/daily 'values.env[name=BAD]'",
        "new deployment dev/team/other --airflow-version BAD",
        "new environment test --base-domain BAD",
    ],
)
def test_what_is_no_text_is_refused_where_text_belongs(line: str, tmp_path: Path) -> None:
    folder = small_repository(tmp_path)
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    done = through_a_shell(f"cd '{folder}' && stargit {line.replace('BAD', NO_TEXT)} --output json", tmp_path)
    assert done.returncode == 2
    (problem,) = json.loads(done.stdout)
    assert problem["message"].endswith("has bytes that are no UTF-8")
    assert {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()} == before


@pytest.mark.slow
@pytest.mark.parametrize("form", ["text", "json"])
def test_what_goes_into_a_file_is_utf_8_wherever_the_machine_is(form: str, tmp_path: Path) -> None:
    (tmp_path / "values.yaml").write_text("labels: {a: x}\nconfig: {core: {x: Bücher → 日本}}\n", encoding="utf-8")
    line = f"stargit chart template airflow --values {tmp_path}/values.yaml --name a --namespace b --output {form}"
    made = []
    for encoding in ("utf-8", "latin-1"):
        assert through_a_shell(f"{line} >{tmp_path}/made", tmp_path, PYTHONIOENCODING=encoding).returncode == 0
        made.append((tmp_path / "made").read_bytes())
    assert made[0].decode().count("Bücher → 日本")
    assert made == [made[0]] * 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "file"),
    [
        ("set dev/team/daily label=a", "environments/dev/workspaces/team/deployments/daily.yaml"),
        ("new deployment dev/team/other", "environments/dev/workspaces/team/deployments/other.yaml"),
        ("init elsewhere", "elsewhere/README.md"),
        ("chart build airflow --to .", "airflow"),
        ("chart build airflow --to . --package", "airflow-0.1.0.tgz"),
    ],
)
def test_a_file_that_cannot_be_written_to_its_end_is_told_and_not_left(line: str, file: str, tmp_path: Path) -> None:
    """As on a full disk; here it is a limit of the shell, which needs no disk."""
    folder = small_repository(tmp_path)
    before = {each: each.read_bytes() for each in folder.rglob("*") if each.is_file()}
    done = through_a_shell(f"cd '{folder}' && ulimit -f 0 && stargit {line}", tmp_path)
    assert (done.returncode, done.stderr) == (
        1, f"{file}: File too large\n  hint: see to the machine, and try again\n1 problem\n",
    )  # fmt: skip
    assert {each: each.read_bytes() for each in folder.rglob("*") if each.is_file()} == before
