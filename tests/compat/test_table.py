"""Every row of the function table gives the same in Python and in a chart."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generator.compat.defines import RUNTIME_DEFINES, USED_BY_DEFINES
from generator.compat.table import ROWS, Row, evaluate, runtime_defines
from tests.compat import helm

NASTY = (
    "", " ", "a", "0", "-1", "1.0", "1e3", "0x1F", "null", "true", "y", "~", "a\nb", "\n", "a\n\nb\n", "\r\n", "a\rb",
    "a\n#b", "a\n  ;c\n", "\ta\t",
    "a\n[core]\nx = y", "'", "''", '"', "\\", "\\'", "$(x)", "`x`", "$1${1}", "%s%%", "{{ .Values }}", "<a&b>", "é",
    "ß", "İ", "日本", "😀",
    "\u00a0", "\u2028", "\u2029", "\u00a0\n\u2003#x", "\x7f", "\u0301", "\u00ad", "x" * 300,
)  # fmt: skip
NUMBERS = (
    0, 1, -1, 7, 1000000, 2**31, 2**53, -(2**53), 0.5, -0.25, 1e-6, 9.9e-7, 1e-7, 123456.789, 1e20, 1e21, 1.5e300,
    5e-324, 3.0, 13808533935078818000, -0.0,
)  # fmt: skip
VERSIONS = (
    "2.7.3", "3", "3.0", "v3.1.0", "3.0.0-rc1", "3.0.0-rc.1", "3.0.0-beta.11", "3.0.0-0", "3.0.1+astro.2", "0.0.1",
    "0.2.9", "10.0.0", "3.0.0-1.a", "3.0.0-a.1",
)  # fmt: skip
CONSTRAINTS = (
    ">=3.0.0-0", ">=3.0.0", "<3", "=2.7.3", "!=3.0.x", "!=3", ">2.7", "<=3.0", "^2.7", "^0.2", "^0.0.1", "~3.0",
    "~>2.7.1", "*", "3.x", "x", ">=2.7, <3.1",
    ">=2 <3.0.0-0", "<2.8 || >=3.0.0-rc.1", "2.0 - 3.0.5", "=>1.0", "=<2.7.3", ">*", "<=*", "^*", "~0.0.0", "!=*",
    "!=3.0.x-rc1", ">3.x", "<=3.x", "~3.0.0-0",
)  # fmt: skip

#: Of ``override``: which keys are overridden one by one, and which are replaced.
_WAYS: tuple[dict[str, Any], ...] = (
    {"nested": {"deep": {}}},
    {"nested": {"deep": {"map": "replace"}, "list": "replace"}, "map": "replace"},
    {"nested": "replace", "list": "replace", "absent": {}},
)

Draw = Callable[[], Any]


class Operands:
    """Draws operands by the types that a row names; the same on every run."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)

    def text(self) -> str:
        if self.random.random() < 0.6:
            return self.random.choice(NASTY)
        return "".join(self.random.choice(NASTY)[:3] for _ in range(self.random.randrange(6)))

    def ascii(self) -> str:
        return "".join(c for c in self.text() + self.random.choice(("", "aZ-9_.", "Q")) if " " <= c <= "~")

    def number(self) -> float:
        return self.random.choice(NUMBERS) if self.random.random() < 0.7 else self.random.uniform(-1e6, 1e6)

    def scalar(self) -> Any:
        return self.random.choice((self.text, self.text, self.number, lambda: True, lambda: False))()

    def many(self, item: Draw) -> list[Any]:
        return [item() for _ in range(self.random.choice((0, 1, 1, 2, 3)))]

    def map(self, item: Draw) -> dict[str, Any]:
        return {
            self.random.choice(("a", "b", "", "a.b", "Z", "10", "9", "é", self.text())): item()
            for _ in range(self.random.choice((0, 1, 2, 3)))
        }

    def free(self, depth: int = 3) -> Any:
        if depth == 0 or self.random.random() < 0.5:
            return self.random.choice((self.scalar, self.scalar, lambda: None, dict, list))()
        return self.random.choice((self.map, self.many))(lambda: self.free(depth - 1))

    def shape(self) -> dict[str, Any]:
        return {
            "n": self.random.choice((None, 0, 1, 5)),
            "flag": self.random.choice((None, False, True)),
            "list": self.random.choice((None, [], ["x"], [1, {"y": None}])),
            "map": self.random.choice((None, {}, {"x": "1"}, {"y": None, "x": {"z": 0}})),
            "nested": self.random.choice(
                (None, {"n": None}, {"n": 2, "list": ["q"], "deep": {"n": 3, "map": {"k": ""}}})
            ),
        }

    def amount(self) -> str:
        number = self.random.choice(
            ("0", "1", "007", "0.1", "1.5", "999999999999999.999999999", "3.000000001", "12e3", "1e99")
        )
        return number + self.random.choice(
            ("", "n", "u", "m", "k", "Ki", "M", "Mi", "G", "Gi", "Ti", "P", "E", "Ei", "g")
        )

    def variables(self) -> list[Any]:
        names = ("a", "b", "", "A", "é", None, 1)
        return self.many(
            lambda: {"n": self.random.choice(names), "v": self.free(1)} if self.random.random() < 0.7 else self.free()
        )

    def draw(self, row: Row) -> list[Any]:
        if row.name == "override":
            return [self.shape(), self.shape(), self.random.choice(_WAYS)]
        if row.name == "latest":
            return ["n", *self.many(self.variables)]
        if row.name == "in_unit":
            return [self.random.choice((self.amount, self.scalar))(), self.random.choice(("m", "Mi"))]
        if row.name == "total":
            return [self.many(self.shape), "n", 3, self.random.choice(("n", "absent")), 2]
        if row.name == "semver":
            return [self.random.choice(VERSIONS), self.random.choice(CONSTRAINTS)]
        if row.name == "replace":
            return [
                self.text(),
                self.random.choice(("a", "\n", ".", "ab", "")),
                self.random.choice(("", "-", "\\1", "$1")),
            ]
        operands = []
        for parameter in row.parameters:
            name = parameter.removesuffix("...")
            for _ in range(self.random.choice((1, 2, 3)) if parameter.endswith("...") else 1):
                operands.append(
                    None if name.endswith("?") and self.random.random() < 0.1 else self._by_type(name.removesuffix("?"))
                )
        return operands

    def _by_type(self, name: str) -> Any:
        kinds: dict[str, Draw] = {
            "str": self.text,
            "ascii": self.ascii,
            "any": self.free,
            "scalar": self.scalar,
            "static str": self.text,
            "static int": lambda: self.random.choice((0, 1, 3, 63, -2)),
            "list[str]": lambda: self.many(self.text),
            "list[int]": lambda: self.many(lambda: self.random.randrange(-(10**12), 10**12)),
            "list[any]": lambda: self.many(self.free),
            "map[any]": lambda: self.map(self.free),
            "list[any] or map[any]": lambda: self.random.choice((self.many, self.map))(self.free),
            "map[map[scalar]?]": lambda: self.map(
                lambda: None if self.random.random() < 0.1 else self.map(self.scalar)
            ),
        }
        return kinds[name]()


