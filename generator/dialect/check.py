"""Templates become the typed tree: static control is decided, values are typed, keys are proven to stand once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from generator.dialect import syntax as s
from generator.dialect import tree as t
from generator.dialect.guards import depends, known_when
from generator.dialect.infer import BrokenError
from generator.dialect.keys import check_keys, check_loop
from generator.dialect.kinds import body_kind, name_of_kind
from generator.dialect.macros import Macros
from generator.dialect.schema_types import SchemaTypes
from generator.dialect.scope import Scope, constant
from generator.dialect.static_values import written_out
from generator.dialect.text_formats import escaped
from generator.dialect.types import Flag, ListOf, MapOf, Text, describe
from generator.errors import ProblemsError

#: Loops over static data are unrolled; a chart of more rounds is a mistake.
_MOST_ROUNDS = 10_000


class Checker:
    """Checks all templates of one chart. Problems are collected; ``chart`` raises them together."""

    def __init__(
        self, chart: str, types: SchemaTypes, statics: dict[str, s.Json], libraries: Mapping[str, s.Template]
    ) -> None:
        self._macros = Macros(chart, types, statics, libraries, self._body)
        self._inference = self._macros.inference
        self._problems = self._macros.problems
        self._rounds = 0

    def chart(self, templates: Mapping[str, s.Template]) -> t.Chart:
        """The typed tree of the chart. Raises ProblemsError with all problems of all files."""
        self._macros.tell_doubles()
        files = [self._file(name, template) for name, template in sorted(templates.items())]
        if not self._problems:
            self._macros.tell_unused()
        if self._problems:
            raise ProblemsError(self._problems)
        return t.Chart(tuple(files), self._macros.instances(files))

    def _file(self, name: str, template: s.Template) -> t.File:
        scope = self._macros.scope(template)
        children, _ = self._macros.running(name, lambda: self._body(template.body, scope, "docs"))
        return t.File(name, tuple(children))

    # --- children ------------------------------------------------------------------------------------------------

    def _body(self, children: tuple[s.Child, ...], scope: Scope, kind: str) -> list[t.Child]:
        """Typed children of a block. ``kind``: map, seq, docs, or text with its format (``text:ini``)."""
        result: list[t.Child] = []
        for child in children:
            try:
                if isinstance(child, s.Set):
                    scope = self._set(child, scope, result)
                else:
                    result.extend(self._child(child, scope, kind))
            except (ProblemsError, BrokenError) as error:
                if isinstance(error, ProblemsError):
                    self._problems.extend(error.problems)
                if isinstance(child, s.Set):
                    scope = scope.bind_broken(child.name)
        return result

    def _expression(self, e: s.Expression, scope: Scope) -> t.Expr:
        return self._inference.limit(self._inference.infer(e, scope), e.at, scope)

    def _set(self, child: s.Set, scope: Scope, result: list[t.Child]) -> Scope:
        self._new_name(child.at, child.name, scope)
        value = self._expression(child.expression, scope)
        if isinstance(value, t.Const):
            return scope.bind(child.name, value)
        result.append(t.Let(_place(child.at, scope), child.name, value))
        return scope.bind(child.name, t.Local(child.name, value.type))

    def _new_name(self, at: int, name: str, scope: Scope) -> None:
        if scope.taken(name):
            hint = "a name is set once and may not shadow another: choose a new one"
            raise scope.file.source.error(at, f"the name '{name}' is taken", hint)

    def _child(self, child: s.Child, scope: Scope, kind: str) -> list[t.Child]:
        place = _place(child.at, scope)
        match child:
            case s.Note():
                return [t.Note(child.text)]
            case s.Entry() if kind != "map":
                message = f"a key among {_AMONG[kind]}"
                raise scope.file.source.error(child.at, message, "begin it with '- ', or indent it")
            case s.Item() if kind != "seq":
                message = f"a '- ' item among {_AMONG[kind]}"
                raise scope.file.source.error(child.at, message, "indent the items below their key")
            case s.Entry():
                key = self._key(child, scope)
                node = self._node(child.node, scope)
                return [] if node is None else _lifted(t.Entry(place, key, node))
            case s.Item():
                node = self._node(child.node, scope)
                return [] if node is None else _lifted(t.Item(place, node))
            case s.Document():
                inside, behind = self._parted(child.children, scope)
                body = self._body(inside, scope, "map")
                check_keys(body)
                document: list[t.Child] = [] if t.blank(body) else [t.Document(place, tuple(body))]
                return document + self._body(behind, scope, "docs")
            case s.Splice():
                return self._splice(child, scope, kind)
            case s.TextLine():
                return self._text_line(child, scope, kind.partition(":")[2])
            case s.If():
                return self._if(child, scope, kind)
            case s.For():
                return self._for(child, scope, kind)
            case s.Require():
                condition = self._expression(child.condition, scope)
                if not isinstance(condition, t.Const):
                    return [t.Require(place, condition, child.message)]
                if not condition.value:
                    hint = "the condition is static, and false"
                    raise scope.file.source.error(child.at, f"this can never be met: {child.message}", hint)
                return []
            case s.Set():
                raise AssertionError("names are bound by _body")

    def _parted(self, children: tuple[s.Child, ...], scope: Scope) -> tuple[tuple[s.Child, ...], tuple[s.Child, ...]]:
        """The lines of a document, and behind them calls that give further documents.

        Names and comments right before such a call are for it.
        """
        resolve = self._macros.resolver(scope)
        first = next((index for index, one in enumerate(children) if body_kind((one,), resolve) == "docs"), None)
        if first is None:
            return children, ()
        while first > 0 and isinstance(children[first - 1], s.Set | s.Note):
            first -= 1
        return children[:first], children[first:]

    def _key(self, child: s.Entry, scope: Scope) -> str | t.Expr:
        if isinstance(child.key, str):
            return child.key
        key = self._expression(child.key, scope)
        self._inference.must(key, (Text,), child.key.at, scope, "a key is a string")
        return str(key.value) if isinstance(key, t.Const) else key

    def _node(self, node: s.Node, scope: Scope) -> t.Node | None:
        """The typed node; None when nothing is left of it."""
        match node:
            case s.Constant():
                return t.Value(constant(node.value))
            case s.Fill():
                value = self._inference.limit(self._inference.content(node.expression, scope), node.at, scope)
                if isinstance(value, t.Const):
                    return None if value.value is None else t.Value(value)
                return t.Value(value)
            case s.Sequence():
                children = self._body(node.children, scope, "seq")
                return _block(t.Sequence(tuple(children)))
            case s.Map():
                if body_kind(node.children, self._macros.resolver(scope)) == "seq":
                    return self._node(s.Sequence(node.at, node.children), scope)
                children = self._body(node.children, scope, "map")
                check_keys(children)
                return _block(t.Mapping(tuple(children)))

    def _splice(self, child: s.Splice, scope: Scope, kind: str) -> list[t.Child]:
        source = scope.file.source
        if isinstance(child.expression, s.Call):
            value = self._inference.call(child.expression, scope)
        else:
            value = self._inference.infer(child.expression, scope)
        if not isinstance(value, t.Invoke):
            message = "an expression alone on its line that is no call of a macro of lines"
            raise source.error(
                child.at, message, "write 'key: {{ ... }}' or '- {{ ... }}'; only such macros are spliced"
            )
        if value.macro.kind != kind:
            message = f"the macro gives {name_of_kind(value.macro.kind)}, and here stands {name_of_kind(kind)}"
            raise source.error(child.at, message, "splice what fits, or write 'key: {{ ... }}'")
        self._inference.limit(value, child.at, scope)
        node = written_out(value.macro)
        if isinstance(node, t.Mapping | t.Sequence):
            return list(node.children)
        return [] if value.macro.blank else [t.Splice(_place(child.at, scope), value)]

    def _text_line(self, child: s.TextLine, scope: Scope, format_: str) -> list[t.Child]:
        place = _place(child.at, scope)
        parts: list[t.Expr] = []
        for piece in child.pieces:
            if isinstance(piece, str):
                parts.append(constant(piece))
                continue
            typed = self._inference.limit(self._inference.content(piece, scope), piece.at, scope)
            if isinstance(typed, t.Invoke) and len(child.pieces) == 1 and _is_fragment(typed.macro, format_):
                return [] if typed.macro.blank else [t.Splice(place, typed)]
            parts.append(escaped(format_, typed, piece.at, piece.at in scope.name_places, scope, self._inference))
        return [t.TextLine(place, tuple(parts))]

    # --- control -------------------------------------------------------------------------------------------------

    def _if(self, child: s.If, scope: Scope, kind: str) -> list[t.Child]:
        branches: list[tuple[t.Expr | None, tuple[t.Child, ...]]] = []
        for test, body in child.branches:
            condition = None if test is None else self._expression(test, scope)
            if isinstance(condition, t.Const):
                if not condition.value:
                    continue
                condition = None
            inner = scope if condition is None else scope.knowing(known_when(condition, True))
            branches.append((condition, tuple(self._body(body, inner, kind))))
            if condition is None:
                break
            scope = scope.knowing(known_when(condition, False))
        while branches and t.blank(branches[-1][1]):
            branches.pop()
        if not branches:
            return []
        if branches[0][0] is None:
            return list(branches[0][1])
        return [t.If(_place(child.at, scope), tuple(branches))]

    def _for(self, child: s.For, scope: Scope, kind: str) -> list[t.Child]:
        source = scope.file.source
        for name in child.names:
            self._new_name(child.at, name, scope)
        iterable, pairs = child.iterable, False
        if isinstance(iterable, s.Filter) and iterable.name == "items" and not iterable.arguments:
            iterable, pairs = iterable.operand, True
        over = self._expression(iterable, scope)
        if pairs != (len(child.names) == 2):
            raise source.error(child.at, "a loop over pairs binds a key and a value", "{% for k, v in map | items %}")
        if isinstance(over, t.Const):
            return self._unrolled(child, over, pairs, scope, kind)
        if not isinstance(over.type, MapOf if pairs else ListOf):
            message = f"a loop over a value of type {describe(over.type)}"
            raise source.error(child.iterable.at, message, _WALKED)
        inner = scope
        if isinstance(over.type, MapOf):
            inner = inner.bind(child.names[0], t.Local(child.names[0], Text(charset=over.type.keys)))
        assert isinstance(over.type, MapOf | ListOf)
        inner = inner.bind(child.names[-1], t.Local(child.names[-1], over.type.item))
        condition = None if child.condition is None else self._expression(child.condition, inner)
        if isinstance(condition, t.Const):
            if not condition.value:
                return []
            condition = None
        if condition is not None:
            inner = inner.knowing(known_when(condition, True))
        children = self._body(child.body, inner, kind)
        if t.blank(children):
            return []
        loop = t.Loop(_place(child.at, scope), child.names, over, condition, tuple(children))
        if kind == "map":
            check_loop(loop)
        return [loop]

    def _unrolled(self, child: s.For, over: t.Const, pairs: bool, scope: Scope, kind: str) -> list[t.Child]:
        rounds: list[tuple[s.Json, ...]]
        match over.value:
            case dict() if pairs:
                rounds = [(key, over.value[key]) for key in sorted(over.value)]
            case list() if not pairs:
                rounds = [(item,) for item in over.value]
            case None:
                rounds = []
            case _:
                message = f"a loop over a value of type {describe(over.type)}"
                raise scope.file.source.error(child.iterable.at, message, _WALKED)
        result: list[t.Child] = []
        for values in rounds:
            self._rounds += 1
            if self._rounds > _MOST_ROUNDS:
                message = f"more than {_MOST_ROUNDS} rounds of loops over static data in one chart"
                raise scope.file.source.error(child.at, message, "make the lists shorter")
            inner = scope
            for name, value in zip(child.names, values, strict=True):
                inner = inner.bind(name, constant(value))
            if child.condition is None:
                result.extend(self._body(child.body, inner, kind))
            else:
                test = s.If(child.at, ((child.condition, child.body),))
                result.extend(self._if(test, inner, kind))
        return result


_WALKED = "lists are walked by {% for x in list %}, maps with free keys by {% for k, v in map | items %}"


_AMONG = {"map": "the keys of a map", "seq": "the items of a sequence", "docs": "documents"}


def _is_fragment(macro: t.Instance, format_: str) -> bool:
    """Whether lines of this macro may join lines of the format as they are."""
    return macro.kind == "text" and format_ in (macro.format, "text")


def _block(node: t.Mapping | t.Sequence) -> t.Node | None:
    """A block; None when it writes nothing, the call when it has nothing but one."""
    if t.blank(node.children):
        return None
    if len(node.children) == 1 and isinstance(node.children[0], t.Splice):
        return t.Value(node.children[0].call)
    return node


def _place(at: int, scope: Scope) -> t.Place:
    return t.Place(scope.file.source, at)


def _lifted(child: t.Entry | t.Item) -> list[t.Child]:
    """``key: {{ a if c else none }}`` as a condition around the entry.

    What is left out, and what must not be evaluated outside of its condition, reads better so; and a call stays a call.
    """
    node = child.node
    if not isinstance(node, t.Value):
        return [child]
    if isinstance(node.expression, t.Invoke) and node.expression.macro.blank:
        return []
    if not isinstance(node.expression, t.Choice):
        return [child]
    choice = node.expression
    then, otherwise = (_branch(child, value) for value in (choice.then, choice.otherwise))
    if _is_plain(then) and _is_plain(otherwise) and not _needs_condition(choice):
        return [child]
    if not then:
        return [t.If(child.place, ((t.Not(choice.test, Flag()), tuple(otherwise)),))] if otherwise else []
    branches: list[tuple[t.Expr | None, tuple[t.Child, ...]]] = [(choice.test, tuple(then))]
    if otherwise:
        branches.append((None, tuple(otherwise)))
    return [t.If(child.place, tuple(branches))]


def _branch(child: t.Entry | t.Item, value: t.Expr) -> list[t.Child]:
    if isinstance(value, t.Const) and value.value is None:
        return []
    return _lifted(replace(child, node=t.Value(value)))


def _is_plain(children: list[t.Child]) -> bool:
    """Whether a branch is one value that can stand inside an expression."""
    if len(children) != 1 or not isinstance(children[0], t.Entry | t.Item):
        return False
    node = children[0].node
    call = node.expression if isinstance(node, t.Value) else None
    return not (isinstance(call, t.Invoke) and not call.macro.gives_value)


def _needs_condition(choice: t.Choice) -> bool:
    """Whether a branch must not be evaluated where the other one is taken."""
    return depends(choice.then, known_when(choice.test, True)) or depends(
        choice.otherwise, known_when(choice.test, False)
    )
