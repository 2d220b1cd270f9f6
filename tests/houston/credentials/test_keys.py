"""Keys of programs: random, shown once, known by their digest."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from houston.credentials import KeyKind, digest_of, new_key


@pytest.mark.parametrize("kind", KeyKind)
def test_a_key_is_known_by_its_digest(kind: KeyKind) -> None:
    key = new_key(kind)
    assert re.fullmatch(kind.value + "_[0-9A-Za-z]{49}", key.text)
    assert re.fullmatch("[0-9a-f]{64}", key.digest)
    assert digest_of(kind, key.text) == key.digest
    assert key.hint == key.text[:8]
    assert [digest_of(other, key.text) for other in KeyKind if other is not kind] == [None, None]


def test_a_key_is_not_shown_by_accident() -> None:
    key = new_key(KeyKind.PERSONAL)
    assert key.text not in f"{key} {key!r}"


def test_no_two_are_the_same() -> None:
    assert len({new_key(KeyKind.ONCE).text for _ in range(1000)}) == 1000


@given(st.integers(0, 52), st.characters())
def test_another_letter_anywhere_is_no_key(at: int, letter: str) -> None:
    text = new_key(KeyKind.PERSONAL).text
    other = text[:at] + letter + text[at + 1 :]
    assert digest_of(KeyKind.PERSONAL, other) is None or other == text


@given(st.text())
def test_any_other_text_is_no_key(text: str) -> None:
    assert digest_of(KeyKind.SERVICE_ACCOUNT, text) is None
    assert digest_of(KeyKind.SERVICE_ACCOUNT, "sgs_" + text) is None
