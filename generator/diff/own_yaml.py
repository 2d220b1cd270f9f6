"""Documents of rendered files: quickly where our own emitter wrote them, carefully where somebody else did.

A file is cut into documents before anything is parsed, so that what both sides have in the same bytes costs nothing.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from itertools import accumulate
from typing import Any

from generator.errors import ProblemsError
from generator.yaml import END_OF_TEXT, Limits, read

#: What a document of rendered state may cost.
LIMITS = Limits(size=16 * 1024 * 1024, depth=128, nodes=1_000_000)
_MOST_BYTES = 64 * 1024 * 1024
_DEEPEST = 100

_SEPARATOR = re.compile(r"^---(?:[ \t]*\n|\Z)", re.MULTILINE)
_END = END_OF_TEXT.rstrip("\n")

# A line that our emitter writes: a key and what follows it on the line. Anything else is read by the careful reader.
_ENTRY = re.compile(r'([A-Za-z0-9/_$.][A-Za-z0-9/_$.+-]*|"(?:[^"\\]|\\["\\/bfnrt]|\\u[0-9a-f]{4})*"):(?: (.+))?\Z')
_PLAIN = re.compile(r"(?:[A-Za-z/_$]|--?[A-Za-z])(?:[A-Za-z0-9_./@+=,;$()%*-]|[: ](?=[A-Za-z0-9_./@+=,;$()%*-]))*\Z")
_DOTTED_OR_AMOUNT = re.compile(r"[0-9]+(?:\.[0-9]+){2,}\Z|[0-9]+(?:\.[0-9]+)?(?:m|s|h|Ki|Mi|Gi|Ti|%)\Z")
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,15})\Z")
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None, "{}": {}, "[]": []}
# Plain words that readers of YAML differ about; the careful reader has something to say about them.
_DOUBTFUL = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null", "none", "nan", "inf", "infinity"])


@lru_cache(maxsize=256)
def _block_end(indent: int, is_list: bool) -> re.Pattern[str]:
    """The line feed after the last line of what stands under a key in the column ``indent``."""
    inside = rf" {{{indent}}}- | {{{indent + 2}}}" if is_list else rf" {{{indent + 2}}}"
    return re.compile(rf"\n(?!{inside}|\n|\Z)")


class Unclear(Exception):
    """A file cannot be read; the words say why."""


class _Other(Exception):
    """Not written by our emitter."""


def texts(content: bytes) -> list[str]:
    """The documents of a file as text, without those that hold nothing but comments. Raises ``Unclear``."""
    if len(content) > _MOST_BYTES:
        raise Unclear(f"more than {_MOST_BYTES // 1024 // 1024} MiB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unclear(f"byte {error.start} is not UTF-8") from None
    text = text.replace("\r\n", "\n")
    return [part for part in _SEPARATOR.split(text) if _has_content(part)]


class Blocks(dict[str, Any]):
    """Text of a block -> its data. The two sides of a deployment have most of their blocks in the same words, and so
    have its containers; what was read once is one object on both sides, and is never changed."""


def parse(text: str, file: str, blocks: Blocks | None = None) -> Any:
    """The data of one document; parts of it may be those of ``blocks``. Raises ``Unclear``."""
    try:
        return _Own(text, Blocks() if blocks is None else blocks).read()
    except _Other:
        pass
    try:
        return read(text, file=file, limits=LIMITS).value
    except ProblemsError as error:
        raise Unclear("; ".join(_words(problem) for problem in error.problems[:3])) from None


def _words(problem: Any) -> str:
    line = f"line {problem.position.line} of a document: " if problem.position else ""
    return line + ": ".join(part for part in (problem.path, problem.message) if part)


def _has_content(part: str) -> bool:
    return any(line and not line.isspace() and not line.startswith("#") for line in part.split("\n"))


class _Own:
    """Reads the subset of YAML that ``generator.yaml.dump`` writes."""

    def __init__(self, text: str, blocks: Blocks) -> None:
        while text.startswith("#"):
            text = text.partition("\n")[2]
        if text.endswith(f"\n{_END}\n"):
            text = text[: -len(_END) - 1]
        self._text = text = text.removesuffix("\n")
        self._lines = text.split("\n") if text else []
        # Where each line begins in the text.
        self._starts = [0, *accumulate(len(line) + 1 for line in self._lines)]
        self._at = 0
        self._blocks = blocks

    def read(self) -> Any:
        if not self._lines or self._lines[0][:1] in {" ", "", "#"}:
            raise _Other
        value = self._node(0, 0)
        if self._at != len(self._lines):
            raise _Other
        return value

    def _node(self, indent: int, depth: int) -> Any:
        if depth > _DEEPEST:
            raise _Other
        if self._lines[self._at].startswith("- ", indent):
            return self._list(indent, depth)
        return self._map(indent, depth)

    def _map(self, indent: int, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        lines, pad = self._lines, " " * indent
        while self._at < len(lines):
            line = lines[self._at]
            if not line.startswith(pad):
                break
            if line.startswith((" ", "- "), indent):
                if line.startswith("- ", indent):
                    break  # the list below which this map's item is
                raise _Other
            match = _ENTRY.match(line, indent)
            if match is None:
                raise _Other
            key, rest = match.groups()
            if key[0] == '"':
                key = json.loads(key)
            elif key[0] in "0123456789." or key.lower() in _DOUBTFUL:
                raise _Other
            if key in found:
                raise _Other
            self._at += 1
            found[key] = self._below(indent, depth) if rest is None else self._scalar(rest, indent + 2)
        if not found:
            raise _Other
        return found

    def _list(self, indent: int, depth: int) -> list[Any]:
        found: list[Any] = []
        lines = self._lines
        head = " " * indent + "- "
        while self._at < len(lines):
            line = lines[self._at]
            if not line.startswith(head):
                break
            rest = line[indent + 2 :]
            if rest.startswith("- ") or _ENTRY.match(rest) is not None:
                # The dash takes the place of the first line's indentation.
                lines[self._at] = " " * (indent + 2) + rest
                found.append(self._node(indent + 2, depth + 1))
            else:
                self._at += 1
                found.append(self._scalar(rest, indent + 2))
        return found

    def _below(self, indent: int, depth: int) -> Any:
        """What stands under a key: a map two columns deeper, or a list in the key's own column."""
        if self._at >= len(self._lines):
            raise _Other
        line = self._lines[self._at]
        is_list = line.startswith(" " * indent + "- ")
        if not is_list and not line.startswith(" " * (indent + 2)):
            raise _Other
        start = self._starts[self._at]
        found = _block_end(indent, is_list).search(self._text, start)
        block = self._text[start : found.start() if found else None]
        known = self._blocks.get(block, self)
        if known is not self:
            self._at += block.count("\n") + 1
            return known
        read = self._list(indent, depth + 1) if is_list else self._node(indent + 2, depth + 1)
        if self._starts[self._at] == start + len(block) + 1:
            self._blocks[block] = read
        return read

    def _scalar(self, text: str, indent: int) -> Any:
        if text[0] == '"':
            try:
                value = json.loads(text)
            except ValueError:
                raise _Other from None
            if "\\/" in text:
                raise _Other
            return value
        if text in _WORDS:
            value = _WORDS[text]
            return type(value)() if isinstance(value, (dict, list)) else value
        if text in {"|", "|-"}:
            return self._literal(indent, text)
        if _INTEGER.match(text) is not None:
            return int(text)
        if _PLAIN.match(text) is not None:
            if text.lower().lstrip("-") in _DOUBTFUL:
                raise _Other
            return text
        if _DOTTED_OR_AMOUNT.match(text) is not None:
            return text
        raise _Other

    def _literal(self, indent: int, head: str) -> str:
        """Lines indented by ``indent``, and empty ones between them."""
        lines, pad, found = self._lines, " " * indent, []
        while self._at < len(lines) and (not lines[self._at] or lines[self._at].startswith(pad)):
            found.append(lines[self._at][indent:])
            self._at += 1
        if not found or not found[0] or not found[-1] or found[0][0] == " ":
            raise _Other
        return "\n".join(found) + ("" if head == "|-" else "\n")
