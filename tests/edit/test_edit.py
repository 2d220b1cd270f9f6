"""What an edit makes of a file, case by case."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

import pytest

from generator.edit import Merge, Operation, Set, Unset, edit, parse_path
from generator.errors import ProblemsError

FILE = "environments/dev/workspaces/etl/deployments/daily.yaml"


def put(path: str, value: Any) -> Set:
    return Set(parse_path(path), value)


def drop(path: str) -> Unset:
    return Unset(parse_path(path))


def edited(text: str, *operations: Operation) -> str:
    return edit(dedent(text), FILE, operations)


def complaints(text: str, *operations: Operation) -> list[str]:
    with pytest.raises(ProblemsError) as raised:
        edit(dedent(text), FILE, operations)
    return [str(problem).removeprefix(f"{FILE}:") for problem in raised.value.problems]


# --- what stays ------------------------------------------------------------------------------------------------------

STRANGE = """\
---
# yaml-language-server: $schema=deployment.json

a:   1      # one
flow: {x: 1,   w: 2}   # flow
list:
- a
-   b
-   - c
    - d
folded: >-
   folded text that
   goes on

next: 'it''s'
multi: "a very
   long one"
anchored: &a {q: 1}
alias:    *a
empty:
  # only a comment
tolerations: [
  {key: a}, # why a
  {key: b}, # why b
]
number: 0.10
kept: |+
  keep


