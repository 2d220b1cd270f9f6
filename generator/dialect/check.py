"""Templates become the typed tree: macros are instantiated, static control is decided, keys are proven to stand once."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from generator.dialect import syntax as s
from generator.dialect import tree as t
from generator.dialect.functions import FOREIGN, FUNCTIONS
from generator.dialect.infer import Broken, Inference
from generator.dialect.keys import check_keys, entry_keys
from generator.dialect.presence import certain, may_be_empty
from generator.dialect.scope import Scope, constant, known_when
from generator.dialect.text_formats import escape_piece
from generator.dialect.types import Free, ListOf, MapOf, SchemaTypes, Shape, Text, Type, nullable, present
from generator.dialect.types import Flag, Int, Number, Scalar
from generator.errors import Problem, ProblemsError, did_you_mean

_SIMPLE = {"str": Text(), "int": Int(), "bool": Flag(), "num": Number(), "scalar": Scalar(), "free": Free()}


@dataclass
class _Running:
    """The macro or file that is being checked."""

    name: str
    uses_root: bool = False


class Checker:
    """Checks all templates of one chart. Problems are collected; ``chart`` raises them together."""

    def __init__(self, chart: str, types: SchemaTypes, statics: dict[str, s.Json], libraries: Mapping[str, s.Template]) -> None:
        self._chart = chart
        self._types = types
        self._libraries = libraries
        self._inference = Inference(types, statics, self)
        self._problems: list[Problem] = []
        self._instances: dict[tuple[str, str, str], t.Instance] = {}
        self._failed: set[tuple[str, str, str]] = set()
        self._running: list[_Running] = []
        self._used_macros: set[tuple[str, str]] = set()

    def chart(self, templates: Mapping[str, s.Template]) -> t.Chart:
        """The typed tree of the chart. Raises ProblemsError with all problems of all files."""
        files = [self._file(name, template) for name, template in sorted(templates.items())]
        self._unused()
        if self._problems:
            raise ProblemsError(self._problems)
        return t.Chart(tuple(files), tuple(self._instances.values()))

    def used_root(self) -> None:
        self._running[-1].uses_root = True

    # --- files ---------------------------------------------------------------------------------------------------

    def _file(self, name: str, template: s.Template) -> t.File:
        self._running.append(_Running(name))
        children, _ = self._children(template.body, self._scope(template), "docs")
        running = self._running.pop()
        return t.File(name, tuple(children), running.uses_root)

    def _scope(self, template: s.Template) -> Scope:
        modules: dict[str, str] = {}
        for imported in template.imports:
            if imported.file not in self._libraries:
                hint = did_you_mean(imported.file, self._libraries)
                self._problems.append(template.source.problem(imported.at, f"no library '{imported.file}'", hint, ", ".join(sorted(self._libraries))))
            elif imported.name in modules:
                self._problems.append(template.source.problem(imported.at, f"the name '{imported.name}' stands for two libraries"))
            modules[imported.name] = imported.file
        return Scope(template, modules, {})

    def _unused(self) -> None:
        """A macro that nothing calls is dead code that nothing checks."""
        if self._problems:
            return
        for file, library in sorted(self._libraries.items()):
            for macro in library.macros:
                if (file, macro.name) not in self._used_macros:
                    self._problems.append(library.source.problem(macro.at, f"the macro '{macro.name}' is never called", "call it or remove it"))

    # --- children ------------------------------------------------------------------------------------------------

    def _children(self, children: tuple[s.Child, ...], scope: Scope, kind: str) -> tuple[list[t.Child], Scope]:
        """Typed children of a block (``kind``: map, seq, docs, text); the scope as it is at the block's end."""
        result: list[t.Child] = []
        for child in children:
            try:
                if isinstance(child, s.Set):
                    scope = self._set(child, scope, result)
                else:
                    result.extend(self._child(child, scope, kind))
            except ProblemsError as error:
                self._problems.extend(error.problems)
                if isinstance(child, s.Set):
                    scope = scope.bind_broken(child.name)
            except Broken:
                if isinstance(child, s.Set):
                    scope = scope.bind_broken(child.name)
        return result, scope

    def _set(self, child: s.Set, scope: Scope, result: list[t.Child]) -> Scope:
        self._new_name(child.at, child.name, scope)
        value = self._inference.infer(child.expression, scope)
        if isinstance(value, t.Const):
            return scope.bind(child.name, value)
        result.append(t.Let(self._place(child.at, scope), child.name, value))
        maybe = value.type.nullable or getattr(value, "maybe", False)
        return scope.bind(child.name, t.Local(child.name, value.type, maybe))

    def _new_name(self, at: int, name: str, scope: Scope) -> None:
        if scope.taken(name):
            raise scope.file.source.error(at, f"the name '{name}' is taken", "a name is set once and may not shadow another: choose a new one")

    def _child(self, child: s.Child, scope: Scope, kind: str) -> list[t.Child]:
        place = self._place(child.at, scope)
        match child:
            case s.Note():
                return [t.Note(child.text)]
            case s.Entry():
                return self._entry(child, scope)
            case s.Item():
                node = self._node(child.node, scope)
                return [] if node is None else [t.Item(place, node)]
            case s.Document():
                body, _ = self._children(child.children, scope, "map")
                check_keys(body)
                return [t.Document(place, tuple(body))]
            case s.Splice():
                return self._splice(child, scope, kind)
            case s.TextLine():
                return [self._text_line(child, scope, kind)]
            case s.If():
                return self._if(child, scope, kind)
            case s.For():
                return self._for(child, scope, kind)
            case s.Require():
                condition = self._inference.infer(child.condition, scope)
                if isinstance(condition, t.Const) and not condition.value:
                    raise scope.file.source.error(child.at, f"this can never be met: {child.message}")
                return [] if isinstance(condition, t.Const) else [t.Require(place, condition, child.message)]
            case s.Set():
                raise AssertionError("sets are bound by _children")

    def _entry(self, child: s.Entry, scope: Scope) -> list[t.Child]:
        place = self._place(child.at, scope)
        node = self._node(child.node, scope)
        if isinstance(child.key, str):
            key: str | t.Expr = child.key
        else:
            key = self._inference.infer(child.key, scope)
            self._inference.must(key, (Text,), child.key.at, scope, "a key is a string")
            key = str(key.value) if isinstance(key, t.Const) else key
        if node is None:
            return []
        return _lifted(t.Entry(place, key, node))

    def _node(self, node: s.Node, scope: Scope) -> t.Node | None:
        """The typed node; None when nothing is left of it."""
        match node:
            case s.Constant():
                return t.Value(constant(node.value))
            case s.Fill():
                value = self._inference.infer(node.expression, scope)
                if isinstance(value, t.Root) and isinstance(value.type, Shape):
                    raise scope.file.source.error(node.at, "all values as one value", "write the settings that are meant")
                return None if isinstance(value, t.Const) and value.value is None else t.Value(value)
            case s.Map() | s.Sequence():
                kind = "seq" if isinstance(node, s.Sequence) or self._splices_sequence(node.children, scope) else "map"
                children, _ = self._children(node.children, scope, kind)
                if kind == "map":
                    check_keys(children)
                if not any(not isinstance(child, t.Note) for child in children):
                    return None
                return t.Sequence(tuple(children)) if kind == "seq" else t.Mapping(tuple(children))

    def _splices_sequence(self, children: tuple[s.Child, ...], scope: Scope) -> bool:
        """Whether a block that holds only splices is a sequence: its macros tell."""
        for child in children:
            match child:
                case s.Entry() | s.Item():
                    return isinstance(child, s.Item)
                case s.Splice() if isinstance(child.expression, s.Call):
                    macro, _ = self._find(child.expression, scope)
                    if macro is not None:
                        return _body_kind(macro) == "seq"
                case s.If():
                    return self._splices_sequence(child.branches[0][1], scope)
                case s.For():
                    return self._splices_sequence(child.body, scope)
        return False

    def _splice(self, child: s.Splice, scope: Scope, kind: str) -> list[t.Child]:
        source = scope.file.source
        value = self._inference.infer(child.expression, scope)
        if not isinstance(value, t.Invoke):
            raise source.error(child.at, "an expression alone on its line that is no call of a macro", "write 'key: {{ ... }}' or '- {{ ... }}'; only macros are spliced")
        found = value.macro.kind
        if found != kind:
            names = {"map": "a map", "seq": "a sequence", "docs": "documents", "text": "text"}
            raise source.error(child.at, f"the macro gives {names[found]}, and here stands {names[kind]}", "splice what fits, or write 'key: {{ ... }}'")
        return [t.Splice(self._place(child.at, scope), value)]

    def _text_line(self, child: s.TextLine, scope: Scope, kind: str) -> t.TextLine:
        format_ = kind.removeprefix("text:")
        parts: list[t.Expr] = []
        for index, piece in enumerate(child.pieces):
            if isinstance(piece, str):
                parts.append(constant(piece))
                continue
            typed = self._inference.infer(piece, scope)
            before = child.pieces[index - 1] if index else ""
            behind = child.pieces[index + 1] if index + 1 < len(child.pieces) else ""
            parts.append(escape_piece(format_, typed, piece.at, (before, behind), scope, self._inference))
        return t.TextLine(self._place(child.at, scope), tuple(parts))

    # --- control -------------------------------------------------------------------------------------------------

    def _if(self, child: s.If, scope: Scope, kind: str) -> list[t.Child]:
        branches: list[tuple[t.Expr | None, tuple[t.Child, ...]]] = []
        inner = scope
        for test, body in child.branches:
            condition = None if test is None else self._inference.infer(test, inner)
            if isinstance(condition, t.Const):
                if not condition.value:
                    continue
                condition = None
            children, _ = self._children(body, inner if condition is None else inner.knowing(known_when(condition, True)), kind)
            branches.append((condition, tuple(children)))
            if condition is None:
                break
            inner = inner.knowing(known_when(condition, False))
        if not any(body for _, body in branches):
            return []
        if branches[0][0] is None:
            return list(branches[0][1])
        return [t.If(self._place(child.at, scope), tuple(branches))]

    def _for(self, child: s.For, scope: Scope, kind: str) -> list[t.Child]:
        for name in child.names:
            self._new_name(child.at, name, scope)
        iterable, pairs = child.iterable, False
        if isinstance(iterable, s.Filter) and iterable.name == "items":
            iterable, pairs = iterable.operand, True
        over = self._inference.infer(iterable, scope)
        if pairs != (len(child.names) == 2):
            raise scope.file.source.error(child.at, "a loop over pairs binds a key and a value", "{% for k, v in map | items %}")
        if isinstance(over, t.Const):
            return self._unrolled(child, over, pairs, scope, kind)
        wanted = MapOf if pairs else ListOf
        if not isinstance(over.type, wanted):
            raise scope.file.source.error(child.iterable.at, f"a loop over {_words(over.type)}", "lists are walked by {% for x in list %}, maps with free keys by {% for k, v in map | items %}")
        item = over.type.item
        inner = scope
        if isinstance(over.type, MapOf):
            inner = inner.bind(child.names[0], t.Local(child.names[0], Text(ascii=over.type.ascii_keys)))
        inner = inner.bind(child.names[-1], t.Local(child.names[-1], item, item.nullable))
        condition = None if child.condition is None else self._inference.infer(child.condition, inner)
        if isinstance(condition, t.Const):
            if not condition.value:
                return []
            condition = None
        if condition is not None:
            inner = inner.knowing(known_when(condition, True))
        children, _ = self._children(child.body, inner, kind)
        if not children:
            return []
        if kind == "map":
            entry_keys(children, inside=child.names[0] if pairs else "")
        return [t.Loop(self._place(child.at, scope), child.names, over, condition, tuple(children))]

    def _unrolled(self, child: s.For, over: t.Const, pairs: bool, scope: Scope, kind: str) -> list[t.Child]:
        if pairs and isinstance(over.value, dict):
            rounds: list[tuple[s.Json, ...]] = [(key, over.value[key]) for key in sorted(over.value)]
        elif not pairs and isinstance(over.value, list):
            rounds = [(item,) for item in over.value]
        elif over.value is None:
            rounds = []
        else:
            raise scope.file.source.error(child.iterable.at, f"a loop over {_words(over.type)}", "lists are walked by {% for x in list %}, maps by {% for k, v in map | items %}")
        result: list[t.Child] = []
        for values in rounds:
            inner = scope
            for name, value in zip(child.names, values, strict=True):
                inner = inner.bind(name, constant(value))
            if child.condition is not None:
                condition = self._inference.infer(child.condition, inner)
                if isinstance(condition, t.Const):
                    if not condition.value:
                        continue
                else:
                    children, _ = self._children(child.body, inner.knowing(known_when(condition, True)), kind)
                    result.append(t.If(self._place(child.at, scope), ((condition, tuple(children)),)))
                    continue
            result.extend(self._children(child.body, inner, kind)[0])
        return result

    # --- macros --------------------------------------------------------------------------------------------------

    def _find(self, call: s.Call, scope: Scope) -> tuple[s.Macro | None, str]:
        """The macro that a call means, and the library that holds it."""
        file = scope.modules.get(call.module) if call.module else next((f for f, lib in self._libraries.items() if lib is scope.file), None)
        if file is None or file not in self._libraries:
            return None, ""
        return next((m for m in self._libraries[file].macros if m.name == call.name), None), file

    def call(self, call: s.Call, scope: Scope) -> t.Expr:
        macro, file = self._find(call, scope)
        source = scope.file.source
        if macro is None:
            if call.module and call.module not in scope.modules:
                hint = "there are no methods; docs/dialect.md lists filters and functions" if scope.taken(call.module) or call.module in ("values", "catalog") else did_you_mean(call.module, scope.modules)
                raise source.error(call.at, f"'{call.module}' is no imported library", hint)
            if call.module and file == "":
                raise Broken
            known = [m.name for m in self._libraries[file].macros] if file else []
            where = f"in '{file}'" if file else "here"
            hint = FOREIGN.get(call.name, "") if not file else ""
            raise source.error(call.at, f"no macro '{call.name}' {where}", hint or did_you_mean(call.name, [*known, *FUNCTIONS]))
        self._used_macros.add((file, macro.name))
        arguments = self._arguments(macro, call, scope)
        statics = {name: value.value for name, value in arguments.items() if self._static(macro, name) and isinstance(value, t.Const)}
        dynamic = tuple(value for name, value in arguments.items() if not self._static(macro, name))
        if macro.inline is not None:
            names = {name: value if self._static(macro, name) else _declared(value, self._parameter_type(macro, name)) for name, value in arguments.items()}
            return self._inference.infer(macro.inline, replace(self._scope(self._libraries[file]), names=names))
        instance = self._instance(macro, file, statics, call, scope)
        if instance.uses_root:
            self.used_root()
        kinds: dict[str, Type] = {"text": Text(), "map": MapOf(_items_type(instance), _ascii_keys(instance.children)), "seq": ListOf(Free()), "docs": Free()}
        return t.Invoke(instance, dynamic, kinds[instance.kind])

    def _arguments(self, macro: s.Macro, call: s.Call, scope: Scope) -> dict[str, t.Expr]:
        source = scope.file.source
        names = [parameter.name for parameter in macro.parameters]
        signature = f"{macro.name}({', '.join(f'{p.name}: {p.type}' for p in macro.parameters)})"
        if len(call.arguments) > len(names):
            raise source.error(call.at, f"{len(call.arguments)} arguments for {signature}", f"it takes {len(names)}")
        given: dict[str, s.Expression] = dict(zip(names, call.arguments, strict=False))
        for name, value in call.named:
            if name not in names:
                raise source.error(value.at, f"no parameter '{name}' in {signature}", did_you_mean(name, names))
            if name in given:
                raise source.error(value.at, f"the argument '{name}' is given twice")
            given[name] = value
        missing = [name for name in names if name not in given]
        if missing:
            raise source.error(call.at, f"{signature} is called without '{missing[0]}'", "give all arguments")
        result: dict[str, t.Expr] = {}
        for name in names:
            typed = self._inference.infer(given[name], scope)
            at = given[name].at
            if self._static(macro, name):
                if not isinstance(typed, t.Const):
                    raise source.error(at, f"the argument '{name}' of {signature} is not static", "it must be known when the chart is built: a literal or part of the catalog")
            else:
                self._inference.fit(typed, self._parameter_type(macro, name), at, scope, f"'{name}' of {signature}")
            result[name] = typed
        return result

    def _static(self, macro: s.Macro, name: str) -> bool:
        return next(p.type for p in macro.parameters if p.name == name) == "static"

    def _parameter_type(self, macro: s.Macro, name: str) -> Type:
        parameter = next(p for p in macro.parameters if p.name == name)
        return self._declared_type(parameter.type.strip(), macro, parameter.at)

    def _declared_type(self, text: str, macro: s.Macro, at: int) -> Type:
        if text.endswith("?"):
            return nullable(self._declared_type(text[:-1].strip(), macro, at))
        found = re.match(r"(list|map)\[(.*)\]\Z", text)
        if found:
            item = self._declared_type(found.group(2).strip(), macro, at)
            return ListOf(item) if found.group(1) == "list" else MapOf(item)
        if text in _SIMPLE:
            return _SIMPLE[text]
        if text in self._types.shapes:
            return self._types.shapes[text]
        known = [*_SIMPLE, "static", *self._types.shapes]
        raise macro.source.error(at, f"the type '{text}'", did_you_mean(text, known), "str, int, bool, num, scalar, free, static, list[T], map[T], or a shape of the values")

    def _instance(self, macro: s.Macro, file: str, statics: dict[str, s.Json], call: s.Call, scope: Scope) -> t.Instance:
        key = (file, macro.name, json.dumps(statics, sort_keys=True))
        if key in self._failed:
            raise Broken
        name = ".".join([self._chart, file.rpartition("/")[2].split(".")[0].lstrip("_"), macro.name, *map(_suffix, statics.values())])
        if any(running.name == name for running in self._running):
            raise scope.file.source.error(call.at, f"the macro '{macro.name}' calls itself", "write the levels out")
        if key not in self._instances:
            before = len(self._problems)
            instance = self._instantiate(macro, file, name, statics)
            if len(self._problems) > before:
                self._failed.add(key)
                raise Broken
            if any(other.name == name for other in self._instances.values()):
                instance = replace(instance, name=f"{name}.{len(self._instances)}")
            self._instances[key] = instance
        return self._instances[key]

    def _instantiate(self, macro: s.Macro, file: str, name: str, statics: dict[str, s.Json]) -> t.Instance:
        scope = self._scope(self._libraries[file])
        parameters: list[tuple[str, Type]] = []
        for parameter in macro.parameters:
            if scope.taken(parameter.name):
                raise macro.source.error(parameter.at, f"the name '{parameter.name}' is taken", "choose another name for the parameter")
            if parameter.type == "static":
                scope = scope.bind(parameter.name, constant(statics[parameter.name]))
            else:
                kind = self._parameter_type(macro, parameter.name)
                parameters.append((parameter.name, kind))
                scope = scope.bind(parameter.name, t.Local(parameter.name, kind, kind.nullable))
        kind_name = _body_kind(macro)
        if kind_name == "map" and self._splices_sequence(macro.body, scope):
            kind_name = "seq"
        self._running.append(_Running(name))
        try:
            children, _ = self._children(macro.body, scope, f"text:{macro.format}" if kind_name == "text" else kind_name)
            if kind_name == "map":
                check_keys(children)
        finally:
            running = self._running.pop()
        keys = entry_keys(children) if kind_name == "map" else frozenset()
        return t.Instance(
            name, kind_name, tuple(parameters), tuple(children), may_be_empty(children), keys, running.uses_root, macro.note, t.Place(macro.source, macro.at)
        )

    def _place(self, at: int, scope: Scope) -> t.Place:
        return t.Place(scope.file.source, at)


