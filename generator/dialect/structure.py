"""A file's logical lines become its syntax tree: imports, macros, documents, lines of text.

Neighbours: ``cursor`` reads along the lines, ``blocks`` has maps and sequences, ``statements`` the heads of tags.
"""

from __future__ import annotations

from generator.dialect import syntax as s
from generator.dialect.blocks import block
from generator.dialect.cursor import Cursor
from generator.dialect.lines import Comment, Content, Statement, Tag
from generator.dialect.source import SourceFile


def parse_template(source: SourceFile) -> s.Template:
    """The tree of one file. Raises ProblemsError with the first thing that is wrong in it."""
    try:
        return _template(Cursor(source))
    except RecursionError:
        raise source.error(0, "a file of too many levels", "move the inner ones into macros") from None


def _template(cursor: Cursor) -> s.Template:
    source = cursor.source
    imports: list[s.Import] = []
    macros: list[s.Macro] = []
    body: list[s.Child] = []
    note = ""
    while (line := cursor.peek()) is not None:
        word = cursor.head(line).word if isinstance(line, Statement) else ""
        if isinstance(line, Statement) and word == "import":
            if macros or any(not isinstance(child, s.Note) for child in body):
                raise source.error(line.at, "an import below other lines", "imports are the first lines of a file")
            imports.append(s.Import(line.at, cursor.head(line).text, cursor.head(line).names[0]))
            cursor.index += 1
        elif isinstance(line, Statement) and word == "macro":
            macros.append(_macro(cursor, line, note))
            note = ""
        elif isinstance(line, Comment):
            cursor.index += 1
            following = cursor.peek()
            if isinstance(following, Statement) and cursor.head(following).word == "macro":
                note = line.text
            else:
                body.append(s.Note(line.at, line.text))
        elif cursor.closes(line):
            raise source.error(line.at, f"{{% {word} %}} closes nothing", "there is none open here")
        else:
            body.extend(_documents(cursor, ""))
    if macros and (beside := next((child for child in body if not isinstance(child, s.Note)), None)) is not None:
        raise source.error(beside.at, "documents beside macros", "macros live in library files under _lib/")
    return s.Template(source, tuple(imports), tuple(macros), () if macros else tuple(body))


def _documents(cursor: Cursor, macro: str) -> list[s.Child]:
    """Documents, and control around them, up to a closing tag or the end.

    ``macro`` is the macro around them, if any.
    """
    children: list[s.Child] = []
    while (line := cursor.peek()) is not None and not cursor.closes(line):
        if isinstance(line, Content):
            if line.text == "---":
                children.extend(_document(cursor, line))
                continue
            if not (len(line.pieces) == 1 and isinstance(line.pieces[0], Tag)):
                raise cursor.source.error(line.at, "a line outside a document", "begin a document with ---")
            cursor.index += 1
            children.append(s.Splice(line.at, cursor.expressions.expression(line.pieces[0])))
        elif isinstance(line, Statement) and (word := cursor.head(line).word) in ("import", "macro"):
            if not macro:
                return children
            message = f"{{% {word} %}} inside macro '{macro}'"
            raise cursor.source.error(line.at, message, "it stands at the top of a library; is {% endmacro %} missing?")
        else:
            children.append(cursor.control(lambda: _documents(cursor, macro), top=True))
    return children


def _document(cursor: Cursor, line: Content) -> list[s.Child]:
    cursor.index += 1
    body = block(cursor, 0, f"the document of line {cursor.line_of(line.at)}")
    return [s.Document(line.at, tuple(body))] if body else []


def _macro(cursor: Cursor, line: Statement, note: str) -> s.Macro:
    head = cursor.head(line)
    name = head.names[0]
    cursor.index += 1
    inline: s.Expression | None = None
    body: list[s.Child] = []
    if line.inline is not None:
        inline = cursor.expressions.expression(line.inline)
    else:
        if head.text:
            body = _text_lines(cursor)
        elif any(one.text == "---" for one in _contents(cursor)):
            body = _documents(cursor, name)
        else:
            first = cursor.ahead()
            body = block(cursor, first.indent if isinstance(first, Content) else 0, f"macro '{name}'")
        while isinstance(cursor.peek(), Comment):
            cursor.index += 1
        cursor.expect_end(line, "macro")
    return s.Macro(line.at, cursor.source, name, head.parameters, head.text, inline, tuple(body), note)


def _contents(cursor: Cursor) -> list[Content]:
    """The content lines up to the next ``endmacro``."""
    found: list[Content] = []
    for index in range(cursor.index, len(cursor.lines)):
        line = cursor.lines[index]
        if isinstance(line, Statement) and cursor.head(line).word == "endmacro":
            break
        if isinstance(line, Content) and line.pieces:
            found.append(line)
    return found


def _text_lines(cursor: Cursor) -> list[s.Child]:
    """The body of a text macro, without the indentation that all its lines share."""
    return _text_block(cursor, min((line.indent for line in _contents(cursor)), default=0))


def _text_block(cursor: Cursor, indent: int) -> list[s.Child]:
    children: list[s.Child] = []
    while cursor.index < len(cursor.lines) and not cursor.closes(line := cursor.lines[cursor.index]):
        if isinstance(line, Content):
            cursor.index += 1
            pieces = [
                piece if isinstance(piece, str) else cursor.expressions.expression(piece) for piece in line.pieces
            ]
            if line.pieces and line.indent > indent:
                pieces.insert(0, " " * (line.indent - indent))
            children.append(s.TextLine(line.at, tuple(pieces)))
        else:
            children.append(cursor.control(lambda: _text_block(cursor, indent)))
    return children
