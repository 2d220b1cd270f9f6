"""The typed tree as Go templates: the Helm target.

What a Helm user reads: one file a template, one ``define`` a macro, the author's comments and names. White space follows one rule: every
printed line begins with a line feed, every tag trims to its left. All scalars are written on one line (``quote``, ``toJson``), so
that ``nindent`` can never change one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from generator.dialect import tree as t
from generator.dialect.golang_expressions import GoExpressions
from generator.dialect.golang_guards import free_locals, guard_terms, is_or_none
from generator.dialect.golang_scalars import key_text, scalar_text
from generator.dialect.native import static_value
from generator.dialect.presence import may_be_empty, node_certain
from generator.dialect.syntax import Json
from generator.dialect.types import Flag, Int, Text, Type

#: More guards than this make a container a define of its own, left out when its text is empty.
_MOST_GUARDS = 3


@dataclass(frozen=True)
class GoFile:
    """One file of ``templates/``. ``origins`` has, for each line of ``text``, the template file and line it came from (or None)."""

    name: str
    text: str
    origins: tuple[tuple[str, int] | None, ...]


@dataclass
class _Lines:
    text: list[str] = field(default_factory=list)
    origins: list[tuple[str, int] | None] = field(default_factory=list)

    def add(self, text: str, place: t.Place | None) -> None:
        origin = None if place is None else (place.source.name, place.source.position(place.at).line)
        for line in text.split("\n"):
            self.text.append(line)
            self.origins.append(origin)

    def file(self, name: str) -> GoFile:
        return GoFile(name, "\n".join(self.text) + "\n", tuple(self.origins))


def print_go(chart: t.Chart, name: str) -> tuple[dict[str, GoFile], frozenset[str]]:
    """All files of the chart's ``templates/`` (template files and ``_<library>.tpl``), and the table rows that they use."""
    used: set[str] = set()
    files: dict[str, GoFile] = {}
    for file in chart.files:
        printer = _FilePrinter(name, file.name, used)
        printer.body(file.children)
        files[file.name] = printer.lines.file(file.name)
    libraries: dict[str, list[t.Instance]] = {}
    for instance in chart.instances:
        libraries.setdefault(instance.name.split(".")[1], []).append(instance)
    for library, instances in sorted(libraries.items()):
        printer = _FilePrinter(name, library, used)
        for instance in sorted(instances, key=lambda one: one.name):
            printer.define(instance)
        printer.outlined_defines()
        files[f"_{library}.tpl"] = printer.lines.file(f"_{library}.tpl")
    return files, frozenset(used)


class _FilePrinter:
    """Prints one file; containers that were outlined follow at its end."""

    def __init__(self, chart: str, name: str, used: set[str]) -> None:
        self.chart = chart
        self.stem = name.partition(".")[0]
        self.used = used
        self.lines = _Lines()
        self.outlined: list[t.Instance] = []

    def body(self, children: tuple[t.Child, ...]) -> None:
        _Printer(self, "$", self.stem).children(children, 0)
        self.outlined_defines()

    def outlined_defines(self) -> None:
        done = 0
        while done < len(self.outlined):
            self.define(self.outlined[done])
            done += 1

    def define(self, instance: t.Instance) -> None:
        if instance.note:
            self.lines.add(comment(instance.note), instance.place)
        documents = instance.kind in ("docs", "text")
        first = instance.children[0] if instance.children else None
        trims = not documents and not instance.parameters and isinstance(first, t.Entry | t.Item) and node_certain(first.node)
        self.lines.add(f'{{{{- define "{instance.name}" {"-}}" if trims else "}}"}', instance.place)
        for name, _ in instance.parameters:
            self.lines.add(f"{{{{- ${name} := .{name} }}}}", instance.place)
        root = "$.root" if instance.parameters else "$"
        _Printer(self, root, instance.name.partition(".")[2]).children(instance.children, 0)
        self.lines.add("{{- end }}", instance.place)
        self.lines.add("", None)

    def outline(self, kind: str, children: tuple[t.Child, ...], path: str, place: t.Place) -> t.Invoke:
        """A container as a define of its own, called with the names that it uses."""
        names = free_locals(children)
        name = f"{self.chart}.{path}"
        taken = sum(1 for other in self.outlined if other.name == name or other.name.startswith(f"{name}-"))
        instance = t.Instance(
            name if not taken else f"{name}-{taken + 1}", kind, tuple(sorted(names.items())), children, True, None, True, "", place
        )
        self.outlined.append(instance)
        kinds: Type = Text()
        arguments = tuple(t.Local(local, kind_, kind_.nullable) for local, kind_ in sorted(names.items()))
        return t.Invoke(instance, arguments, kinds)