end: "\\u00e9"
"""


@pytest.mark.parametrize(
    ("operation", "old", "new"),
    [
        (put("a", 20), "a:   1      # one", "a:   20      # one"),
        (put("flow.x", "a, b"), "{x: 1,   w: 2}   #", '{x: "a, b",   w: 2}   #'),
        (put("flow.v", [1]), "w: 2}", "w: 2, v: [1]}"),
        (drop("flow.w"), "{x: 1,   w: 2}", "{x: 1}"),
        (drop("flow.x"), "{x: 1,   w: 2}", "{w: 2}"),
        (put("list[1]", "c"), "-   b\n", "-   c\n"),
        (put("list[1]", {"k": 1, "l": [2]}), "-   b\n", "- k: 1\n  l:\n  - 2\n"),
        (put("list[2][2]", "e"), "    - d\n", "    - d\n    - e\n"),
        (drop("list[2][0]"), "-   - c\n    - d\n", "-   - d\n"),
        (put("folded", "short"), ">-\n   folded text that\n   goes on\n", "short\n"),
        (put("next", "don't"), "'it''s'", "'don''t'"),
        (put("multi", "short"), '"a very\n   long one"', '"short"'),
        (put("empty.x", 1), "  # only a comment\n", "  # only a comment\n  x: 1\n"),
        (put("empty", {"x": {}}), "  # only a comment\n", "  # only a comment\n  x: {}\n"),
        (put("tolerations[2].key", "c"), "# why b\n", "# why b\n  {key: c},\n"),
        (drop("tolerations[key=a]"), "  {key: a}, # why a\n", ""),
        (put("alias", None), "alias:    *a", "alias:    null"),
        (put("number", "1e3"), "0.10", '"1e3"'),
        (drop("number"), "number: 0.10\n", ""),
        (put("end", "two\nlines\n"), ' "\\u00e9"\n', " |\n  two\n  lines\n"),
        (put("new", "on"), '"\\u00e9"\n', '"\\u00e9"\nnew: "on"\n'),
        (drop("end"), '\n\nend: "\\u00e9"\n', "\n\n"),
    ],
)
def test_all_else_stays_in_a_strange_file(operation: Operation, old: str, new: str) -> None:
    assert STRANGE.count(old) == 1
    assert edit(STRANGE, FILE, [operation]) == STRANGE.replace(old, new)


def test_what_is_so_already_is_not_written_again() -> None:
    text = "a:   1 # one\nb: {c: 'x'}\nd:\n"
    same: list[Operation] = [
        put("a", 1.0),
        put("b", {"c": "x"}),
        put("d", None),
        Merge((), {"b": {"c": "x", "nothing": None}}),
    ]
    assert edit(text, FILE, same) == text


def test_values_are_quoted_when_anybody_would_read_them_otherwise() -> None:
    words = ["on", "1e3", "08", "1:30", "2024-01-01", "null", "", "x: y", "# x", "plain", "two words"]
    assert edited("a: []\n", put("a", words)) == (
        'a:\n  - "on"\n  - "1e3"\n  - "08"\n  - "1:30"\n  - "2024-01-01"\n  - "null"\n  - ""\n  - "x: y"\n  - "# x"\n'
        "  - plain\n  - two words\n"
    )


@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
def test_line_ends_and_the_end_of_the_file_stay(line_break: str, end: str) -> None:
    text, result = f"a: 1\nb: 2{end}", f"a: 3\nb: 2\nc:\n  - x{end}"
    expected = result.replace("\n", line_break)
    assert edit(text.replace("\n", line_break), FILE, [put("a", 3), put("c", ["x"])]) == expected


def test_long_lines_are_not_folded() -> None:
    line = "word " * 100
    text = f"a: {line}x # {line}\nb: 1\n"
    assert edit(text, FILE, [put("b", f"{line}y")]) == f"a: {line}x # {line}\nb: {line}y\n"


def test_a_text_at_the_end_keeps_its_missing_line_feed() -> None:
    assert edit("a: |\n  x", FILE, [put("b", 1)]) == "a: |-\n  x\nb: 1"
    assert edit("b: 0\na: |\n  x", FILE, [put("b", 1)]) == "b: 1\na: |\n  x"


def test_files_with_nothing_in_them() -> None:
    assert edit("", FILE, [put("a.b", 1)]) == "a:\n  b: 1\n"
    assert edit("# only\n", FILE, [put("a[name=x].b", 1)]) == "# only\na:\n  - name: x\n    b: 1\n"


def test_indentation_is_that_of_the_file() -> None:
    text = "a:\n    b:\n    - c\n"
    assert edit(text, FILE, [put("d.e", ["f", {"g": {"h": 1}}])]) == (
        "a:\n    b:\n    - c\nd:\n    e:\n    - f\n    - g:\n          h: 1\n"
    )


# --- where things go -------------------------------------------------------------------------------------------------


def test_new_keys_of_a_file_stand_above_its_values() -> None:
    text = "kind: Deployment\n\nvalues:\n  executor: CeleryExecutor\n"
    assert edit(text, FILE, [put("label", "Daily"), put("values.statsd.enabled", False)]) == (
        "kind: Deployment\nlabel: Daily\n\nvalues:\n  executor: CeleryExecutor\n  statsd:\n    enabled: false\n"
    )


def test_a_key_goes_with_the_comments_that_are_about_it() -> None:
    text = """\
    values:
      # About a.
      a: 1

      # About b,
      # in two lines.
      b:
        # Inside.
        c: 2
        # At its end.

      # About d.
      d: 3
    """
    assert edited(text, drop("values.b")) == "values:\n  # About a.\n  a: 1\n\n  # About d.\n  d: 3\n"
    assert edited(text, drop("values.d")).endswith("    c: 2\n    # At its end.\n")
    assert edited(text, drop("values.a")).startswith("values:\n  # About b,\n")


def test_the_comment_at_the_top_is_about_the_file() -> None:
    assert edited("# top\na: 1\nb: 2\n", drop("a")) == "# top\nb: 2\n"


def test_the_last_key_leaves_an_empty_map_or_list() -> None:
    assert edited("a: # why\n  b: 1\nc:\n  - x\n", drop("a.b"), drop("c[0]")) == "a: {} # why\nc: []\n"


def test_an_empty_map_gets_lines_of_its_own() -> None:
    assert edited("a: {} # why\n", put("a.b.c", 1)) == "a: # why\n  b:\n    c: 1\n"


def test_null_removes_a_default_and_unset_gives_it_back() -> None:
    text = "values:\n  a: 1\n  b: 2\n"
    assert edited(text, put("values.a", None)) == "values:\n  a: null\n  b: 2\n"
    assert edited(text, drop("values.a")) == "values:\n  b: 2\n"
    assert edited(text, Merge(("values",), {"a": None, "c": {"d": None, "e": 3}})) == (
        "values:\n  b: 2\n  c:\n    e: 3\n"
    )


def test_items_are_found_by_their_names() -> None:
    text = """\
    env:
      # The team.
      - name: TEAM
        value: etl

      - name: STAGE # of the environment
        value: dev
    """
    assert edited(text, put("env[name=STAGE].value", "x")) == dedent(text).replace("dev", "x")
    assert edited(text, put("env[name=NEW].value", "1")) == dedent(text) + '  - name: NEW\n    value: "1"\n'
    assert edited(text, drop("env[name=TEAM]")) == ("env:\n  - name: STAGE # of the environment\n    value: dev\n")
    whole = [{"name": "TEAM", "value": "x"}, {"name": "NEW"}, {"name": "STAGE", "value": "dev"}]
    assert edited(text, put("env", whole)) == (
        "env:\n  # The team.\n  - name: TEAM\n    value: x\n  - name: NEW\n\n"
        "  - name: STAGE # of the environment\n    value: dev\n"
    )


def test_the_order_of_keys_is_that_of_the_file() -> None:
    text = "a:\n  x: 1\n  w: 2\nb: {x: 1, w: 2}\n"
    new = {"z": 3, "w": 4, "x": 1}
    assert edited(text, put("a", new), put("b", new)) == "a:\n  x: 1\n  w: 4\n  z: 3\nb: {x: 1, w: 4, z: 3}\n"


def test_the_same_item_goes_that_was_named() -> None:
    assert edited("a:\n  - x # 0\n  - x # 1\n  - x # 2\n", drop("a[1]")) == "a:\n  - x # 0\n  - x # 2\n"


def test_operations_see_what_those_before_them_did() -> None:
    assert edited("a: 1\n", put("b.c", 1), put("b.d", 2), drop("b.c"), put("a", {}), put("a.x", 1)) == (
        "a:\n  x: 1\nb:\n  d: 2\n"
    )


def test_a_list_that_is_set_and_then_changed_keeps_the_lines_of_what_is_in_both() -> None:
    text = "a:\n  - x # why x\n  - z # why z\n"
    assert edited(text, put("a", ["x", "z"]), put("a[2]", "w"), drop("a[1]")) == "a:\n  - x # why x\n  - w # why z\n"
    assert edited(text, put("a", ["x", "z"]), put("a[2]", "w")) == text + "  - w\n"


# --- anchors ---------------------------------------------------------------------------------------------------------

SHARED = "one: &x\n  q: 1 # why\ntwo: *x\n"


def test_what_other_places_stand_for_is_not_changed() -> None:
    assert complaints(SHARED, put("one.q", 2)) == [
        "1:1: one: would change 'two' in line 3 too, which is *x\n"
        "  hint: write out what stands in line 3 first, or change both"
    ]
    assert complaints(SHARED, drop("one")) == complaints(SHARED, put("one.q", 2))
    assert complaints(SHARED, put("two.q", 2)) == [
        "3:1: two: is *x, which stands for what is written at &x: a change inside would change other places too\n"
        "  hint: change it where &x is, or set the whole of 'two'"
    ]


def test_anchors_that_nobody_else_stands_for_change_and_stay() -> None:
    assert edit(SHARED, FILE, [put("two", {"q": 2})]) == "one: &x\n  q: 1 # why\ntwo:\n  q: 2\n"
    assert edit(SHARED, FILE, [put("two", 5), put("one.q", 2)]) == "one: &x\n  q: 2 # why\ntwo: 5\n"
    assert edit(SHARED, FILE, [drop("two"), put("one", [1])]) == "one: &x\n  - 1\n"


# --- what is refused -------------------------------------------------------------------------------------------------


def test_all_that_does_not_fit_is_told_at_once() -> None:
    text = """\
    scheduler:
      replicas: 2
    webserver: null
    env:
      - name: A
      - name: A
    """
    assert complaints(
        text,
        put("scheduler.replicas.x", 1),
        put("scheduler[0]", 1),
        put("env.A", 1),
        put("env[5]", 1),
        put("env[name=A].value", 1),
        put("webserver.replicas", 1),
        drop("schedular"),
        drop("env[name=B]"),
        drop("env[2]"),
    ) == [
        "1:1: schedular: is not in this file\n  hint: did you mean 'scheduler'?",
        "1:1: scheduler: is a map, so there are no items in it\n  allowed: a list",
        "2:3: scheduler.replicas: is a number, so there is no 'x' in it\n  allowed: a map",
        "3:1: webserver: is null, so there is no 'replicas' in it\n  allowed: a map\n"
        "  hint: null removes a default here; unset it first, or set the whole map",
        "4:1: env: 2 items have name=A\n  hint: name one of [0], [1]",
        "4:1: env: is a list, so there is no 'A' in it\n  allowed: a map\n"
        "  hint: name an item, as in [0] or [name=...]",
        "4:1: env: no item has name=B",
        "4:1: env: there is no item 2 in a list of 2\n  allowed: from 0 to 1",
        "4:1: env: there is no item 5 in a list of 2\n  allowed: from 0 to 2, the last of which appends",
    ]


def test_values_that_no_file_can_have() -> None:
    assert complaints("a: 1\n", put("a", 2**60)) == [
        " a: the number 1152921504606846976 is larger than a number may be (2^53)\n"
        '  hint: write "1152921504606846976" if it is text'
    ]
    deep: Any = 1
    for _ in range(70):
        deep = {"a": deep}
    assert complaints("a: 1\n", put("a", deep)) == [" maps and lists nested more than 64 deep"]
    with pytest.raises(TypeError, match="only JSON-like values can be written, not set"):
        edit("a: 1\n", FILE, [Set(("a",), {1})])


def test_a_file_that_cannot_be_read_is_told_as_always() -> None:
    assert complaints("a: on\n", put("b", 1)) == [
        '1:4: a: on is a boolean to some programs and text to others\n  hint: write "on" if it is text, or true if not'
    ]
