"""What is written is read back as the same data, and reads well."""

from __future__ import annotations

import copy
import io
import json
import pickle
from enum import StrEnum
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from generator.yaml import SharedMap, StaticList, StaticMap, dump, dump_all, static
from tests.yaml.nasty import STRINGS, documents, scalars, strings


def same(left: Any, right: Any) -> bool:
    """Equal, with types and signs of zero; an integral float equals the integer."""
    if isinstance(left, dict) and isinstance(right, dict):
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, bool | str | None) or isinstance(right, bool | str | None):
        return type(left) is type(right) and left == right
    return bool(left == right) and str(float(left)) == str(float(right))


def pyyaml(text: str) -> list[Any]:
    return list(yaml.load_all(text.encode(), Loader=yaml.CSafeLoader))


def pyyaml_pure(text: str) -> list[Any]:
    return list(yaml.load_all(text.encode(), Loader=yaml.SafeLoader))


def ruamel(text: str) -> list[Any]:
    return list(YAML(typ="safe", pure=True).load_all(io.BytesIO(text.encode())))


def test_a_document_reads_like_what_kubectl_writes() -> None:
    document = {
        "apiVersion": "apps/v1",
        "metadata": {"name": "team-a", "labels": {"tier": "airflow", "on": "yes"}, "annotations": {}},
        "spec": {
            "replicas": 3,
            "paused": False,
            "note": None,
            "ratio": 0.5,
            "containers": [
                {
                    "name": "scheduler",
                    "image": "quay.io/apache/airflow:3.0.1",
                    "args": ["bash", "-c", "exec airflow scheduler --pid /tmp/pid"],
                    "resources": {"limits": {"cpu": "500m", "memory": "1Gi"}, "requests": {"cpu": "1"}},
                    "env": [{"name": "VERSION", "value": "3.0"}, {"name": "EMPTY", "value": ""}],
                    "ports": [],
                }
            ],
            "matrix": [[1, 2], [], [{"a": [True]}]],
        },
    }
    assert dump(document) == (
        "apiVersion: apps/v1\n"
        "metadata:\n"
        "  name: team-a\n"
        "  labels:\n"
        "    tier: airflow\n"
        '    "on": "yes"\n'
        "  annotations: {}\n"
        "spec:\n"
        "  replicas: 3\n"
        "  paused: false\n"
        "  note: null\n"
        "  ratio: 0.5\n"
        "  containers:\n"
        "  - name: scheduler\n"
        "    image: quay.io/apache/airflow:3.0.1\n"
        "    args:\n"
        "    - bash\n"
        "    - -c\n"
        "    - exec airflow scheduler --pid /tmp/pid\n"
        "    resources:\n"
        "      limits:\n"
        "        cpu: 500m\n"
        "        memory: 1Gi\n"
        "      requests:\n"
        '        cpu: "1"\n'
        "    env:\n"
        "    - name: VERSION\n"
        '      value: "3.0"\n'
        "    - name: EMPTY\n"
        '      value: ""\n'
        "    ports: []\n"
        "  matrix:\n"
        "  - - 1\n"
        "    - 2\n"
        "  - []\n"
        "  - - a:\n"
        "      - true\n"
    )


def test_text_of_several_lines_is_a_literal_block() -> None:
    config = "[core]\n\nkey = a: b # c\n\tindented\n"
    assert dump({"airflow.cfg": config, "command": ["set -e\nexec airflow"], "last": 1}) == (
        "airflow.cfg: |\n"
        "  [core]\n"
        "\n"
        "  key = a: b # c\n"
        "  \tindented\n"
        "command:\n"
        "- |-\n"
        "  set -e\n"
        "  exec airflow\n"
        "last: 1\n"
    )


@pytest.mark.parametrize(
    "text", ["a \nb\n", " a\nb\n", "\na\n", "a\n\n", "a\r\nb\n", "a\n\u200b\n", "a\n\x07\n", "a\n\t\n", "\n"]
)
def test_text_whose_lines_hide_something_is_quoted(text: str) -> None:
    assert dump({"a": text}).startswith('a: "')
    assert dump({"a": text}).count("\n") == 1


def test_a_stream_is_a_block_of_lines_for_each_document() -> None:
    one, two = {"data": {"run.sh": "exec a\n"}}, {"b": "x\ny"}
    assert dump_all([]) == ""
    assert dump_all([one, two]) == (
        "---\ndata:\n  run.sh: |\n    exec a\n"
        "# keeps the line break at the end of the text above\n---\nb: |-\n  x\n  y\n"
    )
    assert dump_all([one]) + dump_all([two]) == dump_all([one, two])


@pytest.mark.parametrize("read", [pyyaml, pyyaml_pure, ruamel])
def test_every_nasty_string_survives_in_every_place(read: Any) -> None:
    for text in STRINGS:
        for document in (text, [text], {text: text}, {"a": {"b": [text, {text: [text]}, [[text]]]}}):
            assert same(read(dump(document)), [document]), text
    stream = [{"last": text} for text in STRINGS]
    assert same(read(dump_all(stream)), stream)


@given(documents)
@example({"a": []})
def test_pyyaml_reads_back_what_was_written(document: Any) -> None:
    assert same(pyyaml(dump(document)), [document])


@given(documents)
def test_ruamel_reads_back_what_was_written(document: Any) -> None:
    assert same(ruamel(dump(document)), [document])


@given(st.lists(documents, max_size=4))
def test_a_stream_is_read_back(stream: list[Any]) -> None:
    assert same(pyyaml(dump_all(stream)), stream)


