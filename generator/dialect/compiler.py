"""From template texts to the two targets: the one door of this package.

``Compiler`` knows the types of a chart's values and its static data; ``compile`` takes the files and gives the typed
tree, from which ``program`` (native) and ``go_files`` (Helm) are made.
"""

from __future__ import annotations

import re
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
        problems = _wrong_names(templates, libraries, prefix)
        parsed = _parsed(templates, prefix, problems)
        parsed_libraries = _parsed(libraries, f"{prefix}_lib/", problems)
        for template in parsed.values():
            for macro in template.macros:
                hint = "macros live in library files under _lib/"
                problems.append(template.source.problem(macro.at, "a macro in a template file", hint))
        for library in parsed_libraries.values():
            for child in library.body:
                if not isinstance(child, s.Note):
                    hint = "documents stand in template files beside _lib/"
                    problems.append(library.source.problem(child.at, "a document in a library file", hint))
        if problems:
            raise ProblemsError(problems)
        checker = Checker(self._name, self._types, self._statics, parsed_libraries)
        try:
            tree = checker.chart({name.removesuffix(".j2"): template for name, template in parsed.items()})
        except RecursionError:
            message = "the macros call each other through too many levels"
            raise ProblemsError([Problem(message, file=f"{prefix}_lib/", hint="write some levels out")]) from None
        return CompiledChart(self._name, tree)


_TEMPLATE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*\.yaml\.j2\Z")
_LIBRARY_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*\.yaml\.j2\Z")


def _wrong_names(templates: Mapping[str, str], libraries: Mapping[str, str], prefix: str) -> list[Problem]:
    """Helm does not render files whose names begin with ``_`` or do not end in ``.yaml``."""
    problems = []
    for name in templates:
        if not _TEMPLATE_NAME.match(name):
            hint = "name it like 'scheduler.yaml.j2'; libraries stand under _lib/"
            problems.append(Problem("the name of a template file", file=f"{prefix}{name}", hint=hint))
    for name in libraries:
        if not _LIBRARY_NAME.match(name) or name.startswith("stargit."):
            hint = "name it like 'names.yaml.j2'; 'stargit' is taken"
            problems.append(Problem("the name of a library file", file=f"{prefix}_lib/{name}", hint=hint))
    return problems


def _parsed(files: Mapping[str, str], prefix: str, problems: list[Problem]) -> dict[str, s.Template]:
    result: dict[str, s.Template] = {}
    for name, text in sorted(files.items()):
        try:
            result[name] = parse_template(SourceFile(f"{prefix}{name}", text))
        except ProblemsError as error:
            problems.extend(error.problems)
    return result
