"""The quick reader gives what the careful reader gives, or leaves the file to it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.diff.own_yaml import Blocks, Unclear, _Other, _Own, parse, texts
from generator.yaml import dump, dump_all, read

_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    [
        "yes",
        "1e3",
        "a: b",
        "- a",
        "# x",
        "a #b",
        "x\ny\n",
        "x\n\ny",
        "|",
        "end\n",
        "0777",
        "~",
        "{}",
        "12:30",
        "a\n# keeps the line break at the end of the text above\n",
        "1.2.3",
    ]
)
_data = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.floats(0.5, 9) | _text,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(_text, below, max_size=3),
    max_leaves=20,
)


@given(st.dictionaries(_text, _data, min_size=1, max_size=4))
def test_what_the_emitter_wrote_is_read_back(data: dict[str, Any]) -> None:
    written = dump(data)
    assert repr(parse(written, "x.yaml")) == repr(read(written, file="x.yaml").value)


def test_the_quick_reader_reads_manifests_itself() -> None:
    data = {
        "apiVersion": "v1",
        "metadata": {"name": "a", "annotations": {"example.com/b": "true", "c/d": "1"}},
        "spec": {
            "list": [{"name": "x", "args": ["a", "-c", "b\nc\n"], "empty": {}, "none": []}, {"name": "y"}],
            "n": -3,
        },
        "text": "one\n\ntwo\n",
    }
    assert _Own(dump(data), Blocks()).read() == data


@given(st.lists(st.dictionaries(_text, _data, min_size=1, max_size=3), min_size=2, max_size=4))
def test_blocks_of_other_documents_change_nothing(documents: list[dict[str, Any]]) -> None:
    blocks = Blocks()
    for data in [*documents, {"a": documents, "b": documents[::-1]}]:
        assert repr(parse(dump(data), "x.yaml", blocks)) == repr(parse(dump(data), "x.yaml"))


def test_what_was_read_once_is_one_object() -> None:
    blocks = Blocks()
    container = {"env": [{"name": "A", "value": "x\n\ny\n"}], "ports": [1, 2]}
    one = parse(dump({"containers": [container], "n": 1}), "x.yaml", blocks)
    other = parse(dump({"containers": [container], "n": 2}), "x.yaml", blocks)
    assert one["containers"] is other["containers"]


@given(st.text("ab:-# \n\"'|>&*!{}[],?\t", max_size=60))
def test_any_text_is_read_as_the_careful_reader_reads_it(text: str) -> None:
    try:
        quick = _Own(text, Blocks()).read()
    except _Other:
        return
    assert quick == read(text, file="x.yaml").value


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\na: 2\n",
        "a: yes\n",
        "yes: 1\n",
        "a: &x 1\n",
        "a: 'b'\n",
        "a:\n    b: 1\n",
        "a: b # c\n",
        "a: 0777\n",
        "- 1\n  b: 2\n",
        'a: "b\n  c"\n',
        "a: b\n  c\n",
        "? a\n: b\n",
        "a: >\n  b\n",
        "a: 1.5\n",
        " a: 1\n",
        'a: "\\x41"\n',
    ],
)
def test_what_the_emitter_does_not_write_is_left_to_the_careful_reader(text: str) -> None:
    with pytest.raises(_Other):
        _Own(text, Blocks()).read()


def test_documents_are_cut_at_lines_of_dashes() -> None:
    written = b"# head\n" + dump_all([{"a": "x\n---\ny\n"}, {"b": 1}]).encode()
    assert [parse(text, "x.yaml") for text in texts(written)] == [{"a": "x\n---\ny\n"}, {"b": 1}]


def test_deep_files_do_not_end_the_program() -> None:
    with pytest.raises(Unclear, match="nested"):
        parse("\n".join("  " * depth + "a:" for depth in range(2000)) + " 1", "x.yaml")
    with pytest.raises(Unclear):
        parse("- " * 5000 + "1\n", "x.yaml")
