"""The text of a YAML file before it is parsed: encoding, size, and characters that programs drop, refuse or hide."""

from __future__ import annotations

import re
import unicodedata

from generator.errors import Position, Problem, ProblemsError

_MOST_PROBLEMS = 20

# Control characters but tab and line break, what YAML 1.1 takes for a line break, byte order mark, noncharacters,
# surrogates, and the marks that turn the direction of text around, with which a file can show a person something else
# than it says.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff\u202a-\u202e\u2066-\u2069]"
)
_CARRIAGE_RETURN = "\r"


def decode(text: str | bytes, *, file: str, size: int) -> str:
    """``text`` as a string of at most ``size`` bytes with allowed characters only. Raises ``ProblemsError``."""
    length = len(text) if isinstance(text, bytes) else len(text.encode("utf-8", "surrogatepass"))
    if length > size:
        message = f"the file has {length:,} bytes"
        raise ProblemsError([Problem(message, file=file, allowed=f"at most {size:,} bytes")])
    if isinstance(text, bytes):
        text = _from_utf8(text, file)
    if _FORBIDDEN.search(text) is not None:
        _refuse(text, file)
    return text


def position(text: str, offset: int) -> Position:
    """Where the character at ``offset`` stands."""
    begin = text.rfind("\n", 0, offset) + 1
    return Position(text.count("\n", 0, offset) + 1, offset - begin + 1)


def character(char: str) -> str:
    """A character that cannot be shown, by number and name."""
    name = unicodedata.name(char, "control character")
    return f"U+{ord(char):04X} ({name.lower()})"


def _from_utf8(data: bytes, file: str) -> str:
    if encoding := _wide_encoding(data):
        hint = "save the file as UTF-8 without a byte order mark"
        raise ProblemsError(
            [Problem(f"the file is {encoding}", file=file, position=Position(1), allowed="UTF-8", hint=hint)]
        )
    if (zero := data.find(0)) >= 0:
        # What a file system leaves of files after a crash; the characters around them say nothing.
        before = data[:zero].decode("utf-8", "replace")
        number = data.count(0)
        message = "a zero byte" if number == 1 else f"the file has {number:,} zero bytes, the first one here"
        hint = "the file is damaged, or no text: write it anew, or take it from git again"
        raise ProblemsError([Problem(message, file=file, position=position(before, len(before)), hint=hint)])
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        raise ProblemsError(
            [
                Problem(
                    f"byte 0x{data[error.start]:02x} is not UTF-8",
                    file=file,
                    position=position(before, len(before)),
                    allowed="UTF-8",
                    hint="save the file as UTF-8",
                )
            ]
        ) from None


def _wide_encoding(data: bytes) -> str:
    """The encoding of a text in characters of two or four bytes; empty when it is none."""
    if data.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "UTF-32"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    begin = data[:64]
    odd, even = begin[1::2], begin[::2]
    # Of ASCII in UTF-16 each second byte is zero, and no other.
    if odd and any(odd) != any(even) and not (any(odd) and any(even)) and 0 not in (odd if any(odd) else even):
        return "UTF-16"
    return ""


def _refuse(text: str, file: str) -> None:
    """Raises for the forbidden characters of ``text``; a carriage return that belongs to a line break is none."""
    problems: list[Problem] = []
    for match in _FORBIDDEN.finditer(text):
        offset, char = match.start(), match[0]
        if char == _CARRIAGE_RETURN and text.startswith("\n", offset + 1):
            continue
        if char == _CARRIAGE_RETURN:
            message, hint = "a carriage return without a line feed", "save the file with the line ends of Unix"
        elif char == "\ufeff" and offset == 0:
            message, hint = "a byte order mark", "save the file as UTF-8 without a byte order mark"
        else:
            message = f"the character {character(char)}"
            hint = f'remove it, or write it as "\\u{ord(char):04x}" in double quotes'
        problems.append(Problem(message, file=file, position=position(text, offset), hint=hint))
        if len(problems) == _MOST_PROBLEMS:
            break
    if problems:
        raise ProblemsError(problems)
