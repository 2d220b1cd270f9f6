"""Every edit of files that are written as hardly anybody writes them, but may: explicit keys, comments in brackets,
lists in lists, texts behind all kinds of ``|``, blanks and line ends of all kinds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from generator.edit import Merge, Operation, Set, Unset, edit
from generator.errors import ProblemsError
from generator.yaml import read
from tests.edit.test_minimal_changes import at, done, places, same

TEXTS = [
    "? a\n: b\n? c\n? d\n:\n  x: 1\n",
    "? a\n:\n  - x\n  - z\nb: 1\n",
    'a: {b, c: , "d":1, e: {f}}\n',
    "a: [b: 1, c, [d: {e: 1}], {}]\n",
    "a: [ # why\n  b, # b\n  c # c\n  ] # end\nd: 1\n",
    "a: {\n  b: 1, # b\n\n  # above c\n  c: 2\n}\n",
    "a: {b: 1,\n    c: 2, d: 3}\n",
    "a:\n  &x\n  b: 1\nc: 2\n",
    "a: &x # why\n  b: 1\n  # end\nc: 2\n",
    "&k a: 1\n&l b: 2\n",
    "a: |2\n    two deep\n   one\nb: 1\n",
    "a: >1-\n  x\n\n\n  y\n\n# c\nb: 1\n",
    "a: |+\n\n\nb: 1\n",
    "a: |\n\n\nb: |-\n\nc: 1\n",
    "a: \"x\n\n  # no comment\n  y\" # c\nb: 'q\n  r'\n",
    "a:\t1\t# tab\nb: 2 \t\nc:  \n",
    "a:\n- - - x\n    - z\n  - v\n- w\n",
    "a:\n-\n  b: 1\n-\n  - c\n-\n- # d\n  e: 1\n",
    "--- # start\na: 1\n...\n# after\n",
    "--- {a: 1, b: [2]}\n",
    "---\n{a: 1, b: [2]}\n",
    "{a: 1, b: [2]}",
    "---\n\n\na: 1\n\n\n\n",
    "  a: 1\n  b:\n    c: 2\n",
    "a:\n      b: 1\n      c:\n        - d\n        -   e: 1\n            f: 2\n",
    "a: 1 # x\n  # deep\n    # deeper\nb:\n  c: 1\n    # deep after\n  # at c\n# at b\n",
    "a:\n  - b: 1 # one\n    # about c\n    c: 2\n  # about the second\n  - b: 2\n\n\n  - b: 3\n",
    "a: one\n  two\n   three\nb: 1\n",
    "a:\n  one\n  two # c\nb:\n  'q'\nc:\n  {d: 1}\nd:\n  - &z x\n  - *z\n",
    "a: &b 1\nc: *b\nd: [*b, *b]\ne: {f: *b}\n",
    '"a.b": 1\n\'c d\': 2\n"": 3\n"x: y": 4\n',
    "a: []\nb: {}\nc: [ ]\nd: { }\ne: [\n]\n",
    "# only\n\n# comments\n",
    "\n\n",
    "a: 1\r\nb:\r\n  - c # d\r\n  - e\r\n\r\nf: |\r\n  g\r\n\r\nh: 1\r\n",
    "a: 1\nb:\r\n  - c # d\r\n  - e\nf: 1\n",
    "a: x#y\nb: 'it''s'#z\n",
    "a: {b: 1}   \nc:   \n  d: 1   \n",
    "a:\n# c0\n  # c2\n  b: 1\n# end0\n",
    "a:\n  b: |\n    x\n   # c3\n  # c2\n  c: 1\n",
    "a: {x: 'multi\n  line', z: 1}\n",
    "é: ü # ß\n😀: [🎉, {ä: ö}]\n",
    "a:\n  b: 1\n\n  # commented: out\n  # also: this\n\nc: 1\n",
]

VALUES: list[Any] = [None, "on", "two\nlines\n", {}, {"b": {"name": "x"}}, ["x", {"name": "z", "a": [1]}]]


def operations(data: Any) -> Iterator[Operation]:
    """Every value changed, removed, added to."""
    for path in places(data):
        here = at(data, path)
        for value in VALUES:
            if path:
                yield Set(path, value)
            if isinstance(here, dict):
                yield Set((*path, "new"), value)
                yield Merge((), {"new": value, next(iter(data), "a"): None})
            elif isinstance(here, list):
                yield Set((*path, len(here)), value)
                yield Set(path, [value, *here])
                yield Set(path, [*here[1:], value, value])
        if path:
            yield Unset(path)


@pytest.mark.slow
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
def test_every_edit_gives_the_data_that_was_meant(text: str, end: str) -> None:
    text = text.rstrip("\r\n") + end
    data = read(text, file="f.yaml").value or {}
    for operation in operations(data):
        wanted = done(data, operation)
        try:
            result = edit(text, "f.yaml", [operation])
        except ProblemsError:
            assert "*" in text, f"refused: {operation}"
        else:
            assert same(read(result, file="f.yaml").value, wanted), operation
