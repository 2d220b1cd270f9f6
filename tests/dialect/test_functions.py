"""The compiler takes the operands that the function table names, and no others."""

from __future__ import annotations

import re

import pytest

from generator.compat.table import ROWS, Row
from generator.dialect import tree as t
from generator.dialect.functions import FILTERS
from generator.dialect.map_functions import FUNCTIONS
from generator.dialect.types import describe
from generator.errors import ProblemsError
from tests.dialect.small import compiled

#: What text macros apply by themselves.
_ESCAPES = {"ini_value", "python_literal", "shell_word"}
_WRITTEN = [row for name, row in ROWS.items() if name not in _ESCAPES]
#: Expressions of a type: one that is never null, one that may be.
_SAMPLES = {
    "str": ("values.title", "values.note"),
    "version": ("values.version", "(values.version if values.debug else none)"),
    "ascii": ("values.code", '(values.flower.port | text if values.flower.port is not none else none)'),
    "scalar": ("values.size", "values.limit"),
    "any": ("values.labels", "values.note"),
    "list[str]": ("values.hosts", "values.more"),
    "list[int]": ("values.ports", "(values.ports if values.debug else none)"),
    "list[any]": ("values.ports", "values.more"),
    "list[any] or map[any]": ("values.config", "values.annotations"),
    "map[any]": ("values.labels", "values.annotations"),
    "map[map[scalar]]": ("values.config", "none"),
    "shape": ("values.flower", "values.redis"),
    "list[free]": ("values.flower.tolerations", "(values.flower.tolerations if values.debug else none)"),
    "list[shape]": ("values.queues", "(values.queues if values.debug else none)"),
    "static unit": ('"m"', "none"),
    "static str": ('"replicas"', "none"),
    "static int": ("2", "none"),
    "static map": ("", ""),
}  # fmt: skip


def application(row: Row, operands: list[str]) -> str:
    """The row as an author writes it."""
    if row.name in FUNCTIONS:
        return f"{row.name}({', '.join(operands)})"
    first, *others = operands
    arguments = f"({', '.join(others)})" if others else ""
    return f"({first} is semver{arguments})" if row.name == "semver" else f"({first} | {row.name}{arguments})"


def _operands(row: Row) -> list[tuple[str, bool]]:
    """The type of each operand, and whether null is one."""
    if row.name == "semver":
        return [("version", False), ("static constraint", False)]
    if row.name == "in_unit":
        return [("scalar", True), ("static unit", False)]
    words = [word.removesuffix("...") for word in row.parameters if word != "static map"]
    return [(re.sub(r"\?(?=$|\])", "", word), word.endswith("?")) for word in words]


def _expression(row: Row, null: int | None = None) -> str:
    samples = {**_SAMPLES, "static constraint": ('">=3.0.0-0"', "none")}
    return application(row, [samples[word][index == null] for index, (word, _) in enumerate(_operands(row))])


@pytest.mark.parametrize("row", _WRITTEN, ids=lambda row: row.name)
def test_operands_of_the_types_in_the_table_are_taken(row: Row) -> None:
    document = compiled(f"---\na: {{{{ {_expression(row)} }}}}\n").tree.files[0].children[0]
    assert isinstance(document, t.Document)
    entry = document.children[0]
    assert isinstance(entry, t.Entry | t.If)
    if isinstance(entry, t.Entry) and isinstance(entry.node, t.Value):
        found = describe(entry.node.expression.type)
        wanted = {"any?": "int?", "map[any]": "map[str]", "shape": "Flower"}.get(row.result, row.result)
        assert found == wanted


@pytest.mark.parametrize(
    ("row", "index"),
    [pytest.param(row, index, id=f"{row.name}-{index}") for row in _WRITTEN for index in range(len(_operands(row)))],
)
def test_null_is_taken_where_the_table_says_so(row: Row, index: int) -> None:
    template = f"---\na: {{{{ {_expression(row, index)} }}}}\nb: 1\n"
    if _operands(row)[index][1]:
        compiled(template)
    else:
        with pytest.raises(ProblemsError):
            compiled(template)


def test_every_filter_and_function_has_a_row() -> None:
    assert {row.name for row in _WRITTEN} == {*FILTERS, *FUNCTIONS, "semver"} - {"default", "items"}
