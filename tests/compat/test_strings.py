"""Text that enters a format cannot leave its place there; the formats' own readers are the judges."""

from __future__ import annotations

import ast
import configparser
import subprocess
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from generator.compat.strings import go_quoted, ini_value, python_literal, shell_word
from tests.compat import helm
from tests.yaml.nasty import STRINGS, documents, strings

_lines = st.one_of(
    strings,
    st.text(st.sampled_from("ab =:;#[]\n\n\r\t \u00a0\u2003\x0b\x85\u2028"), max_size=20),
).filter(lambda text: "%" not in text)


def lines_of(text: str) -> list[str]:
    """What is left of text in an INI file: its lines without white space around them, and no empty ones at the end. A
    line that looks like a comment belongs to the last line before it."""
    found: list[str] = []
    written = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for number, line in enumerate(map(str.strip, written)):
        if number and line.startswith(("#", ";")):
            while found[1:] and not found[-1]:
                found.pop()
            found[-1] = f"{found[-1]} {line}".strip()
        else:
            found.append(line)
    while found and not found[-1]:
        found.pop()
    return found


@given(_lines)
def test_configparser_reads_an_ini_value_back(text: str) -> None:
    parser = configparser.ConfigParser()
    # As Python opens a file: the line breaks of all systems count.
    written = f"[one]\nbefore = 1\nkey = {ini_value(text)}\nafter = 2\n\n[two]\nx = 3\n"
    parser.read_file(written.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    assert parser.sections() == ["one", "two"]
    assert dict(parser["one"], key="") == {"before": "1", "key": "", "after": "2"}
    assert dict(parser["two"]) == {"x": "3"}
    assert [line.strip() for line in parser["one"]["key"].split("\n")] == (lines_of(text) or [""])


def test_an_ini_value_reads_well() -> None:
    assert ini_value("postgresql://a:b@c/d?e=f#g") == "postgresql://a:b@c/d?e=f#g"
    assert ini_value("a\n\n  b: 1 \n[c]\n") == "a\n\n    b: 1\n    [c]"
    assert ini_value("a\n\n# b\nc") == "a # b\n    c"
    assert ini_value(1.0) == "1"
    assert ini_value(value=True) == "true"


@given(documents)
def test_python_reads_a_literal_back(document: Any) -> None:
    text = python_literal(document)
    assert text.isascii()
    assert text.isprintable()
    assert helm.plain(ast.literal_eval(text)) == helm.plain(document)


def test_a_literal_reads_well() -> None:
    assert python_literal({"b": [1, 2.0, None, True], "a": {"é": "x'y\"\n"}}) == (
        '{"a": {"\\u00e9": "x\'y\\"\\n"}, "b": [1, 2, None, True]}'
    )


def test_a_shell_takes_a_word_as_it_is() -> None:
    words = [text for text in STRINGS if "\0" not in text and len(text) < 500]
    script = "printf '%s\\0' " + " ".join(map(shell_word, words))
    done = subprocess.run(["sh", "-c", script], capture_output=True, check=True, timeout=10)
    assert done.stdout.decode().split("\0")[:-1] == words


def test_go_writes_the_same_quotes(tmp_path: Path) -> None:
    texts = [*STRINGS, *(chr(code) for code in range(0x300))]
    assert helm.evaluate(tmp_path, '(printf "%+q" (index $c 0))', [[text] for text in texts]) == list(
        map(go_quoted, texts)
    )


def test_what_helm_quotes_is_read_back_as_it_was(tmp_path: Path) -> None:
    """The chart writes every string with ``quote``: Go's escapes are YAML's."""
    texts = [*STRINGS, *(chr(code) for code in range(0x300))]
    written = helm.evaluate(tmp_path, "(quote (index $c 0))", [[text] for text in texts])
    assert [yaml.load(text, Loader=yaml.CSafeLoader) for text in written] == texts
    read = helm.from_yaml(tmp_path / "again", [f"v: {text}\n" for text in written])
    assert [found["v"] for found in read] == texts
