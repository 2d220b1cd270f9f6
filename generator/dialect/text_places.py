"""Where in a text macro an expression stands: inside quotes, in a comment, in a name, in a value.

Each format has a small lexer that reads the literal pieces of the macro's lines, so that no expression stands where its
escaping would not hold: a Python literal inside the author's own quotes, a shell word in a comment, a heredoc or
arithmetic.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Protocol

from generator.dialect import syntax as s
from generator.dialect.source import SourceFile
from generator.errors import Problem, ProblemsError


class _Lexer(Protocol):
    """Reads a text from the beginning. ``state`` is empty where no quoted text or heredoc is open."""

    state: str

    def literal(self, text: str) -> None:
        """Read on over literal text."""

    def value(self, behind: str) -> str:
        """What is wrong with a value here, ``behind`` which comes this text; empty when nothing is."""

    def end_of_line(self) -> None:
        """Read on over a line feed."""


class _PythonLexer:
    def __init__(self) -> None:
        self.state = ""
        self._comment = False
        self._last = ""

    def literal(self, text: str) -> None:
        index = 0
        while index < len(text) and not self._comment:
            size = 1
            if self.state:
                if text[index] == "\\":
                    size = 2
                elif text.startswith(self.state, index):
                    size = len(self.state)
                    self.state = ""
            elif text[index] == "#":
                self._comment = True
            elif text[index] in "'\"":
                size = 3 if text[index : index + 3] == text[index] * 3 else 1
                self.state = text[index : index + size]
            index += size
        self._last = text[-1:]

    def value(self, behind: str) -> str:
        if self.state:
            return "quotes"
        # A letter before a literal can make it an f-string, in which braces are evaluated.
        if not self._comment and (_is_word(self._last, "\\") or _is_word(behind[:1], "'\"")):
            return "glued"
        self._last = "x"
        return ""

    def end_of_line(self) -> None:
        self._comment = False
        self._last = ""
        if len(self.state) == 1:
            self.state = ""


def _is_word(char: str, more: str) -> bool:
    return char != "" and (char.isalnum() or char in "_" + more)


class _ShellLexer:
    """``state`` is a stack, the innermost last.

    ``'`` ``"`` and the backtick are quotes, ``D`` is ``$'...'``, ``S`` a pair of parentheses with commands, ``A``
    arithmetic and ``P`` parentheses in it, ``H`` a heredoc.
    """

    _HEREDOC = re.compile(r"<<-?[ ]*(?:'([^']*)'|\"([^\"]*)\"|\\?([A-Za-z0-9_.-]*))")

    def __init__(self) -> None:
        self.state = ""
        self._last = ""
        self._line = ""
        self._comment = False
        self._heredocs: list[str] = []

    def literal(self, text: str) -> None:
        self._line += text
        index = 0
        while index < len(text) and not self._comment and self.state[-1:] != "H":
            index += self._step(text, index)
        if self.state[-1:] != "H":
            self._last = text[-1:] if index <= len(text) else "\\"

    def _step(self, text: str, index: int) -> int:
        """Read one character or mark; gives its length."""
        char, top = text[index], self.state[-1:]
        if char == "\\" and top != "'":
            return 2
        if top in ("'", "D", '"', "`"):
            if char == ("'" if top == "D" else top):
                self.state = self.state[:-1]
            elif top == '"' and text.startswith("$(", index):
                return self._parenthesis(text, index + 1) + 1
            elif top == '"' and char == "`":
                self.state += char
            return 1
        if top in ("A", "P"):
            if char == "(":
                self.state += "P"
            elif char == ")" and (top == "P" or text.startswith("))", index)):
                self.state = self.state[:-1]
                return 1 if top == "P" else 2
            return 1
        return self._command(text, index, char)

    def _command(self, text: str, index: int, char: str) -> int:
        before = text[index - 1] if index else self._last
        if char == "#" and (not before or before in " ;|&()"):
            self._comment = True
        elif char == "'" and before == "$":
            self.state += "D"
        elif char in "'\"`":
            self.state += char
        elif char == "(":
            return self._parenthesis(text, index)
        elif char == ")" and self.state:
            self.state = self.state[:-1]
        elif text.startswith("<<<", index):
            return 3
        elif (found := self._HEREDOC.match(text, index)) is not None:
            self._heredocs.append(next((word for word in found.groups() if word), ""))
            return found.end() - index
        return 1

    def _parenthesis(self, text: str, index: int) -> int:
        arithmetic = text.startswith("((", index)
        self.state += "A" if arithmetic else "S"
        return 2 if arithmetic else 1

    def value(self, behind: str) -> str:
        top = self.state[-1:]
        self._line += "x"
        if top == "H" or "" in self._heredocs:
            return "heredoc"
        if self._comment:
            return "comment"
        if top in ("A", "P"):
            return "arithmetic"
        if top in ("'", '"', "`", "D"):
            return "quotes"
        if self._last in ("$", "\\"):
            return "glued"
        self._last = "x"
        return ""

    def end_of_line(self) -> None:
        if self.state[-1:] == "H":
            if self._line.strip() == self._heredocs[0]:
                del self._heredocs[0]
                self.state = self.state if self._heredocs else self.state[:-1]
        elif self._heredocs:
            self.state += "H"
        self._comment = False
        self._last = self._line = ""


class _IniLexer:
    def __init__(self) -> None:
        self.state = ""
        self._line = ""

    def literal(self, text: str) -> None:
        self._line += text

    def value(self, behind: str) -> str:
        place = "" if re.match(r"[^\s#;\[=:][^=:]*[=:]", self._line) else "name"
        self._line += "x"
        return place

    def end_of_line(self) -> None:
        self._line = ""


class _TextLexer:
    state = ""

    def literal(self, text: str) -> None:
        """Plain text has no structure."""

    def value(self, behind: str) -> str:
        return ""

    def end_of_line(self) -> None:
        """Nor have its lines."""


_LEXERS: dict[str, type[_Lexer]] = {
    "python": _PythonLexer,
    "shell": _ShellLexer,
    "ini": _IniLexer,
    "text": _TextLexer,
}
_MESSAGES = {
    "quotes": ("quotes around {{ }}", "leave the quotes out: the compiler writes them"),
    "glued": ("an expression that touches the text beside it", "put a blank between them, or join them: {{ a ~ b }}"),
    "heredoc": ("an expression in a heredoc", "set a variable to it before, or write the text with printf"),
    "comment": ("an expression in a comment", "a value with a line feed would end the comment: leave it out"),
    "arithmetic": ("an expression in shell arithmetic", "set a variable to it before"),
}


def name_places(source: SourceFile, format_: str, body: Iterable[s.Child]) -> frozenset[int]:
    """Where (offsets of expressions) a text macro wants names that mean nothing in its format.

    Raises ProblemsError where an expression stands at a place where no escaping holds.
    """
    found: set[int] = set()
    problems: list[Problem] = []
    lexer = _LEXERS[format_]()
    _walk(source, lexer, body, found, problems)
    if problems:
        raise ProblemsError(problems)
    return frozenset(found)


def _walk(source: SourceFile, lexer: _Lexer, body: Iterable[s.Child], names: set[int], problems: list[Problem]) -> None:
    for child in body:
        match child:
            case s.TextLine():
                for index, piece in enumerate(child.pieces):
                    if isinstance(piece, str):
                        lexer.literal(piece)
                        continue
                    behind = child.pieces[index + 1] if index + 1 < len(child.pieces) else ""
                    found = lexer.value(behind if isinstance(behind, str) else "x")
                    if found == "name":
                        names.add(piece.at)
                    elif found:
                        problems.append(source.problem(piece.at, *_MESSAGES[found]))
                lexer.end_of_line()
            case s.If() | s.For():
                bodies = [child.body] if isinstance(child, s.For) else [inner for _, inner in child.branches]
                before = lexer.state
                for inner in bodies:
                    lexer.state = before
                    _walk(source, lexer, inner, names, problems)
                    if lexer.state != before:
                        hint = "quotes and heredocs end in the body in which they begin"
                        problems.append(
                            source.problem(child.at, "a quoted text that begins or ends in a body of control", hint)
                        )
                        lexer.state = before
