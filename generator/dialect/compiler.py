"""From template texts to the two targets: the one door of this package.

``Compiler`` knows the types of a chart's values and its static data; ``compile`` takes the files and gives the typed
tree, from which ``program`` (native) and ``go_files`` (Helm) are made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from generator.dialect import syntax as s
from generator.dialect import tree as t
from generator.dialect.check import Checker
from generator.dialect.golang import GoFile, print_go
from generator.dialect.native import ChartProgram, compile_native
from generator.dialect.schema_types import SchemaTypes
from generator.dialect.source import SourceFile
from generator.dialect.structure import parse_template
from generator.errors import Problem, ProblemsError


@dataclass(frozen=True)
class CompiledChart:
    """A checked chart. Both targets are made from the same tree, each on first use."""

    name: str
    tree: t.Chart

    @cached_property
    def program(self) -> ChartProgram:
        """The native target."""
        return compile_native(self.tree)

    @cached_property
    def _go(self) -> tuple[dict[str, GoFile], frozenset[str]]:
        return print_go(self.tree, self.name)

    @property
    def go_files(self) -> Mapping[str, GoFile]:
        """The files of the Helm chart's ``templates/`` by name."""
        return self._go[0]

    @property
    def used_functions(self) -> frozenset[str]:
        """Names of the function table's rows that the Go templates use (some need a define of the table)."""
        return self._go[1]


class Compiler:
    """Compiles the templates of one chart.

    ``schema`` is the JSON Schema of its values; ``statics`` are plain data that templates see under their names
    (``catalog``, ``chart``).
    """

    def __init__(self, name: str, schema: Mapping[str, Any], statics: Mapping[str, s.Json]) -> None:
        self._name = name
        self._types = SchemaTypes(schema)
        self._statics = dict(statics)

    def compile(self, templates: Mapping[str, str], libraries: Mapping[str, str], prefix: str = "") -> CompiledChart:
        """Check all files (name -> text). ``prefix`` stands before file names in errors.

        Raises ProblemsError with the problems of all files: first those of syntax, one a file; without any, those of
        meaning.
        """
        parsed: dict[str, s.Template] = {}
        parsed_libraries: dict[str, s.Template] = {}
        problems: list[Problem] = []
        for names, result, folder in ((templates, parsed, ""), (libraries, parsed_libraries, "_lib/")):
            for name, text in sorted(names.items()):
                source = SourceFile(f"{prefix}{folder}{name}", text)
                try:
                    result[name] = parse_template(source)
                except ProblemsError as error:
                    problems.extend(error.problems)
        for template in parsed.values():
            problems.extend(
                template.source.problem(
                    macro.at, "a macro in a template file", "macros live in library files under _lib/"
                )
                for macro in template.macros
            )
        if problems:
            raise ProblemsError(problems)
        checker = Checker(self._name, self._types, self._statics, parsed_libraries)
        tree = checker.chart({name.removesuffix(".j2"): template for name, template in parsed.items()})
        return CompiledChart(self._name, tree)
