"""The typed tree as Go templates: the Helm target.

What a Helm user reads: one file a template, one ``define`` a macro, the author's comments and names. White space
follows one rule: every printed line begins with a line feed, every tag trims to its left. All scalars are written on
one line (``quote``, ``toJson``), so that ``nindent`` can never change one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from generator.dialect import tree as t
from generator.dialect.golang_blocks import BlockPrinter, starts_clean
from generator.dialect.golang_guards import free_locals
from generator.dialect.golang_layout import comment_lines
from generator.dialect.types import Text


@dataclass(frozen=True)
class GoFile:
    """One file of ``templates/``.

    ``origins`` has, for each line of ``text``, the template file and line it came from (None for blank lines between
    defines).
    """

    name: str
    text: str
    origins: tuple[tuple[str, int] | None, ...]


def print_go(chart: t.Chart, name: str) -> tuple[dict[str, GoFile], frozenset[str]]:
    """All files of the chart's ``templates/`` (template files and ``_<library>.tpl``), and the table rows they use."""
    used: set[str] = set()
    names = {instance.name for instance in chart.instances}
    files: dict[str, GoFile] = {}
    for file in chart.files:
        printer = _FilePrinter(name, file.name, used, names)
        printer.body(file.children)
        files[file.name] = printer.file(file.name)
    libraries: dict[str, list[t.Instance]] = {}
    for instance in chart.instances:
        libraries.setdefault(instance.library, []).append(instance)
    for library, instances in sorted(libraries.items()):
        printer = _FilePrinter(name, library, used, names)
        # In the author's order: comments may speak of what stands before.
        printer.defines(sorted(instances, key=lambda one: (one.place.at, one.name)))
        files[f"_{library}.tpl"] = printer.file(f"_{library}.tpl")
    return files, frozenset(used)


@dataclass
class _FilePrinter:
    """Prints one file; containers that were outlined follow at its end. ``names`` are those of all defines."""

    chart: str
    file_name: str
    used: set[str]
    names: set[str]
    lines: list[str] = field(default_factory=list)
    origins: list[tuple[str, int] | None] = field(default_factory=list)
    outlined: list[t.Instance] = field(default_factory=list)

    def add(self, text: str, place: t.Place | None) -> None:
        """Add a line."""
        origin = None if place is None else (place.source.name, place.source.position(place.at).line)
        self.lines.append(text)
        self.origins.append(origin)

    def put_dash(self, start: int, indent: int) -> None:
        """Make line ``start``, printed two columns deeper, the first line of an item."""
        self.lines[start] = " " * indent + "- " + self.lines[start][indent + 2 :]

    @property
    def count(self) -> int:
        """The number of lines so far."""
        return len(self.lines)

    def file(self, name: str) -> GoFile:
        return GoFile(name, "".join(f"{line}\n" for line in self.lines), tuple(self.origins))

    def body(self, children: tuple[t.Child, ...]) -> None:
        """The documents of a template file."""
        BlockPrinter(self, "$", self.file_name.partition(".")[0], self.used).children(children, 0)
        self._outlined_defines()

    def defines(self, instances: Iterable[t.Instance]) -> None:
        """The macros of a library."""
        for instance in instances:
            self._define(instance)
        self._outlined_defines()

    def _outlined_defines(self) -> None:
        done = 0
        while done < len(self.outlined):
            self._define(self.outlined[done])
            done += 1

    def _define(self, instance: t.Instance) -> None:
        if instance.note:
            for line in comment_lines(instance.note, 0):
                self.add(line, instance.place)
        self.add(f'{{{{- define "{instance.name}" {"-}}" if starts_clean(instance) else "}}"}', instance.place)
        for name, _ in instance.parameters:
            self.add(f"{{{{- ${name} := .{name} }}}}", instance.place)
        root = "$.root" if instance.parameters else "$"
        path = instance.name.removeprefix(f"{self.chart}.")
        BlockPrinter(self, root, path, self.used).children(instance.children, 0)
        self.add("{{- end }}", instance.place)
        self.add("", None)

    def outline(self, kind: str, children: tuple[t.Child, ...], path: str, place: t.Place) -> t.Invoke:
        """A container as a define of its own, called with the names that it uses."""
        locals_ = free_locals(children)
        instance = t.Instance(
            name=self._new_name(f"{self.chart}.{re.sub(r'[^A-Za-z0-9_./-]+', '-', path)}"),
            library="",
            kind=kind,
            format="",
            parameters=tuple((name, local.type) for name, local in sorted(locals_.items())),
            children=children,
            empty=True,
            keys=None,
            uses_root=True,
            note="",
            place=place,
        )
        self.outlined.append(instance)
        return t.Invoke(instance, tuple(local for _, local in sorted(locals_.items())), Text())

    def _new_name(self, wanted: str) -> str:
        name, number = wanted, 1
        while name in self.names:
            number += 1
            name = f"{wanted}.{number}"
        self.names.add(name)
        return name
