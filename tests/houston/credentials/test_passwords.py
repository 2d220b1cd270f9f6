"""Passwords: kept as hashes that say nothing, checked in the same time whether there is one or not."""

from __future__ import annotations

import pytest
from argon2 import extract_parameters
from argon2.low_level import Type

from houston.credentials import Passwords, Verdict, WeakPasswordError

#: Costs that a test can bear.
CHEAP = Passwords(memory=64, rounds=1)


def test_a_hash_knows_its_password_and_no_other() -> None:
    kept = CHEAP.hash("correct horse")
    assert "correct" not in kept
    assert CHEAP.verify(kept, "correct horse") is Verdict.RIGHT
    assert CHEAP.verify(kept, "correct hors") is Verdict.WRONG
    assert CHEAP.verify(kept, "") is Verdict.WRONG


def test_two_hashes_of_one_password_differ() -> None:
    assert CHEAP.hash("correct horse") != CHEAP.hash("correct horse")


def test_the_costs_are_argon2id_s_least_by_default() -> None:
    found = extract_parameters(Passwords().hash("correct horse"))
    assert (found.type, found.memory_cost, found.time_cost, found.parallelism) == (Type.ID, 19456, 2, 1)


def test_a_hash_with_other_costs_is_right_and_outdated() -> None:
    dearer = Passwords(memory=128, rounds=1)
    assert dearer.verify(CHEAP.hash("correct horse"), "correct horse") is Verdict.OUTDATED
    assert dearer.verify(CHEAP.hash("correct horse"), "wrong horse") is Verdict.WRONG


@pytest.mark.parametrize("kept", [None, "", "nonsense", "$argon2id$v=19$m=64,t=1,p=1$x$y"])
def test_where_there_is_no_hash_every_password_is_wrong(kept: str | None) -> None:
    assert [CHEAP.verify(kept, word) for word in ("nobody's", "", "correct horse")] == [Verdict.WRONG] * 3


@pytest.mark.parametrize(
    "password", ["pässwörd 🐎", "eight\u00a0ch", "\ud83d lone half", "with\0null", "x1y" + "a" * 253]
)
def test_any_characters_are_a_password(password: str) -> None:
    assert CHEAP.verify(CHEAP.hash(password), password) is Verdict.RIGHT


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short 7", "a password has 8 to 256 characters; this one has 7"),
        ("long" * 65, "a password has 8 to 256 characters; this one has 260"),
        ("abababababab", "a password has 3 different characters at least"),
    ],
)
def test_weak_ones_are_refused(password: str, why: str) -> None:
    with pytest.raises(WeakPasswordError, match=f"^{why}$"):
        CHEAP.hash(password)


def test_a_huge_one_costs_nothing_more_and_is_wrong() -> None:
    assert CHEAP.verify(CHEAP.hash("correct horse"), "correct horse" * 10_000_000) is Verdict.WRONG
