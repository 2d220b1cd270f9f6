# ruff: noqa: E501
"""What each construct makes natively: of values in which nothing is null or empty, and of values with nothing in them.

The templates stand in ``constructs``; ``test_golang`` has their Helm side.
"""

from __future__ import annotations

from typing import Any

import pytest

from generator.dialect import Release
from tests.dialect.constructs import CONSTRUCTS, Construct
from tests.dialect.small import BARE, FULL, compiled

#: The documents of FULL, and of BARE.
DOCUMENTS: dict[str, tuple[list[Any], list[Any]]] = {
    "literals": (
        [
            {
                "a": "plain",
                "b": 8080,
                "c": "y",
                "d": True,
                "e": ["ReadWriteOnce", 1],
                "f": {},
                "g": {"name": "http", "on": []},
            }
        ],
        [
            {
                "a": "plain",
                "b": 8080,
                "c": "y",
                "d": True,
                "e": ["ReadWriteOnce", 1],
                "f": {},
                "g": {"name": "http", "on": []},
            }
        ],
    ),
    "a string": (
        [{"a": "A title"}],
        [{"a": "A title"}],
    ),
    "an integer": (
        [{"a": 7, "b": 8}],
        [{"a": 7, "b": 8}],
    ),
    "a boolean, a number, a scalar, free JSON": (
        [{"a": True, "b": 0.25, "c": 1.5, "d": {"a": [1, None, "x"]}}],
        [{"a": False, "b": 0.25, "c": 1.5}],
    ),
    "null is left out": (
        [{"a": "a note", "b": 10, "c": "/health", "d": 1}],
        [{"d": 1}],
    ),
    "x or none": (
        [{"a": {"team": "data", "app": "x"}, "b": 10, "c": "A title"}],
        [{"c": "A title"}],
    ),
    "x or y": (
        [{"a": "a note", "b": 10}],
        [{"a": "A title", "b": 5}],
    ),
    "default": (
        [{"a": "a note", "b": 10, "c": ["m"]}],
        [{"a": "A title", "b": 5, "c": []}],
    ),
    "a choice": (
        [{"a": "x", "b": 1}],
        [{"a": "A title", "b": 2}],
    ),
    "a choice that leaves out": (
        [{"a": "A title"}],
        [],
    ),
    "a choice that guards": (
        [{"a": "port-5555", "b": '["x","p10"]'}],
        [{"a": "none", "b": '["x","q"]'}],
    ),
    "joining": (
        [{"a": "rel-7-100%-true", "b": "ns.1.2.3"}],
        [{"a": "rel-7-100%-false", "b": "ns.1.2.3"}],
    ),
    "comparing": (
        [{"a": True, "b": False, "c": True, "d": False, "e": True}],
        [{"a": True, "b": False, "c": True, "d": False, "e": False}],
    ),
    "and, or, not": (
        [{"a": False, "b": True}],
        [{"a": False, "b": False}],
    ),
    "membership": (
        [{"a": True, "b": False, "c": False, "d": True}],
        [{"a": True, "b": False, "c": False, "d": True}],
    ),
    "is none": (
        [{"a": False, "b": True}],
        [{"a": True, "b": False}],
    ),
    "semver": (
        [{"a": True}],
        [{"a": True}],
    ),
    "paths": (
        [{"a": 5, "b": "data", "d": 1}],
        [],
    ),
    "functions of maps": (
        [
            {
                "a": {"team": "data", "app": "x", "a": "b", "x": "A title"},
                "b": {"core": {"parallelism": 32, "x": "y", "a": 1}, "api": {"debug": False}},
                "c": ["app", "team"],
                "d": 2,
            }
        ],
        [{"a": {"x": "A title"}, "b": {"core": {"a": 1}}, "c": [], "d": 0}],
    ),
    "override and total": (
        [{"a": [3, 4], "b": 7, "c": 7}],
        [{"b": 0, "c": 0}],
    ),
    "functions of strings": (
        [
            {
                "a": "QSB0aXRsZQ==",
                "b": "09eb9d670454768e474c17674ec55be20b5efc4d31ac0c58d1426a5c88b20b8e",
                "c": "A+B",
                "d": "A%title",
                "e": "1.5",
                "f": "a.example.com,b.example.com",
            }
        ],
        [
            {
                "a": "QSB0aXRsZQ==",
                "b": "74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b",
                "c": "A+B",
                "d": "A%title",
                "e": "1.5",
                "f": "",
            }
        ],
    ),
    "lists and maps": (
        [{"a": ["A title", "x"], "b": {"k": 7, "l": 2}}],
        [{"a": ["A title", "x"], "b": {"k": 7, "l": 2}}],
    ),
    "the catalog": (
        [
            {
                "a": 5555,
                "b": 1000000,
                "c": {"name": "flower", "ports": [{"name": "http", "port": 5555}, {"name": "metrics", "port": 9000}]},
                "d": ["one", "two", "é😀"],
            }
        ],
        [
            {
                "a": 5555,
                "b": 1000000,
                "c": {"name": "flower", "ports": [{"name": "http", "port": 5555}, {"name": "metrics", "port": 9000}]},
                "d": ["one", "two", "é😀"],
            }
        ],
    ),
    "a map left out when empty": (
        [{"a": {"b": "a note", "c": 10}, "d": 1}],
        [{"d": 1}],
    ),
    "a map of many that may be null": (
        [{"a": {"b": "a note", "c": 10, "d": True}, "f": 1}],
        [{"f": 1}],
    ),
    "a sequence": (
        [{"a": ["x", "A title", "a note", {"b": 1, "c": 7}, ["z"], {"d": "a note"}]}],
        [{"a": ["x", "A title", {"b": 1, "c": 7}, ["z"]]}],
    ),
    "items at the column of their key": (
        [{"a": ["x", "z"], "b": 1}],
        [{"a": ["x"], "b": 1}],
    ),
    "if, elif, else": (
        [{"a": 1}],
        [{"b": 2}],
    ),
    "a block with one condition": (
        [{"a": {"b": 1}, "c": 2}],
        [{"c": 2}],
    ),
    "for over a list": (
        [{"a": [{"name": "a.example.com"}, {"name": "b.example.com"}]}],
        [],
    ),
    "for with a condition": (
        [{"a": ["q1"], "b": 1}],
        [{"b": 1}],
    ),
    "for over a map": (
        [{"a": {"app": "x", "team": "data"}, "b": ["api", "debug=false", "core", "parallelism=32", "x=y"]}],
        [],
    ),
    "for over the catalog": (
        [{"a": [{"name": "http", "port": 5555}, {"name": "metrics", "port": 9000}], "large": 1000000, "small": 1}],
        [{"a": [{"name": "http", "port": 5555}, {"name": "metrics", "port": 9000}], "large": 1000000, "small": 1}],
    ),
    "set": (
        [{"a": "flower", "b": "static", "c": 5555}],
        [{"a": "f", "b": "static"}],
    ),
    "require": (
        [{"a": 1}],
        [{"a": 1}],
    ),
    "documents": (
        [{"a": 1}, {"b": 2}, {"c": "a.example.com"}, {"c": "b.example.com"}, {"d": "a note"}],
        [{"a": 1}],
    ),
    "comments": (
        [{"a": 1, "b": {"c": 2}}],
        [{"a": 1, "b": {"c": 2}}],
    ),
    "a map macro": (
        [
            {
                "a": {"name": "x", "port": 5555, "release": "rel"},
                "b": {"name": "A title", "port": 5555, "release": "rel", "more": 1},
                "c": [{"name": "y", "port": 5555, "release": "rel"}],
                "d": '{"app":"x","team":"data"}',
            }
        ],
        [
            {
                "a": {"name": "x", "release": "rel"},
                "b": {"name": "A title", "release": "rel", "more": 1},
                "c": [{"name": "y", "release": "rel"}],
                "d": "{}",
            }
        ],
    ),
    "a macro that may give nothing": (
        [{"c": "{}", "d": [1]}],
        [{"c": "{}", "d": [1]}],
    ),
    "a sequence macro": (
        [{"a": [5555, 9000], "c": [5555, 9000, 7], "d": "[5555,9000,7]"}],
        [{"a": [5555, 9000], "c": [5555, 9000, 7], "d": "[5555,9000,7]"}],
    ),
    "a macro of documents": (
        [{"kind": "ServiceAccount", "name": "a"}, {"b": 1}, {"kind": "ServiceAccount", "name": "c"}],
        [{"kind": "ServiceAccount", "name": "a"}, {"b": 1}],
    ),
    "one-line macros": (
        [{"a": "rel-x", "b": "robot!", "c": 5555}],
        [{"a": "rel-x", "b": "rel-f!"}],
    ),
    "one-line macros of much work": (
        [{"a": 22228, "b": True, "c": "run --limit=10 --host=a.example.com,b.example.com --name=etl", "d": 1}],
        [{"a": 8, "b": False, "c": "run --name=rel"}],
    ),
    "defaults of defaults": (
        [{"a": 5555, "b": "a note", "c": 5555}],
        [{"a": 80, "b": ""}],
    ),
    "a choice with a name": (
        [{"a": "at most 10", "b": "A title"}],
        [{"a": "all", "b": "A title"}],
    ),
    "conditions and their opposites": (
        [{"c": 3}],
        [{"b": 2, "c": 3}],
    ),
    "documents of a one-line macro": (
        [
            {
                "kind": "ServiceAccount",
                "name": "flower",
                "ports": [{"name": "http", "port": 5555}, {"name": "metrics", "port": 9000}],
            }
        ],
        [
            {
                "kind": "ServiceAccount",
                "name": "flower",
                "ports": [{"name": "http", "port": 5555}, {"name": "metrics", "port": 9000}],
            }
        ],
    ),
    "ini": (
        [
            {
                "a": "[etl]\noption = 32 parallelism\noption = y x\n\nrest = A title\n",
                "b": "f78610a1ee88f9dd08bf01a82c64e8ad9b8057ce82626cb322d11d5ef311e64b",
            }
        ],
        [{"a": "[etl]\n\nrest = A title\n", "b": "87c63cf88c54258e1058f4266de758ded162a0684e7bff920a7cbd247bd8d63d"}],
    ),
    "python, shell, text": (
        [
            {
                "a": 'X = {"api": {"debug": False}, "core": {"parallelism": 32, "x": "y"}}\nif True:\n    Y = "a note"  # 3\n',
                "b": "set -e\nexec 'A title' --limit='7' \"$@\"\n",
                "c": "n=7 true static 100%\nset -e\nexec 'A title' --limit='7' \"$@\"\n",
            }
        ],
        [
            {
                "a": "X = {}\nif False:\n    Y = None  # 3\n",
                "b": "set -e\nexec 'A title' --limit='7' \"$@\"\n",
                "c": "n=7 false static 100%\nset -e\nexec 'A title' --limit='7' \"$@\"\n",
            }
        ],
    ),
}


@pytest.mark.parametrize("construct", CONSTRUCTS, ids=lambda construct: construct.name)
def test_the_objects_of_each_construct(construct: Construct) -> None:
    program = compiled(construct.template, construct.library).program
    release = Release("rel", "ns")
    full, bare = (program.render(values, release).get("test.yaml", []) for values in (FULL, BARE))
    assert (full, bare) == DOCUMENTS[construct.name]
    # Equal maps may differ in their order; a reader of YAML sees it.
    assert repr((full, bare)) == repr(DOCUMENTS[construct.name])


def test_every_construct_is_shown() -> None:
    assert list(DOCUMENTS) == [construct.name for construct in CONSTRUCTS]
