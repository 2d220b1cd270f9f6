"""A chart as it is written: template files, values model, static data. All else about it is computed from these."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import jsonschema_rs

from generator.charts.changed import ChangedValues
from generator.charts.ingredients import Ingredients
from generator.charts.validation import validate
from generator.compat import Defaults, coalesce
from generator.dialect import ChartProgram, CompiledChart, Compiler, Release
from generator.errors import Problem, ProblemsError
from generator.model import Model, defaults, values_schema

Values = dict[str, Any]
#: Makes JSON, or knows it from an earlier run: its name, and what makes it.
Kept: TypeAlias = Callable[[str, Callable[[], Any]], Any]


def _made(_: str, make: Callable[[], Any]) -> Any:
    return make()


@dataclass(frozen=True)
class ChartMetadata:
    """What Chart.yaml tells about a chart."""

    name: str
    version: str
    app_version: str
    description: str
    kube_version: str
    keywords: tuple[str, ...] = ()
    home: str = ""


@dataclass(frozen=True)
class ChartSource:
    """One chart.

    ``folder`` holds the templates (``*.yaml.j2``) and ``_lib/``, and may hold ``NOTES.txt``, which Helm shows behind an
    installation (a Go template as it is), and ``INSTALL.md``, a part of the chart's README; ``shapes`` are classes of
    the model that macros name; ``rules`` are checks across settings that a schema can't tell: they get effective values
    and give problems; ``instead`` knows for settings of other charts what stands in their place. ``kept`` is for charts
    that follow from Stargit's code alone (``generator.derived``).
    """

    metadata: ChartMetadata
    folder: Path
    values: type[Model]
    catalog: Mapping[str, Any]
    shapes: Sequence[type[Model]] = ()
    rules: Callable[[Values], list[Problem]] = field(default=lambda _: [])
    instead: Callable[[str], str] = field(default=lambda _: "")
    kept: Kept = field(default=_made)

    @property
    def name(self) -> str:
        """The chart's name."""
        return self.metadata.name

    @cached_property
    def schema(self) -> Mapping[str, Any]:
        """JSON Schema of complete values (values.schema.json)."""
        found: Mapping[str, Any] = self.kept(
            f"{self.name}-schema",
            lambda: values_schema(
                self.values,
                title=f"Values of the {self.name} chart",
                id=f"https://stargit.dev/schemas/{self.name}-values.json",
                shapes=self.shapes,
            ),
        )
        return found

    @cached_property
    def defaults(self) -> Defaults:
        """The chart's own values, without nulls; they can't be changed."""
        return Defaults(defaults(self.values))

    @cached_property
    def compiled(self) -> CompiledChart:
        """The checked templates. Raises ProblemsError with everything that is wrong in them."""
        return self.compile_files(*self.template_texts())

    @cached_property
    def program(self) -> ChartProgram:
        """The native program of the templates. Raises ProblemsError with everything that is wrong in them."""

        def make() -> list[Any]:
            made = self.compiled.program
            return [made.source, made.constants, made.files, made.reads]

        return ChartProgram(*self.kept(f"{self.name}-program", make))

    def compile_files(self, templates: Mapping[str, str], libraries: Mapping[str, str]) -> CompiledChart:
        """Compile these texts in the place of the folder's files."""
        statics = {
            "catalog": dict(self.catalog),
            "chart": {"name": self.name, "version": self.metadata.version, "appVersion": self.metadata.app_version},
        }
        return Compiler(self.name, self.schema, statics).compile(
            templates, libraries, prefix=f"{self.folder.parent.name}/{self.folder.name}/"
        )

    def template_texts(self) -> tuple[dict[str, str], dict[str, str]]:
        """The texts of template and library files by name."""
        return _texts(self.folder), _texts(self.folder / "_lib")

    def page(self, name: str) -> str:
        """The text of a page for people in the folder; empty when there is none."""
        path = self.folder / name
        return path.read_text(encoding="utf-8") if path.is_file() else ""

    @cached_property
    def digest(self) -> str:
        """Stands for all that decides what this chart renders: templates, model, catalog, version; 64 hex digits."""
        templates, libraries = self.template_texts()
        parts = [
            self.metadata.version,
            self.metadata.app_version,
            templates,
            libraries,
            self.schema,
            self.defaults,
            dict(self.catalog),
        ]
        return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=True).encode()).hexdigest()

    @cached_property
    def _validator(self) -> jsonschema_rs.Draft7Validator:
        return jsonschema_rs.Draft7Validator(dict(self.schema))

    @cached_property
    def _changed(self) -> ChangedValues:
        return ChangedValues(self.schema, self.defaults)

    def effective(self, values: Mapping[str, Any]) -> Values:
        """Defaults with ``values`` coalesced in, as Helm does it, checked against the schema and the chart's rules.

        Raises ProblemsError with all problems; their ``path`` is a path into the values.
        """
        result = coalesce(self.defaults, values)
        problems: list[Problem] = []
        if not self._changed.are_valid(result):
            problems = validate(self._validator, self.schema, result, self.instead)
        if not problems:
            problems = self.rules(result)
        if problems:
            raise ProblemsError(problems)
        return result

    @cached_property
    def ingredients(self) -> Ingredients:
        """What each template file is made of. Raises ProblemsError as ``program`` does."""
        return Ingredients(self.program.files, self.program.reads)

    def render(
        self, values: Mapping[str, Any], release: Release, without: Collection[str] = ()
    ) -> dict[str, list[Any]]:
        """The objects of each template file but those ``without``, for effective values. Raises ProblemsError."""
        return self.program.render(values, release, without)


def _texts(folder: Path) -> dict[str, str]:
    problems: list[Problem] = []
    texts: dict[str, str] = {}
    for path in sorted(folder.glob("*.j2")):
        try:
            texts[path.name] = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            problems.append(Problem(f"byte {error.start} is not UTF-8", file=str(path), hint="save the file as UTF-8"))
    if problems:
        raise ProblemsError(problems)
    return texts