@given(st.lists(documents, min_size=1, max_size=4))
def test_programs_that_trim_or_cut_at_document_ends_change_nothing(stream: list[Any]) -> None:
    pieces = dump_all(stream).removeprefix("---\n").split("\n---\n")
    assert same([pyyaml(piece.strip(" \t\n"))[0] for piece in pieces], stream)


@given(strings)
def test_one_line_stays_one_line(text: str) -> None:
    """Nothing that anybody takes for a line break is in a line, and nothing invisible that could fool a reviewer."""
    written = dump([text])
    shown = [character for character in written if character not in "\n\t" and ord(character) < 0x3000]
    assert "".join(shown).isprintable()
    if "\n" not in text:
        assert written.count("\n") == 1 or len(text) > 1000


@given(documents)
def test_static_subtrees_are_written_as_others(document: Any) -> None:
    frozen = static(document)
    nested = {"a": frozen, "b": [frozen, {"c": frozen}], "d": [[frozen]]}
    expected = {"a": document, "b": [document, {"c": document}], "d": [[document]]}
    for _ in range(2):
        assert dump(frozen) == dump(document)
        assert dump(nested) == dump(expected)


def test_a_shared_map_is_written_as_others_in_every_place() -> None:
    shared = SharedMap({"name": "A", "list": [{"x": 1}], "text": "a\nb\n"})
    same_data = json.loads(json.dumps(shared))
    document = {"a": shared, "b": [shared, [shared]], "c": {"d": {"e": shared}}}
    expected = {"a": same_data, "b": [same_data, [same_data]], "c": {"d": {"e": same_data}}}
    assert dump(document) == dump(expected)
    assert dump_all([document, shared]) == dump_all([expected, same_data])


def test_a_static_subtree_cannot_be_changed() -> None:
    tree = static({"a": [1, {"b": {}}]})
    assert isinstance(tree, StaticMap)
    assert isinstance(tree["a"], StaticList)
    items = tree["a"]
    changes: list[tuple[Any, str, tuple[Any, ...]]] = [
        *((tree, name, ()) for name in ("clear", "popitem", "update")),
        *((tree, name, ("a",)) for name in ("__delitem__", "pop")),
        *((tree, name, ("x", 1)) for name in ("__setitem__", "setdefault")),
        (tree, "__ior__", ({"x": 1},)),
        *((items, name, ()) for name in ("clear", "pop", "reverse", "sort")),
        *((items, name, (0,)) for name in ("__delitem__", "append", "remove")),
        *((items, name, ([1],)) for name in ("__iadd__", "extend")),
        *((items, name, (0, 1)) for name in ("__setitem__", "insert")),
        (items, "__imul__", (2,)),
        (items[1]["b"], "update", ({"x": 1},)),
    ]
    for target, name, arguments in changes:
        with pytest.raises(TypeError, match="cannot be changed"):
            getattr(target, name)(*arguments)
    assert tree == {"a": [1, {"b": {}}]}
    assert copy.deepcopy(tree) is tree
    assert pickle.loads(pickle.dumps(tree)) == tree  # noqa: S301 -- our own bytes
    assert dict(tree) == tree


class Color(StrEnum):
    RED = "y"


class Upper(str):
    __slots__ = ()

    def __str__(self) -> str:
        return self.upper()


def test_subclasses_of_json_types_are_written_as_their_base() -> None:
    class Flags(int):
        pass

    class Ratio(float):
        def __repr__(self) -> str:
            return "ratio"

    class Items(list[Any]):
        pass

    class Pairs(dict[str, Any]):
        pass

    document = Pairs(
        a=Color.RED, b=Flags(3), c=Items([Items(), Pairs(x=Items([1]))]), d=Pairs(), e=Ratio(0.5), f=Upper("abc")
    )
    assert dump(document) == 'a: "y"\nb: 3\nc:\n- []\n- x:\n  - 1\nd: {}\ne: 0.5\nf: abc\n'
    assert dump({Color.RED: 1}) == '"y": 1\n'


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"), (-1, "-1"), (3.0, "3"), (1e15, "1000000000000000"), (1e16, "1.0e+16"), (1e21, "1.0e+21"),
        (1.5e-7, "1.5e-07"), (1e-7, "1.0e-07"), (-0.0, "-0.0"), (0.1, "0.1"),
    ],
)  # fmt: skip
def test_numbers_are_numbers_to_yaml_1_1_and_1_2(value: float, text: str) -> None:
    assert dump(value) == f"{text}\n"
    assert same(pyyaml(text), [value])
    assert same(ruamel(text), [value])


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), float("-inf"), "\ud800", "a\udfff", {"\udc00": 1}, "a\n\ud800\n"]
)
def test_what_json_cannot_hold_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"number of JSON|surrogate"):
        dump({"a": [value]})


@pytest.mark.parametrize("value", [(1, 2), {1, 2}, b"a", object(), {1: 2}, {None: 1}, {"a": {True: 1}}, 1j])
def test_what_is_no_json_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match=r"JSON-like|must be a string"):
        dump({"a": [value]})


@pytest.mark.parametrize("word", ["Y", "oN", "NO", "None", "INFINITY", "NaN", "-inf", "--no"])
def test_words_that_some_reader_may_take_for_something_else_are_quoted(word: str) -> None:
    assert dump({word: word}) == f'"{word}": "{word}"\n'


def test_endless_nesting_is_refused() -> None:
    endless: list[Any] = []
    endless.append({"a": endless})
    with pytest.raises(ValueError, match="nested more than 128 deep"):
        dump(endless)


@settings(max_examples=10)
@given(st.lists(scalars, max_size=100))
def test_memory_of_texts_does_not_change_them(values: list[Any]) -> None:
    first = dump(values)
    dump([f"filler {number}" for number in range(5000)])
    assert dump(values) == first