def _declared(value: t.Expr, kind: Type) -> t.Expr:
    """An argument of a one-line macro: its own expression, at the declared type where that is wider."""
    return value if isinstance(value, t.Const) or isinstance(kind, Shape) else value


def _body_kind(macro: s.Macro) -> str:
    if macro.format:
        return "text"
    for child in macro.body:
        kind = _child_kind(child)
        if kind:
            return kind
    return "map"


def _child_kind(child: s.Child) -> str:
    match child:
        case s.Document():
            return "docs"
        case s.Item():
            return "seq"
        case s.Entry():
            return "map"
        case s.If():
            return next((kind for _, body in child.branches for inner in body if (kind := _child_kind(inner))), "")
        case s.For():
            return next((kind for inner in child.body if (kind := _child_kind(inner))), "")
    return ""


def _items_type(instance: t.Instance) -> Type:
    """The type of a map macro's values: needed where its result is merged."""
    kind: Type | None = None

    def walk(children: tuple[t.Child, ...]) -> None:
        nonlocal kind
        from generator.dialect.types import join

        for child in children:
            match child:
                case t.Entry():
                    found: Type = present(child.node.expression.type) if isinstance(child.node, t.Value) else (ListOf(Free()) if isinstance(child.node, t.Sequence) else MapOf(Free()))
                    if isinstance(found, Text):
                        found = Text(ascii=found.ascii)
                    kind = found if kind is None else (join(kind, found) or Free())
                case t.If():
                    for _, body in child.branches:
                        walk(body)
                case t.Loop():
                    walk(child.body)
                case t.Splice():
                    walk(child.call.macro.children)

    walk(instance.children)
    return kind if kind is not None else Free()


