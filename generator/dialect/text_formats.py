"""Text macros: how a value enters text of a format without being able to leave its place."""

from __future__ import annotations

from generator.dialect import tree as t
from generator.dialect.charsets import Charset
from generator.dialect.functions import apply
from generator.dialect.infer import Inference
from generator.dialect.scope import Scope
from generator.dialect.types import SCALARS, Flag, Int, Number, Text, describe


def escaped(format_: str, value: t.Expr, at: int, in_name: bool, scope: Scope, inference: Inference) -> t.Expr:
    """The expression that writes ``value`` into a line of the format.

    ``in_name``: it stands where only a name may stand that means nothing in the format. Raises ProblemsError.
    """
    if format_ != "python" and (value.type.nullable or not isinstance(value.type, SCALARS)):
        hint = "give it a value: | default(...)" if value.type.nullable else "write it as JSON: | json"
        raise inference.error(scope, at, f"{describe(value.type)} in a text macro 'as {format_}'", hint)
    match format_:
        case "text":
            if not isinstance(value.type, Int | Flag) and not isinstance(value, t.Const) and not is_text_macro(value):
                hint = "nothing would escape it: use 'as ini', 'as python' or 'as shell'"
                raise inference.error(scope, at, f"{describe(value.type)} in a text macro 'as text'", hint)
            return inference.as_text(value)
        case "ini":
            harmless = isinstance(value.type, Int | Flag | Number)
            if in_name and not harmless and not (isinstance(value.type, Text) and value.type.charset <= Charset.NAME):
                hint = "before the '=' of an option stand names whose schema allows only letters, digits and _./-+~"
                raise inference.error(scope, at, f"{describe(value.type)} in a section or option name", hint)
            return apply("ini_value", (value,), Text(), scope, inference, at)
        case "shell":
            return apply("shell_word", (inference.as_text(value),), Text(), scope, inference, at)
    return apply("python_literal", (value,), Text(), scope, inference, at)


def is_text_macro(value: t.Expr) -> bool:
    """Whether this is a call of a text macro."""
    return isinstance(value, t.Invoke) and value.macro.kind == "text"
