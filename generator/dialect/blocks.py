"""Maps and sequences of a template, by indentation as in YAML."""

from __future__ import annotations

import re

from generator.dialect import syntax as s
from generator.dialect.cursor import Cursor
from generator.dialect.lines import Comment, Content, Line, Statement, Tag
from generator.dialect.literals import read_literal
from generator.errors import ProblemsError

_KEY = re.compile(r"(?:([A-Za-z0-9_][A-Za-z0-9_./-]*)|\"([^\"\\]*)\"):(?: +|$)")

_Pieces = tuple[str | Tag, ...]


def block(cursor: Cursor, indent: int, where: str) -> list[s.Child]:
    """The children of a map or sequence whose lines are indented by ``indent``; ``where`` names it in errors."""
    children: list[s.Child] = []
    kind = ""
    while (line := cursor.peek()) is not None and not cursor.closes(line):
        if not isinstance(line, Content):
            if not _belongs(cursor, line, indent):
                break
            children.append(cursor.control(lambda: block(cursor, indent, where)))
            continue
        if line.text == "---" or line.indent < indent:
            break
        if line.indent > indent:
            message = f"indented by {line.indent}, but {where} by {indent}"
            raise cursor.source.error(line.at, message, "indent the lines of a block alike")
        child, found = _child(cursor, line, indent)
        if kind and found not in ("", kind):
            if kind == "map":
                message, hint = "a '- ' item among the keys of a map", "indent the items below their key"
            else:
                message, hint = "a key among the items of a sequence", "begin it with '- ', or indent it"
            raise cursor.source.error(line.at, message, hint)
        kind = kind or found
        children.append(child)
    return children


def _belongs(cursor: Cursor, line: Comment | Statement, indent: int) -> bool:
    """Whether a comment or statement stands in the block of this indentation: so does what follows it."""
    if isinstance(line, Statement) and cursor.head(line).word in ("macro", "import"):
        return False
    following = cursor.ahead()
    if isinstance(following, Content):
        return following.text != "---" and following.indent >= indent
    return following is not None


def _child(cursor: Cursor, line: Content, indent: int) -> tuple[s.Child, str]:
    """One entry, item or splice; tells whether it makes the block a map or a sequence."""
    first = line.pieces[0]
    if _is_item(line):
        assert isinstance(first, str)
        return _item(cursor, line, first, indent), "seq"
    if isinstance(first, Tag):
        if len(line.pieces) == 1:
            cursor.index += 1
            return s.Splice(line.at, cursor.expressions.expression(first)), ""
        return _computed_entry(cursor, line, first, indent), "map"
    if first.startswith("#"):
        raise cursor.source.error(line.at, "a YAML comment", "write {# ... #}: it is carried into the chart")
    return _entry(cursor, line, first, indent), "map"


def _is_item(line: Line | None) -> bool:
    first = line.pieces[0] if isinstance(line, Content) and line.pieces else None
    return isinstance(first, str) and (first == "-" or first.startswith("- "))


def _item(cursor: Cursor, line: Content, first: str, indent: int) -> s.Item:
    inside = len(first) - len(first[1:].lstrip(" "))
    rest = first[inside:]
    pieces = ((rest,) if rest else ()) + line.pieces[1:]
    if not pieces:
        cursor.index += 1
        return s.Item(line.at, _nested(cursor, line, indent, None))
    inner = Content(line.at + inside, line.indent + inside, pieces)
    if _KEY.match(rest) or _is_item(inner) or (isinstance(pieces[0], Tag) and len(pieces) > 1):
        # What stands behind the dash begins a block at its own column.
        cursor.lines[cursor.index] = inner
        with cursor.deeper(line.at):
            children = block(cursor, inner.indent, f"the item of line {cursor.line_of(line.at)}")
        return s.Item(line.at, _container(inner.at, children))
    cursor.index += 1
    return s.Item(line.at, _value(cursor, inner.at, pieces))


