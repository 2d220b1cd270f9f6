"""Parameters of macros: the types that their words name, and the arguments of a call."""

from __future__ import annotations

import re
from collections.abc import Mapping

from generator.dialect import syntax as s
from generator.dialect import tree as t
from generator.dialect.infer import Inference
from generator.dialect.scope import Scope
from generator.dialect.types import Flag, Free, Int, ListOf, MapOf, Number, Scalar, Shape, Text, Type, nullable
from generator.errors import did_you_mean

_SIMPLE: dict[str, Type] = {
    "str": Text(),
    "int": Int(),
    "bool": Flag(),
    "num": Number(),
    "scalar": Scalar(),
    "free": Free(),
}
_CONTAINER = re.compile(r"(list|map)\[(.*)\]\Z")
_TYPES = "str, int, bool, num, scalar, free, static, list[T], map[T], or a shape of the values"


def declared_type(parameter: s.Parameter, macro: s.Macro, shapes: Mapping[str, Shape]) -> Type:
    """The type of a parameter that is not static. Raises ProblemsError at the parameter."""
    return _type(parameter.type, parameter, macro, shapes)


def _type(text: str, parameter: s.Parameter, macro: s.Macro, shapes: Mapping[str, Shape]) -> Type:
    if text.endswith("?"):
        return nullable(_type(text[:-1].strip(), parameter, macro, shapes))
    found = _CONTAINER.match(text)
    if found:
        item = _type(found[2].strip(), parameter, macro, shapes)
        return ListOf(item) if found[1] == "list" else MapOf(item)
    known: dict[str, Type] = {**shapes, **_SIMPLE}
    if text in known:
        return known[text]
    hint = did_you_mean(text, [*known, "static"])
    raise macro.source.error(parameter.at, f"the type '{text}'", hint, _TYPES)


def signature(macro: s.Macro) -> str:
    """The macro as errors show it: ``labels(name: str, cfg: Component)``."""
    return f"{macro.name}({', '.join(f'{one.name}: {one.type}' for one in macro.parameters)})"


def typed_arguments(
    macro: s.Macro, call: s.Call, scope: Scope, inference: Inference, shapes: Mapping[str, Shape]
) -> dict[str, t.Expr]:
    """The argument of each parameter; those of static parameters are constants. Raises ProblemsError."""
    result: dict[str, t.Expr] = {}
    given = _given(macro, call, scope)
    for parameter in macro.parameters:
        expression = given[parameter.name]
        typed = inference.infer(expression, scope)
        if parameter.type != "static":
            formal = declared_type(parameter, macro, shapes)
            inference.fit(typed, formal, expression.at, scope, f"'{parameter.name}' of {signature(macro)}")
        elif not isinstance(typed, t.Const):
            message = f"the argument '{parameter.name}' of {signature(macro)} is not static"
            hint = "it must be known when the chart is built: a literal or part of the catalog"
            raise inference.error(scope, expression.at, message, hint)
        result[parameter.name] = typed
    return result


def _given(macro: s.Macro, call: s.Call, scope: Scope) -> dict[str, s.Expression]:
    """The arguments by name."""
    source = scope.file.source
    names = [parameter.name for parameter in macro.parameters]
    if len(call.arguments) > len(names):
        count = "one argument" if len(call.arguments) == 1 else f"{len(call.arguments)} arguments"
        raise source.error(call.at, f"{count} for {signature(macro)}", f"it takes {len(names) or 'none'}")
    given: dict[str, s.Expression] = dict(zip(names, call.arguments, strict=False))
    for name, value in call.named:
        if name not in names:
            hint = did_you_mean(name, names)
            raise source.error(value.at, f"no parameter '{name}' in {signature(macro)}", hint)
        if name in given:
            raise source.error(value.at, f"the argument '{name}' is given twice", "give it once")
        given[name] = value
    for name in names:
        if name not in given:
            raise source.error(call.at, f"{signature(macro)} is called without '{name}'", "give all arguments")
    return given