def _ascii_keys(children: tuple[t.Child, ...]) -> bool:
    """Whether all keys of a map macro are ASCII."""
    for child in children:
        match child:
            case t.Entry():
                good = child.key.isascii() if isinstance(child.key, str) else isinstance(child.key.type, Text) and child.key.type.ascii
            case t.If():
                good = all(_ascii_keys(body) for _, body in child.branches)
            case t.Loop():
                good = _ascii_keys(child.body)
            case t.Splice():
                good = _ascii_keys(child.call.macro.children)
            case _:
                good = True
        if not good:
            return False
    return True


def _lifted(entry: t.Entry) -> list[t.Child]:
    """``key: {{ a if c else none }}`` as a condition around the entry: both targets read better so."""
    node = entry.node
    if isinstance(node, t.Value) and isinstance(node.expression, t.Choice):
        choice = node.expression
        for branch, test in ((choice.then, choice.test), (choice.otherwise, t.Not(choice.test, Flag()))):
            other = choice.otherwise if branch is choice.then else choice.then
            if isinstance(other, t.Const) and other.value is None:
                return [t.If(entry.place, ((test, tuple(_lifted(replace(entry, node=t.Value(branch))))),))]
    return [entry]


def _suffix(value: s.Json) -> str:
    text = value.get("name", "") if isinstance(value, dict) else value
    return re.sub(r"[^A-Za-z0-9]+", "-", str(text)).strip("-") or "x"


def _words(kind: Type) -> str:
    from generator.dialect.types import describe

    return f"a value of type {describe(kind)}"


__all__ = ["Checker", "certain"]
