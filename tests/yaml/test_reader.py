"""A file is read as Helm reads it, or refused with a reason and a place."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from generator.errors import Position, Problem, ProblemsError
from generator.yaml import Limits, dotted, dump, read
from generator.yaml import document as document_module
from generator.yaml import reader as reader_module
from generator.yaml.parser import PurePythonParser
from generator.yaml.scalars import inline
from tests.compat import helm
from tests.yaml.nasty import documents

ACCEPTED = {
    "empty file": "",
    "comment only": "# nothing\n",
    "marker only": "---\n",
    "empty map": "{}\n",
    "marker and comment": "--- # values\na: 1\n",
    "document end": "a: 1\n...\n",
    "no line feed at the end": "a: b",
    "windows line ends": "a: |\r\n  x\r\n  y\r\nb:\r\n- c\r\n",
    "block style": "a:\n  b:\n    c: 1\n  d: [x, z]\n",
    "list at the key's column": "a:\n- b\n- c: 1\n  d: 2\n",
    "deeper list": "a:\n  - b\n  -   c: 1\n      d: 2\n",
    "list of lists": "a:\n- - 1\n  - 2\n- - 3\n",
    "flow style": "a: {b: [1, 2.5, x], c: {d: null}, 'e': \"f\"}\n",
    "flow over lines": "a: [\n  b,\n  c: d,\n]\nd: {\n  e: f\n}\n",
    "flow with json": '{"a":1,"b":["x",true,null],"c":{"d":"e"}}',
    "tabs between": "a:\tb\t# c\nd: [\t1,\t2]\n",
    "tab indented flow": "a: [\n\t1,\n\t2\n]\n",
    "comments": "# a\na: b # c\n# d\n\nb: 'x # y' # z\nc: x#y\n",
    "plain over lines": "a: b\n  c\n\n  d\ne: f\n",
    "single quotes": "a: 'it''s'\nb: 'x\n\n  y'\n",
    "double quotes": 'a: "\\t\\u00e9\\x41\\\\ \\"b\\" \\e"\nb: "x\\\n  y"\nc: "x\n\n  y"\n',
    "literal": "a: |\n  x\n   y\n\n  z\nb: |-\n  x\nc: |+\n  x\n\nd: 1\n",
    "literal at the end": "a: |\n  x\n\n\n",
    "kept at the end": "a: |+\n  x\n\n",
    "literal with indicator": "a: |2\n   x\n  y\nb: |1-\n  x\n",
    "literal with tabs": "a: |\n  x\n  \ty\n  \n",
    "literal with marker inside": "a: |\n  ---\n  ...\n  # x\n",
    "folded": "a: >\n  x\n  y\n\n  z\n   w\nb: >-\n  x\n  y\n",
    "empty literal": "a: |\nb: >\nc: ''\n",
    "empty values": "a:\nb: ~\nc: {d: , e}\nf: [a, ]\n",
    "explicit key": "? a\n: 1\n? b\n",
    "quoted keys": "'on': 1\n\"1\": 2\n'': 3\n\"a\\tb\": 4\n",
    "colons": "a: b:c\nd: http://x/y?z=1\n'e: f': 'g:'\nh: [a:b, 'c:d']\n",
    "alias": "a: &x {b: [1, 2]}\nc: *x\nd: [*x, *x]\n",
    "alias of a scalar": "a: &x on1\nb: *x\nc: &y\nd: *y\n",
    "anchor given anew": "a: &x 1\nb: *x\nc: &x 2\nd: *x\n",
    "anchored key": "&k a: 1\nb: *k\n",
    "indicators inside": "a: b-c\nb: x?y\nc: x!y&z*w\nd: 50%\ne: a@b\nf: x`y\ng: [x|y, x>y]\n",
    "text like code": "a: $(X)\nb: ${X}\nc: '{{ x }}'\nd: a=b,c\ne: (x)\n",
    "beyond ASCII": "é: ß\n日本: 😀\n",
    "spaces at line ends": "a: b  \nc:   \n  - d  \n",
    "blank lines": "\n\na:\n\n  b: 1\n\n\nc: 2\n\n",
    "marker text": "a: --- b\nb: ...c\n",
    "dashes": "a: --x\nb: [--z, -z]\nc:\n- -x\n- --\n",
    "long key": f"{'k' * 1000}: 1\n",
}

REFUSED = {
    "a: b: c\n": "f:1:5: mapping values are not allowed in this context\n"
    "  hint: put the text after the key into quotes, or mend the indentation of this line",
    "a:\n  b: 1\n c: 2\n": "f:3:2: while parsing a block mapping that began in line 1: did not find expected key\n"
    "  hint: mend the indentation of this line; every key of a map stands in the same column",
    "a: 1\n\tb: 2\n": "f:2:1: a tab in the indentation\n  hint: indent with spaces",
    "a: @x\n": "f:1:4: '@' cannot begin a value\n  hint: put text that begins with '@' into quotes",
    "a: 1\nb: 'x\n": "f:2:4: while scanning a quoted scalar: found unexpected end of stream\n"
    "  hint: close the quotes; a quotation mark in the text is written \\\" in double and '' in single quotes",
    "a: [1\nb: 2\n": "f:2:2: while parsing a flow sequence that began in line 1: did not find expected ',' or ']'\n"
    "  hint: close the list with ']' and put ',' between its items",
    'a: "\\d"\n': "f:1:5: while parsing a quoted scalar: found unknown escape character\n"
    "  hint: double the backslash, or write the text in single quotes",
    'a: "\\ud83d\\ude00"\n': "f:1:7: while parsing a quoted scalar: found invalid Unicode character escape code\n"
    "  hint: write a character beyond U+FFFF itself, or as \\U0001f600; a single half is none",
    'a: "b\\\\/\\/"\n': "f:1:4: a: the escape \\/, which Helm does not know\n  hint: write '/'",
    "a: 1\n---\nb: 2\n": "f:2:1: a second document\n  allowed: one document\n  hint: put it into a file of its own",
    "%YAML 9.9\n---\na: 1\n": "f:1:1: found incompatible YAML document\n  hint: remove the lines that begin with '%'",
    "%YAML 1.2\n---\na: 1\n": "f:1:1: a directive\n  hint: remove the lines that begin with '%'",
    "a: !!binary aGk=\n": "f:1:4: a: the tag '!!binary'\n"
    "  hint: remove it; text that looks like something else is written in quotes",
    "a:\n- b\n- !x {}\n": "f:3:3: a[1]: the tag '!x'\n"
    "  hint: remove it; text that looks like something else is written in quotes",
    "password: !hunter2\n": "f:1:11: password: the tag (hidden)\n"
    "  hint: remove it; text that looks like something else is written in quotes",
    "tokens:\n- a:\n  - 0123456\n": "f:3:5: tokens[0].a[0]: (hidden) is no text to all programs\n"
    "  hint: put it in quotes if it is text; the value may be a secret, and is not shown",
    "createToken: yes\n": "f:1:14: createToken: yes is a boolean to some programs and text to others\n"
    '  hint: write "yes" if it is text, or true if not',
    "a: {token: *hunter2 }\n": "f:1:12: a.token: no anchor &(hidden) before the alias *(hidden)\n"
    "  hint: put text that begins with '*' into quotes",
    "fernetKey: 0123456\n": "f:1:12: fernetKey: (hidden) is no text to all programs\n"
    "  hint: put it in quotes if it is text; the value may be a secret, and is not shown",
    "env:\n- name: DB_PASSWORD\n  value: 12:34:56\n": "f:3:10: env[0].value: (hidden) is no text to all programs\n"
    "  hint: put it in quotes if it is text; the value may be a secret, and is not shown",
    "a: *x\n": "f:1:4: a: no anchor &x before the alias *x\n  hint: put text that begins with '*' into quotes",
    "ab: &abc 1\nb: [*abd]\n": "f:2:5: b[0]: no anchor &abd before the alias *abd\n  hint: did you mean 'abc'?",
    "a: &x [1, *x]\n": "f:1:11: a[1]: the alias *x inside its own anchor\n  hint: write it out",
    "a: &x b\n*x : 1\n": "f:2:1: the alias *x as a key\n  hint: write the key out",
    "a: &x {b: 1}\nc:\n  <<: *x\n": 'f:3:3: c."<<": the merge key <<, which programs read in different ways\n'
    "  hint: write the keys out; an alias can stand for a whole value",
    "? [a]\n: 1\n": "f:1:3: a map or list as a key\n  allowed: text",
    "a:\n  b: 1\n  c: 2\n  b: 3\n": "f:4:3: a.b: the key 'b' again; line 2 has it already\n  hint: keep one of them",
    "a: {b: 1, 'b': 2}\n": "f:1:11: a.b: the key 'b' again; line 1 has it already\n  hint: keep one of them",
    "1: a\n": "f:1:1: 1: the key '1' is a number, and a key is text\n  hint: write \"1\":",
    "null: a\n": "f:1:1: null: the key 'null' is null, and a key is text\n  hint: write \"null\":",
    "?\n: a\n": 'f:1:2: "": the key \'\' is null, and a key is text\n  hint: write "":',
    "true: a\n": "f:1:1: true: the key 'true' is a boolean, and a key is text\n  hint: write \"true\":",
    "on: a\n": 'f:1:1: on: the key on is a boolean to some programs and text to others\n  hint: write "on":',
    "a: b\u00a0c\n": "f:1:5: a: the character U+00A0 (no-break space) in text without quotes\n"
    '  hint: write a blank, or, if it is meant, "\\u00a0" in double quotes',
    "a\u200b: b\n": 'f:1:2: "a\u200b": the character U+200B (zero width space) in text without quotes\n'
    '  hint: write a blank, or, if it is meant, "\\u200b" in double quotes',
    "a: 'x\u202ey'\n": "f:1:6: the character U+202E (right-to-left override)\n"
    '  hint: remove it, or write it as "\\u202e" in double quotes',
    "a: \x07\n": "f:1:4: the character U+0007 (control character)\n"
    '  hint: remove it, or write it as "\\u0007" in double quotes',
    "a: b\rc: d\n": "f:1:5: a carriage return without a line feed\n  hint: save the file with the line ends of Unix",
    "\ufeffa: 1\n": "f:1:1: a byte order mark\n  hint: save the file as UTF-8 without a byte order mark",
    "a: y\nb:\n- 0644\n- c: 12:30\n": "f:1:4: a: y is a boolean to some programs and text to others\n"
    '  hint: write "y" if it is text, or true if not\n'
    "f:3:3: b[0]: 0644 is a number to some programs and text to others\n"
    '  hint: write "0644" if it is text, or 420 if it is octal (a file mode), or 644 if it is a number\n'
    "f:4:6: b[1].c: 12:30 is a number in base 60 to some programs and text to others\n"
    '  hint: write "12:30" if it is text',
}


@pytest.fixture(params=["libyaml", "pure Python"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a test with each of PyYAML's parsers."""
    if request.param == "pure Python":
        monkeypatch.setattr(reader_module, "open_parser", PurePythonParser)
        monkeypatch.setattr(document_module, "open_parser", PurePythonParser)


