"""What is said on a terminal and elsewhere."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from generator.errors import Position, Problem
from stargit.output import Output, harmless


def on_a_terminal(code: str, **environment: str) -> str:
    """What the code prints when its standard output and error are a terminal."""
    main, other = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", f"from tests.stargit.test_output import *\n{code}"],
        stdout=other, stderr=other, stdin=subprocess.DEVNULL, env={**os.environ, "TERM": "xterm", **environment},
    )  # fmt: skip
    os.close(other)
    parts = []
    try:
        while part := os.read(main, 65536):
            parts.append(part)
    except OSError:  # Linux tells the end of a terminal as an error
        pass
    os.close(main)
    assert process.wait() == 0, parts
    return b"".join(parts).decode().replace("\r\n", "\n")


def unstyled(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def show_problem(folder: str) -> None:
    output = Output()
    output.base = Path(folder)
    output.problems(
        [Problem("'fuor' is no integer", "a.yaml", Position(2, 9), "spec.n", allowed="an integer", hint="write 4")]
    )


def show_secret_problem(folder: str) -> None:
    output = Output()
    output.base = Path(folder)
    output.problems([Problem("(hidden) is a list", "a.yaml", Position(2, 3), "spec.password", secret=True)])


def test_the_line_of_a_secret_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("spec:\n  password: [hunter2]\n", encoding="utf-8")
    assert unstyled(on_a_terminal(f"show_secret_problem({str(tmp_path)!r})")) == (
        "a.yaml:2:3: spec.password: (hidden) is a list\n1 problem\n"
    )


def test_a_problem_on_a_terminal_shows_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("spec:\n  n: a [b] fuor\n", encoding="utf-8")
    assert unstyled(on_a_terminal(f"show_problem({str(tmp_path)!r})")) == (
        "a.yaml:2:9: spec.n: 'fuor' is no integer\n"
        "  2 |   n: a [b] fuor\n"
        "              ^\n"
        "  allowed: an integer\n"
        "  hint: write 4\n"
        "1 problem\n"
    )


def test_a_problem_in_a_file_that_is_gone_is_told_without_its_line(tmp_path: Path) -> None:
    shown = unstyled(on_a_terminal(f"show_problem({str(tmp_path)!r})"))
    assert shown.splitlines()[:2] == ["a.yaml:2:9: spec.n: 'fuor' is no integer", "  allowed: an integer"]


def test_colours_are_for_terminals_that_want_them(tmp_path: Path) -> None:
    show = f"show_problem({str(tmp_path)!r})"
    red = "\x1b[31m'fuor' is no integer"
    assert red in on_a_terminal(show, NO_COLOR="")
    assert red not in on_a_terminal(show, NO_COLOR="1")
    assert "\x1b[" not in on_a_terminal(show, NO_COLOR="", TERM="dumb")


def test_text_of_people_cannot_steer_the_terminal() -> None:
    assert harmless("a\x1b]0;title\x07b\u202ec\x9b\r\n\tüñ€") == "a\\x1b]0;title\\x07b\\u202ec\\x9b\\x0d\n\tüñ€"
    assert "\x1b" not in on_a_terminal(r"Output().line('\x1b[2J[red]', 'good')", NO_COLOR="1")
    assert "[red]" in on_a_terminal(r"Output().line('[red]', 'good')", NO_COLOR="1")


def test_a_table_is_aligned(capsys: pytest.CaptureFixture[str]) -> None:
    Output().table(["name", "where"], [["a", "x.yaml"], ["longer", ""]])
    assert capsys.readouterr().out == "name    where\na       x.yaml\nlonger\n"


def test_a_diff_is_coloured_on_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    diff = "--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n"
    Output().diff(diff)
    assert capsys.readouterr().out == diff
    assert on_a_terminal("Output().diff('-x\\n+y')", NO_COLOR="") == "\x1b[1;31m-x\x1b[0m\n\x1b[32m+y\x1b[0m\n"


def test_progress_is_a_line_at_every_tenth(capsys: pytest.CaptureFixture[str]) -> None:
    with Output().progress("rendering", 250) as advance:
        for _ in range(50):
            advance(5)
    lines = capsys.readouterr().err.splitlines()
    assert lines == [f"rendering: {done} of 250" for done in range(25, 251, 25)]


def test_progress_of_little_is_silent_and_so_is_it_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    machine = Output()
    machine.mode = "json"
    for output, total in ((Output(), 99), (machine, 1000)):
        with output.progress("rendering", total) as advance:
            advance(total)
    assert capsys.readouterr() == ("", "")


def test_progress_on_a_terminal_is_a_bar_that_goes_away() -> None:
    shown = on_a_terminal("with Output().progress('render [x]', 4) as advance: advance(3)")
    assert "render [x]" in shown
    assert "3/4" in shown
    assert shown.endswith("\x1b[2K")


def test_machines_get_nothing_but_the_document(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output()
    output.mode = "json"
    output.line("a")
    output.note("b")
    output.table(["c"], [["d"]])
    output.diff("-e")
    output.result([1])
    assert capsys.readouterr() == ("[\n  1\n]\n", "")