def _entry(cursor: Cursor, line: Content, first: str, indent: int) -> s.Entry:
    match = _KEY.match(first)
    if match is None:
        hint = 'quote keys with unusual characters: "a b": value'
        raise cursor.source.error(line.at, f"{first.split(' ', maxsplit=1)[0]!r} is no 'key: value'", hint)
    key = match.group(1) if match.group(1) is not None else match.group(2)
    return s.Entry(
        line.at, key, _entry_value(cursor, line, first[match.end() :], 1, line.at + match.end(), indent, key)
    )


def _computed_entry(cursor: Cursor, line: Content, first: Tag, indent: int) -> s.Entry:
    second = line.pieces[1]
    if not isinstance(second, str) or not (second == ":" or second.startswith(": ")):
        raise _partial(cursor, line.at)
    key = cursor.expressions.expression(first)
    rest = second[1:].lstrip(" ")
    at = first.end + 2 + len(second) - len(rest)
    return s.Entry(line.at, key, _entry_value(cursor, line, rest, 2, at, indent, "the key"))


def _entry_value(cursor: Cursor, line: Content, rest: str, used: int, at: int, indent: int, key: str) -> s.Node:
    """What stands behind the colon, or below it. ``used`` pieces of the line belong to the key, and so to ``rest``."""
    pieces = ((rest,) if rest else ()) + line.pieces[used:]
    cursor.index += 1
    if pieces:
        return _value(cursor, at, pieces)
    return _nested(cursor, line, indent, key)


def _nested(cursor: Cursor, line: Content, indent: int, key: str | None) -> s.Node:
    """The block below a key, or below a lone dash (``key`` is None). Items may stand at the column of their key."""
    what = "an item" if key is None else f"'{key}'"
    following = cursor.ahead()
    deeper = isinstance(following, Content) and following.text != "---" and following.indent > indent
    dashed = key is not None and isinstance(following, Content) and following.indent == indent and _is_item(following)
    if not deeper and not dashed:
        raise cursor.source.error(line.at, f"{what} has no value", "write a value, {} or [], or leave the line out")
    assert isinstance(following, Content)
    with cursor.deeper(line.at):
        if dashed:
            return _container(line.at, _items_at(cursor, indent))
        return _container(line.at, block(cursor, following.indent, f"the block of {what}"))


def _items_at(cursor: Cursor, indent: int) -> list[s.Child]:
    """Items at the column of their key; the next key ends them."""
    children: list[s.Child] = []
    while (line := cursor.peek()) is not None and not cursor.closes(line):
        following = cursor.ahead()
        is_item = isinstance(following, Content) and following.indent == indent and _is_item(following)
        if not is_item and not isinstance(following, Statement):
            break
        if isinstance(line, Content):
            children.append(_child(cursor, line, indent)[0])
        else:
            children.append(cursor.control(lambda: _items_at(cursor, indent)))
    return children


def _container(at: int, children: list[s.Child]) -> s.Node:
    return s.Sequence(at, tuple(children)) if _decided(children) == "seq" else s.Map(at, tuple(children))


def _decided(children: list[s.Child] | tuple[s.Child, ...]) -> str:
    """``map`` or ``seq`` by the first entry or item; empty when there are splices alone: their macros decide."""
    for child in children:
        match child:
            case s.Item():
                return "seq"
            case s.Entry():
                return "map"
            case s.For():
                found = _decided(child.body)
            case s.If():
                found = next((kind for _, body in child.branches if (kind := _decided(body))), "")
            case _:
                found = ""
        if found:
            return found
    return ""


def _value(cursor: Cursor, at: int, pieces: _Pieces) -> s.Node:
    first = pieces[0]
    if len(pieces) == 1:
        if isinstance(first, Tag):
            return s.Fill(first.start - 2, cursor.expressions.expression(first))
        return s.Constant(at, read_literal(cursor.source, at, first))
    if isinstance(first, str) and first in ("'", '"'):
        raise cursor.source.error(at, "quotes around {{ }}", "leave the quotes out: the compiler quotes")
    raise _partial(cursor, at)


def _partial(cursor: Cursor, at: int) -> ProblemsError:
    return cursor.source.error(at, "text beside an expression", 'write one expression: {{ a ~ "-" ~ b }}')