def problems(text: str | bytes, limits: Limits = reader_module.DEFAULT_LIMITS) -> str:
    with pytest.raises(ProblemsError) as caught:
        read(text, file="f", limits=limits)
    return str(caught.value)


def outcome(text: str | bytes) -> Any:
    """The value, or that there is none. Raises what is not meant to be raised."""
    found: tuple[Problem, ...] = ()
    value: Any = ProblemsError
    try:
        value = read(text, file="f").value
    except ProblemsError as error:
        found = error.problems
    assert (value is ProblemsError) == bool(found)
    assert all(problem.message and problem.file == "f" for problem in found)
    return value


@pytest.mark.parametrize("name", ACCEPTED)
def test_helm_reads_the_same_values(name: str, tmp_path: Path) -> None:
    text = ACCEPTED[name]
    value = read(text, file="values.yaml").value
    assert helm.plain(helm.effective_values(tmp_path, text)) == helm.plain(value or {})


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_refused_is_explained(text: str) -> None:
    assert problems(text) == REFUSED[text]


def test_the_parser_in_pure_python_reads_alike_but_for_tabs(monkeypatch: pytest.MonkeyPatch) -> None:
    by_libyaml = {name: outcome(text) for name, text in ACCEPTED.items()}
    assert ProblemsError not in by_libyaml.values()
    monkeypatch.setattr(reader_module, "open_parser", PurePythonParser)
    for name, text in ACCEPTED.items():
        tabs_between_tokens = name in {"tabs between", "tab indented flow"}
        assert outcome(text) == (ProblemsError if tabs_between_tokens else by_libyaml[name]), name
    for text in REFUSED:
        assert outcome(text) is ProblemsError, text


