"""Random templates over the small chart: well typed for the most part, with every construct of the dialect.

Names, paths and what conditions tell of them are followed as an author would, so that most templates compile and
narrowing is met often.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from generator.dialect.schema_types import SchemaTypes
from generator.dialect.types import (
    Flag,
    Free,
    Int,
    ListOf,
    MapOf,
    Number,
    Scalar,
    Shape,
    Text,
    Type,
    describe,
    fits,
    present,
)  # fmt: skip
from tests.dialect.small import SCHEMA

TYPES = SchemaTypes(SCHEMA)
_WORDS = (
    "", "a", "true", "null", "~", "0", "1e3", "a b", "a: b", "- a", "#", "{{ x }}", "}}", "%d", "100%s", "é😀",
    "it's", '"q"', "\\", "\\n", "a\nb", "<&>", "*/", "$x", "{%", "[a", "\t",
)  # fmt: skip
_PARAMETERS: dict[str, Type] = {
    "str": Text(), "int": Int(), "bool": Flag(), "scalar": Scalar(), "free": Free(), "list[str]": ListOf(Text()),
    "map[str]": MapOf(Text()), "str?": Text(nullable=True), "int?": Int(nullable=True), "bool?": Flag(nullable=True),
    "Component": TYPES.shapes["Component"], "Probe?": replace(TYPES.shapes["Probe"], nullable=True),
    "list[str]?": ListOf(Text(), nullable=True), "map[map[scalar]]": MapOf(MapOf(Scalar())),
}  # fmt: skip


#: What macros of one line give, by the kind that they have here.
_RESULTS: dict[str, Type] = {"value": Text(), "int": Int(), "flag": Flag()}


@dataclass(frozen=True)
class Macro:
    """A macro that was made: its name, what it gives and its parameters' types."""

    name: str
    kind: str
    parameters: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Env:
    """Names in reach, the paths known not to be null, and how deep the text may still go."""

    names: dict[str, Type]
    known: frozenset[str] = frozenset()
    depth: int = 3
    module: str = "lib."

    def knowing(self, path: str) -> Env:
        parts = path.split(".")
        return replace(self, known=self.known | {".".join(parts[: index + 1]) for index in range(len(parts))})

    def binding(self, name: str, kind: Type) -> Env:
        return replace(self, names={**self.names, name: kind})

    def deeper(self) -> Env:
        return replace(self, depth=self.depth - 1)