def golang(row: Row, operands: list[Any]) -> str:
    """The row's term for operands that stand in a list; literal where the row wants them static."""
    terms = []
    for index in range(len(operands)):
        static = index < len(row.parameters) and row.parameters[index] == "static int"
        terms.append(f"(int (index $c {index}))" if static else f"(index $c {index})")
    return row.go(*terms)


@pytest.mark.parametrize("row", ROWS.values(), ids=lambda row: row.name)
def test_python_gives_what_the_examples_say(row: Row) -> None:
    for operands, result in row.examples:
        assert evaluate(row.name, operands) == result
        assert type(evaluate(row.name, operands)) is type(result)


@pytest.mark.parametrize("generation", ["helm", "helm3"])
@pytest.mark.parametrize("row", ROWS.values(), ids=lambda row: row.name)
def test_helm_gives_what_python_gives(row: Row, generation: helm.Generation, tmp_path: Path) -> None:
    drawn = Operands(row.name)
    inputs = [list(operands) for operands, _ in row.examples] + [drawn.draw(row) for _ in range(200)]
    by_count: dict[int, list[list[Any]]] = {}
    for operands in inputs:
        by_count.setdefault(len(operands), []).append(operands)
    for count, group in by_count.items():
        term = golang(row, group[0])
        found = helm.evaluate(
            tmp_path / str(count), term, group, defines=runtime_defines([row.name]), generation=generation
        )
        assert len(found) == len(group)
        for operands, result in zip(group, found, strict=True):
            assert helm.plain(result) == helm.plain(evaluate(row.name, operands)), operands


def test_the_defines_that_are_needed_come_with_those_that_they_include() -> None:
    assert runtime_defines(["json", "b64encode"]) == ""
    for row in ROWS.values():
        text = runtime_defines([row.name])
        included = set(re.findall(r'include "([^"]+)"', text + row.golang))
        assert included == set(re.findall(r'define "([^"]+)"', text))
    assert runtime_defines(ROWS) == "\n".join(RUNTIME_DEFINES.values())
    assert {name for names in USED_BY_DEFINES.values() for name in names} <= set(RUNTIME_DEFINES)