class _Printer:
    """Prints the children of one file or define. ``path`` names what is outlined from it."""

    def __init__(self, file: _FilePrinter, root: str, path: str) -> None:
        self.file = file
        self.path = path
        self.go = GoExpressions(root, file.used)

    def line(self, indent: int, text: str, place: t.Place) -> None:
        self.file.lines.add(" " * indent + text, place)

    def tag(self, indent: int, text: str, place: t.Place) -> None:
        self.line(indent, f"{{{{- {text} }}}}", place)

    def children(self, children: tuple[t.Child, ...], indent: int) -> None:
        for index, child in enumerate(children):
            if isinstance(child, t.Note):
                self.file.lines.add(" " * indent + comment(child.text), _place_near(children, index))
            else:
                self.child(child, indent)

    def child(self, child: t.Child, indent: int) -> None:
        match child:
            case t.Entry():
                self.entry(child, indent)
            case t.Item():
                self.item(child, indent)
            case t.Document():
                self.line(0, "---", child.place)
                self.children(child.children, 0)
            case t.Splice():
                if child.call.macro.kind == "docs":
                    self.tag(indent, self.go.include(child.call), child.place)
                else:
                    self.tag(indent, self.include(child.call, indent), child.place)
            case t.TextLine():
                self.tag(indent, self.go.line(child.parts), child.place)
            case t.Let():
                self.tag(indent, f"${child.name} := {self.go.pipe(child.expression)}", child.place)
            case t.Require():
                self.tag(indent, f"if not {self.go.term(child.condition)}", child.place)
                self.tag(indent + 2, f"fail {self.go.literal(child.message)}", child.place)
                self.tag(indent, "end", child.place)
            case t.If():
                word = "if"
                for test, body in child.branches:
                    self.tag(indent, "else" if test is None else f"{word} {self.go.pipe(test)}", child.place)
                    self.children(body, indent)
                    word = "else if"
                self.tag(indent, "end", child.place)
            case t.Loop():
                names = ", ".join(f"${name}" for name in child.names)
                self.tag(indent, f"range {names} := {self.go.pipe(child.iterable)}", child.place)
                if child.condition is not None:
                    self.tag(indent, f"if {self.go.pipe(child.condition)}", child.place)
                self.children(child.body, indent)
                self.tag(indent, "end", child.place)
                if child.condition is not None:
                    self.tag(indent, "end", child.place)
            case t.Note():
                raise AssertionError("notes are printed by children()")

    # --- entries and items -----------------------------------------------------------------------------------------

    def entry(self, child: t.Entry, indent: int) -> None:
        key = key_text(child.key) if isinstance(child.key, str) else f"{{{{ {self.go.pipe(child.key)} | quote }}}}"
        path = f"{self.path}.{child.key}" if isinstance(child.key, str) else self.path
        self.filled(f"{key}:", child.node, child.place, indent, path)

    def item(self, child: t.Item, indent: int) -> None:
        self.filled("-", child.node, child.place, indent, f"{self.path}.item")

    def filled(self, head: str, node: t.Node, place: t.Place, indent: int, path: str) -> None:
        """``head`` (``key:`` or ``-``) with its node, left out where the node is null or empty."""
        match node:
            case t.Value():
                self.value(head, node.expression, place, indent)
            case t.Mapping() | t.Sequence():
                kind = "map" if isinstance(node, t.Mapping) else "seq"
                if not may_be_empty(node.children):
                    self.container(head, node, place, indent, path)
                    return
                terms = guard_terms(node.children, self.go)
                if terms is None or len(terms) > _MOST_GUARDS:
                    self.value(head, self.file.outline(kind, node.children, path, place), place, indent)
                    return
                self.tag(indent, f"if {self._any(terms)}", place)
                self.container(head, type(node)(_without_lone_guard(node.children)), place, indent, path)
                self.tag(indent, "end", place)

    def _any(self, terms: list[str]) -> str:
        if len(terms) > 1:
            return "or " + " ".join(terms)
        return terms[0][1:-1] if terms[0].startswith("(") else terms[0]

    def container(self, head: str, node: t.Mapping | t.Sequence, place: t.Place, indent: int, path: str) -> None:
        constant = static_value(node)
        if constant is not None and not constant[0]:
            self.line(indent, f"{head} {'{}' if isinstance(node, t.Mapping) else '[]'}", place)
            return
        first = node.children[0]
        inner = _Printer(self.file, self.go.root, path)
        if head == "-" and isinstance(node, t.Mapping) and isinstance(first, t.Entry) and node_certain(first.node):
            # '- key: value': print the first entry, then put the dash before it.
            start = len(self.file.lines.text)
            inner.children(node.children, indent + 2)
            line = self.file.lines.text[start]
            self.file.lines.text[start] = " " * indent + "- " + line[indent + 2 :]
            return
        self.line(indent, head, place)
        inner.children(node.children, indent + 2)

    def value(self, head: str, e: t.Expr, place: t.Place, indent: int) -> None:
        if isinstance(e, t.Const):
            self.constant(head, e.value, place, indent)
        elif isinstance(e, t.Invoke) and e.macro.kind != "text":
            inside = indent + 2
            if e.macro.empty:
                self.tag(indent, f"with {self.go.include(e)} | trim", place)
                self.line(indent, head, place)
                self.tag(inside, f". | nindent {inside}", place)
                self.tag(indent, "end", place)
            else:
                self.line(indent, head, place)
                self.tag(inside, self.include(e, inside), place)
        elif not e.type.nullable:
            self.line(indent, f"{head} {{{{ {self.emit(e)} }}}}", place)
        elif is_or_none(e):
            assert isinstance(e, t.Logic)
            self.tag(indent, f"with {self.go.pipe(e.left)}", place)
            self.line(indent, f"{head} {{{{ {self._emit_dot(e.left.type)} }}}}", place)
            self.tag(indent, "end", place)
        else:
            self.tag(indent, f'if not (kindIs "invalid" {self.go.term(e)})', place)
            self.line(indent, f"{head} {{{{ {self.emit(e)} }}}}", place)
            self.tag(indent, "end", place)

    def constant(self, head: str, value: Json, place: t.Place, indent: int) -> None:
        if isinstance(value, dict) and value:
            start = len(self.file.lines.text)
            if head != "-":
                self.line(indent, head, place)
            for key, inner in value.items():
                self.constant(f"{key_text(key)}:", inner, place, indent + 2)
            if head == "-":
                line = self.file.lines.text[start]
                self.file.lines.text[start] = " " * indent + "- " + line[indent + 2 :]
        elif isinstance(value, list) and value:
            self.line(indent, head, place)
            for inner in value:
                self.constant("-", inner, place, indent + 2)
        else:
            self.line(indent, f"{head} {scalar_text(value)}", place)

    def include(self, e: t.Invoke, indent: int) -> str:
        trim = "" if _clean_start(e.macro) else "trim | "
        return f"{self.go.include(e)} | {trim}nindent {indent}"

    def emit(self, e: t.Expr) -> str:
        """The pipeline that writes a value as YAML on one line."""
        match e.type:
            case Text():
                return f"{self.go.pipe(e)} | quote"
            case Int():
                text = self.go.integer(e)
                return f"{self.go.pipe(e)} | int64" if text.startswith("(int64 ") else self.go.pipe(e)
            case Flag():
                return self.go.pipe(e)
        return f"{self.go.pipe(e)} | toJson"

    def _emit_dot(self, kind: Type) -> str:
        match kind:
            case Text():
                return ". | quote"
            case Int():
                return ". | int64"
            case Flag():
                return "."
        return ". | toJson"


def comment(text: str) -> str:
    """A comment of the chart."""
    return "{{- /* " + text.replace("*/", "* /").replace("}}", "} }") + " */}}"


def _clean_start(macro: t.Instance) -> bool:
    first = macro.children[0] if macro.children else None
    return not macro.parameters and isinstance(first, t.Entry | t.Item) and node_certain(first.node)


def _without_lone_guard(children: tuple[t.Child, ...]) -> tuple[t.Child, ...]:
    """The only child's own condition is already asked around its container."""
    real = [child for child in children if not isinstance(child, t.Note)]
    if len(real) == 1 and isinstance(real[0], t.If) and len(real[0].branches) == 1:
        return real[0].branches[0][1]
    return children


def _place_near(children: tuple[t.Child, ...], index: int) -> t.Place | None:
    for other in (*children[index:], *children[:index]):
        place: t.Place | None = getattr(other, "place", None)
        if place is not None:
            return place
    return None


__all__ = ["Callable", "GoFile", "print_go"]