def test_bytes_are_utf_8() -> None:
    assert read("é: 1".encode(), file="f").value == {"é": 1}
    assert (
        problems(b"a: b\nc: \xe9\n")
        == "f:2:4: byte 0xe9 is not UTF-8\n  allowed: UTF-8\n  hint: save the file as UTF-8"
    )
    assert problems("a: 1".encode("utf-16")).startswith("f:1:1: the file is UTF-16\n  allowed: UTF-8\n")


def test_numbers_are_plain_python_numbers() -> None:
    value = read("a: 1.0\nb: -0\nc: 2.50\nd: 1.0e-07\n", file="f").value
    assert value == {"a": 1, "b": 0, "c": 2.5, "d": 1e-07}
    assert [type(item) for item in value.values()] == [int, int, float, float]


def test_what_comes_from_an_alias_is_a_copy() -> None:
    value = read("a: &x {b: [1]}\nc: *x\n", file="f").value
    value["a"]["b"].append(2)
    assert value["c"] == {"b": [1]}


# --- limits ----------------------------------------------------------------------------------------------------------


def test_a_file_has_a_largest_size() -> None:
    assert problems("a: é\n", Limits(size=5)) == "f: the file has 6 bytes\n  allowed: at most 5 bytes"
    assert problems(b"a: \xff\xff\n", Limits(size=5)).startswith("f: the file has 6 bytes")
    assert read("a: é\n", file="f", limits=Limits(size=6)).value == {"a": "é"}


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "{a: " * 100_000, "- " * 100_000, "".join(" " * n + "a:\n" for n in range(300))]
)
@pytest.mark.usefixtures("parser")
def test_nesting_has_a_limit(text: str) -> None:
    assert "maps and lists nested more than 64 deep" in problems(text)


