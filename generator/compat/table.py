"""The functions of the dialect: the Python that computes each here and the Go that computes the same in a chart.

The dialect's compiler takes both from this table, and a test evaluates every row with Helm and compares. What no single
pipeline can do is a named template of ``RUNTIME_DEFINES``; ``runtime_defines`` gives the ones that a chart needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from generator.compat import maps, quantities, strings
from generator.compat.defines import RUNTIME_DEFINES, USED_BY_DEFINES
from generator.compat.gojson import to_json, to_pretty_json
from generator.compat.semver import satisfies


@dataclass(frozen=True, slots=True)
class Row:
    """One function.

    ``parameters`` and ``result`` are types in the dialect's words; a last parameter that ends in ``...`` may come any
    number of times. ``golang`` is a term in parentheses with ``{0}``, ``{1}`` for the operands' terms, ``{*}`` for all
    of them. ``defines`` are the templates of ``RUNTIME_DEFINES`` that it includes. ``examples`` are operands and
    result.
    """

    name: str
    parameters: tuple[str, ...]
    result: str
    python: Callable[..., Any]
    golang: str
    examples: tuple[tuple[tuple[Any, ...], Any], ...]
    defines: tuple[str, ...] = ()

    def go(self, *terms: str) -> str:
        """The Go term for these operands, each a Go term itself."""
        return self.golang.replace("{*}", " ".join(terms)) if "{*}" in self.golang else self.golang.format(*terms)


_TABLE = (
    Row(
        "json", ("any?",), "str", to_json, "(toJson {0})",
        examples=(
            (({"b": "<&>", "a": [1, 1.5, 1e21, None]},), '{"a":[1,1.5,1e+21,null],"b":"\\u003c\\u0026\\u003e"}'),
            ((3.0,), "3"),
        ),
    ),
    Row(
        "pretty_json", ("any?",), "str", to_pretty_json, "(toPrettyJson {0})",
        examples=(
            (({"b": "<,\\\":{}>", "a": [1, {}, [], [None]]},), """{
  "a": [
    1,
    {},
    [],
    [
      null
    ]
  ],
  "b": "\\u003c,\\\\\\":{}\\u003e"
}"""),
            (("x",), '"x"'),
        ),
    ),
    Row(
        "text", ("scalar",), "str", strings.scalar_text, '(include "stargit.text" {0})',
        examples=((("a",), "a"), ((1000000,), "1000000"), ((False,), "false"), ((0.5,), "0.5")),
        defines=("stargit.text",),
    ),
    Row("b64encode", ("str",), "str", strings.b64encode, "(b64enc {0})", examples=((("é",), "w6k="), (("",), ""))),
    Row(
        "sha256", ("str",), "str", strings.sha256, "(sha256sum {0})",
        examples=((("",), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),),
    ),
    Row("upper", ("ascii",), "str", str.upper, "(upper {0})", examples=((("a-Z",), "A-Z"),)),
    Row("lower", ("ascii",), "str", str.lower, "(lower {0})", examples=((("a-Z",), "a-z"),)),
    Row(
        "trunc", ("ascii", "static int"), "str", strings.trunc, "(trunc {1} {0})",
        examples=((("abc", 2), "ab"), (("abc", -2), "bc"), (("a", 9), "a")),
    ),
    Row(
        "replace", ("str", "static str", "static str"), "str", str.replace, "(replace {1} {2} {0})",
        examples=((("a.b.c", ".", "-"), "a-b-c"),),
    ),
    Row(
        "join", ("list[str]?", "static str"), "str", maps.join, "(join {1} {0})",
        examples=(((["a", "b"], ","), "a,b"), (([], ","), ""), ((None, ","), "")),
    ),
    Row(
        "first", ("list[any]?",), "any?", maps.first, "(first (default (list) {0}))",
        examples=(((["b", "a"],), "b"), (([],), None), ((None,), None)),
    ),
    Row(
        "keys", ("map[any]?",), "list[str]", maps.keys, "(keys {0} | sortAlpha)",
        examples=((({"b": 1, "B": 2, "9": 3, "10": 4},), ["10", "9", "B", "b"]), ((None,), [])),
    ),
    Row(
        "length", ("list[any] or map[any]?",), "int", maps.length, "(len (default (list) {0}))",
        examples=((([1, 2],), 2), (({"a": 1},), 1), (({},), 0), ((None,), 0)),
    ),
    Row(
        "merge", ("map[any]?...",), "map[any]", maps.merge, '(include "stargit.merge" (list {*}) | fromJson)',
        examples=(
            (({"a": 1, "b": "x", "c": True}, {"a": 0, "b": "", "c": False}), {"a": 0, "b": "", "c": False}),
            (({"a": {"x": 1}}, {"a": {"y": 2}}), {"a": {"y": 2}}),
            ((None, {"a": 1}, None), {"a": 1}),
        ),
        defines=("stargit.merge",),
    ),
    Row(
        "overlay", ("map[map[scalar]?]?", "map[map[scalar]?]?"), "map[map[scalar]]", maps.overlay,
        '(include "stargit.overlay" (list {0} {1}) | fromJson)',
        examples=(
            (
                ({"core": {"a": 1, "b": "x"}, "db": {"c": 2}}, {"core": {"b": "", "d": False}, "new": {}}),
                {"core": {"a": 1, "b": "", "d": False}, "db": {"c": 2}, "new": {}},
            ),
            ((None, {"core": None}), {"core": {}}),
        ),
        defines=("stargit.overlay",),
    ),
    Row(
        "override", ("shape", "shape", "static map"), "shape", maps.override,
        '(include "stargit.override" (dict "base" {0} "item" {1} "ways" {2}) | fromJson)',
        examples=(
            (
                (
                    {"n": 1, "list": [1], "map": {"a": 1}, "keda": {"on": True, "max": 3}},
                    {"n": None, "list": [2], "map": {"b": 2}, "keda": {"on": False, "max": None}},
                    {"keda": {}},
                ),
                {"n": 1, "list": [1, 2], "map": {"a": 1, "b": 2}, "keda": {"on": False, "max": 3}},
            ),
            (
                (
                    {"list": [1], "map": {"a": 1}, "keda": {"list": ["x"], "map": {"a": 1}}},
                    {"list": [2], "map": {}, "keda": {"list": [], "map": None}},
                    {"list": "replace", "map": "replace", "keda": {"list": "replace", "map": "replace"}},
                ),
                {"list": [2], "map": {}, "keda": {"list": [], "map": {"a": 1}}},
            ),
        ),
        defines=("stargit.override",),
    ),
    Row(
        "latest", ("static str", "list[free]?..."), "list[free]", maps.latest,
        '(include "stargit.latest" (list {*}) | fromJsonArray)',
        examples=(
            (
                ("k", [{"k": "a", "v": 1}, {"k": "b"}, 1], None, [{"k": "a"}, {"k": 1}, {"k": 1}]),
                [{"k": "b"}, 1, {"k": "a"}, {"k": 1}, {"k": 1}],
            ),
            (("k", []), []),
        ),
        defines=("stargit.latest",),
    ),
    Row(
        "total", ("list[shape]?", "static str", "static int", "static str", "static int"), "int", maps.total,
        '(include "stargit.total" (dict "items" {0} "first" {1} "firstDefault" {2} "second" {3} "secondDefault" {4})'
        " | int64)",
        examples=((([{"a": 2, "b": 3}, {"a": None}], "a", 5, "b", 7), 41), ((None, "a", 1, "b", 1), 0)),
        defines=("stargit.total",),
    ),
    Row(
        "sum", ("list[int]?",), "int", maps.sum_of, '(include "stargit.sum" {0} | int64)',
        examples=((([3, 4, -10],), -3), (([],), 0), ((None,), 0)),
        defines=("stargit.sum",),
    ),
    Row(
        "in_unit", ("scalar?", "static str"), "int", quantities.in_unit,
        '(include "stargit.in_unit" (dict "amount" {0} "unit" {1}) | int64)',
        examples=(
            (("500m", "m"), 500), ((2, "m"), 2000), (("0.0001", "m"), 1), (("1.5Gi", "Mi"), 1536), (("1G", "Mi"), 954),
            (("1048576001", "Mi"), 1001), (("1e3Ki", "Mi"), 1), (("1e9", "m"), 1000000), ((None, "m"), 0),
            (("much", "Mi"), 0),
        ),
        defines=("stargit.in_unit",),
    ),
    Row(
        "semver", ("str", "static str"), "bool", satisfies, "(semverCompare {1} {0})",
        examples=((("3.0.0-rc1", ">=3.0.0-0"), True), (("3.0.0-rc1", ">=2.0.0"), False), (("2.10.1", "^2.9"), True)),
    ),
    Row(
        "ini_value", ("scalar",), "str", strings.ini_value, '(include "stargit.ini_value" {0})',
        examples=(
            (("a\n\n[b]\r\nc = d\n",), "a\n\n    [b]\n    c = d"),
            (("a\n#b",), "a #b"), (("a \t",), "a"), ((30,), "30"), ((True,), "true"),
        ),
        defines=("stargit.ini_value",),
    ),
    Row(
        "python_literal", ("any?",), "str", strings.python_literal, '(include "stargit.python_literal" {0})',
        examples=(
            (({"b": [1, 0.5, None], "a": "'é\"\n"},), '{"a": "\'\\u00e9\\"\\n", "b": [1, 0.5, None]}'),
            ((True,), "True"),
        ),
        defines=("stargit.python_literal",),
    ),
    Row(
        "shell_word", ("str",), "str", strings.shell_word, '''(printf "'%s'" (replace "'" "'\\\\''" {0}))''',
        examples=((("it's $HOME",), "'it'\\''s $HOME'"), (("",), "''")),
    ),
)  # fmt: skip

ROWS: dict[str, Row] = {row.name: row for row in _TABLE}

FUNCTIONS: dict[str, Callable[..., Any]] = {name: row.python for name, row in ROWS.items()}


def evaluate(name: str, operands: Sequence[Any]) -> Any:
    """The function ``name`` of these operands. Raises ``ValueError`` where there is no result (a wrong version)."""
    return ROWS[name].python(*operands)


def runtime_defines(names: Iterable[str]) -> str:
    """The text of a template file with the defines that the functions ``names`` need; empty when none does."""
    needed: set[str] = set()
    waiting = [define for name in names for define in ROWS[name].defines]
    while waiting:
        define = waiting.pop()
        if define not in needed:
            needed.add(define)
            waiting += USED_BY_DEFINES.get(define, ())
    return "\n".join(text for define, text in RUNTIME_DEFINES.items() if define in needed)
