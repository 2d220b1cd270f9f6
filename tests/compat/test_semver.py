"""Version constraints give what Helm's ``semverCompare`` gives, also where it refuses."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.compat import satisfies
from tests.compat import helm

VERSIONS = (
    "2.7.3", "3", "3.0", "v3.1.0", "3.0.0-rc1", "3.0.0-rc.1", "3.0.0-beta.11", "3.0.0-beta.2", "3.0.0-0", "3.0.0-", "",
    "3.0.1+astro.2", "3.0.0-rc1+x", "0.0.1", "0.0.0", "0.2.9", "10.0.0", "3.0.0-1.a", "3.0.0-a.1", "3.0.0-a-b",
    "1.2.3.4", "01.2.3", "1.02.3", "3.0.0-01", "3.0.0-0a", "x", "a.b", "3.0.0 ", " 3", "V3",
    "18446744073709551615.0.0", "18446744073709551616.0.0", "3.0.0-18446744073709551616", "3.0.0-99999999999999999999",
    "2.10.5", "2.9.3", "é",
)  # fmt: skip
CONSTRAINTS = (
    ">=3.0.0-0", ">=3.0.0", "<3", "=2.7.3", "!=3.0.x", "!=3", ">2.7", "<=3.0", "^2.7", "^0.2", "^0.0.1", "^0", "^0.0",
    "~3.0", "~>2.7.1", "*", "3.x", "x", ">=2.7, <3.1", ">=2 <3.0.0-0", "<2.8 || >=3.0.0-rc.1", "2.0 - 3.0.5", "=>1.0",
    "=<2.7.3", ">*", "<=*", "^*", "~*", "!=*", "<*", ">=*", "~0.0.0", "~0", "!=3.0.x-rc1", ">3.x", "<=3.x", "~3.0.0-0",
    "", " ", "  >= 2  ", ">=2,<3", ">=2,  <3", ">=2 , <3", "||", ">=2 ||", "2 || x", "> = 2", ">==2", "<>2", "2 3",
    "2,3", "v2.7", ">=v3.0.0-rc1", "=3.0.1+a", "1.2.3.4", "a", "3.0.0-01", "1|2", "3.*", "3.X.x", "x.3.1", "3.x.1",
    "2.7-3", "^3.0.0-rc.1", "~3.0.0-beta.2", ">3.0.0-beta", "<3.0.0-rc.1 >2", "2.0.0 - 2.9.0 || 3.0 - 4",
    "!=2.7.3 !=3.0.0", "99999999999999999999", ">=3.0.0-18446744073709551616",
)  # fmt: skip


def ours(version: str, constraint: str) -> bool | str:
    try:
        return satisfies(version, constraint)
    except ValueError:
        return "refused"


@pytest.mark.parametrize(
    ("version", "constraint", "result"),
    [
        ("2.10.5", ">=2.9", True),
        ("3.0.0-rc1", ">=2.9", False),
        ("3.0.0-rc1", ">=2.9-0", True),
        ("3.0.0-rc1", ">=3.0.0-0, <4", True),
        ("3.0.0-beta.11", ">3.0.0-beta.2", True),
        ("3.0.1+astro.2", "=3.0.1", True),
        ("2.7.3", "<2.8 || >=3", True),
        ("2.9.0", "<2.8 || >=3", False),
        ("2.9.0", "2.7 - 2.9", True),
        ("0.2.9", "^0.2.3", True),
        ("0.3.0", "^0.2.3", False),
        ("3.1.0", "3.x", True),
    ],
)
def test_airflow_versions(version: str, constraint: str, *, result: bool) -> None:
    assert satisfies(version, constraint) is result


@pytest.mark.parametrize("generation", ["helm", "helm3"])
def test_helm_gives_the_same(generation: helm.Generation, tmp_path: Path) -> None:
    drawn = random.Random(3)
    inputs = [[version, constraint] for version in VERSIONS for constraint in CONSTRAINTS]
    for _ in range(1500):
        text = "".join(drawn.choice("0012345.-xX*v+ ,|<>=!~^ab") for _ in range(drawn.randrange(1, 12)))
        inputs += [[drawn.choice(VERSIONS), text], [text, drawn.choice(CONSTRAINTS)]]
    # A pair that Helm refuses ends the run, so those that we refuse are asked one at a time below.
    accepted = [pair for pair in inputs if ours(*pair) != "refused"]
    assert len(accepted) > 800
    found = helm.evaluate(tmp_path, "(semverCompare (index $c 1) (index $c 0))", accepted, generation=generation)
    for pair, result in zip(accepted, found, strict=True):
        assert ours(*pair) is result, pair


@pytest.mark.parametrize(
    "pair",
    [
        ("", "*"),
        ("3.0.0-01", "*"),
        ("1.2.3.4", "*"),
        ("3", ""),
        ("3", ">==2"),
        ("3", "1|2"),
        ("3", "||"),
        ("3", ">=2 || "),
        ("3", "2.7 , 3-01"),
    ],
)
def test_what_helm_refuses_is_refused(pair: tuple[str, str], tmp_path: Path) -> None:
    assert ours(*pair) == "refused"
    with pytest.raises(AssertionError, match="semverCompare"):
        helm.evaluate(tmp_path, "(semverCompare (index $c 1) (index $c 0))", [list(pair)])


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_answered_or_refused(version: str, constraint: str) -> None:
    assert ours(version, constraint) in {True, False, "refused"}
    assert ours("3.0.1", constraint) in {True, False, "refused"}


def test_the_limits_of_go_hold() -> None:
    assert ours("1" * 257, "*") == "refused"
    assert ours("1", " " * 512 + "1") == "refused"
    assert ours("1", "||".join(["1"] * 32)) is True
    assert ours("1", "||".join(["1"] * 33)) == "refused"