def test_nesting_counts_what_aliases_stand_for() -> None:
    text = "a: &a [[[1]]]\nb: &b [[*a]]\nc: [*b]\n"
    assert read(text, file="f", limits=Limits(depth=7)).value["c"] == [[[[[[1]]]]]]
    assert problems(text, Limits(depth=6)) == "f:3:5: maps and lists nested more than 6 deep"


def test_the_number_of_values_has_a_limit() -> None:
    assert read("[a, b, c]", file="f", limits=Limits(nodes=4)).value == ["a", "b", "c"]
    assert problems("[a, b, c]", Limits(nodes=3)) == "f:1:8: [2]: more than 3 keys and values\n  hint: split the file"
    assert "more than 100,000 keys" in problems("[" + "a," * 100_001 + "]")


def test_aliases_cannot_make_much_of_little() -> None:
    text = "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
    for above, name in ("ab", "bc", "cd", "de", "ef"):
        text += f"{name}: &{name} [{', '.join([f'*{above}'] * 10)}]\n"
    assert problems(text) == (
        "f:3:20: c[3]: aliases make 554 keys and values of 17\n  allowed: 20 times as many\n  hint: write less by alias"
    )


def test_problems_come_all_at_once_but_not_endlessly() -> None:
    assert problems("".join(f"k{n}: on\n" for n in range(50))).count("hint:") == 50
    assert problems("".join(f"k{n}: on\n" for n in range(500))).count("hint:") == 100


# --- positions -------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("parser")
def test_positions_of_keys_and_values() -> None:
    text = "a:\n  b:\n  - c: 1\n  - &x [d, e]\nf: {g: *x, 'h': t}\n"
    document = read(text, file="f")
    places = {
        (): ((1, 1), (1, 1)),
        ("a",): ((1, 1), (2, 3)),
        ("a", "b"): ((2, 3), (3, 3)),
        ("a", "b", 0): ((3, 5), (3, 5)),
        ("a", "b", 0, "c"): ((3, 5), (3, 8)),
        ("a", "b", 1): ((4, 5), (4, 5)),
        ("a", "b", 1, 1): ((4, 12), (4, 12)),
        ("f",): ((5, 1), (5, 4)),
        ("f", "g"): ((5, 5), (5, 8)),
        ("f", "g", 1): ((5, 5), (5, 8)),
        ("f", "h"): ((5, 12), (5, 17)),
        ("f", "missing", "deeper"): ((5, 1), (5, 4)),
        ("missing",): ((1, 1), (1, 1)),
    }
    for path, (key, value) in places.items():
        assert document.position(path) == Position(*key), path
        assert document.value_position(path) == Position(*value), path


