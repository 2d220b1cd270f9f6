"""From which version there is a way to which."""

from __future__ import annotations

import pytest

from generator.airflow import RUNTIMES, SUPPORTED, airflow_of_runtime, upgrade_problem, upgrades


@pytest.mark.parametrize(
    ("old", "lines"),
    [
        ("2.6.3", ("2.7", "2.8", "2.9", "2.10", "2.11")),
        ("2.7.0", SUPPORTED),
        ("2.11.2", ("2.11", "3.0", "3.1", "3.2", "3.3")),
        ("3.3.2", ("3.3",)),
        ("9.0.0", tuple(RUNTIMES)),
        ("12.1.0", ("12", "13", "3.0", "3.1", "3.2", "3.3")),
        ("3.2-4", ("3.2", "3.3")),
        ("3.99.0", ()),
        ("nonsense", ()),
        ("", ()),
    ],
)
def test_lines_to_which_there_is_a_way(old: str, lines: tuple[str, ...]) -> None:
    assert upgrades(old) == lines


@pytest.mark.parametrize("old", ["2.6.3", "2.7.0", "2.10.4", "3.1.0", "3.1.0-rc1", "9.0.0", "12.1.0-base", "3.1-2"])
def test_lines_and_problems_agree(old: str) -> None:
    """The last patch of a line can be reached just when the line is told."""
    of_runtime = airflow_of_runtime(old) is not None
    for line in RUNTIMES if of_runtime else SUPPORTED:
        newest = f"{line}-999" if of_runtime and "." in line else f"{line}.99.99" if of_runtime else f"{line}.999"
        assert (upgrade_problem(old, newest) is None) == (line in upgrades(old)), newest


@pytest.mark.parametrize(
    "ordered",
    [
        ["2.9.9", "2.10.0-rc1", "2.10.0-rc2", "2.10.0", "2.10.1", "2.11.0", "3.0.0-beta1", "3.0.0", "3.1.0"],
        ["3.0.0-alpha.2", "3.0.0-alpha.10", "3.0.0-alpha.b"],
        ["9.8.0", "9.10.0", "10.0.0", "13.4.1", "3.0-1", "3.0-2", "3.0-10", "3.1-1"],
    ],
)
def test_later_versions_are_reached_and_earlier_ones_are_not(ordered: list[str]) -> None:
    for number, old in enumerate(ordered):
        for other, new in enumerate(ordered):
            problem = upgrade_problem(old, new)
            assert (problem is None) == (number < other), (old, new)
            if number > other:
                assert problem is not None
                assert problem.message == f"{new} is older than {old}, which it has now"


def test_flavours_of_a_runtime_are_neither_older_nor_newer() -> None:
    assert upgrade_problem("12.1.0", "12.1.0-base") is None
    assert upgrade_problem("12.1.0-base", "12.1.0") is None


@pytest.mark.parametrize("new", ["", "3", "3.1.0\n", "v3.1.0", "x" * 10_000, "3.1-2", "13.0.0", "2.6.0", "4.0.0"])
def test_what_is_no_version_to_go_to(new: str) -> None:
    problem = upgrade_problem("2.10.4", new)
    assert problem is not None
    assert len(str(problem)) < 300
    assert problem.allowed == "later versions of 2.10, 2.11, 3.0, 3.1, 3.2, 3.3"
