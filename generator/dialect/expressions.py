"""The inside of a tag, parsed by Jinja's own lexer and parser, as the dialect's expressions.

Jinja's nodes know only line numbers. Here its token stream is fed with character offsets in the place of line numbers,
so that every node, and every syntax error, knows its exact place in the file.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from typing import TypeVar

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.lexer import TOKEN_STRING, TokenStream
from jinja2.parser import Parser

from generator.dialect import syntax as s
from generator.dialect.lines import Tag
from generator.dialect.source import SourceFile, unsafe_character
from generator.errors import ProblemsError

_Parsed = TypeVar("_Parsed")
_Value = str | bool | int | float | None

#: Deeper expressions would end in a traceback of Python's or Go's own parser; nobody can read them either.
MOST_DEPTH = 30
_INTEGERS = f"whole numbers from -{s.SAFE_INTEGER} to {s.SAFE_INTEGER}"
_COMPARISONS = {"eq": "==", "ne": "!=", "lt": "<", "lteq": "<=", "gt": ">", "gteq": ">=", "in": "in", "notin": "not in"}
_ARITHMETIC: dict[type[nodes.Expr], str] = {nodes.Add: "+", nodes.Sub: "-", nodes.Mul: "*"}
_FORBIDDEN = {
    nodes.Div: "'/'",
    nodes.FloorDiv: "'//'",
    nodes.Mod: "'%'",
    nodes.Pow: "'**'",
    nodes.Slice: "a slice",
    nodes.Tuple: "a tuple",
    nodes.Neg: "'-' before what is no number",
    nodes.Pos: "'+' before a value",
}
_ESCAPE = re.compile(r"\\(?:[\\\"'nt]|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})?")


class _WrongEscapeError(Exception):
    def __init__(self, at: int, text: str) -> None:
        self.at = at
        self.text = text


class _PlacedEnvironment(Environment):
    """An environment whose parser sees ``lineno`` = character offset."""

    base = 0

    def _tokenize(
        self,
        source: str,
        name: str | None,
        filename: str | None = None,
        state: str | None = None,
    ) -> TokenStream:
        raw = self.lexer.tokeniter(source, name, filename, state)
        return TokenStream(self.lexer.wrap(self._placed(raw), name, filename), name, filename)

    def _placed(self, raw: Iterator[tuple[int, str, str]]) -> Iterator[tuple[int, str, str]]:
        offset = self.base
        for _, token, value in raw:
            if token == TOKEN_STRING:
                # Jinja takes Python's escapes, and for an unknown one only a warning is given.
                for found in _ESCAPE.finditer(value):
                    if len(found[0]) == 1:
                        raise _WrongEscapeError(offset + found.start(), value[found.start() : found.start() + 2])
            yield offset, token, value
            offset += len(value)


class ExpressionParser:
    """Parses the tags of one file. Methods raise ProblemsError."""

    def __init__(self, source: SourceFile) -> None:
        self._source = source
        self._environment = _PlacedEnvironment()

    def expression(self, tag: Tag) -> s.Expression:
        """One expression that fills the whole tag."""
        parser = self._parser(tag)
        node = self._run(tag, parser.parse_expression)
        self._end(tag, parser)
        return self._convert(node)

    def loop(self, tag: Tag) -> tuple[tuple[str, ...], s.Expression, s.Expression | None]:
        """``x in list if condition`` or ``k, v in map | items``: what stands behind ``for``."""
        parser = self._parser(tag)
        target = self._run(tag, lambda: parser.parse_assign_target(extra_end_rules=("name:in",)))
        names = [target] if isinstance(target, nodes.Name) else list(getattr(target, "items", ()))
        if not 1 <= len(names) <= 2 or not all(isinstance(name, nodes.Name) for name in names):
            raise self._source.error(
                tag.start,
                "a loop over something else than one name or two",
                "{% for x in list %} or {% for k, v in map | items %}",
            )
        if not self._skip(tag, parser, "name:in"):
            raise self._source.error(tag.start, "a loop without 'in'", "{% for x in list %}")
        iterable = self._run(tag, lambda: parser.parse_tuple(with_condexpr=False))
        condition = None
        if self._skip(tag, parser, "name:if"):
            condition = self._convert(self._run(tag, parser.parse_expression))
        if parser.stream.current.test("name:recursive"):
            raise self._source.error(
                parser.stream.current.lineno, "a recursive loop", "write the levels out, or use a macro"
            )
        self._end(tag, parser)
        return tuple(name.name for name in names), self._convert(iterable), condition

    def list_of(self, tag: Tag) -> tuple[s.Expression, ...]:
        """Expressions separated by commas."""
        parser = self._parser(tag)
        found = [self._convert(self._run(tag, parser.parse_expression))]
        while self._skip(tag, parser, "comma"):
            found.append(self._convert(self._run(tag, parser.parse_expression)))
        self._end(tag, parser)
        return tuple(found)

    def _parser(self, tag: Tag) -> Parser:
        text = self._source.text[tag.start : tag.end]
        if not text.strip():
            raise self._source.error(tag.start, "an empty tag", "write an expression in it")
        # The blanks keep a sign at an edge from being read as trimming of white space.
        self._environment.base = tag.start - 3
        parser = self._run(tag, lambda: Parser(self._environment, "{{ " + text + " }}"))
        self._run(tag, lambda: next(parser.stream))
        return parser

    def _skip(self, tag: Tag, parser: Parser, token: str) -> bool:
        # A step of the stream reads the next token, which may be one that Jinja's lexer refuses.
        return self._run(tag, lambda: parser.stream.skip_if(token))

    def _run(self, tag: Tag, parse: Callable[[], _Parsed]) -> _Parsed:
        try:
            return parse()
        except TemplateSyntaxError as error:
            # The lexer itself counts real lines; only the parser's places are offsets.
            at = error.lineno if tag.start <= error.lineno <= tag.end else tag.start
            message = (error.message or "").replace("end of print statement", "end of the tag")
            raise self._source.error(at, f"syntax: {message}") from None
        except _WrongEscapeError as error:
            known = "\\\\ \\\" \\' \\n \\t \\xNN \\uNNNN \\UNNNNNNNN"
            raise self._source.error(
                error.at, f"the escape '{error.text}' in a string", "a backslash is written '\\\\'", known
            ) from None
        except ValueError:
            raise self._source.error(tag.start, "a number of too many digits", "", _INTEGERS) from None
        except RecursionError:
            raise self._too_deep(tag.start) from None

    def _too_deep(self, at: int) -> ProblemsError:
        return self._source.error(at, "an expression of too many levels", "give a part of it a name with {% set %}")

    def _end(self, tag: Tag, parser: Parser) -> None:
        token = parser.stream.current
        if token.type == "variable_end":
            return
        hint = "each tag holds one expression"
        if token.type == "comma":
            hint = "a list stands in brackets: [a, b]"
        raise self._source.error(token.lineno, f"'{token.value}' is not expected here", hint)

    # --- Jinja's nodes as ours -----------------------------------------------------------------------------------

    def _convert(self, node: nodes.Node, depth: int = 0) -> s.Expression:
        at = node.lineno
        if depth > MOST_DEPTH:
            raise self._too_deep(at)
        depth += 1

        def convert(part: nodes.Node) -> s.Expression:
            return self._convert(part, depth)

        match node:
            case nodes.Const():
                return s.Literal(at, self._literal(at, node.value))
            case nodes.Name():
                return s.Name(at, node.name)
            case nodes.Getattr():
                return s.Attribute(at, convert(node.node), node.attr)
            case nodes.Getitem() if not isinstance(node.arg, nodes.Slice):
                return s.Index(at, convert(node.node), convert(node.arg))
            case nodes.List():
                return s.ListLiteral(at, tuple(map(convert, node.items)))
            case nodes.Dict():
                return s.DictLiteral(at, tuple((convert(pair.key), convert(pair.value)) for pair in node.items))
            case nodes.Concat():
                return s.Concat(at, tuple(map(convert, node.nodes)))
            case nodes.CondExpr():
                if node.expr2 is None:
                    raise self._source.error(
                        at, "'if' without 'else' in an expression", "write 'else none' to leave the entry out"
                    )
                return s.Conditional(at, convert(node.test), convert(node.expr1), convert(node.expr2))
            case nodes.And() | nodes.Or():
                operator = "and" if isinstance(node, nodes.And) else "or"
                return s.Logic(at, operator, convert(node.left), convert(node.right))
            case nodes.Not():
                return s.Not(at, convert(node.node))
            case nodes.Neg(node=nodes.Const(value=int() | float() as value)) if not isinstance(value, bool):
                return s.Literal(at, self._literal(at, -value))
            case nodes.Compare():
                return self._compare(node, convert)
            case nodes.Call():
                return self._call(node, convert)
            case nodes.Filter() if node.node is not None:
                self._plain_arguments(node)
                return s.Filter(at, node.name, convert(node.node), tuple(map(convert, node.args)))
            case nodes.Test():
                self._plain_arguments(node)
                return s.Test(at, node.name, convert(node.node), tuple(map(convert, node.args)))
            case nodes.Add() | nodes.Sub() | nodes.Mul():
                return s.Arithmetic(at, _ARITHMETIC[type(node)], convert(node.left), convert(node.right))
        kind = type(node.arg) if isinstance(node, nodes.Getitem) else type(node)
        what = next((text for known, text in _FORBIDDEN.items() if kind is known), kind.__name__.lower())
        raise self._source.error(at, f"{what} is not in the dialect", "docs/dialect.md lists the expressions")

    def _literal(self, at: int, value: _Value) -> _Value:
        match value:
            case str() if found := unsafe_character(value):
                message = f"the character U+{ord(found):04X} in a string"
                raise self._source.error(at, message, "YAML readers drop or refuse it: leave it out")
            case int() if abs(value) > s.SAFE_INTEGER:
                hint = "Helm would round it: write it as a string"
                raise self._source.error(at, "a whole number that is too large", hint, _INTEGERS)
            case float() if not math.isfinite(value):
                raise self._source.error(at, "a number that is too large", "write it as a string")
        return value

    def _compare(self, node: nodes.Compare, convert: Callable[[nodes.Node], s.Expression]) -> s.Expression:
        if len(node.ops) != 1:
            raise self._source.error(node.lineno, "a chain of comparisons", "join two comparisons with 'and'")
        operator = _COMPARISONS[node.ops[0].op]
        left, right = convert(node.expr), convert(node.ops[0].expr)
        if operator == "not in":
            return s.Not(node.lineno, s.Compare(node.lineno, "in", left, right))
        return s.Compare(node.lineno, operator, left, right)

    def _call(self, node: nodes.Call, convert: Callable[[nodes.Node], s.Expression]) -> s.Expression:
        if node.dyn_args is not None or node.dyn_kwargs is not None:
            raise self._source.error(node.lineno, "'*' in a call", "name the arguments")
        arguments = tuple(map(convert, node.args))
        named = tuple((pair.key, convert(pair.value)) for pair in node.kwargs)
        match node.node:
            case nodes.Name():
                return s.Call(node.node.lineno, "", node.node.name, arguments, named)
            case nodes.Getattr() if isinstance(node.node.node, nodes.Name):
                return s.Call(node.node.node.lineno, node.node.node.name, node.node.attr, arguments, named)
        raise self._source.error(
            node.lineno,
            "a call of something that is no macro",
            "there are no methods; docs/dialect.md lists the functions and filters",
        )

    def _plain_arguments(self, node: nodes.Filter | nodes.Test) -> None:
        if node.kwargs or node.dyn_args is not None or node.dyn_kwargs is not None:
            raise self._source.error(node.lineno, f"named arguments of '{node.name}'", "give them by position")