def test_what_is_missing_stands_where_the_document_begins() -> None:
    assert read("# note\n\na: 1\n", file="f").position(("b", 0)) == Position(3, 1)


def test_an_empty_document_begins_at_its_beginning() -> None:
    assert read("", file="f").position(("a",)) == Position(1, 1)


@given(documents)
def test_a_key_stands_where_its_position_says(document: Any) -> None:
    text = dump(document)
    assume("-0.0" not in text)  # a zero with a sign is written, but not read
    lines = text.split("\n")
    found = read(text, file="f")

    def check(value: Any, path: tuple[str | int, ...]) -> None:
        if isinstance(value, dict):
            for key, item in value.items():
                place = found.position((*path, key))
                assert lines[place.line - 1][place.column - 1 :].startswith(inline(key))
                check(item, (*path, key))
        elif isinstance(value, list):
            for index, item in enumerate(value):
                place = found.position((*path, index))
                assert lines[place.line - 1][: place.column - 1].endswith("- ")
                check(item, (*path, index))

    check(document, ())


def test_a_path_is_shown_as_people_write_it() -> None:
    assert dotted(("workers", "queues", 0, "name")) == "workers.queues[0].name"
    assert dotted((0, "a.b", "é\n", "")) == '[0]."a.b"."é\\n".""'
    assert dotted(()) == ""


# --- drawn text ------------------------------------------------------------------------------------------------------


@given(documents)
def test_what_the_emitter_wrote_is_read_back(document: Any) -> None:
    assume("-0.0" not in dump(document))  # a zero with a sign is written, but not read
    assert helm.plain(read(dump(document), file="f").value) == helm.plain(document)


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize("kind", [st.text(), st.binary(), st.text("ab01:-[]{},'\"|>&*!#%@\\ \n\t?<=~\ud800\u2028\x07")])
def test_any_text_is_read_or_refused(kind: st.SearchStrategy[str | bytes]) -> None:
    @given(kind)
    def check(text: str | bytes) -> None:
        outcome(text)

    check()


TOKENS = (
    "a", "b", "c d", "key: ", "b: ", "a: ", "- ", "- ", "\n", "\n", "\n  ", "\n    ", "\n- ", "\n  - ", "[", "]", "{",
    "}", ",", ", ", ": ", ":", "'", '"', "''", "\\n", "\\", "|\n  ", "|-\n  ", ">\n  ", ">+\n  ", "|2\n   ", "&x ",
    "*x", " # c", "#", "\t", "1", "1.5", "yes", "null", "~", "!!str ", "? ", "?", "---", "\n---\n", "\n...\n", "%",
    "@", '"q"', "'s'", " ", "  ", "é", "0x1", "é: ", "\r\n", "\n\n", "<<: ", "{a: 1}", "[1, 2]", "-", "\n\t", "\\/",
    "\\'", "\\x41", "\\e", '"a', 'b"',
)  # fmt: skip


def soup(seed: int, count: int) -> list[str]:
    """Texts of pieces of YAML in any order, some of them YAML; the same on every run."""
    drawn = random.Random(seed)
    draw: Callable[[], str] = lambda: "".join(drawn.choice(TOKENS) for _ in range(drawn.randrange(1, 14)))  # noqa: E731
    return [drawn.choice(("", "k: 1\n")) + draw() for _ in range(count)]


@pytest.mark.parametrize(("generation", "seed"), [("helm", 1), ("helm3", 2)])
def test_what_is_accepted_of_any_text_is_read_by_helm_alike(
    generation: helm.Generation, seed: int, tmp_path: Path
) -> None:
    accepted = {text: value for text in soup(seed, 10_000) if isinstance(value := outcome(text), dict)}
    assert len(accepted) > 500
    by_helm = helm.from_yaml(tmp_path, list(accepted), generation=generation)
    for (text, value), found in zip(accepted.items(), by_helm, strict=True):
        assert helm.plain(found) == helm.plain(value), text


def test_both_parsers_read_any_text_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = soup(7, 4000)
    by_libyaml = [outcome(text) for text in texts]
    monkeypatch.setattr(reader_module, "open_parser", PurePythonParser)
    for text, value in zip(texts, by_libyaml, strict=True):
        if value is not ProblemsError and (other := outcome(text)) is not ProblemsError:
            assert other == value, text
