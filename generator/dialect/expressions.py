"""The inside of a tag, parsed by Jinja's own lexer and parser, as the dialect's expressions.

Jinja's nodes know only line numbers. Here its token stream is fed with character offsets in the place of line numbers, so
that every node, and every syntax error, knows its exact place in the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.lexer import TokenStream
from jinja2.parser import Parser

from generator.dialect import syntax as s
from generator.dialect.source import SourceFile, Tag

_COMPARISONS = {"eq": "==", "ne": "!=", "lt": "<", "lteq": "<=", "gt": ">", "gteq": ">=", "in": "in", "notin": "not in"}
_ARITHMETIC: dict[type[nodes.Expr], str] = {nodes.Add: "+", nodes.Sub: "-", nodes.Mul: "*"}
_FORBIDDEN = {
    nodes.Div: "'/'",
    nodes.FloorDiv: "'//'",
    nodes.Mod: "'%'",
    nodes.Pow: "'**'",
    nodes.Slice: "a slice",
    nodes.Tuple: "a tuple",
}


class _PlacedEnvironment(Environment):
    """An environment whose parser sees ``lineno`` = character offset."""

    base = 0

    def _tokenize(
        self, source: str, name: str | None, filename: str | None = None, state: str | None = None
    ) -> TokenStream:
        raw = self.lexer.tokeniter(source, name, filename, state)
        return TokenStream(self.lexer.wrap(self._placed(raw), name, filename), name, filename)

    def _placed(self, raw: Iterator[tuple[int, str, str]]) -> Iterator[tuple[int, str, str]]:
        offset = self.base
        for _, token, value in raw:
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
        if not names or not all(isinstance(name, nodes.Name) for name in names) or len(names) > 2:
            raise self._source.error(tag.start, "a loop binds one name, or a key and a value", "{% for k, v in map | items %}")
        if not parser.stream.skip_if("name:in"):
            raise self._source.error(tag.start, "a loop without 'in'", "{% for x in list %}")
        iterable = self._run(tag, lambda: parser.parse_tuple(with_condexpr=False))
        condition = None
        if parser.stream.skip_if("name:if"):
            condition = self._convert(self._run(tag, parser.parse_expression))
        if parser.stream.current.test("name:recursive"):
            raise self._source.error(parser.stream.current.lineno, "a recursive loop", "write the levels out, or use a macro")
        self._end(tag, parser)
        return tuple(name.name for name in names), self._convert(iterable), condition

    def list_of(self, tag: Tag) -> tuple[s.Expression, ...]:
        """Expressions separated by commas."""
        parser = self._parser(tag)
        found = [self._convert(self._run(tag, parser.parse_expression))]
        while parser.stream.skip_if("comma"):
            found.append(self._convert(self._run(tag, parser.parse_expression)))
        self._end(tag, parser)
        return tuple(found)

    def _parser(self, tag: Tag) -> Parser:
        text = self._source.text[tag.start : tag.end]
        if not text.strip():
            raise self._source.error(tag.start, "an empty tag", "write an expression in it")
        self._environment.base = tag.start - 2
        parser = self._run(tag, lambda: Parser(self._environment, "{{" + text + "}}"))
        self._run(tag, lambda: next(parser.stream))
        return parser

    def _run(self, tag: Tag, parse: Any) -> Any:
        try:
            return parse()
        except TemplateSyntaxError as error:
            # The lexer itself counts real lines; only the parser's places are offsets.
            at = error.lineno if tag.start <= error.lineno <= tag.end else tag.start
            message = (error.message or "").replace("end of print statement", "end of the tag")
            raise self._source.error(at, f"syntax: {message}") from None

    def _end(self, tag: Tag, parser: Parser) -> None:
        token = parser.stream.current
        if token.type != "variable_end":
            raise self._source.error(token.lineno, f"'{token.value}' is not expected here", "one tag holds one expression")

    # --- Jinja's nodes as ours -----------------------------------------------------------------------------------

    def _convert(self, node: nodes.Node) -> s.Expression:
        at = node.lineno
        match node:
            case nodes.Const():
                return s.Literal(at, node.value)
            case nodes.Name():
                return s.Name(at, node.name)
            case nodes.Getattr():
                return s.Attribute(at, self._convert(node.node), node.attr)
            case nodes.Getitem():
                if isinstance(node.arg, nodes.Slice):
                    raise self._source.error(at, "a slice", "write out what you need")
                return s.Index(at, self._convert(node.node), self._convert(node.arg))
            case nodes.List():
                return s.ListLiteral(at, tuple(self._convert(item) for item in node.items))
            case nodes.Dict():
                return s.DictLiteral(at, tuple((self._convert(p.key), self._convert(p.value)) for p in node.items))
            case nodes.Concat():
                return s.Concat(at, tuple(self._convert(part) for part in node.nodes))
            case nodes.CondExpr():
                if node.expr2 is None:
                    raise self._source.error(at, "'if' without 'else' in an expression", "write '… else none' to leave it out")
                return s.Conditional(at, self._convert(node.test), self._convert(node.expr1), self._convert(node.expr2))
            case nodes.And() | nodes.Or():
                operator = "and" if isinstance(node, nodes.And) else "or"
                return s.Logic(at, operator, self._convert(node.left), self._convert(node.right))
            case nodes.Not():
                return s.Not(at, self._convert(node.node))
            case nodes.Neg() if isinstance(node.node, nodes.Const) and isinstance(node.node.value, int | float):
                return s.Literal(at, -node.node.value)
            case nodes.Compare():
                return self._compare(node)
            case nodes.Call():
                return self._call(node)
            case nodes.Filter() if node.node is not None:
                self._plain_arguments(node)
                return s.Filter(at, node.name, self._convert(node.node), tuple(self._convert(a) for a in node.args))
            case nodes.Test():
                self._plain_arguments(node)
                return s.Test(at, node.name, self._convert(node.node), tuple(self._convert(a) for a in node.args))
        operator = _ARITHMETIC.get(type(node), "") if isinstance(node, nodes.Expr) else ""
        if operator and isinstance(node, nodes.BinExpr):
            return s.Arithmetic(at, operator, self._convert(node.left), self._convert(node.right))
        what = next((text for kind, text in _FORBIDDEN.items() if isinstance(node, kind)), type(node).__name__.lower())
        raise self._source.error(at, f"{what} is not in the dialect", "docs/dialect.md lists the expressions")

    def _compare(self, node: nodes.Compare) -> s.Expression:
        if len(node.ops) != 1:
            raise self._source.error(node.lineno, "a chain of comparisons", "join two comparisons with 'and'")
        operator = _COMPARISONS[node.ops[0].op]
        left, right = self._convert(node.expr), self._convert(node.ops[0].expr)
        if operator == "not in":
            return s.Not(node.lineno, s.Compare(node.lineno, "in", left, right))
        return s.Compare(node.lineno, operator, left, right)

    def _call(self, node: nodes.Call) -> s.Expression:
        if node.dyn_args is not None or node.dyn_kwargs is not None:
            raise self._source.error(node.lineno, "'*' in a call", "name the arguments")
        arguments = tuple(self._convert(argument) for argument in node.args)
        named = tuple((pair.key, self._convert(pair.value)) for pair in node.kwargs)
        match node.node:
            case nodes.Name():
                return s.Call(node.node.lineno, "", node.node.name, arguments, named)
            case nodes.Getattr() if isinstance(node.node.node, nodes.Name):
                return s.Call(node.node.node.lineno, node.node.node.name, node.node.attr, arguments, named)
        raise self._source.error(node.lineno, "a call of something that is no macro", "there are no methods; docs/dialect.md lists the functions and filters")

    def _plain_arguments(self, node: nodes.Filter | nodes.Test) -> None:
        if node.kwargs or node.dyn_args is not None or node.dyn_kwargs is not None:
            raise self._source.error(node.lineno, f"named arguments of '{node.name}'", "give them by position")
