"""What follows from the code is made once for each code, and never taken from where others can write."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.airflow.chart import airflow_chart
from generator.derived import code_digest, derived, keep_in, store
from generator.dialect import ChartProgram, Release
from generator.errors import Problem, ProblemsError


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Path]:
    keep_in(tmp_path)
    yield tmp_path
    keep_in(None)


class Maker:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> dict[str, int]:
        self.calls += 1
        return {"made": self.calls}


def kept(cache: Path) -> list[str]:
    return sorted(path.relative_to(cache).as_posix() for path in cache.rglob("*") if path.is_file())


def test_made_once_and_kept_by_the_digest_of_the_code(cache: Path) -> None:
    make = Maker()
    assert [derived("x", make), derived("x", make)] == [{"made": 1}, {"made": 1}]
    assert derived("y", make) == {"made": 2}
    assert kept(cache) == [f"derived/{code_digest()}/{name}.json" for name in "xy"]


def test_by_default_nothing_is_kept() -> None:
    make = Maker()
    assert [derived("x", make), derived("x", make)] == [{"made": 1}, {"made": 2}]


def test_another_code_has_its_own(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make = Maker()
    for code in ("a", "b", "a"):
        monkeypatch.setattr(store, "code_digest", lambda code=code: code)
        derived("x", make)
    assert make.calls == 2


def test_only_the_last_versions_are_kept(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(7):
        monkeypatch.setattr(store, "code_digest", lambda number=number: f"code-{number}")
        derived("x", Maker())
        os.utime(cache / f"derived/code-{number}", ns=(number, number))
    assert kept(cache) == [f"derived/code-{number}/x.json" for number in (3, 4, 5, 6)]


@pytest.mark.parametrize("spoilt", [b"", b"{", b"\xff", b"null", b"{}", b'{"made": 7}', b'["", {}]', None])
def test_a_spoilt_file_is_made_anew(cache: Path, spoilt: bytes | None) -> None:
    make = Maker()
    derived("x", make)
    file = cache / kept(cache)[0]
    file.unlink()
    if spoilt is None:
        file.mkdir()  # can't be read, nor replaced: made every time
    else:
        file.write_bytes(spoilt)
    assert derived("x", make) == {"made": 2}
    assert derived("x", make) == {"made": 3 if spoilt is None else 2}


def test_a_folder_that_others_may_write_to_is_not_obeyed(cache: Path) -> None:
    make = Maker()
    derived("x", make)
    (cache / "derived").chmod(0o777)
    assert [derived("x", make), derived("x", make)] == [{"made": 2}, {"made": 3}]


def test_a_folder_that_cannot_be_made_costs_time_only(tmp_path: Path, cache: Path) -> None:
    (tmp_path / "file").touch()
    keep_in(tmp_path / "file")
    make = Maker()
    assert [derived("x", make), derived("x", make)] == [{"made": 1}, {"made": 2}]


def test_what_is_wrong_is_told_every_time(cache: Path) -> None:
    def wrong() -> None:
        raise ProblemsError([Problem("a template is wrong")])

    for _ in range(2):
        with pytest.raises(ProblemsError, match="a template is wrong"):
            derived("x", wrong)
    assert kept(cache) == []


def test_a_kept_program_renders_the_same() -> None:
    fresh = airflow_chart().compiled.program
    again = ChartProgram(fresh.source, fresh.constants, fresh.files, fresh.reads)
    chart, release = airflow_chart(), Release("demo", "airflow-demo")
    values = chart.effective({"executor": "CeleryExecutor"})
    assert again.render(values, release) == fresh.render(values, release)


@pytest.mark.slow
def test_the_command_keeps_the_chart_and_a_second_run_takes_it(tmp_path: Path) -> None:
    program, sample = Path(sys.executable).with_name("stargit"), Path(__file__).parents[2]
    command = [str(program), "validate", "--repository", str(sample)]
    environment = {**os.environ, "STARGIT_CACHE": str(tmp_path)}
    first, second = (
        subprocess.run(command, env=environment, capture_output=True, text=True, check=True) for _ in range(2)
    )
    assert first.stdout == second.stdout
    names = {Path(path).name for path in kept(tmp_path) if path.startswith("derived/")}
    assert names >= {"airflow-program.json", "airflow-schema.json", "checking-Deployment.json"}
