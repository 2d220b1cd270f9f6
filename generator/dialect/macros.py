"""Macros: which one a call means, its arguments, and one instance for each set of its static arguments."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from generator.dialect import syntax as s
from generator.dialect import tree as t
from generator.dialect.foreign import FOREIGN
from generator.dialect.infer import BrokenError, Inference
from generator.dialect.keys import check_keys
from generator.dialect.kinds import Resolve, macro_kind
from generator.dialect.map_functions import FUNCTIONS
from generator.dialect.presence import may_be_empty
from generator.dialect.results import given_type, is_value
from generator.dialect.schema_types import SchemaTypes
from generator.dialect.scope import Scope, constant
from generator.dialect.signatures import declared_type, typed_arguments
from generator.dialect.text_places import name_places
from generator.dialect.types import Int, Type
from generator.errors import Problem, ProblemsError, did_you_mean

#: Calls inside calls; deeper ones would exhaust the stack of Python's own calls.
_MOST_CALLS = 30

#: Types the children of a body of this kind; what is wrong goes to the list of problems.
Body = Callable[[tuple[s.Child, ...], Scope, str], list[t.Child]]


@dataclass
class _Running:
    """The macro or file that is being checked."""

    key: object
    uses_root: bool = False


class Macros:
    """The macros of a chart's libraries."""

    def __init__(
        self,
        chart: str,
        types: SchemaTypes,
        statics: dict[str, s.Json],
        libraries: Mapping[str, s.Template],
        body: Body,
    ) -> None:
        self.problems: list[Problem] = []
        self.inference = Inference(types, statics, self)
        self._chart = chart
        self._types = types
        self._libraries = libraries
        self._body = body
        self._instances: dict[tuple[str, str, str], t.Instance] = {}
        self._failed: set[tuple[str, str, str]] = set()
        self._names: set[str] = set()
        self._running: list[_Running] = []
        self._called: set[int] = set()

    # --- files and scopes ----------------------------------------------------------------------------------------

    def scope(self, template: s.Template, library: str = "") -> Scope:
        """The scope at the beginning of a file: what it imports."""
        modules: dict[str, str] = {}
        for imported in template.imports:
            known = ", ".join(sorted(self._libraries))
            if imported.file not in self._libraries:
                hint = did_you_mean(imported.file, self._libraries)
                self._tell(template, imported.at, f"no library '{imported.file}'", hint, known)
            elif imported.name in modules:
                message = f"the name '{imported.name}' stands for two libraries"
                self._tell(template, imported.at, message, "give one another name")
            modules[imported.name] = imported.file
        return Scope(template, library, modules, {})

    def _tell(self, template: s.Template, at: int, message: str, hint: str, allowed: str = "") -> None:
        self.problems.append(template.source.problem(at, message, hint, allowed))

    def running(self, key: object, body: Callable[[], list[t.Child]]) -> tuple[list[t.Child], bool]:
        """The children of a file or macro, and whether they read the values or the release."""
        self._running.append(_Running(key))
        try:
            children = body()
        finally:
            done = self._running.pop()
        return children, done.uses_root

    def used_root(self) -> None:
        """What is being checked reads the values or the release."""
        self._running[-1].uses_root = True

    def instances(self, files: list[t.File]) -> tuple[t.Instance, ...]:
        """All that the files call, by themselves and by others, callees first."""
        called = {id(instance) for file in files for instance in t.invoked(file.children)}
        for one in reversed(self._instances.values()):
            if id(one) in called:
                called.update(id(instance) for instance in t.invoked(one.children))
        return tuple(instance for instance in self._instances.values() if id(instance) in called)

    def tell_unused(self) -> None:
        """A macro that nothing calls is dead code that nothing checks."""
        for _, library in sorted(self._libraries.items()):
            for macro in library.macros:
                if id(macro) not in self._called:
                    message = f"the macro '{macro.name}' is never called"
                    self._tell(library, macro.at, message, "call it or remove it")

    def tell_doubles(self) -> None:
        """Two macros of one name in a library: the second would never be called."""
        for _, library in sorted(self._libraries.items()):
            seen: dict[str, s.Macro] = {}
            for macro in library.macros:
                if macro.name in seen:
                    line = library.source.position(seen[macro.name].at).line
                    message = f"a second macro '{macro.name}', beside that of line {line}"
                    self._tell(library, macro.at, message, "give it another name")
                seen.setdefault(macro.name, macro)

    # --- calls ---------------------------------------------------------------------------------------------------

    def _find(self, call: s.Call, scope: Scope) -> tuple[s.Macro | None, str]:
        """The macro that a call means, and the library that holds it."""
        file = scope.modules.get(call.module, "") if call.module else scope.library
        if file not in self._libraries:
            return None, ""
        return next((macro for macro in self._libraries[file].macros if macro.name == call.name), None), file

    def resolver(self, scope: Scope) -> Resolve:
        """Finds macros from a scope on, without checking the calls."""

        def resolve(call: s.Call) -> tuple[s.Macro, Resolve] | None:
            macro, file = self._find(call, scope)
            if macro is None:
                return None
            library = self._libraries[file]
            modules = {imported.name: imported.file for imported in library.imports}
            return macro, self.resolver(Scope(library, file, modules, {}))

        return resolve

    def call(self, call: s.Call, scope: Scope) -> t.Expr:
        """The typed call: the expression of a one-line macro, or the invocation of an instance."""
        macro, file = self._find(call, scope)
        if macro is None:
            raise self._unknown(call, file, scope)
        self._called.add(id(macro))
        if len(self._running) > _MOST_CALLS:
            raise scope.file.source.error(
                call.at, f"more than {_MOST_CALLS} calls inside each other", "write some levels out"
            )
        arguments = typed_arguments(macro, call, scope, self.inference, self._types.shapes)
        instance = self._instance(macro, file, arguments, call, scope)
        given = given_type(instance)
        if macro.inline is not None and (instance.kind == "inline" or isinstance(given, Int)):
            inlined = self._inlined(macro, macro.inline, file, arguments, call.at, scope)
            if instance.kind == "inline" or isinstance(inlined, t.Const):
                return inlined
            given = inlined.type  # with the bounds of these arguments
        if instance.uses_root:
            self.used_root()
        dynamic = tuple(arguments[name] for name, _ in instance.parameters)
        return t.Invoke(instance, dynamic, given)

    def _unknown(self, call: s.Call, file: str, scope: Scope) -> Exception:
        source = scope.file.source
        if call.module and call.module not in scope.modules:
            if scope.taken(call.module) or call.module in ("values", "release", "chart", "catalog"):
                hint = FOREIGN.get(call.name) or "there are no methods; docs/dialect.md lists filters and functions"
                return source.error(call.at, f"a method '{call.name}'", hint)
            hint = did_you_mean(call.module, scope.modules)
            return source.error(
                call.at, f"'{call.module}' is no imported library", hint, ", ".join(sorted(scope.modules))
            )
        if call.module and not file:
            return BrokenError()
        known = [macro.name for macro in self._libraries[file].macros] if file else []
        if call.module:
            hint = did_you_mean(call.name, known)
            return source.error(call.at, f"no macro '{call.name}' in '{file}'", hint, ", ".join(sorted(known)))
        hint = FOREIGN.get(call.name) or did_you_mean(call.name, [*known, *FUNCTIONS])
        return source.error(
            call.at, f"no function or macro '{call.name}'", hint, ", ".join(sorted([*known, *FUNCTIONS]))
        )

    def _inlined(
        self, macro: s.Macro, body: s.Expression, file: str, arguments: Mapping[str, t.Expr], at: int, scope: Scope
    ) -> t.Expr:
        """The expression of a one-line macro, typed anew with these arguments."""
        inner = replace(self.scope(self._libraries[file], file), names=arguments, known=scope.known, inlined=True)
        return self.inference.limit(self.inference.result(body, inner), at, scope)

    def _refuse_recursion(self, key: object, name: str, call: s.Call, scope: Scope) -> None:
        if any(running.key == key for running in self._running):
            raise scope.file.source.error(call.at, f"the macro '{name}' calls itself", "write the levels out")

    def _refuse_taken(self, macro: s.Macro, modules: Mapping[str, str]) -> None:
        for parameter in macro.parameters:
            if parameter.name in modules:
                message = f"the parameter '{parameter.name}' has the name of an imported library"
                raise macro.source.error(parameter.at, message, "choose another name for the parameter")

    # --- instances -----------------------------------------------------------------------------------------------

    def _instance(
        self, macro: s.Macro, file: str, arguments: dict[str, t.Expr], call: s.Call, scope: Scope
    ) -> t.Instance:
        """The macro with these static arguments, checked at the types of its parameters on its first call."""
        names = [parameter.name for parameter in macro.parameters if parameter.type == "static"]
        statics = {name: value.value for name in names if isinstance(value := arguments[name], t.Const)}
        key = (file, macro.name, json.dumps(statics, sort_keys=True))
        if key in self._failed:
            raise BrokenError
        self._refuse_recursion(key, macro.name, call, scope)
        if key not in self._instances:
            before = len(self.problems)
            try:
                self._instances[key] = self._instantiate(macro, file, statics, key)
            except ProblemsError as error:
                self.problems.extend(error.problems)
            if len(self.problems) > before:
                self._failed.add(key)
                raise BrokenError
        return self._instances[key]

    def _instantiate(self, macro: s.Macro, file: str, statics: dict[str, s.Json], key: object) -> t.Instance:
        library = file.partition(".")[0]
        scope = self.scope(self._libraries[file], file)
        self._refuse_taken(macro, scope.modules)
        parameters: list[tuple[str, Type]] = []
        for parameter in macro.parameters:
            if parameter.type == "static":
                scope = scope.bind(parameter.name, constant(statics[parameter.name]))
            else:
                formal = declared_type(parameter, macro, self._types.shapes)
                parameters.append((parameter.name, formal))
                scope = scope.bind(parameter.name, t.Local(parameter.name, formal))
        kind, children, uses_root = self._checked(macro, scope, key)
        name = "" if kind == "inline" else self._name(macro, library, statics)
        return t.Instance(
            name=name,
            library=library,
            kind=kind,
            format=macro.format,
            parameters=tuple(parameters),
            children=tuple(children),
            empty=may_be_empty(children),
            keys=check_keys(children) if kind == "map" else frozenset(),
            uses_root=uses_root,
            note=macro.note,
            place=t.Place(macro.source, macro.at),
        )

    def _checked(self, macro: s.Macro, scope: Scope, key: object) -> tuple[str, list[t.Child], bool]:
        """The kind and the children of a macro, and whether it reads the values or the release."""
        body = macro.inline
        if body is not None:
            line = t.Place(macro.source, macro.at)

            def result() -> list[t.Child]:
                typed = self.inference.result(body, scope)
                return [t.Result(line, self.inference.limit(typed, body.at, scope))]

            children, uses_root = self.running(key, result)
            return "value" if is_value(children[0]) else "inline", children, uses_root
        kind = typed_as = macro_kind(macro, self.resolver(scope))
        if kind == "text":
            typed_as = f"text:{macro.format}"
            scope = replace(scope, name_places=name_places(macro.source, macro.format, macro.body))
        return kind, *self.running(key, lambda: self._body(macro.body, scope, typed_as))

    def _name(self, macro: s.Macro, library: str, statics: Mapping[str, s.Json]) -> str:
        """The name of a define: of the macro, and of the static values by which it differs from others."""
        name = ".".join([self._chart, library, macro.name, *filter(None, map(_suffix, statics.values()))])
        if name in self._names:
            message = f"two sets of static arguments for which the define would be called '{name}'"
            hint = "give a map a 'name', or make the parameter one that is not static"
            raise macro.source.error(macro.at, message, hint)
        self._names.add(name)
        return name


def _suffix(value: s.Json) -> str:
    """A static value in the name of a define."""
    match value:
        case dict():
            return _suffix(value.get("name"))
        case list():
            return "-".join(filter(None, map(_suffix, value)))
        case None:
            return ""
    return re.sub(r"[^A-Za-z0-9]+", "-", str(value)).strip("-")
