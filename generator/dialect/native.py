"""The typed tree as Python functions that build dicts and lists: the native target.

Each file and each macro instance becomes one function. The source is kept on the program, so that it can be read.
``R`` is the run (values, release, results of macros without parameters), ``V`` the values, ``E`` an empty map, ``K0``,
``K1``, ... constants: every part that never changes is made once, and the YAML emitter keeps its text.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from generator.compat.table import FUNCTIONS
from generator.dialect import memory
from generator.dialect import tree as t
from generator.dialect.native_expressions import ExpressionWriter
from generator.dialect.presence import may_be_empty, node_certain
from generator.dialect.reads import reads
from generator.dialect.static_values import static_value
from generator.dialect.syntax import Json
from generator.errors import Problem, ProblemsError
from generator.yaml import static


@dataclass(frozen=True, slots=True)
class Release:
    """What Helm calls the release: both names are DNS labels."""

    name: str
    namespace: str


@dataclass(slots=True)
class _Run:
    values: Mapping[str, Any]
    name: str
    namespace: str
    memory: memory.Memory = field(default_factory=memory.Memory)

    @staticmethod
    def refuse(message: str) -> None:
        raise ProblemsError([Problem(message, path="values")])


class ChartProgram:
    """A compiled chart: effective values and a release in, objects by template file out.

    ``source`` is its Python, ``constants`` are the parts of objects that never change, by their names there, ``files``
    the template files, sorted; ``reads`` are the paths of values that each of them reads.
    """

    def __init__(
        self,
        source: str,
        constants: Mapping[str, Json],
        files: Sequence[str],
        reads: Mapping[str, Sequence[Sequence[str]]],
    ) -> None:
        self.source = source
        self.constants = constants
        self.files = tuple(files)
        self.reads = reads
        namespace: dict[str, Any] = {
            **{name: static(value) for name, value in constants.items()},
            **{f"F_{name}": function for name, function in FUNCTIONS.items()},
            "E": {},
            "ALWAYS": memory.LastingMemory(),
        }
        exec(compile(source, "<chart>", "exec"), namespace)  # noqa: S102  (our own compiler's output)
        self._functions: dict[str, Callable[[Any], list[Json]]] = {
            file: namespace[f"file_{index}"] for index, file in enumerate(self.files)
        }

    def render(
        self, values: Mapping[str, Any], release: Release, without: Collection[str] = ()
    ) -> dict[str, list[Json]]:
        """The objects of every template file that gives any, but for the files ``without``.

        ``values`` are effective (defaults coalesced in) and valid. Parts of ``values`` and of the program are shared
        with the result: treat it as read-only. Raises ProblemsError where a ``{% require %}`` is not met.
        """
        run = _Run(values, release.name, release.namespace)
        result: dict[str, list[Json]] = {}
        for name, function in self._functions.items():
            if name in without:
                continue
            documents = function(run)
            if documents:
                result[name] = documents
        return result


def compile_native(chart: t.Chart) -> ChartProgram:
    """Compile a chart. The order of files, documents and keys is that of the templates."""
    writer = _Writer(chart)
    return ChartProgram(writer.write(), writer.constants, [file.name for file in chart.files], reads(chart))


class _Writer:
    def __init__(self, chart: t.Chart) -> None:
        self.chart = chart
        self.lines: list[str] = []
        self.depth = 0
        self.temporaries = 0
        self.expressions = ExpressionWriter(chart)
        self.remembered = memory.remembered(chart)

    @property
    def constants(self) -> dict[str, Json]:
        return self.expressions.constants

    def write(self) -> str:
        for index, instance in enumerate(self.chart.instances):
            self.instance(index, instance)
        for index, file in enumerate(self.chart.files):
            self.line(f"def file_{index}(R):  # {file.name}")
            self.depth = 1
            self.line("V = R.values")
            self.line("o = []")
            self.children(file.children, "o", "docs")
            self.line("return o")
            self.depth = 0
        return "\n".join(self.lines) + "\n"

    def instance(self, index: int, instance: t.Instance) -> None:
        names = "".join(f", v_{name}" for name, _ in instance.parameters)
        self.line(f"def m_{index}(R{names}):  # {instance.name}")
        self.depth = 1
        remember = id(instance) in self.remembered
        kept = "R.memory" if instance.uses_root else "ALWAYS"
        if remember:
            self.line(f"k = {memory.key(index, instance)}")
            self.line(f"if (r := {kept}.get(k)) is not None: return r")
        if instance.uses_root:
            self.line("V = R.values")
        if instance.kind == "map":
            result, _ = self.mapping(instance.children)
        elif instance.kind == "seq":
            result, _ = self.sequence(instance.children)
        else:
            result = "o"
            if instance.kind != "value":
                self.line("o = []")
            self.children(instance.children, "o", instance.kind)
            if instance.kind == "text":
                self.line("o = ''.join(o)")
        if remember:
            result = f"{kept}.keep({', '.join(['k', result, *memory.containers(instance)])})"
        self.line(f"return {result}")
        self.depth = 0

    # --- statements ----------------------------------------------------------------------------------------------

    def line(self, text: str) -> None:
        self.lines.append("    " * self.depth + text)

    def temporary(self) -> str:
        self.temporaries += 1
        return f"t{self.temporaries}"

    def children(self, children: tuple[t.Child, ...], target: str, kind: str) -> None:
        for child in children:
            self.child(child, target, kind)

    def child(self, child: t.Child, target: str, kind: str) -> None:
        expr = self.expressions.write
        match child:
            case t.Entry():
                key = repr(child.key) if isinstance(child.key, str) else expr(child.key)
                self.store(child.node, lambda value: f"{target}[{key}] = {value}")
            case t.Item():
                self.store(child.node, lambda value: f"{target}.append({value})")
            case t.Document():
                value, _ = self.mapping(child.children)
                if may_be_empty(child.children):
                    self.line(f"if {value}: {target}.append({value})")
                else:
                    self.line(f"{target}.append({value})")
            case t.Splice():
                method = {"map": "update", "text": "append"}.get(kind, "extend")
                self.line(f"{target}.{method}({expr(child.call)})")
            case t.TextLine():
                parts = [expr(part) for part in child.parts]
                if child.parts and isinstance(child.parts[-1], t.Const):
                    parts[-1] = repr(f"{child.parts[-1].value}\n")
                else:
                    parts.append(repr("\n"))
                self.line(f"{target}.append({' + '.join(parts)})")
            case t.Result():
                self.line(f"{target} = {expr(child.expression)}")
            case t.Let():
                self.line(f"v_{child.name} = {expr(child.expression)}")
            case t.Require():
                self.line(f"if not {expr(child.condition)}: R.refuse({child.message!r})")
            case t.If():
                word = "if"
                for test, body in child.branches:
                    self.line("else:" if test is None else f"{word} {expr(test)}:")
                    self.nested(body, target, kind)
                    word = "elif"
            case t.Loop():
                iterable = expr(child.iterable)
                if child.iterable.type.nullable:
                    iterable = f"({iterable} or E)"
                names = ", ".join(f"v_{name}" for name in child.names)
                self.line(
                    f"for {names} in sorted({iterable}.items()):"
                    if len(child.names) == 2
                    else f"for {names} in {iterable}:"
                )
                if child.condition is not None:
                    self.depth += 1
                    self.line(f"if {expr(child.condition)}:")
                    self.nested(child.body, target, kind)
                    self.depth -= 1
                else:
                    self.nested(child.body, target, kind)
            case t.Note():
                pass

    def nested(self, body: tuple[t.Child, ...], target: str, kind: str) -> None:
        self.depth += 1
        before = len(self.lines)
        self.children(body, target, kind)
        if len(self.lines) == before:
            self.line("pass")
        self.depth -= 1

    def store(self, node: t.Node, statement: Callable[[str], str]) -> None:
        """Store a node's value where it is not left out."""
        value, absent = self.node(node)
        if absent == "never":
            self.line(statement(value))
            return
        if not value.isidentifier():
            name = self.temporary()
            self.line(f"{name} = {value}")
            value = name
        self.line(f"if {value}{' is not None' if absent == 'null' else ''}: {statement(value)}")

    # --- nodes ---------------------------------------------------------------------------------------------------

    def node(self, node: t.Node) -> tuple[str, str]:
        """A Python expression (after statements that prepare it), and when it is left out: never, null, empty."""
        constant = static_value(node)
        if constant is not None:
            return self.expressions.constant(constant[0]), "never"
        match node:
            case t.Value():
                text = self.expressions.write(node.expression)
                if isinstance(node.expression, t.Invoke) and not node.expression.macro.gives_value:
                    return text, "empty" if node.expression.macro.empty else "never"
                return text, "null" if node.expression.type.nullable else "never"
            case t.Mapping():
                return self.mapping(node.children)
            case t.Sequence():
                return self.sequence(node.children)

    def mapping(self, children: tuple[t.Child, ...]) -> tuple[str, str]:
        """Leading entries that are always there make a literal, the rest are statements: the order of keys is kept."""
        children = tuple(child for child in children if not isinstance(child, t.Note))
        literal: list[str] = []
        for child in children:
            if isinstance(child, t.Splice):
                literal.append(f"**{self.expressions.write(child.call)}")
            elif isinstance(child, t.Entry) and isinstance(child.key, str) and node_certain(child.node):
                literal.append(f"{child.key!r}: {self.node(child.node)[0]}")
            else:
                break
        return self.container("{", literal, "}", children, "map")

    def sequence(self, children: tuple[t.Child, ...]) -> tuple[str, str]:
        children = tuple(child for child in children if not isinstance(child, t.Note))
        literal: list[str] = []
        for child in children:
            if isinstance(child, t.Splice):
                literal.append(f"*{self.expressions.write(child.call)}")
            elif isinstance(child, t.Item) and node_certain(child.node):
                literal.append(self.node(child.node)[0])
            else:
                break
        return self.container("[", literal, "]", children, "seq")

    def container(
        self, begin: str, literal: list[str], end: str, children: tuple[t.Child, ...], kind: str
    ) -> tuple[str, str]:
        """A literal with the first children in it; statements add the others."""
        absent = "empty" if may_be_empty(children) else "never"
        text = begin + ", ".join(literal) + end
        if len(literal) == len(children):
            return text, absent
        name = self.temporary()
        self.line(f"{name} = {text}")
        self.children(children[len(literal) :], name, kind)
        return name, absent
