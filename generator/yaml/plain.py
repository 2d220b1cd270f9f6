"""What a scalar without quotes means.

Programs disagree: YAML 1.1 (PyYAML), YAML 1.2 (ruamel.yaml, editors) and Go (Helm, kubectl, Argo CD) read ``y``,
``010``, ``1e3``, ``12:30`` or ``2024-01-01`` as different things. So a scalar is read only when all of them read the
same: null, booleans, numbers in their usual form, and text that nobody takes for anything else. All the rest is
refused, and the person is told what to write.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite

_EXACT = 2**53
_SHOWN = 60

_CONSTANTS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip

# Whatever can mean something begins with one of these; all else is text.
_TEXT_BEGINS = re.compile(r"[^-+.0-9~=<yYnNtTfFoO]")

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)\Z")
# YAML 1.1 wants a point and a signed exponent.
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+(?:[eE][-+][0-9]+)?\Z")

_SWITCH = re.compile(r"(?:[yYnN]|yes|Yes|YES|on|On|ON|no|No|NO|off|Off|OFF)\Z")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)\Z|\.(?:nan|NaN|NAN)\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt \t].*)?\Z")
_BASE_60 = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?\Z")
_BASED = re.compile(r"[-+]?0[xXoObB][0-9A-Fa-f_]+\Z")
# Any other number: with a sign +, leading zeros, underscores, without digits on one side of the point, with an exponent
# of YAML 1.2 only.
_OTHER_NUMBER = re.compile(r"[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9_]+)(?:[eE][-+]?[0-9_]+)?\Z")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a plain scalar is not read, and what to write in its place."""

    message: str
    hint: str


@lru_cache(maxsize=4096)
def resolve(text: str) -> str | int | float | bool | Refusal | None:
    """The value of the plain scalar ``text``, the same as Helm reads, or a ``Refusal``.

    An integral float is an int: to Helm they are one.
    """
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _TEXT_BEGINS.match(text) is not None:
        return text
    if _INTEGER.match(text) is not None:
        if len(text) > 17 or abs(int(text)) > _EXACT:
            return Refusal(f"the number {_shown(text)} is larger than a number may be (2^53)", _hint(text))
        return int(text)
    if _FLOAT.match(text) is not None:
        return _float(text)
    return _refusal(text) or text


def _float(text: str) -> int | float | Refusal:
    number = float(text)
    if not isfinite(number):
        return Refusal(f"the number {_shown(text)} is larger than a number may be (1.8e+308)", _hint(text))
    if number == 0 and text.startswith("-"):
        return Refusal(f"{_shown(text)} is a zero with a sign", _hint(text, "0 if it is a number"))
    return int(number) if number.is_integer() and abs(number) <= _EXACT else number


def _refusal(text: str) -> Refusal | None:
    if _SWITCH.match(text):
        meaning = "true" if text.lower() in {"y", "yes", "on"} else "false"
        return Refusal(f"{text} is a boolean to some programs and text to others", _hint(text, f"{meaning} if not"))
    if text in {"=", "<<"}:
        return Refusal(f"{text} means something special to some programs", _hint(text))
    if _NOT_FINITE.match(text):
        return Refusal(f"{text} is no number that JSON and Helm know", _hint(text))
    if _DATE.match(text):
        return Refusal(f"{_shown(text)} is a date to some programs and text to others", _hint(text))
    if _BASE_60.match(text):
        return Refusal(f"{_shown(text)} is a number in base 60 to some programs and text to others", _hint(text))
    if _BASED.match(text) or _OTHER_NUMBER.match(text):
        return Refusal(f"{_shown(text)} is a number to some programs and text to others", _hint(text, *_meant(text)))
    return None


def _meant(text: str) -> list[str]:
    """The numbers that people may mean by a number in an unusual form, as the rest of a hint."""
    plain = text.replace("_", "").lstrip("+")
    if len(plain) > 17:
        return []
    if re.match(r"-?0[0-9]+\Z", plain):
        decimal = f"{int(plain)} if it is a number"
        octal = re.match(r"-?0[0-7]*[1-7][0-7]\Z", plain)
        return [f"{int(plain, 8)} if it is octal (a file mode)", decimal] if octal else [decimal]
    try:
        number = float(int(plain, 0) if _BASED.match(plain) else plain)
    except ValueError:
        return []
    if number.is_integer() and abs(number) <= _EXACT:
        return [f"{int(number)} if it is a number"]
    return [f"{number!r} if it is a number"] if _FLOAT.match(repr(number)) else []


def _hint(text: str, *meant: str) -> str:
    choices = [f'"{_shown(text)}" if it is text', *meant]
    return f"write {', or '.join(choices)}"


def _shown(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
