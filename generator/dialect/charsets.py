"""Which characters a string can hold, as its pattern in the schema tells."""

from __future__ import annotations

import re._constants as regex  # type: ignore[import-not-found]
import re._parser as regex_parser  # type: ignore[import-not-found]
import string
from collections.abc import Iterable
from enum import IntEnum
from functools import lru_cache
from typing import Any


class Charset(IntEnum):
    """Sets of characters, each inside the next.

    NAME: letters, digits and ``_ . / - + ~``: no blank and nothing that means something in INI, Python or a shell.
    ASCII: code points below 128, where letters have one upper and one lower case and a character is a byte.
    """

    NAME = 0
    ASCII = 1
    ANY = 2


_NAME = frozenset(map(ord, string.ascii_letters + string.digits + "_./-+~"))


def charset_of(text: str) -> Charset:
    """The smallest set that has all characters of ``text``."""
    if not text.isascii():
        return Charset.ANY
    return Charset.NAME if _NAME.issuperset(map(ord, text)) else Charset.ASCII


def charset_of_all(texts: Iterable[str]) -> Charset:
    """The smallest set that has all characters of all texts."""
    return max(map(charset_of, texts), default=Charset.NAME)


@lru_cache(maxsize=256)
def charset_of_pattern(pattern: str) -> Charset:
    """The smallest set that has all characters of any string that a pattern, anchored on both ends, matches."""
    parsed = regex_parser.parse(pattern)
    items = list(parsed)
    anchored = len(items) >= 2 and items[0] == (regex.AT, regex.AT_BEGINNING) and items[-1][0] is regex.AT
    if not anchored or items[-1][1] not in (regex.AT_END, regex.AT_END_STRING) or parsed.state.flags & ~_UNICODE:
        return Charset.ANY
    return _of_items(items)


_UNICODE = regex.SRE_FLAG_UNICODE


def _of_items(items: list[Any]) -> Charset:
    return max(map(_of_item, items), default=Charset.NAME)


def _of_item(item: Any) -> Charset:
    operator, argument = item
    match operator:
        case regex.LITERAL:
            return _of_range(argument, argument)
        case regex.AT:
            return Charset.NAME
        case regex.IN:
            return max(_of_member(*member) for member in argument)
        case regex.MAX_REPEAT | regex.MIN_REPEAT:
            return _of_items(list(argument[2]))
        case regex.SUBPATTERN if not argument[1] and not argument[2]:
            return _of_items(list(argument[3]))
        case regex.BRANCH:
            return max(_of_items(list(branch)) for branch in argument[1])
    return Charset.ANY


def _of_member(kind: Any, argument: Any) -> Charset:
    """A member of ``[...]``. Classes such as ``\\d`` mean more than ASCII to some engines, ``[^...]`` to all."""
    if kind is regex.LITERAL:
        return _of_range(argument, argument)
    if kind is regex.RANGE:
        return _of_range(*argument)
    return Charset.ANY


def _of_range(first: int, last: int) -> Charset:
    if last >= 128:
        return Charset.ANY
    return Charset.NAME if _NAME.issuperset(range(first, last + 1)) else Charset.ASCII
