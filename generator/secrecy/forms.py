"""Secrets that the form of a text tells: below a key of YAML, between tags of XML, in files of logins for programs."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from generator.secrecy.places import HIDDEN
from generator.secrecy.references import PLACES, PLACES_OF_SECRETS, is_reference, needs_no_hiding

# Whether what stands under a name is a secret; those who look for secrets see it differently.
IsSecret: TypeAlias = Callable[[str], bool]

# A key of YAML, JSON or an ini file, with what stands before it on its line and behind it.
_KEY = re.compile(
    r"^([ \t]*(?:-[ \t]+)*)([\"']?([A-Za-z_][\w.-]{0,120})[\"']?[ \t]*[:=])(?![^ \t\n])[ \t]*(.*)$", re.MULTILINE
)
_SCALAR = re.compile(r"[|>][-+0-9]{0,3}[ \t]*(?:#.*)?\Z")
_OPENS = re.compile(r"(?:[\[{]|[|>][-+0-9]{0,3})?[ \t]*(?:#.*)?\Z")
_CLOSES = re.compile(r"[\]})]+[,;]?\Z")
_ITEM = re.compile(r"[ \t]*(?:-[ \t]+)*")
# Texts in Python and TOML over more than one line.
_TRIPLE = re.compile(r"\b([A-Za-z_][\w.-]{0,120})[ \t]*[=:][ \t]*[A-Za-z]{0,2}(\"\"\"|''')")
_TAG = re.compile(
    r"(<(?:[\w.-]{1,80}:)?([A-Za-z_][\w.-]{0,120})(?:[ \t\n][^<>]{0,1000})?>\s{0,200}(?:<!\[CDATA\[)?)([^<]+)(?=</|\Z)"
)
# Hadoop's form: the name and the value in tags of their own.
_TAGS = re.compile(r"(<name>\s{0,200}([A-Za-z_][\w.-]{0,120})\s{0,200}</name>\s{0,200}<value>)([^<]+)", re.IGNORECASE)
# .netrc: a machine on a line, or a login with its password behind it.
_MACHINE = re.compile(
    r"^[ \t]*(?:machine[ \t]+\S+|default)(?=[ \t]*$|[ \t]+(?:login|user|account|password)\b)", re.MULTILINE
)
_PASSWORD = re.compile(r"(\bpassword\s{1,200})(\S+)")
_LOGIN = re.compile(
    r"(\b(?:login|user)\s{1,20}\S{1,256}\s{1,20}(?:account\s{1,20}\S{1,256}\s{1,20})?password\s{1,20})([^\s\"'`;&|<>]+)"
    r"(?=[\"'`;&|<>\\]|\s*\Z|[ \t]*\n|\s+(?:machine|login|account|macdef|default)\b)"
)
# What SQL takes: the password in quotes.
_SQL = re.compile(r"(\b(?:password|identified\s{1,20}by)\s{1,20})('[^'\n]*'?)", re.IGNORECASE)
# .pgpass: host, port, database, user, password.
_PGPASS = re.compile(
    r"^([ \t]*(?:[^:\s\\#]|\\.){1,256}:(?:[0-9]{1,5}|\*):(?:[^:\s\\]|\\.){1,256}:(?:[^:\s\\]|\\.){1,256}:)(\S.*)$",
    re.MULTILINE,
)


def hide_in_forms(text: str, is_secret: IsSecret) -> str:
    """The text without the secrets that its form tells; ``is_secret`` knows the names of tags and keys."""
    if "<" in text:
        text = _TAGS.sub(lambda match: _hidden(match, is_secret), text)
        text = _TAG.sub(lambda match: _hidden(match, is_secret), text)
    if "password" in text or "PASSWORD" in text or "identified" in text or "IDENTIFIED" in text:
        text = _SQL.sub(_last_hidden, text)
        text = (_PASSWORD if _MACHINE.search(text) else _LOGIN).sub(_last_hidden, text)
    if ":" in text:
        text = _PGPASS.sub(_last_hidden, text)
    if "\n" in text:
        text = _without_triple(text, is_secret)
        if any(is_secret(match[3]) for match in _KEY.finditer(text)):
            text = "\n".join(_below_keys(text.split("\n"), is_secret))
    return text


def _hidden(match: re.Match[str], is_secret: IsSecret) -> str:
    return match[0] if needs_no_hiding(match[3].strip()) or not is_secret(match[2]) else match[1] + HIDDEN


def _last_hidden(match: re.Match[str]) -> str:
    return match[0] if is_reference(match[2].strip("'")) else match[1] + HIDDEN


def _without_triple(text: str, is_secret: IsSecret) -> str:
    parts, done = [], 0
    for match in _TRIPLE.finditer(text):
        if match.start() < done or not is_secret(match[1]):
            continue
        end = text.find(match[2], match.end())
        end = len(text) if end < 0 else end
        parts += [text[done : match.end()], HIDDEN]
        done = end
    return "".join([*parts, text[done:]])


def _below_keys(lines: list[str], is_secret: IsSecret) -> list[str]:
    """Of what is deeper than a key that names a secret, or a list at its side, the lines tell no values."""
    found = []
    column, scalar = -1, False  # of the key that is open
    for line in lines:
        bare = line.strip()
        if column >= 0 and bare:
            indent = len(line) - len(line.lstrip())
            if indent > column or (indent == column and not scalar and (bare == "-" or bare.startswith("- "))):
                found.append(line[:indent] + HIDDEN if scalar else _without_value(line))
                continue
            column = -1
        match = _KEY.match(line)
        if match is not None and is_secret(match[3]):
            scalar = _SCALAR.match(match[4]) is not None
            column = len(match[1]) if scalar or match[3] not in PLACES_OF_SECRETS else -1
        found.append(line)
    return found


def _without_value(line: str) -> str:
    key = _KEY.match(line)
    if key is not None:
        value = key[4].rstrip(" ,\t")
        kept = key[3] in PLACES or _OPENS.match(value) or is_reference(value.strip("\"'"))
        return line if kept else f"{key[1]}{key[2]} {HIDDEN}"
    item = _ITEM.match(line)
    before = item[0] if item is not None else ""
    value = line[len(before) :].rstrip(" ,\t")
    kept = value in {"", "-"} or _CLOSES.match(value) or _OPENS.match(value) or is_reference(value.strip("\"'"))
    return line if kept else before + HIDDEN
