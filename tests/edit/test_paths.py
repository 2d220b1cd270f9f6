"""Paths as people type them."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.edit import Path, Where, parse_path, path_text
from generator.errors import ProblemsError


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("label", ("label",)),
        ("workers.queues[name=heavy].replicas", ("workers", "queues", Where("name", "heavy"), "replicas")),
        ("values.env[name=TEAM].value", ("values", "env", Where("name", "TEAM"), "value")),
        ("a[0][12].b", ("a", 0, 12, "b")),
        ('labels."example.com/team"', ("labels", "example.com/team")),
        ('a[name="x]y"]', ("a", Where("name", "x]y"))),
        ('a["a=b"=c]', ("a", Where("a=b", "c"))),
        ("a[name=]", ("a", Where("name", ""))),
    ],
)  # fmt: skip
def test_paths(text: str, path: Path) -> None:
    assert parse_path(text) == path


def test_keys_with_dots_are_found_where_they_are() -> None:
    data = {"labels": {"example.com/team": 1, "example": {}}, "list": [{"name": "x", "a.b": {}}]}
    assert parse_path("labels.example.com/team", data) == ("labels", "example.com/team")
    assert parse_path("labels.example.new", data) == ("labels", "example", "new")
    assert parse_path("list[0].a.b.c", data) == ("list", 0, "a.b", "c")
    assert parse_path("list[name=x].a.b.c", data) == ("list", Where("name", "x"), "a.b", "c")


@pytest.mark.parametrize(
    "text", ["", ".", "a.", ".a", "a..b", "a[", "a[]", "a[x", "a[-1]", "a.[0]", 'a."b', "a]b", 'a"b"']
)
def test_what_is_no_path(text: str) -> None:
    with pytest.raises(ProblemsError, match="this is no path"):
        parse_path(text)


_WORDS = st.text(min_size=1, max_size=8)
_STEPS = st.one_of(_WORDS, st.integers(0, 99), st.builds(Where, _WORDS, _WORDS))


@given(_WORDS, st.lists(_STEPS, max_size=4))
def test_a_path_that_was_written_is_read_again(first: str, steps: list[str | int | Where]) -> None:
    path = (first, *steps)
    assert parse_path(path_text(path)) == path


@given(st.text(max_size=30))
def test_any_text_is_a_path_or_told_to_be_none(text: str) -> None:
    with suppress(ProblemsError):
        assert parse_path(text)
