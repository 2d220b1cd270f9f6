"""Reading along the logical lines of a file: what comes next, what closes a block, and control around children.

A control tag has no indentation of its own: it belongs to the block of the next content line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from generator.dialect import syntax as s
from generator.dialect.expressions import ExpressionParser
from generator.dialect.lines import Comment, Content, Line, Statement, logical_lines
from generator.dialect.source import SourceFile
from generator.dialect.statements import Head, read_head
from generator.errors import ProblemsError

_ENDINGS = {"if": ("elif", "else", "endif"), "for": ("endfor",), "macro": ("endmacro",)}
_CLOSING = frozenset(("elif", "else", "endif", "endfor", "endmacro"))
_OPENING = frozenset(_ENDINGS)
#: Python's parser takes no more than 20 loops inside each other, and none of its blocks deeper than 100.
_MOST_LEVELS = 30
_MOST_LOOPS = 10
_MOST_BRANCHES = 50

Children = Callable[[], list[s.Child]]


class Cursor:
    """A place among the logical lines of one file."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.expressions = ExpressionParser(source)
        self.lines = logical_lines(source)
        self.index = 0
        self._heads: dict[int, Head] = {}
        self._levels = 0
        self._loops = 0

    def peek(self) -> Line | None:
        """The next line that is not blank."""
        while self.index < len(self.lines):
            line = self.lines[self.index]
            if not (isinstance(line, Content) and not line.pieces):
                return line
            self.index += 1
        return None

    def head(self, line: Statement) -> Head:
        """A statement's head; parsed once."""
        if line.at not in self._heads:
            self._heads[line.at] = read_head(self.source, self.expressions, line)
        return self._heads[line.at]

    def closes(self, line: Line) -> bool:
        """Whether this statement ends the body that is being read."""
        return isinstance(line, Statement) and self.head(line).word in _CLOSING

    def ahead(self) -> Content | Statement | None:
        """The next content line, behind any control, or the statement that closes the body around before one comes."""
        depth = 0
        for index in range(self.index, len(self.lines)):
            line = self.lines[index]
            match line:
                case Content():
                    if line.pieces:
                        return line
                case Statement():
                    word = self.head(line).word
                    if word in _CLOSING and depth == 0:
                        return line
                    depth += (word in _OPENING and line.inline is None) - (word in ("endif", "endfor", "endmacro"))
        return None

    def line_of(self, at: int) -> int:
        """The number of the line at a character offset."""
        return self.source.position(at).line

    @contextmanager
    def deeper(self, at: int, *, loop: bool = False) -> Iterator[None]:
        """One level of blocks or control. Raises ProblemsError when there are too many."""
        self._levels += 1
        self._loops += loop
        if self._levels > _MOST_LEVELS:
            raise self.source.error(
                at, f"more than {_MOST_LEVELS} levels of blocks", "move the inner ones into a macro"
            )
        if self._loops > _MOST_LOOPS:
            raise self.source.error(
                at, f"more than {_MOST_LOOPS} loops inside each other", "move the inner ones into a macro"
            )
        yield
        self._levels -= 1
        self._loops -= loop

    # --- control -------------------------------------------------------------------------------------------------

    def control(self, children: Children, *, top: bool = False) -> s.Child:
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
                return s.Set(line.at, head.names[0], head.value)
            case "require":
                if not top:
                    hint = "it stands at the top level of a file"
                    raise self.source.error(line.at, "{% require %} inside a document", hint)
                return s.Require(line.at, head.value, head.text)
            case "for":
                with self.deeper(line.at, loop=True):
                    body = children()
                self.expect_end(line, "for")
                return s.For(line.at, head.names, head.value, head.condition, tuple(body))
            case "if":
                return self._condition(line, head, children)
        hint = "imports and macros stand at the top of a library"
        raise self.source.error(line.at, f"{{% {head.word} %}} here", hint)

    def _condition(self, line: Statement, head: Head, children: Children) -> s.If:
        branches: list[tuple[s.Expression | None, tuple[s.Child, ...]]] = []
        test = head.expression
        while True:
            if len(branches) == _MOST_BRANCHES:
                hint = "put what they choose from into a map or list, and ask that"
                raise self.source.error(line.at, f"more than {_MOST_BRANCHES} branches", hint)
            with self.deeper(line.at):
                branches.append((test, tuple(children())))
            closing = self.expect_end(line, "if")
            closing_head = self.head(closing)
            if closing_head.word == "endif":
                return s.If(line.at, tuple(branches))
            if test is None:
                raise self.source.error(
                    closing.at, f"{{% {closing_head.word} %}} behind {{% else %}}", "else is the last branch"
                )
            test = closing_head.expression

    def expect_end(self, line: Statement, word: str) -> Statement:
        """Step over the statement that ends the body of ``line``. Raises ProblemsError when there is none."""
        closing = self.peek()
        if isinstance(closing, Statement) and self.head(closing).word in _ENDINGS[word]:
            self.index += 1
            return closing
        raise self._unclosed(line, word, closing)

    def _unclosed(self, line: Statement, word: str, found: Line | None) -> ProblemsError:
        opened = f"{{% {word} %}} of line {self.line_of(line.at)}"
        if found is None:
            return self.source.error(line.at, f"{{% {word} %}} is not closed", f"end it with {{% end{word} %}}")
        if isinstance(found, Statement) and word == "for" and self.head(found).word in ("else", "elif"):
            return self.source.error(found.at, "a loop has no {% else %}", "ask before the loop: {% if list %}")
        if isinstance(found, Statement):
            message = f"{{% {self.head(found).word} %}} inside the {opened}"
            return self.source.error(found.at, message, f"close that first with {{% end{word} %}}")
        message = f"this line is outside the block in which the {opened} stands"
        return self.source.error(found.at, message, f"close it before with {{% end{word} %}}, or indent the line")
