"""The `stargit` program as a person or a script meets it: help, exit codes, what is printed where."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import click
import pytest

from stargit.commands import COMMANDS
from stargit.commands.commander import COMMANDS as COMMANDER
from stargit.errors import guarded
from stargit.lazy import LazyGroup
from stargit.output import Output
from tests.stargit.sample_commands import ENTRIES


def stargit(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The installed program, in a process of its own."""
    program = Path(sys.executable).with_name("stargit")
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False)


def sample(*arguments: str) -> int:
    """The frame around the sample commands; the exit code."""
    output = Output()
    group = LazyGroup("sample", entries=ENTRIES)
    return guarded(lambda: group.main(list(arguments), prog_name="sample", standalone_mode=False, obj=output), output)


def test_version_and_help_are_fine() -> None:
    shown = stargit("--version")
    assert (shown.returncode, shown.stdout, shown.stderr) == (0, f"stargit {version('stargit')}\n", "")
    for option in ("--help", "-h"):
        shown = stargit(option)
        assert shown.returncode == 0
        assert shown.stdout.startswith("Usage: stargit [OPTIONS] COMMAND")
        assert "Exit codes: 0 all is well" in shown.stdout
        assert "\n    stargit render\n" in shown.stdout


def test_help_imports_nothing_slow() -> None:
    code = "import sys, stargit.__main__ as m; m.main(['--help']); print(*sys.modules, file=sys.stderr)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(shown.stderr.split())
    slow = {"rich", "pydantic", "jinja2", "yaml", "ruamel.yaml", "orjson", "jsonschema", "subprocess", "asyncio"}
    assert loaded & slow == set()
    ours = {name.removeprefix("generator.") for name in loaded if name.startswith("generator.")}
    assert ours == {"errors", "derived", "derived.code", "derived.sealed", "derived.store"}


def test_every_command_is_as_the_table_says() -> None:
    for entry in (*COMMANDS, *COMMANDER):
        command = entry.load()
        assert command.name == entry.name
        assert (command.help or "").splitlines()[0] == entry.summary
        for leaf in leaves(command):
            assert "--output" in {text for parameter in leaf.params for text in parameter.opts}, leaf.name


def test_every_command_of_commander_shows_an_example() -> None:
    for entry in COMMANDER:
        assert f"stargit commander {entry.name}" in (entry.load().epilog or ""), entry.name


def leaves(command: click.Command) -> list[click.Command]:
    if not isinstance(command, click.Group):
        return [command]
    return [leaf for inner in command.commands.values() for leaf in leaves(inner)]


def test_help_lists_commands_without_importing_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert sample("--help") == 0
    shown = capsys.readouterr().out
    listed = [line.split()[0] for line in shown.partition("Commands:\n")[2].splitlines()]
    assert listed == [entry.name for entry in ENTRIES]
    assert "Never imported unless called." in shown


def test_result_for_people_and_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    assert sample("fine") == 0
    assert capsys.readouterr() == ("a result\n", "a note\n")
    assert sample("fine", "--output", "json") == 0
    out, err = capsys.readouterr()
    assert json.loads(out) == {"result": "a", "names": ["a", "b"]}
    assert err == ""


def test_output_form_from_the_environment(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STARGIT_OUTPUT", "json")
    assert sample("wrong") == 1
    assert len(json.loads(capsys.readouterr().out)) == 2


def test_problems_are_all_told_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert sample("wrong", "--times", "2") == 1
    assert capsys.readouterr() == (
        "half a result\n",
        "a.yaml:2:3: spec.replics: unknown field 'replics'\n"
        "  hint: did you mean 'replicas'?\n"
        "b.yaml:3:15: spec.replicas: 'fuor' is no integer\n"
        "  allowed: an integer >= 0\n"
        "2 problems\n",
    )


def test_problems_for_machines_are_one_json_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert sample("wrong", "--output", "json") == 1
    out, err = capsys.readouterr()
    assert [(problem["file"], problem["line"], problem["path"]) for problem in json.loads(out)] == [
        ("a.yaml", 2, "spec.replics"),
        ("b.yaml", 3, "spec.replicas"),
    ]
    assert err == ""


def test_a_command_may_find_against_the_input() -> None:
    assert sample("different") == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["fien"], "No such command 'fien'. Did you mean 'fine'?"),
        (["fine", "--outptu", "json"], "No such option '--outptu'. Did you mean '--output'?"),
        (["wrong", "--times", "many"], "'many' is not a valid integer"),
        (["group", "outer"], "No such command 'outer'"),
        ([], "Usage: sample"),
    ],
)
def test_a_wrong_command_line_is_two(arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert sample(*arguments) == 2
    out, err = capsys.readouterr()
    assert told in err
    assert out == ""


def test_a_command_of_a_group(capsys: pytest.CaptureFixture[str]) -> None:
    assert sample("group", "inner") == 0
    assert capsys.readouterr().out == "inside\n"


def test_a_defect_is_told_as_one_and_logged_without_secrets(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STARGIT_CACHE", str(tmp_path))
    assert sample("broken") == 3
    out, err = capsys.readouterr()
    (log,) = (tmp_path / "logs").iterdir()
    assert out == ""
    assert err == (
        f"stargit: this is a defect of Stargit {version('stargit')}, not of your input: KeyError: 'shape\\x1b[31m'\n"
        f"  Where it happened is written in {log}; please add that file to your report.\n"
    )
    text = log.read_text(encoding="utf-8")
    assert text.startswith(f"Stargit {version('stargit')}, Python ")
    assert "sample_commands.py" in text
    assert "in broken" in text
    assert log.stat().st_mode & 0o077 == 0


def test_a_defect_is_shown_where_no_log_can_be_written(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("STARGIT_CACHE", str(tmp_path / "file"))
    assert sample("broken") == 3
    err = capsys.readouterr().err
    assert "No log could be written" in err
    assert "in broken" in err


def test_what_the_machine_refuses_is_no_defect(capsys: pytest.CaptureFixture[str]) -> None:
    assert sample("written", "/dev/full") == 1
    assert "No space left on device" in capsys.readouterr().err


def test_an_interrupt_is_130(capsys: pytest.CaptureFixture[str]) -> None:
    assert sample("interrupted") == 130
    assert capsys.readouterr().err.strip() == "stargit: interrupted"


def test_a_reader_that_goes_away_is_no_error() -> None:
    code = "import sys; from tests.stargit.test_entry_point import sample; sys.exit(sample('endless'))"
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as nobody:
        done = subprocess.run([sys.executable, "-c", code], stdout=nobody, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (141, b"")
