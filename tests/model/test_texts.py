"""The types of text mean the same to Helm (Go), to our validator (Rust) and to Python."""

from __future__ import annotations

import importlib
import re
from typing import Any

import jsonschema_rs
import pytest
from typing_extensions import TypeAliasType

from generator.model import Model, free, names, number, text, values_schema

regex: Any = importlib.import_module("re._constants")
regex_parser: Any = importlib.import_module("re._parser")

NASTY = [
    "",
    " ",
    "a",
    "a ",
    " a",
    "a\n",
    "\n",
    "a\nb",
    "a\r",
    "a\tb",
    "\x00",
    "\x07",
    "\x7f",
    "\x85",
    "\x9f",
    "\xa0",
    "\u2028",
    "\u2029",
    "\ufeff",
    "\ufffe",
    "\uffff",
    "\ufdd0",
    "é",
    "ß",
    "日本",
    "😀",
    "a😀",
    "<<",
    "<",
    "<a",
    "<<a",
    "{{ .Values }}",
    "1",
    "01",
    "1.0",
    "-1",
    "1e3",
    "a.b",
    "a..b",
    ".a",
    "a.",
    "-a",
    "a-",
    "A",
    "a_b",
    "a/b",
    "/a",
    "/",
    "a" * 63,
    "a" * 64,
    "a" * 253,
    "a" * 254,
    "1.2.3",
    "01.2.3",
    "1.2.3-rc.01",
    "1.2.3-rc1",
    "1.2.3\n",
    "*.a.b",
    "a:b",
    "a@b",
    "git@h:r",
    "https://h/p",
    "https://",
    "ssh://h",
    "0 0 * * *",
    "0 0 * * *\n",
    "@daily",
    "5s",
    "5",
    "sha256:" + "a" * 64,
    "500m",
    "2Gi",
    "2GiB",
    "50%",
    "101%",
    "$(X)",
    "٣",
    "K",
]


def _kinds() -> dict[str, Any]:
    modules = (free, names, number, text)
    return {name: kind for module in modules for name, kind in vars(module).items() if isinstance(kind, TypeAliasType)}


def _schema(kind: Any) -> dict[str, Any]:
    """The schema of one setting of that type, with its definitions."""
    holder = type("Holder", (Model,), {"__annotations__": {"value": kind}, "__module__": __name__})
    schema = values_schema(holder, title="", id="urn:holder")
    return {**schema["properties"]["value"], "$defs": schema["$defs"]}


def _patterns(schema: Any) -> list[str]:
    if isinstance(schema, list):
        return [found for part in schema for found in _patterns(part)]
    if not isinstance(schema, dict):
        return []
    found = [schema["pattern"]] if isinstance(schema.get("pattern"), str) else []
    found += schema.get("patternProperties", {})
    return found + [each for part in schema.values() for each in _patterns(part)]


PATTERNS = sorted({pattern for kind in _kinds().values() for pattern in _patterns(_schema(kind))})


@pytest.mark.parametrize("pattern", PATTERNS)
def test_patterns_use_only_what_every_engine_knows(pattern: str) -> None:
    assert pattern.startswith("^")
    assert pattern.endswith("$")
    # Look-around and flags, classes that differ in Unicode, anchors that differ at line feeds, escapes that Go lacks.
    assert not re.search(r"\(\?|\\[dDwWsSbBAzZGpPuUkK1-9]|[*+?}]\+", pattern)
    assert _count(list(regex_parser.parse(pattern))) <= 1000, "Go multiplies nested counts and takes 1,000 at most"


def _count(items: list[Any]) -> int:
    """The greatest product of nested counts; ``*`` and ``+`` are none."""
    greatest = 1
    for operator, argument in items:
        match operator:
            case regex.MAX_REPEAT:
                least, most, body = argument
                own = least if most is regex.MAXREPEAT else most
                greatest = max(greatest, own * _count(list(body)))
            case regex.SUBPATTERN:
                greatest = max(greatest, _count(list(argument[3])))
            case regex.BRANCH:
                greatest = max(greatest, *(_count(list(branch)) for branch in argument[1]))
    return greatest


@pytest.mark.parametrize("pattern", PATTERNS)
def test_patterns_agree_between_rust_and_python(pattern: str) -> None:
    rust = jsonschema_rs.validator_for({"$schema": "http://json-schema.org/draft-07/schema#", "pattern": pattern})
    python = re.compile(pattern.removesuffix("$") + r"\Z")
    assert {each for each in NASTY if rust.is_valid(each)} == {each for each in NASTY if python.match(each)}


@pytest.mark.parametrize("name", sorted(name for name, kind in _kinds().items() if "string" in str(_schema(kind))))
def test_no_text_holds_what_yaml_readers_drop(name: str) -> None:
    allowed = jsonschema_rs.validator_for(_schema(_kinds()[name]))
    assert not [
        each
        for each in ("\x00", "a\x07", "\x7f", "\x85", "\x9f", "\ufeff", "a\ufffe", "\uffff", "a\r")
        if allowed.is_valid(each)
    ]


