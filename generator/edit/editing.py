"""Editing a text: read it, apply the operations to its data, put the difference into the text, and read that again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from generator.edit.alignment import same
from generator.edit.fragments import Style
from generator.edit.lines import Lines
from generator.edit.operations import Operation, applied
from generator.edit.rewriting import Rewriter
from generator.edit.syntax import Node, parse
from generator.errors import Problem, ProblemsError
from generator.yaml import Document, dotted, dump, read, read_once


def edit(text: str, file: str, operations: Sequence[Operation]) -> str:
    """The text with the operations done to it, one after the other; ``file`` is the name that problems show.

    Only lines that the operations are about change: the result is the same text when its data stays the same. A new key
    stands behind the last one of its map (in a file: above ``defaults`` and ``values``). With a key go its lines, the
    comments inside, and those right above it in its column.

    What was written is read again; it is exactly the data that was asked for. The schema is not looked at.

    Raises ``ProblemsError`` when the text cannot be read, an operation does not fit its data, or what it would change
    stands in other places too, by an alias. Raises ``TypeError`` or ``ValueError`` for values that are not JSON-like.
    """
    document = read(text, file=file)
    root = parse(document)
    data = applied(document, root, operations)
    if same(document.value, data):
        return text
    if not isinstance(data, dict):
        raise ProblemsError([Problem("the whole file would be no map", file, allowed="a map")])
    return _written(document, root, data)


def _written(document: Document, root: Node | None, data: dict[str, Any]) -> str:
    text = document.text
    if root is None:
        return _checked(_first(text, data), document, data)
    if text.endswith("\n"):
        return _checked(_rewritten(document, root, data), document, data)
    # A text behind '|' that ends the file has no line feed at its end as long as the file has none.
    for how in ((document, root), _with_strip(document, root)):
        result = _rewritten(*how, data)
        for candidate in (result.removesuffix("\n").removesuffix("\r"), result, result + Lines(text).line_break):
            if _found(candidate, document, data) is not None:
                return candidate
    return _checked(_rewritten(document, root, data), document, data)


def _rewritten(document: Document, root: Node, data: Any) -> str:
    rewriter = Rewriter(document.text, root)
    rewriter.rewrite(data)
    _refuse_broken_aliases(document, root, rewriter)
    result = rewriter.splices.result(document.text)
    if document.text.endswith("\n") and not result.endswith("\n"):
        result += Lines(document.text).line_break
    return result


def _first(text: str, data: dict[str, Any]) -> str:
    """A file with nothing but comments gets its first data."""
    line_break = Lines(text).line_break
    lines = Style(2, 2).block(data, 0) if data else ["{}"]
    before = text if not text or text.endswith("\n") else text + line_break
    return before + line_break.join(lines) + line_break


def _with_strip(document: Document, root: Node) -> tuple[Document, Node]:
    """The document with ``|-`` in place of the ``|`` that its last text has, for something comes behind it."""
    last = root
    while last.entries:
        last = last.entries[-1].node
    if last.style not in ("|", ">") or "-" in document.text[last.body : last.end].partition("\n")[0]:
        return document, root
    text = document.text
    changed = read(text[: last.body + 1] + "-" + text[last.body + 1 :].lstrip("+"), file=document.file)
    again = parse(changed)
    assert again is not None
    return changed, again


def _refuse_broken_aliases(document: Document, root: Node, rewriter: Rewriter) -> None:
    """An anchor is changed only when nothing else stands for it any more."""
    touched = {id(node): node for node in rewriter.touched}
    if not touched:
        return
    gone = {id(below) for node in rewriter.gone for below in node.walk()}
    problems = []
    for path, node in _aliases(root, ()):
        if id(node.target) in touched and id(node) not in gone:
            anchored = next(place for place, each in _anchors(root, ()) if each is node.target)
            line = document.position(path).line
            problems.append(
                Problem(
                    f"would change '{dotted(path)}' in line {line} too, which is *{node.anchor}",
                    document.file,
                    document.position(anchored),
                    dotted(anchored),
                    hint=f"write out what stands in line {line} first, or change both",
                )
            )
    if problems:
        raise ProblemsError(problems)


def _aliases(node: Node, path: tuple[str | int, ...]) -> list[tuple[tuple[str | int, ...], Node]]:
    return [(place, each) for place, each in _nodes(node, path) if each.target is not None]


def _anchors(node: Node, path: tuple[str | int, ...]) -> list[tuple[tuple[str | int, ...], Node]]:
    return [(place, each) for place, each in _nodes(node, path) if each.anchor is not None and each.target is None]


def _nodes(node: Node, path: tuple[str | int, ...]) -> list[tuple[tuple[str | int, ...], Node]]:
    """All values and the keys with anchors, with their paths."""
    found = [(path, node)]
    for index, entry in enumerate(node.entries):
        below = (*path, index if node.kind == "list" else entry.key)
        if entry.key_node is not None:
            found.append((below, entry.key_node))
        found += _nodes(entry.node, below)
    return found


def _found(text: str, document: Document, data: Any) -> str | None:
    """The text, if it has exactly this data."""
    try:
        return text if same(read_once(text, file=document.file).value, data) else None
    except ProblemsError:
        return None


def _checked(text: str, document: Document, data: Any) -> str:
    if _found(text, document, data) is None:
        try:
            read(dump(data), file=document.file)
        except ProblemsError as error:
            # What can be read in no form (too deep, too large, a number beyond 2^53) is the person's problem.
            raise ProblemsError(replace(problem, position=None) for problem in error.problems) from None
        raise RuntimeError(f"an edit of {document.file} did not give the data that was meant")
    return text
