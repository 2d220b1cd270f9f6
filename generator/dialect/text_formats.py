"""Text macros: how a value enters text of a format without being able to leave its place."""

from __future__ import annotations

from generator.dialect import syntax as s
from generator.dialect import tree as t
from generator.dialect.functions import apply
from generator.dialect.infer import Inference
from generator.dialect.scope import Scope
from generator.dialect.types import Flag, Int, Number, Scalar, Text, describe

_SCALARS = (Text, Int, Flag, Number, Scalar)
_ROWS = {"ini": "ini_value", "python": "python_literal", "shell": "shell_word"}


def escape_piece(
    format_: str, value: t.Expr, at: int, around: tuple[str | s.Expression, str | s.Expression], scope: Scope, inference: Inference
) -> t.Expr:
    """The expression that writes ``value`` into a line of the format; ``around`` are the neighbouring pieces of the line."""
    if isinstance(value, t.Invoke):
        if value.macro.kind == "text":
            return value
        if format_ != "python":
            inference.fail(scope, at, f"a {value.macro.kind} in text", "write it as JSON or as python")
    if format_ != "python" and (value.type.nullable or not isinstance(value.type, _SCALARS)):
        hint = "give it a value: | default(...)" if value.type.nullable else "write it as JSON: | json"
        inference.fail(scope, at, f"{describe(value.type)} in a text macro 'as {format_}'", hint)
    match format_:
        case "text":
            if not isinstance(value.type, Int | Flag) and not isinstance(value, t.Const):
                inference.fail(scope, at, f"{describe(value.type)} in a text macro 'as text'", "nothing would escape it: use 'as ini', 'as python' or 'as shell'")
            return inference.infer_text(value)
        case "ini":
            before, behind = around
            in_name = (isinstance(before, str) and before.rstrip().endswith("[")) or (isinstance(behind, str) and behind.lstrip().startswith("=") and before == "")
            if in_name and not (isinstance(value.type, Text) and value.type.ascii):
                inference.fail(scope, at, "a section or option name that could be any text", "give its type a pattern of ASCII characters")
            return apply("ini_value", (value,), Text(), scope, inference, at)
        case "shell":
            return apply("shell_word", (inference.infer_text(value),), Text(), scope, inference, at)
    return apply(_ROWS[format_], (value,), Text(), scope, inference, at)
