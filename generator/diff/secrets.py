"""Texts without what looks like a secret. Too much is hidden rather than too little."""

from __future__ import annotations

import re

from generator.diff.model import HIDDEN
from generator.diff.sensitive import hides, secret_name
from generator.secrecy import KEY_IDS, PLACES_OF_SECRETS, TOKENS, hide_in_forms, is_reference

_PEM = re.compile(r"-----BEGIN [A-Z0-9 ]{0,60}-----.*?(?:-----END [A-Z0-9 ]{0,60}-----|\Z)", re.DOTALL)
# Beside the tokens that are certain, what only looks like one.
_LIKE_TOKENS = re.compile(
    r"\b(?:gl[a-z]{2,6}-[A-Za-z0-9_-]{16,}|xox[a-z]-[A-Za-z0-9-]{8,}|hv[sb]\.[A-Za-z0-9_-]{16,}|SG\.[A-Za-z0-9_.-]{30,}"
    r"|(?:sk|pk|rk)[-_](?:live|test|proj|ant)[-_][A-Za-z0-9_-]{8,}"
    r"|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?)"
)
_SLACK = re.compile(r"(hooks\.slack\.com/(?:services|workflows)/)[A-Za-z0-9/_-]+")
# What follows the scheme of a URL, up to where text can't be of a URL.
_URL = re.compile(r"(?<=[A-Za-z0-9])://([^\s'\"]+)")
_LONG_USER = 16  # a name before @ that is so long is a token
_QUERY = re.compile(r"([?&])([A-Za-z_][\w.-]{0,120})=([^&\s#'\"]{1,2048})")
_HEADER = re.compile(r"\b(Bearer|Basic)([ \t]+)([A-Za-z0-9+/=._~-]{8,})", re.IGNORECASE)
# A name and what gives it a value: a sign, or, behind dashes, a blank.
_ASSIGNED = re.compile(
    r"(?<![\w.-])(--?)?([A-Za-z_][\w.-]{0,120})"
    r"(\\{0,3}[\"']?[ \t]{0,8}(?::=|=>|={1,3}|:(?!:))[ \t]{0,8}|(?(1)(?:[ \t]|\\\n){1,8}(?=[^\s=:|&<>-])|(?!)))"
)
_FENCED = (
    r"\$\([^)\n]*\)|\$\{[^}\n]*\}|\{\{[^{}\n]*\}\}|\"(?:[^\"\\\n]|\\.)*\"?|'[^'\n]*'?|\\{1,3}\"[^\"\n]*\"?"
    r"|\[[^\]\n]+\]?|\{[^}\n]+\}?"
)
_VALUE = re.compile(rf"(?:{_FENCED}|(?:[^\s,;&\"'{{}}\[\]()<>]|,(?![ \t\n]|[\"']|[A-Za-z_][\w.-]{{0,120}}[=:]))+)")
# At the beginning of a line, with blanks around the sign, the value has the line for itself.
_VALUE_OF_LINE = re.compile(rf"(?:{_FENCED}|[^\s\"'\[{{][^\s]*)")
_NAMED = r"\b(?:name|key)\\{0,3}[\"']?[ \t]*[:=][ \t]*\\{0,3}[\"']?"
_VALUED = r"\\{0,3}[\"']?\bvalue\\{0,3}[\"']?[ \t]*[:=][ \t]*"
_GAP = r"\\{0,3}[\"']?[ \t]*,?\s{0,200}"
_NAME_AND_VALUE = re.compile(
    rf"({_NAMED})([A-Za-z_][\w.-]{{0,120}})({_GAP}{_VALUED})({_FENCED}|[^\s,}}][^\n,}}]*)", re.I
)
_VALUE_AND_NAME = re.compile(
    rf"(\bvalue\\{{0,3}}[\"']?[ \t]*[:=][ \t]*)({_FENCED}|[^\s,}}\"'][^\n,}}]{{0,2048}}?)"
    rf"([ \t]*,?\s{{0,200}}[\"']?{_NAMED})([A-Za-z_][\w.-]{{0,120}})",
    re.IGNORECASE,
)
_INDENT = 200
_LONGEST = 4 * 1024 * 1024


def hide_in_text(text: str) -> str:
    """The text with what looks like a secret taken out: passwords in URLs, keys, tokens, ``password = x``."""
    if "-----BEGIN" in text:
        text = _PEM.sub(HIDDEN, text)
    if len(text) > _LONGEST:
        return f"({len(text):,} characters, too long to look for secrets)"
    if len(text) >= 16:
        text = KEY_IDS.sub(HIDDEN, text)
        text = _SLACK.sub(rf"\1{HIDDEN}", text)
        text = TOKENS.sub(HIDDEN, text)
        text = _LIKE_TOKENS.sub(HIDDEN, text)
        text = _HEADER.sub(rf"\1\2{HIDDEN}", text)
    if "://" in text:
        text = _URL.sub(_hidden_in_url, text)
    if "=" in text or ":" in text or " " in text or "<" in text:
        text = _QUERY.sub(lambda match: _hidden(match, 2, 3), text)
        text = hide_in_forms(text, secret_name)
        text = _NAME_AND_VALUE.sub(lambda match: _hidden(match, 2, 4), text)
        text = _VALUE_AND_NAME.sub(lambda match: _hidden(match, 4, 2), text)
        text = _without_assigned(text)
    return text


def hide_in_connection(text: str) -> str:
    """A connection of Airflow: shown only when all that could be secret in it is elsewhere."""
    found = _URL.search(text)
    if found is not None and "?" not in text:
        user, at, _ = found[1].rpartition("@")
        if at and is_reference(user.partition(":")[2]):
            return text
    return text if is_reference(text) or not text else HIDDEN


def _hidden_in_url(match: re.Match[str]) -> str:
    before, at, host = match[1].rpartition("@")
    if not at:
        return match[0]
    user, colon, password = before.partition(":")
    if colon:
        return match[0] if is_reference(password) else f"://{user}:{HIDDEN}@{host}"
    return f"://{HIDDEN}@{host}" if len(user) >= _LONG_USER and "/" not in user else match[0]


def _without_assigned(text: str) -> str:
    """The text without the values that are given to names of secrets.

    Only behind such a name is a value looked for, so that one in the value of another name is found, too.
    """
    parts, done = [], 0
    for match in _ASSIGNED.finditer(text):
        if match.start() < done or not secret_name(match[2]):
            continue
        own_line = text[text.rfind("\n", max(0, match.start() - _INDENT), match.start()) + 1 : match.start()]
        alone = not own_line.strip() and match[3][-1:] in " \t"
        value = (_VALUE_OF_LINE if alone else _VALUE).match(text, match.end())
        if value is None or (value[0].startswith("//") and match[3].strip() == ":"):  # the second is a URL
            continue
        if value[0].startswith("{") and match[2] in PLACES_OF_SECRETS and not is_reference(value[0]):
            continue  # each of its entries has a name
        if hides(match[2], value[0]):
            parts += [text[done : value.start()], HIDDEN]
            done = value.end()
    return "".join([*parts, text[done:]])


def _hidden(match: re.Match[str], name: int, value: int) -> str:
    if not hides(match[name], match[value]):
        return match[0]
    start, end = match.span(value)
    start, end = start - match.start(), end - match.start()
    return match[0][:start] + HIDDEN + match[0][end:]
