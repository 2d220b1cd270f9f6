"""Maps, sequences, documents and lines of text as lines of a Go template, for ``golang``."""

from __future__ import annotations

from typing import Protocol

from generator.dialect import tree as t
from generator.dialect.golang_choices import ChoicePrinter
from generator.dialect.golang_expressions import GoExpressions, chain, emitted, scalar_filter
from generator.dialect.golang_guards import guard_terms, is_or_none
from generator.dialect.golang_layout import comment_lines, laid_out
from generator.dialect.golang_scalars import key_text, scalar_text
from generator.dialect.presence import may_be_empty, node_certain
from generator.dialect.syntax import Json
from generator.dialect.types import never_empty, present

#: More guards than this make a container a define of its own, left out when its text is empty.
_MOST_GUARDS = 3


class Lines(Protocol):
    """The file that is printed to."""

    def add(self, text: str, place: t.Place | None) -> None:
        """Add a line."""

    def put_dash(self, start: int, indent: int) -> None:
        """Make a line the first one of an item."""

    @property
    def count(self) -> int:
        """The number of lines so far."""

    def outline(self, kind: str, children: tuple[t.Child, ...], path: str, place: t.Place) -> t.Invoke:
        """A container as a define of its own."""


class BlockPrinter:
    """Prints children of one file or define. ``path`` names what is outlined from it."""

    def __init__(self, lines: Lines, root: str, path: str, used: set[str]) -> None:
        self._lines = lines
        self._root = root
        self._path = path
        self._used = used
        self._go = GoExpressions(root, used)
        self._choices = ChoicePrinter(self._tag, self._go)

    def _line(self, indent: int, text: str, place: t.Place) -> None:
        for line in laid_out(" " * indent + text):
            self._lines.add(line, place)

    def _tag(self, indent: int, text: str, place: t.Place) -> None:
        self._line(indent, f"{{{{- {text} }}}}", place)

    def children(self, children: tuple[t.Child, ...], indent: int) -> None:
        """Print children at an indentation."""
        for index, child in enumerate(children):
            if isinstance(child, t.Note):
                for line in comment_lines(child.text, indent):
                    self._lines.add(line, _place_near(children, index))
            else:
                self._child(child, indent)

    def _child(self, child: t.Child, indent: int) -> None:
        match child:
            case t.Entry():
                self._entry(child, indent)
            case t.Item():
                self._filled("-", child.node, child.place, indent, f"{self._path}.item")
            case t.Document():
                self._line(0, "---", child.place)
                self.children(child.children, 0)
            case t.Splice():
                lines = child.call.macro.kind in ("docs", "text")
                text = self._go.include(child.call) if lines else self._include(child.call, indent)
                self._tag(indent, text, child.place)
            case t.TextLine():
                self._tag(indent, self._go.line(child.parts), child.place)
            case t.Result():
                self._choices.result(child.expression, child.place, indent)
            case t.Let():
                self._choices.let(child.name, child.expression, child.place, indent)
            case t.Require():
                self._tag(indent, f"if {self._go.bare(self._go.opposite(child.condition))}", child.place)
                self._tag(indent + 2, f"fail {self._go.literal(child.message)}", child.place)
                self._tag(indent, "end", child.place)
            case t.If():
                word = "if"
                for test, body in child.branches:
                    self._tag(indent, "else" if test is None else f"{word} {self._condition(test)}", child.place)
                    self.children(body, indent)
                    word = "else if"
                self._tag(indent, "end", child.place)
            case t.Loop():
                self._loop(child, indent)
            case t.Note():
                raise AssertionError("notes are printed by children()")

    def _condition(self, e: t.Expr) -> str:
        return self._go.bare(self._go.condition(e))

    def _loop(self, child: t.Loop, indent: int) -> None:
        names = ", ".join(f"${name}" for name in child.names)
        self._tag(indent, f"range {names} := {self._go.pipe(child.iterable)}", child.place)
        if child.condition is not None:
            self._tag(indent, f"if {self._condition(child.condition)}", child.place)
        self.children(child.body, indent)
        self._tag(indent, "end", child.place)
        if child.condition is not None:
            self._tag(indent, "end", child.place)

    # --- entries and items -----------------------------------------------------------------------------------------

    def _entry(self, child: t.Entry, indent: int) -> None:
        if isinstance(child.key, str):
            self._filled(f"{key_text(child.key)}:", child.node, child.place, indent, f"{self._path}.{child.key}")
        else:
            head = f"{{{{ {self._go.pipe(child.key)} | quote }}}}:"
            self._filled(head, child.node, child.place, indent, self._path)

    def _filled(self, head: str, node: t.Node, place: t.Place, indent: int, path: str) -> None:
        """``head`` (``key:`` or ``-``) with its node, left out where the node is null or empty."""
        match node:
            case t.Value():
                self._value(head, node.expression, place, indent)
            case t.Mapping() | t.Sequence():
                if not may_be_empty(node.children):
                    self._container(head, node, place, indent, path)
                    return
                terms = guard_terms(node.children, self._go)
                if terms is None or len(terms) > _MOST_GUARDS:
                    kind = "map" if isinstance(node, t.Mapping) else "seq"
                    self._value(head, self._lines.outline(kind, node.children, path, place), place, indent)
                    return
                condition = f"or {' '.join(terms)}" if len(terms) > 1 else self._go.bare(terms[0])
                self._tag(indent, f"if {condition}", place)
                self._container(head, type(node)(_without_lone_guard(node.children)), place, indent, path)
                self._tag(indent, "end", place)

    def _container(self, head: str, node: t.Mapping | t.Sequence, place: t.Place, indent: int, path: str) -> None:
        first = node.children[0]
        inner = BlockPrinter(self._lines, self._root, path, self._used)
        if head == "-" and isinstance(node, t.Mapping) and isinstance(first, t.Entry) and node_certain(first.node):
            # '- key: value': print the first entry, then put the dash before it.
            start = self._lines.count
            inner.children(node.children, indent + 2)
            self._lines.put_dash(start, indent)
            return
        self._line(indent, head, place)
        inner.children(node.children, indent + 2)

    def _value(self, head: str, e: t.Expr, place: t.Place, indent: int) -> None:
        if isinstance(e, t.Const):
            self._constant(head, e.value, place, indent)
        elif isinstance(e, t.Invoke) and not e.macro.gives_value:
            inside = indent + 2
            if e.macro.empty:
                self._tag(indent, f"with {self._go.include(e)} | trim", place)
                self._line(indent, head, place)
                self._tag(inside, f". | nindent {inside}", place)
                self._tag(indent, "end", place)
            else:
                self._line(indent, head, place)
                self._tag(inside, self._include(e, inside), place)
        elif not e.type.nullable:
            self._line(indent, f"{head} {{{{ {emitted(e, self._go)} }}}}", place)
        elif is_or_none(e):
            assert isinstance(e, t.Logic)
            self._tag(indent, f"with {self._go.pipe(e.left)}", place)
            self._line(indent, f"{head} {{{{ .{scalar_filter(e.left.type)} }}}}", place)
            self._tag(indent, "end", place)
        elif never_empty(present(e.type)):
            self._tag(indent, f"with {self._go.pipe(e)}", place)
            self._line(indent, f"{head} {{{{ .{scalar_filter(e.type)} }}}}", place)
            self._tag(indent, "end", place)
        elif isinstance(e, t.Default) and all(isinstance(value, t.Local | t.Field) for value in chain(e)):
            word = "if"
            for value in chain(e):
                self._tag(indent, f'{word} not (kindIs "invalid" {self._go.term(value)})', place)
                self._line(indent, f"{head} {{{{ {emitted(value, self._go)} }}}}", place)
                word = "else if"
            self._tag(indent, "end", place)
        else:
            if not isinstance(e, t.Local | t.Field | t.Lookup):
                # No name of a template begins with '_'.
                self._tag(indent, f"$_value := {self._go.pipe(e)}", place)
                e = t.Local("_value", e.type)
            self._tag(indent, f'if not (kindIs "invalid" {self._go.term(e)})', place)
            self._line(indent, f"{head} {{{{ {emitted(e, self._go)} }}}}", place)
            self._tag(indent, "end", place)

    def _constant(self, head: str, value: Json, place: t.Place, indent: int) -> None:
        if isinstance(value, dict) and value:
            start = self._lines.count
            if head != "-":
                self._line(indent, head, place)
            for key, inner in value.items():
                self._constant(f"{key_text(key)}:", inner, place, indent + 2)
            if head == "-":
                self._lines.put_dash(start, indent)
        elif isinstance(value, list) and value:
            self._line(indent, head, place)
            for inner in value:
                self._constant("-", inner, place, indent + 2)
        else:
            self._line(indent, f"{head} {scalar_text(value)}", place)

    def _include(self, e: t.Invoke, indent: int) -> str:
        trim = "" if starts_clean(e.macro) else "trim | "
        return f"{self._go.include(e)} | {trim}nindent {indent}"


def starts_clean(macro: t.Instance) -> bool:
    """Whether the text of a macro's define has no line feed at its beginning: then it needs no ``trim``."""
    first = macro.children[0] if macro.children else None
    return not macro.parameters and isinstance(first, t.Entry | t.Item) and node_certain(first.node)


def _without_lone_guard(children: tuple[t.Child, ...]) -> tuple[t.Child, ...]:
    """The only child's own condition is already asked around its container."""
    written = [child for child in children if not isinstance(child, t.Note)]
    if len(written) == 1 and isinstance(written[0], t.If) and len(written[0].branches) == 1:
        index = children.index(written[0])
        return (*children[:index], *written[0].branches[0][1], *children[index + 1 :])
    return children


def _place_near(children: tuple[t.Child, ...], index: int) -> t.Place | None:
    for other in (*children[index:], *children[:index]):
        place: t.Place | None = getattr(other, "place", None)
        if place is not None:
            return place
    return None
