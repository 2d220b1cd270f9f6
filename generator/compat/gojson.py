"""JSON text exactly as Go's ``encoding/json`` writes it, because Helm's ``toJson`` does and hashes are made of it.

Differences from other writers: ``<``, ``>``, ``&``, U+2028 and U+2029 are escaped; an integral float has no ``.0``;
exponents begin at 1e21 and below 1e-6 and have no leading zero; keys are sorted by code point. Helm knows no integers:
every number is a float64, so an integer beyond 2^53 is written as the float that Helm would make of it.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from math import isfinite
from typing import Any

import orjson

_LARGEST_EXACT = 2**53

# Numbers that orjson would write differently, behind a key and in a list: with a point or an exponent, or of sixteen
# digits and more. Text may look like one ("a,1.5"); that costs time only. Two expressions, so that each begins with
# what the regex engine finds fast.
_NUMBER = r"-?(?:[0-9]{16}|[0-9]+[.e])"
_UNLIKE_GO_IN_MAP = re.compile(rf'":{_NUMBER}')
_UNLIKE_GO_IN_LIST = re.compile(rf"[\[,]{_NUMBER}")
# Strings, empty maps and lists, marks, and what stands between them: numbers, true, false, null.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\{\}|\[\]|[{}\[\],:]|[^"{}\[\],:]+')
_ESCAPED = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_ESCAPED_ASCII = "<>&"


def to_json(value: Any) -> str:
    """JSON-like ``value`` as Helm's ``toJson`` writes it after reading it as values.

    Raises ``ValueError`` for what JSON cannot hold: NaN, infinities, lone surrogates, nesting too deep; ``TypeError``
    for data that is not JSON-like.
    """
    if isinstance(value, int | float):
        return _write(value)
    text = _by_orjson(value)
    return _escaped(_write(value) if text is None else text)


def _escaped(text: str) -> str:
    for character in _ESCAPED_ASCII if text.isascii() else _ESCAPED:
        text = text.replace(character, _ESCAPED[character])
    return text


@lru_cache(maxsize=64)
def _has_unlike_number(text: str) -> bool:
    return _UNLIKE_GO_IN_MAP.search(text) is not None or _UNLIKE_GO_IN_LIST.search(text) is not None


def _by_orjson(value: Any, indent: int = 0) -> str | None:
    """The text where orjson writes what Go writes, but for ``_ESCAPED``; None where it does not, or cannot."""
    try:
        text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    except orjson.JSONEncodeError:
        return None  # integers beyond 64 bits, or data that is wrong: ``_write`` says what
    if _has_unlike_number(text) or ("null" in text and _has_nan(value)):
        return None
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | indent).decode() if indent else text


def to_pretty_json(value: Any) -> str:
    """JSON-like ``value`` as Helm's ``toPrettyJson`` writes it: two blanks for each level, ``{}`` and ``[]`` in one
    line. Raises what ``to_json`` raises."""
    text = None if isinstance(value, int | float) else _by_orjson(value, orjson.OPT_INDENT_2)
    if text is not None:
        return _escaped(text)
    lines: list[str] = []
    depth = 0
    for mark in _TOKEN.findall(to_json(value)):
        if mark in "{[":
            depth += 1
            lines += [mark, _new_line(depth)]
        elif mark in "}]":
            depth -= 1
            lines += [_new_line(depth), mark]
        elif mark == ",":
            lines += [mark, _new_line(depth)]
        else:
            lines.append(": " if mark == ":" else mark)
    return "".join(lines)


def _new_line(depth: int) -> str:
    return "\n" + "  " * depth


def number_text(value: float) -> str:
    """A number as Go writes a float64 in JSON. Raises ``ValueError`` for NaN and infinities."""
    if isinstance(value, int) and -_LARGEST_EXACT <= value <= _LARGEST_EXACT:
        return int.__repr__(value)
    try:
        number = float(value)
    except OverflowError:
        raise ValueError(f"{value!r:.40} is beyond the range of float64") from None
    if not isfinite(number):
        raise ValueError(f"{number!r} is not a number of JSON")
    if number == 0:
        return "-0" if str(number).startswith("-") else "0"
    sign = "-" if number < 0 else ""
    digits, exponent = _shortest(abs(number))
    point = len(digits) + exponent  # digits before the decimal point
    if 1e-6 <= abs(number) < 1e21:
        if exponent >= 0:
            return sign + digits + "0" * exponent
        if point > 0:
            return f"{sign}{digits[:point]}.{digits[point:]}"
        return f"{sign}0.{'0' * -point}{digits}"
    rest = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{rest}e{point - 1:+d}"


def _has_nan(value: Any) -> bool:
    """Whether there is a float that JSON cannot hold, which orjson writes as null."""
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        return True
    return False


def _shortest(number: float) -> tuple[str, int]:
    """The shortest digits that give a positive float back, and the power of ten they are to be multiplied with."""
    mantissa, _, exponent = repr(number).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    power = int(exponent or 0) - len(fraction)
    stripped = digits.rstrip("0")
    return stripped, power + len(digits) - len(stripped)


def _write(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, int | float):
        return number_text(value)
    try:
        if isinstance(value, dict):
            return "{" + ",".join([f"{_string(key)}:{_write(value[key])}" for key in sorted(value)]) + "}"
        if isinstance(value, list):
            return "[" + ",".join(map(_write, value)) + "]"
    except RecursionError:
        raise ValueError("data nested too deep for JSON") from None
    raise TypeError(f"only JSON-like data can be written as JSON, not {type(value).__name__}: {value!r:.80}")


def _string(text: str) -> str:
    if not isinstance(text, str):
        raise TypeError(f"a key must be a string, not {type(text).__name__}: {text!r:.80}")
    try:
        return orjson.dumps(str.__str__(text)).decode()
    except orjson.JSONEncodeError:
        raise ValueError(f"a string with a lone surrogate cannot be written as UTF-8: {text!r:.80}") from None
