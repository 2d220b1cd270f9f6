"""Logical lines become the tree of a template: maps, sequences, leaves and control, by indentation as in YAML.

A control tag has no indentation of its own: it belongs to the block of the next content line.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from generator.dialect import syntax as s
from generator.dialect.expressions import ExpressionParser
from generator.dialect.literals import read_literal
from generator.dialect.source import Comment, Content, Line, SourceFile, Statement, Tag, logical_lines
from generator.dialect.statements import Head, read_head

_KEY = re.compile(r"(?:([A-Za-z0-9_][A-Za-z0-9_./-]*)|\"([^\"\\]*)\"):(?: +|$)")
_ENDINGS = {"if": ("elif", "else", "endif"), "for": ("endfor",), "macro": ("endmacro",)}
_CLOSING = {"elif", "else", "endif", "endfor", "endmacro"}


def parse_template(source: SourceFile) -> s.Template:
    """The tree of one file. Raises ProblemsError with the first thing that is wrong in it."""
    return _Parser(source).template()


class _Parser:
    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.expressions = ExpressionParser(source)
        self.lines = logical_lines(source)
        self.index = 0
        self.heads: dict[int, Head] = {}

    # --- reading along the lines ---------------------------------------------------------------------------------

    def peek(self) -> Line | None:
        """The next line that is not blank."""
        while self.index < len(self.lines):
            line = self.lines[self.index]
            if not (isinstance(line, Content) and not line.pieces):
                return line
            self.index += 1
        return None

    def head(self, line: Statement) -> Head:
        if line.at not in self.heads:
            self.heads[line.at] = read_head(self.source, self.expressions, line)
        return self.heads[line.at]

    def closes(self, line: Line | None) -> bool:
        return isinstance(line, Statement) and self.head(line).word in _CLOSING

    def next_indent(self) -> int | None:
        """The indentation of the next content line, behind any control; None at the end or at a new document."""
        for line in self.lines[self.index :]:
            if isinstance(line, Content) and line.pieces:
                return None if line.text == "---" else line.indent
        return None

    # --- files ---------------------------------------------------------------------------------------------------

    def template(self) -> s.Template:
        imports: list[s.Import] = []
        macros: list[s.Macro] = []
        body: list[s.Child] = []
        note = ""
        while (line := self.peek()) is not None:
            if isinstance(line, Statement) and self.head(line).word == "import":
                if macros or any(not isinstance(child, s.Note) for child in body):
                    raise self.source.error(line.at, "an import below other lines", "imports are the first lines of a file")
                head = self.head(line)
                imports.append(s.Import(line.at, head.text, head.names[0]))
                self.index += 1
            elif isinstance(line, Statement) and self.head(line).word == "macro":
                macros.append(self.macro(line, note))
                note = ""
            elif isinstance(line, Comment):
                self.index += 1
                following = self.peek()
                if isinstance(following, Statement) and self.head(following).word == "macro":
                    note = line.text
                else:
                    body.append(s.Note(line.at, line.text))
            elif isinstance(line, Statement) and self.closes(line):
                raise self.source.error(line.at, f"{{% {self.head(line).word} %}} closes nothing")
            else:
                body.extend(self.documents("the file"))
        if macros and any(not isinstance(child, s.Note) for child in body):
            raise self.source.error(body[0].at, "documents beside macros", "macros live in library files under _lib/")
        return s.Template(self.source, tuple(imports), tuple(macros), () if macros else tuple(body))

    def documents(self, where: str) -> list[s.Child]:
        """Documents, and control around them, up to a closing tag or the end."""
        children: list[s.Child] = []
        while (line := self.peek()) is not None and not self.closes(line):
            if isinstance(line, Content):
                if line.text == "---":
                    self.index += 1
                    body = self.block(0, f"the document of line {self.line_of(line.at)}") if self.next_indent() is not None else []
                    if body:
                        children.append(s.Document(line.at, tuple(body)))
                    continue
                if not (len(line.pieces) == 1 and isinstance(line.pieces[0], Tag)):
                    raise self.source.error(line.at, "a line outside a document", "begin a document with ---")
                self.index += 1
                children.append(s.Splice(line.at, self.expressions.expression(line.pieces[0])))
            elif isinstance(line, Statement) and self.head(line).word in ("import", "macro"):
                if where == "the file":
                    return children
                raise self.source.error(line.at, f"{{% {self.head(line).word} %}} inside {where}", "it stands at the top of a library")
            else:
                children.append(self.control(lambda: self.documents(where), top=True))
        return children

    def macro(self, line: Statement, note: str) -> s.Macro:
        head = self.head(line)
        self.index += 1
        make = lambda inline, body: s.Macro(line.at, self.source, head.names[0], head.parameters, head.text, inline, tuple(body), note)  # noqa: E731
        if line.inline is not None:
            return make(self.expressions.expression(line.inline), ())
        if head.text:
            body = self.text_lines(line)
        else:
            start = self.index
            first = next((c for c in self.lines[start:] if not isinstance(c, Comment | Statement) and c.pieces), None)
            if isinstance(first, Content) and first.text == "---":
                body = self.documents(f"macro {head.names[0]}")
            else:
                indent = self.next_indent()
                body = [] if indent is None else self.block(indent, f"macro '{head.names[0]}'")
        self.expect_end(line, "macro")
        return make(None, body)

    # --- control -------------------------------------------------------------------------------------------------

    def control(self, children: Callable[[], list[s.Child]], *, top: bool = False) -> s.Child:
        """One comment or statement at the current line, with its body parsed by ``children``."""
        line = self.peek()
        if isinstance(line, Comment):
            self.index += 1
            return s.Note(line.at, line.text)
        assert isinstance(line, Statement)
        head = self.head(line)
        self.index += 1
        match head.word:
            case "set":
                assert head.expression is not None
                return s.Set(line.at, head.names[0], head.expression)
            case "require":
                if not top:
                    raise self.source.error(line.at, "{% require %} inside a document", "it stands at the top level of a file")
                assert head.expression is not None
                return s.Require(line.at, head.expression, head.text)
            case "for":
                assert head.expression is not None
                body = children()
                self.expect_end(line, "for")
                return s.For(line.at, head.names, head.expression, head.condition, tuple(body))
            case "if":
                return self.condition(line, head, children)
        raise self.source.error(line.at, f"{{% {head.word} %}} here", "imports and macros stand at the top of a library")

    def condition(self, line: Statement, head: Head, children: Callable[[], list[s.Child]]) -> s.If:
        branches: list[tuple[s.Expression | None, tuple[s.Child, ...]]] = []
        test = head.expression
        while True:
            branches.append((test, tuple(children())))
            closing = self.peek()
            if not isinstance(closing, Statement) or self.head(closing).word not in _ENDINGS["if"]:
                raise self.unclosed(line, "if", closing)
            self.index += 1
            closing_head = self.head(closing)
            if closing_head.word == "endif":
                return s.If(line.at, tuple(branches))
            if test is None:
                raise self.source.error(closing.at, f"{{% {closing_head.word} %}} behind {{% else %}}", "else is the last branch")
            test = closing_head.expression

    def expect_end(self, line: Statement, word: str) -> None:
        closing = self.peek()
        if not isinstance(closing, Statement) or self.head(closing).word not in _ENDINGS[word]:
            raise self.unclosed(line, word, closing)
        self.index += 1

    def unclosed(self, line: Statement, word: str, found: Line | None) -> Exception:
        opened = f"{{% {word} %}} of line {self.line_of(line.at)}"
        if found is None:
            return self.source.error(line.at, f"{{% {word} %}} is not closed", f"end it with {{% end{word} %}}")
        if isinstance(found, Statement) and word == "for" and self.head(found).word in ("else", "elif"):
            return self.source.error(found.at, "a loop has no {% else %}", "ask before the loop: {% if list %}")
        if isinstance(found, Statement):
            return self.source.error(found.at, f"{{% {self.head(found).word} %}} inside the {opened}", f"close that first with {{% end{word} %}}")
        return self.source.error(found.at, f"this line is outside the block in which the {opened} stands", f"close it before with {{% end{word} %}}, or indent the line")

    def line_of(self, at: int) -> int:
        return self.source.position(at).line

    # --- blocks --------------------------------------------------------------------------------------------------

    def block(self, indent: int, where: str) -> list[s.Child]:
        """The children of a map or sequence whose lines are indented by ``indent``."""
        children: list[s.Child] = []
        kind = ""
        while (line := self.peek()) is not None and not self.closes(line):
            if not isinstance(line, Content):
                if isinstance(line, Statement) and self.head(line).word in ("macro", "import"):
                    break
                following = self.next_indent()
                if following is None or following < indent:
                    if following is None and isinstance(line, Comment):
                        self.index += 1
                        continue
                    break
                children.append(self.control(lambda: self.block(indent, where)))
                continue
            if line.text == "---" or line.indent < indent:
                break
            if line.indent > indent:
                raise self.source.error(line.at, f"indented by {line.indent}, but {where} by {indent}", "indent the lines of a block alike")
            child, found = self.child(line, indent)
            if kind and found not in ("", kind):
                if kind == "map" and found == "seq":
                    raise self.source.error(line.at, "a '- ' item among the keys of a map", "indent the items below their key")
                raise self.source.error(line.at, "a key among the items of a sequence", "begin it with '- ', or indent it")
            kind = kind or found
            children.append(child)
        return children

    def child(self, line: Content, indent: int) -> tuple[s.Child, str]:
        """One entry, item or splice; tells whether it makes the block a map or a sequence."""
        first = line.pieces[0]
        if isinstance(first, str) and (first == "-" or first.startswith("- ")):
            return self.item(line, first, indent), "seq"
        if isinstance(first, str) and first.startswith("#"):
            raise self.source.error(line.at, "a YAML comment", "write {# ... #}: it is carried into the chart")
        if isinstance(first, Tag):
            if len(line.pieces) == 1:
                self.index += 1
                return s.Splice(line.at, self.expressions.expression(first)), ""
            return self.computed_entry(line, first, indent), "map"
        return self.entry(line, first, indent), "map"

    def item(self, line: Content, first: str, indent: int) -> s.Item:
        inside = len(first) - len(first[1:].lstrip(" "))
        rest = first[inside:]
        pieces = ((rest,) if rest else ()) + line.pieces[1:]
        if not pieces:
            self.index += 1
            return s.Item(line.at, self.nested(line, indent, "an item"))
        inner = Content(line.at + inside, line.indent + inside, pieces)
        if _KEY.match(rest) or rest == "-" or rest.startswith("- ") or (isinstance(pieces[0], Tag) and len(pieces) > 1):
            self.lines[self.index] = inner
            children = self.block(inner.indent, f"the item of line {self.line_of(line.at)}")
            return s.Item(line.at, self.container(inner.at, children))
        self.index += 1
        return s.Item(line.at, self.value(inner.at, pieces))

    def entry(self, line: Content, first: str, indent: int) -> s.Entry:
        match = _KEY.match(first)
        if match is None:
            raise self.source.error(line.at, f"{first.split(' ')[0]!r} is no 'key: value'", "quote keys with unusual characters: \"a b\": value")
        key = match.group(1) if match.group(1) is not None else match.group(2)
        rest = first[match.end() :]
        pieces = ((rest,) if rest else ()) + line.pieces[1:]
        self.index += 1
        if pieces:
            return s.Entry(line.at, key, self.value(line.at + match.end(), pieces))
        return s.Entry(line.at, key, self.nested(line, indent, f"'{key}'"))

    def computed_entry(self, line: Content, first: Tag, indent: int) -> s.Entry:
        key = self.expressions.expression(first)
        second = line.pieces[1]
        if not isinstance(second, str) or not (second == ":" or second.startswith(": ")):
            raise self.partial(line.at)
        rest = second[1:].lstrip(" ")
        pieces = ((rest,) if rest else ()) + line.pieces[2:]
        self.index += 1
        if pieces:
            return s.Entry(line.at, key, self.value(line.at, pieces))
        return s.Entry(line.at, key, self.nested(line, indent, "the key"))

    def nested(self, line: Content, indent: int, what: str) -> s.Node:
        """The block below a key or a lone dash."""
        following = self.next_indent()
        dash = "item" not in what and following == indent and self.next_is_item()
        if following is None or (following <= indent and not dash):
            raise self.source.error(line.at, f"{what} has no value", "write a value, {} or [], or leave the line out")
        where = f"the block of {what}"
        return self.container(line.at, self.items_at(indent, where) if dash else self.block(following, where))

    def items_at(self, indent: int, where: str) -> list[s.Child]:
        """Items at the column of their key; the next key ends them."""
        children: list[s.Child] = []
        while (line := self.peek()) is not None and not self.closes(line) and self.next_indent() == indent and self.next_is_item():
            children.append(self.child(line, indent)[0] if isinstance(line, Content) else self.control(lambda: self.items_at(indent, where)))
        return children

    def next_is_item(self) -> bool:
        for line in self.lines[self.index :]:
            if isinstance(line, Content) and line.pieces:
                first = line.pieces[0]
                return isinstance(first, str) and (first == "-" or first.startswith("- "))
        return False

    def container(self, at: int, children: list[s.Child]) -> s.Node:
        return s.Sequence(at, tuple(children)) if _is_sequence(children) else s.Map(at, tuple(children))

    def value(self, at: int, pieces: tuple[str | Tag, ...]) -> s.Node:
        first = pieces[0]
        if len(pieces) == 1:
            if isinstance(first, Tag):
                return s.Fill(first.start - 2, self.expressions.expression(first))
            return s.Constant(at, read_literal(self.source, at, first))
        if isinstance(first, str) and first in ("'", '"'):
            raise self.source.error(at, "quotes around {{ }}", "leave the quotes out: the compiler quotes")
        raise self.partial(at)

    def partial(self, at: int) -> Exception:
        return self.source.error(at, "text beside an expression", 'write one expression: {{ a ~ "-" ~ b }}')

    # --- text macros ---------------------------------------------------------------------------------------------

    def text_lines(self, opening: Statement) -> list[s.Child]:
        start = self.index
        depth, content = 0, []
        for line in self.lines[start:]:
            if isinstance(line, Content) and line.pieces:
                content.append(line.indent)
            if isinstance(line, Statement) and self.head(line).word == "endmacro" and depth == 0:
                break
        return self.text_block(min(content, default=0))

    def text_block(self, indent: int) -> list[s.Child]:
        children: list[s.Child] = []
        while self.index < len(self.lines):
            line = self.lines[self.index]
            if self.closes(line):
                break
            if isinstance(line, Content):
                self.index += 1
                parsed = [piece if isinstance(piece, str) else self.expressions.expression(piece) for piece in line.pieces]
                if line.pieces and line.indent > indent:
                    parsed.insert(0, " " * (line.indent - indent))
                children.append(s.TextLine(line.at, tuple(parsed)))
            else:
                children.append(self.control(lambda: self.text_block(indent)))
        return children


def _is_sequence(children: list[s.Child] | tuple[s.Child, ...]) -> bool:
    for child in children:
        match child:
            case s.Item():
                return True
            case s.Entry():
                return False
            case s.For() if child.body and _decided(child.body):
                return _is_sequence(child.body)
            case s.If():
                for _, branch in child.branches:
                    if _decided(branch):
                        return _is_sequence(branch)
    return False


def _decided(children: tuple[s.Child, ...]) -> bool:
    """Whether an entry or item stands somewhere in these children (splices alone decide nothing)."""
    for child in children:
        match child:
            case s.Item() | s.Entry():
                return True
            case s.For():
                if _decided(child.body):
                    return True
            case s.If():
                if any(_decided(branch) for _, branch in child.branches):
                    return True
    return False