@dataclass
class Writer:
    """Writes one template (with its library) from a seed."""

    rng: random.Random
    macros: list[Macro] = field(default_factory=list)
    count: int = 0

    # --- files ---------------------------------------------------------------------------------------------------

    def library(self) -> str:
        """A library of some macros; each may call those before it."""
        lines: list[str] = []
        for index in range(self.rng.randrange(5)):
            kind = self.rng.choice(("map", "map", "seq", "value", "int", "flag", "text"))
            names = self.rng.sample(sorted(_PARAMETERS), self.rng.randrange(3))
            parameters = tuple((f"p{number}", name) for number, name in enumerate(names))
            env = Env(
                {name: _PARAMETERS[word] for name, word in parameters} | {"values": TYPES.root}, depth=2, module=""
            )
            head = f"m{index}({', '.join(f'{name}: {word}' for name, word in parameters)})"
            if kind in _RESULTS:
                lines.append(f"{{% macro {head} %}}{{{{ {self.expression(env, _RESULTS[kind])} }}}}{{% endmacro %}}")
            else:
                format_ = self.rng.choice(("ini", "python", "shell")) if kind == "text" else ""
                lines.append(f"{{% macro {head}{f' as {format_}' if format_ else ''} %}}")
                lines += self.text(env, format_) if kind == "text" else self.children(env, kind, "")
                lines.append("{% endmacro %}")
            self.macros.append(Macro(f"m{index}", kind, parameters))
        return "\n".join(lines) + "\n"

    def template(self) -> str:
        """A template file of one document or two."""
        env = Env({"values": TYPES.root})
        lines = ['{% import "lib.yaml.j2" as lib %}'] if self.macros else []
        for _ in range(self.rng.choice((1, 1, 2))):
            lines += ["---", "apiVersion: v1", "kind: Thing", "spec:"]
            lines += [*self.children(env, "map", "  "), "  last: 1"]
        unused = [macro for macro in self.macros if not any(f"lib.{macro.name}(" in line for line in lines)]
        if unused:
            lines += ["---", "kind: Unused"]
            lines += [f"u{index}: {{{{ {self.call(macro, env)} }}}}" for index, macro in enumerate(unused)]
        return "\n".join(lines) + "\n"

    # --- blocks --------------------------------------------------------------------------------------------------

    def children(self, env: Env, kind: str, indent: str) -> list[str]:
        """Some children of a map or sequence."""
        lines: list[str] = []
        for _ in range(self.rng.choice((1, 2, 2, 3))):
            made, env = self.child(env, kind, indent)
            lines += made
        return (
            lines
            if any(self.writes(line) for line in lines)
            else [*lines, *self.entry(replace(env, depth=0), kind, indent)]
        )

    def writes(self, line: str) -> bool:
        """Whether this is a line of YAML."""
        return not line.lstrip().startswith("{%") and not line.lstrip().startswith("{#")

    def child(self, env: Env, kind: str, indent: str) -> tuple[list[str], Env]:
        """One child; the scope behind it."""
        choice = self.rng.random()
        inner = env.deeper()
        if choice < 0.06:
            self.count += 1
            name = f"x{self.count}"
            kind_, text = self.some_value(env)
            return [f"{indent}{{% set {name} = {text} %}}"], env.binding(name, kind_)
        if choice < 0.10:
            return [f"{indent}{{# a note: {self.rng.choice(('*/', '}}', 'plain', '-'))} #}}"], env
        if env.depth > 0 and choice < 0.28:
            return self.conditional(inner, kind, indent), env
        if env.depth > 0 and choice < 0.38 and kind == "seq":
            return self.loop(inner, indent), env
        spliced = [macro for macro in self.macros if macro.kind == kind]
        if spliced and choice < 0.44 and kind == "seq":
            return [f"{indent}{{{{ {self.call(self.rng.choice(spliced), env)} }}}}"], env
        return self.entry(inner, kind, indent), env

    def entry(self, env: Env, kind: str, indent: str) -> list[str]:
        """An entry or item with its value or block."""
        self.count += 1
        head = f"k{self.count}:" if kind == "map" else "-"
        if env.depth > 0 and self.rng.random() < 0.35:
            block = self.rng.choice(("map", "seq", "computed", "items"))
            if block == "computed" and kind == "map":
                return [f"{indent}{head}", *self.computed(env, indent + "  ")]
            if block == "items":
                return [f"{indent}{head}", f"{indent}  - a: 1", *self.children(env, "map", indent + "    ")]
            block = "map" if block == "computed" else block
            return [f"{indent}{head}", *self.children(env, block, indent + "  ")]
        return [f"{indent}{head} {self.value(env)}"]

    def value(self, env: Env) -> str:
        choice = self.rng.random()
        if choice < 0.1:
            return self.rng.choice(("plain", "5", "[a, 1]", "{}", "[]", '{a: {b: "c"}}', "true", '"é😀 : #"'))
        if choice < 0.13:
            return f"{{{{ {self.literal(self.rng.choice((Text(), Int(), Flag(), Number())))} }}}}"
        if self.macros and choice < 0.25:
            return f"{{{{ {self.call(self.rng.choice(self.macros), env)} }}}}"
        if choice < 0.4:
            condition, then, otherwise = self.condition(env)
            kind, text = self.some_value(then)
            return f"{{{{ {text} if {condition} else {self._or(otherwise, kind)} }}}}"
        if choice < 0.5:
            return f"{{{{ {self.some_value(env, bare=True)[1]} or none }}}}"
        return f"{{{{ {self.some_value(env)[1]} }}}}"

    def _or(self, env: Env, kind: Type) -> str:
        calls = [macro for macro in self.macros if macro.kind == {MapOf: "map", ListOf: "seq"}.get(type(kind))]
        if calls and self.rng.random() < 0.5:
            return self.call(self.rng.choice(calls), env)
        return "none" if self.rng.random() < 0.6 or isinstance(kind, Shape | Free) else self.expression(env, kind)

    def computed(self, env: Env, indent: str) -> list[str]:
        """A map with computed keys."""
        path, kind = self.path(env, lambda one: isinstance(one, MapOf) and not isinstance(one.item, Free | MapOf))
        assert isinstance(kind, MapOf)
        self.count += 1
        key, value = f"k{self.count}", f"v{self.count}"
        inner = env.binding(key, Text()).binding(value, kind.item)
        condition = f" if {self.condition(inner)[0]}" if self.rng.random() < 0.3 else ""
        joined = self.rng.choice((key, '"p-" ~ ' + key))
        return [
            f"{indent}{{% for {key}, {value} in {path} | items{condition} %}}",
            f"{indent}{{{{ {joined} }}}}: {self.value(inner.deeper())}",
            f"{indent}{{% endfor %}}",
        ]

    def conditional(self, env: Env, kind: str, indent: str) -> list[str]:
        condition, then, otherwise = self.condition(env)
        lines = [f"{indent}{{% if {condition} %}}", *self.children(then, kind, indent)]
        if self.rng.random() < 0.3:
            second, then, otherwise = self.condition(otherwise)
            lines += [f"{indent}{{% elif {second} %}}", *self.children(then, kind, indent)]
        if self.rng.random() < 0.5:
            lines += [f"{indent}{{% else %}}", *self.children(otherwise, kind, indent)]
        return [*lines, f"{indent}{{% endif %}}"]

    def loop(self, env: Env, indent: str) -> list[str]:
        path, kind = self.path(env, lambda one: isinstance(one, ListOf | MapOf))
        self.count += 1
        name = f"i{self.count}"
        if isinstance(kind, MapOf):
            inner = env.binding(f"{name}k", Text()).binding(name, kind.item)
            head = f"{name}k, {name} in {path} | items"
        else:
            assert isinstance(kind, ListOf)
            inner = env.binding(name, kind.item)
            head = f"{name} in {path}"
        condition = ""
        if self.rng.random() < 0.3:
            test, inner, _ = self.condition(inner)
            condition = f" if {test}"
        body = self.children(inner, "seq", indent)
        return [f"{indent}{{% for {head}{condition} %}}", *body, f"{indent}{{% endfor %}}"]

    def text(self, env: Env, format_: str) -> list[str]:
        """Lines of a text macro."""
        lines = []
        for _ in range(self.rng.choice((1, 2, 3))):
            wanted: Type = Scalar() if format_ != "python" else Free()
            value = self.expression(env, wanted)
            lines.append(
                {
                    "ini": f"k = {{{{ {value} }}}} x",
                    "python": f"x = {{{{ {value} }}}}",
                    "shell": f"a {{{{ {value} }}}}",
                }[format_]
            )
            if self.rng.random() < 0.3:
                condition, then, _ = self.condition(env)
                inner = self.expression(then, wanted)
                lines += [f"{{% if {condition} %}}", "", f"y = {{{{ {inner} }}}} %s #", "{% endif %}"]
        return lines

    def call(self, macro: Macro, env: Env) -> str:
        """A call with fitting arguments."""
        arguments: list[str] = []
        for name, word in macro.parameters:
            text = self.expression(env, _PARAMETERS[word])
            arguments.append(
                f"{name}={text}" if self.rng.random() < 0.2 or any("=" in one for one in arguments) else text
            )
        return f"{env.module}{macro.name}({', '.join(arguments)})"

    # --- expressions ---------------------------------------------------------------------------------------------

    def condition(self, env: Env) -> tuple[str, Env, Env]:
        """A condition, and what is known where it is true and where it is false."""
        choice = self.rng.random()
        if choice < 0.3:
            path, _ = self.path(env, lambda one: one.nullable and not isinstance(one, Free))
            if self.rng.random() < 0.5:
                return f"{path} is not none", env.knowing(path), env
            return f"{path} is none", env, env.knowing(path)
        if choice < 0.45:
            path, _ = self.path(env, lambda one: one != TYPES.root)
            return path, env.knowing(path), env
        if choice < 0.6 and env.depth > 0:
            first, then, otherwise = self.condition(env.deeper())
            if self.rng.random() < 0.5:
                second, both, _ = self.condition(then)
                return f"({first}) and ({second})", both, env
            second, _, neither = self.condition(otherwise)
            return f"({first}) or ({second})", env, neither
        calls = [macro for macro in self.macros if macro.kind in ("map", "seq")]
        if calls and choice < 0.64 and env.depth > 0:
            return self.call(self.rng.choice(calls), env.deeper()), env, env
        if choice < 0.7:
            inner, then, otherwise = self.condition(env)
            return f"not ({inner})", otherwise, then
        if choice < 0.8:
            path, kind = self.path(env, lambda one: isinstance(one, Int | Flag | Text) and one.nullable)
            literal = {"int": self.rng.choice(("0", "7")), "bool": "false", "str": '"a"'}[describe(present(kind))]
            return f"{path} == {literal}", env.knowing(path), env
        return self.expression(env, Flag()), env, env

    def path(self, env: Env, wanted: object) -> tuple[str, Type]:
        """A path whose type is wanted."""
        assert callable(wanted)
        found = [(path, kind) for path, kind in self.paths(env) if wanted(kind)]
        if not found:
            return "values.note", Text(nullable=True)
        local = [one for one in found if not one[0].startswith("values")]
        return self.rng.choice(local if local and self.rng.random() < 0.6 else found)

    def paths(self, env: Env) -> Iterator[tuple[str, Type]]:
        for name, kind in env.names.items():
            yield from _below(name, kind, env.known, 0)

    def some_value(self, env: Env, *, bare: bool = False) -> tuple[Type, str]:
        """Any value: a path, or a computed one."""
        if bare or self.rng.random() < 0.5:
            path, kind = self.path(env, lambda one: not isinstance(one, Shape) or one.name != "Values")
            return kind, path
        kind = self.rng.choice((Text(), Text(), Int(), Flag(), MapOf(Text()), ListOf(Text()), Number(), Scalar()))
        return kind, self.expression(env, kind)

    def expression(self, env: Env, wanted: Type) -> str:
        """An expression whose type fits."""
        if env.depth <= -2 or self.rng.random() < 0.35:
            found = [
                path
                for path, kind in self.paths(env)
                if fits(kind, wanted) and not (isinstance(kind, Shape) and kind.name == "Values")
            ]
            if found and self.rng.random() < 0.85:
                return self.rng.choice(found)
            return self.literal(wanted)
        inner = env.deeper()
        if wanted.nullable and self.rng.random() < 0.2:
            return "none"
        match self.rng.randrange(6):
            case 0:
                condition, then, otherwise = self.condition(inner)
                return f"({self.expression(then, wanted)} if {condition} else {self.expression(otherwise, wanted)})"
            case 1 if not isinstance(wanted, Free):
                found = [
                    path
                    for path, kind in self.paths(env)
                    if kind.nullable and not isinstance(kind, Free) and fits(present(kind), wanted)
                ]
                if found:
                    fallback = self.expression(inner, present(wanted))
                    return f"({self.rng.choice(found)} {self.rng.choice(('| default', 'or '))}({fallback}))"
        return self.computed_value(inner, wanted)

    def computed_value(self, env: Env, wanted: Type) -> str:
        choose = self.rng.choice
        expression = self.expression
        calls = [macro for macro in self.macros if _RESULTS.get(macro.kind) == present(wanted)]
        if calls and self.rng.random() < 0.3:
            return self.call(choose(calls), env)
        numbers = ("values.count", "3", "-2", "(values.hosts | length)", "values.flower.replicas")
        filters = ("upper", "lower", "trunc(3)", "trunc(-2)")

        wholes: tuple[Type, ...] = (Text(), ListOf(Text()), MapOf(Text()))

        def word() -> str:
            return _quoted(choose(_WORDS[1:]))

        def compared(kind: Type, *operators: str) -> str:
            return f"({expression(env, kind)} {choose(operators)} {expression(env, kind)})"

        match present(wanted):
            case Text(values=None):
                return choose((
                    lambda: f"({expression(env, Text())} ~ {expression(env, choose((Text(), Int(), Flag())))})",
                    lambda: f"({expression(env, Text())} | replace({word()}, {_quoted(choose(_WORDS))}))",
                    lambda: f"({expression(env, Scalar())} | text)",
                    lambda: f"({expression(env, Free())} | json)",
                    lambda: f"({expression(env, Text())} | {choose(('sha256', 'b64encode'))})",
                    lambda: f"({expression(env, ListOf(Text()))} | join({_quoted(choose(_WORDS))}))",
                    lambda: f"(values.{choose(('code', 'name'))} | {choose(filters)})",
                    lambda: "release.name",
                ))()  # fmt: skip
            case Int():
                return choose((
                    lambda: f"({choose(numbers)} {choose('+-*')} {choose(numbers)})",
                    lambda: f"({expression(env, choose((ListOf(Text()), MapOf(Text()))))} | length)",
                    lambda: f'(values.queues | total("replicas", {self.rng.randrange(3)}, "port", values.count))',
                ))()  # fmt: skip
            case Flag():
                return choose((
                    lambda: compared(Int(), "==", "!=", "<", "<=", ">", ">="),
                    lambda: compared(Text(), "==", "!="),
                    lambda: f"({expression(env, Text())} in {expression(env, choose(wholes))})",
                    lambda: f"({expression(env, Flag())} {choose(('and', 'or'))} {expression(env, Flag())})",
                    lambda: f"(not {expression(env, Flag())})",
                    lambda: f'(values.version is semver("{choose((">=3.0.0-0", "<3.0.0-0", "^2.9", ">=3"))}"))',
                ))()  # fmt: skip
            case MapOf(item=Text()):
                return choose((
                    lambda: f"merge({expression(env, MapOf(Text()))}, {expression(env, MapOf(Text(), nullable=True))})",
                    lambda: f'{{"a": {expression(env, Text())}, {word()}: {expression(env, Text())}}}',
                    lambda: "{}",
                ))()  # fmt: skip
            case MapOf(item=MapOf()):
                return choose(
                    ("values.config", f'overlay(values.config, {{"core": {{"a": {expression(env, Scalar())}}}}})')
                )
            case ListOf(item=Text()):
                return choose((
                    lambda: f"[{expression(env, Text())}, {expression(env, Text())}]",
                    lambda: f"({expression(env, MapOf(Text()))} | keys)",
                    lambda: "[]",
                ))()  # fmt: skip
            case Free():
                calls = [macro for macro in self.macros if macro.kind in ("map", "seq")]
                if calls and self.rng.random() < 0.5:
                    return self.call(choose(calls), env)
                return expression(env, choose((Text(), MapOf(Text()), ListOf(Text()), Int(), Scalar())))
            case Scalar() | Number():
                return expression(env, choose((Int(),) if isinstance(wanted, Number) else (Int(), Text(), Flag())))
        return self.literal(wanted)

    def literal(self, wanted: Type) -> str:
        match present(wanted):
            case Text(values=None):
                return _quoted(self.rng.choice(_WORDS))
            case Int():
                return str(self.rng.choice((0, 1, -1, 7, 1000000)))
            case Flag():
                return self.rng.choice(("true", "false"))
            case Number():
                return self.rng.choice(("1.5", "values.ratio"))
            case Scalar():
                return self.rng.choice(("values.size", "1.5", '"x"'))
            case ListOf():
                return "[]" if not isinstance(wanted, ListOf) or not isinstance(wanted.item, Text) else '["a", ""]'
            case MapOf():
                return "{}"
            case Free():
                return "values.extra"
            case Shape(name="Probe"):
                return "none"
        return "values.flower"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _below(text: str, kind: Type, known: frozenset[str], depth: int) -> Iterator[tuple[str, Type]]:
    if text in known:
        kind = present(kind)
    yield text, kind
    if isinstance(kind, Shape) and depth < 3:
        for name, inner in kind.fields.items():
            below = replace(inner, nullable=True) if kind.nullable else inner
            yield from _below(f"{text}.{name}", below, known, depth + 1)
    if isinstance(kind, MapOf) and not isinstance(kind.item, Free) and depth < 2:
        yield f'{text}["a"]', replace(kind.item, nullable=True)
