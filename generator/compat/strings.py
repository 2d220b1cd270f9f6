"""Text functions that give in Python what their Go counterparts give in a chart (``generator.compat.table``)."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

from generator.compat.gojson import number_text, to_json

# What Python's configparser strips from a line: str.strip without the line feed.
_BLANK = r"[\t\x0b\x0c\x1c-\x1f \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
_INI_LINE_END = re.compile(rf"{_BLANK}*(?:\r\n?|\n){_BLANK}*")
_INI_COMMENT = re.compile(r"\n+([#;])")
_INI_NEXT_LINE = re.compile(r"\n([^\n])")
_INI_END = re.compile(rf"(?:{_BLANK}|\n)+\Z")


def scalar_text(value: str | float | None) -> str:
    """A string as it is, any other scalar as Go's JSON text."""
    return value if isinstance(value, str) else to_json(value)


def b64encode(text: str) -> str:
    """Base64 of the UTF-8 bytes."""
    return base64.b64encode(text.encode()).decode("ascii")


def sha256(text: str) -> str:
    """SHA-256 of the UTF-8 bytes, 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def trunc(text: str, length: int) -> str:
    """The first ``length`` characters of ASCII text, or, when negative, the last ones. (Go counts bytes.)"""
    if length < 0:
        return text[length:]
    return text[:length]


def ini_value(value: str | float) -> str:
    """A scalar as the value of an INI option, from which Python's configparser reads it back.

    Line breaks become indented continuation lines, so that no line of the value can be an option or a section. White
    space at both ends of each line is lost, which configparser does anyway. A continuation line cannot begin with ``#``
    or ``;`` (configparser would drop it as a comment), so there the line break becomes a blank.
    """
    text = scalar_text(value)
    if "\n" not in text and "\r" not in text:
        return text.rstrip()
    text = _INI_END.sub("", _INI_LINE_END.sub("\n", text))
    return _INI_NEXT_LINE.sub(r"\n    \1", _INI_COMMENT.sub(r" \1", text))


def python_literal(value: Any) -> str:
    """JSON-like data as a Python literal in ASCII, keys sorted: ``{"a": [1, True, None]}``.

    Strings are written as Go's ``%+q`` does; every escape that it knows means the same in Python.
    """
    if value is None or isinstance(value, bool):
        return repr(value)
    if isinstance(value, str):
        return go_quoted(value)
    if isinstance(value, int | float):
        return number_text(value)
    if isinstance(value, dict):
        return "{" + ", ".join([f"{go_quoted(key)}: {python_literal(value[key])}" for key in sorted(value)]) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(python_literal, value)) + "]"
    raise TypeError(f"only JSON-like data can be a Python literal, not {type(value).__name__}: {value!r:.80}")


_GO_SHORT = {
    '"': '\\"', "\\": "\\\\", "\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v",
}  # fmt: skip
_GO_ESCAPED = re.compile(r"[^ !#-\[\]-~]")


def go_quoted(text: str) -> str:
    """Text as Go's ``%+q`` writes it: in double quotes, ASCII."""
    return '"' + _GO_ESCAPED.sub(_go_escape, text) + '"'


def _go_escape(match: re.Match[str]) -> str:
    character = match[0]
    if character in _GO_SHORT:
        return _GO_SHORT[character]
    code = ord(character)
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def shell_word(text: str) -> str:
    """Text as one word of a POSIX shell, in single quotes."""
    return "'" + text.replace("'", "'\\''") + "'"