@pytest.mark.parametrize("name", sorted(_kinds()))
def test_examples_are_valid(name: str) -> None:
    schema = _schema(_kinds()[name])
    allowed = jsonschema_rs.validator_for(schema)
    examples = schema["$defs"].get(name, {}).get("examples", [])
    assert [each for each in examples if not allowed.is_valid(each)] == []


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("Line", ["", "é 😀", "{{ x }}"], ["a\nb", "\t", "\u2028", "x" * 8193]),
        ("LongText", ["a\n\tb\n", "\u2028"], ["\r\n", "\x1b[0m"]),
        ("DnsLabel", ["a", "a-1", "x" * 63], ["", "A", "-a", "a.b", "x" * 64]),
        ("DnsName", ["a.b-c", "x" * 63 + ".y"], ["a..b", ".a", "a_b", "x" * 64]),
        ("LabelKey", ["app", "example.com/App_1.2"], ["/app", "a b", "Example.com/app", "example.com/", "x" * 64]),
        ("LabelValue", ["", "a.b_C-1"], ["-a", "a ", "x" * 64]),
        (
            "ImageRepository",
            ["apache/airflow", "localhost:5000/a/b__c", "10.0.0.1:5000/x"],
            ["Apache/airflow:1", "a b", "a//b", "/a", "a@sha256:1"],
        ),
        ("ImageTag", ["3.1.0", "_x", "a" * 128], ["", "-a", "a/b", "a" * 129]),
        ("Digest", ["sha256:" + "0f" * 32], ["sha256:" + "0F" * 32, "sha512:" + "0f" * 32, "0f" * 32]),
        (
            "Version",
            ["2.10.5", "3.1.0-rc1", "3.1.0-rc.1"],
            ["3.1", "03.1.0", "3.1.0rc1", "3.1.0-01", "v3.1.0", "3.1.0+x"],
        ),
        (
            "CronSchedule",
            [
                "*/15 * * * *",
                "0 0 1-5 JAN MON,TUE",
                "@daily",
                "59,0-30/5 23 31 12 6",
                "? 05 ? jAn-Mar/2 sun",
                "5/7 0 1 1 0",
            ],
            [
                "* * * *",
                "@never",
                "*  * * * *",
                "* * * * *\n",
                "99 99 * * *",
                "60 * * * *",
                "* 24 * * *",
                "* * 0 * *",
                "* * 32 * *",
                "* * * 13 *",
                "* * * 0 *",
                "* * * * 7",
                "*/0 * * * *",
                "*-5 * * * *",
                "1- * * * *",
                "1,, * * * *",
                "* * * * JAN",
                "* * * SUN *",
                "CRON_TZ=UTC 0 0 * * *",
                "@every 1h",
            ],
        ),
        ("ContainerName", ["git-sync", "x" * 58], ["a.b", "-a", "", "x" * 59, "x" * 57 + "-"]),
        (
            "Cidr",
            [
                "0.0.0.0/0",
                "10.0.0.0/8",
                "255.255.255.255/32",
                "::/0",
                "::1/128",
                "2001:db8::/32",
                "1:2:3:4:5:6:7:8/64",
                "1::8/9",
                "1:2:3:4:5:6:7::/99",
                "::2:3:4:5:6:7:8/100",
                "1:2:3::6:7:8/119",
            ],
            [
                "10.0.0.0",
                "10.0.0.0/33",
                "10.0.0/8",
                "256.0.0.0/8",
                "010.0.0.0/8",
                "10.0.0.0/08",
                "::/129",
                "1::2::3/64",
                "1:2:3:4:5:6:7:8:9/64",
                "1:2:3:4:5:6:7/64",
                "12345::/16",
                ":1/64",
                "1:/64",
                "anywhere",
                "",
                "10.0.0.0/8\n",
                "1:2:3:4:5:6:7::8/64",
                "::1:2:3:4:5:6:7:8/64",
                ":::/0",
            ],
        ),
        ("Duration", ["5s", "1h30m", "100ms"], ["5", "s", "5 s", "-5s"]),
        ("EnvName", ["A", "_x1", "AIRFLOW__CORE__X"], ["1A", "A=B", "A B", ""]),
        (
            "GitRepository",
            ["https://h/r.git", "git@h:o/r.git", "ssh://git@h:22/r"],
            ["h/r", "https://h r", "--upload-pack=x", "git@h:a b"],
        ),
        ("GitRef", ["main", "feature/x", "v1.0"], ["-x", "a b", "", "a~1"]),
        ("AbsolutePath", ["/", "/opt/airflow/dags"], ["opt", "", "/a b", "/a\n"]),
        (
            "RelativePath",
            ["", "tests/dags", ".", "./a", ".a/..b/c..d/...", "a//b/", "..."],
            ["/a", "a b", "..", "../a", "a/..", "a/../b", "a//../b/", "./.."],
        ),
        ("UrlPath", ["/", "/team/airflow"], ["airflow", "/a b", "/a?b", '/"']),
        ("Url", ["http://a.b:80/v1?x=$host"], ["ftp://a", "//a", "http://a b"]),
        ("Server", ["db", "10.0.0.1", "db.example.com"], ["db:5432", "a b", "-a", ""]),
        ("DatabaseName", ["airflow", "team-1_airflow"], ["a b", "-a", "a;b", ""]),
        ("Quantity", [0, 1.5, "500m", "1.5Gi", "1e3"], [-1, "-1", "1 Gi", "1GB", "Gi", "", True]),
        ("IntOrPercent", [0, 3, "0%", "100%"], [-1, 1.5, "101%", "3", "%"]),
        ("Scalar", [True, 1, 1.5, "x\ny"], [None, [], {}, 2**53, "\x00"]),
        ("Count", [0, 1_000_000], [-1, 1_000_001, 1.5, "1", True]),
        (
            "Free",
            [None, [1, {"a": None}], {"<": 1, "<a": "b\n"}],
            [{"<<": 1}, {"": 1}, {"a\n": 1}, {"x" * 257: 1}, [{"a": "\x00"}], 1e300],
        ),
    ],
)
def test_what_a_type_takes(name: str, good: list[Any], bad: list[Any]) -> None:
    allowed = jsonschema_rs.validator_for(_schema(_kinds()[name]))
    assert [each for each in good if not allowed.is_valid(each)] == []
    assert [each for each in bad if allowed.is_valid(each)] == []
