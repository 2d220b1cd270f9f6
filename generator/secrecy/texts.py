"""Secrets inside of texts: commands, settings, comments, headers, URLs. Whether there is one, not where."""

from __future__ import annotations

import re

from generator.secrecy.names import ends_in_secret

# The user of a URL's login, and what ends the password behind it; a URL that is broken by blanks has one all the same.
_USER = re.compile(r"://[^/\s:@'\"]{0,256}:")
_AFTER_PASSWORD = re.compile(r"[@\s'\"]")
_BROKEN_USER = re.compile(r"://[^/\n:@'\"]{0,256}:(?![0-9]{1,5}(?:[/\s,;.)?#]|\Z))")
_AFTER_BROKEN_PASSWORD = re.compile(r"[@\n'\"]")
_HEADER = re.compile(
    r"\s*(?:(?:proxy-)?authorization[ \t]*:\s*)?(bearer|basic|token)\s+([^\s$<{]\S*)\s*\Z", re.IGNORECASE
)
_AUTHORIZATION = re.compile(
    r"\bauthorization[\"']?[ \t]*[:=][ \t]*[\"']?(?:[a-z]+[ \t]+)?(?![a-z]+[ \t])[^\s$<{\"'%]{2}", re.IGNORECASE
)
_RANDOM = re.compile(r"[A-Za-z0-9+/_.~-]*(?:[0-9+=]|[a-z0-9][A-Z])[A-Za-z0-9+/=_.~-]*\Z")

_NAME = r"(?<![\w.-])(?P<dashes>-{0,2})[\"']?(?P<name>[A-Za-z_][\w.-]{0,120})[\"']?"
_END = r"(?=[\s;&|<>\"'`\\]|\Z)"
_PLAIN = r"[^\s\"'`\#,;&|<>(){}\[\]]"
# What a shell takes: nothing around the equals sign, and the value ends where the word does.
_SHELL = re.compile(rf"{_NAME}=(?:\"(?P<double>[^\"\n]+)\"|'(?P<single>[^'\n]+)'|(?P<plain>{_PLAIN}++){_END})")
# An option with its value behind it.
_OPTION = re.compile(
    r"(?<![\w-])--?(?P<name>[A-Za-z][\w.-]{0,120})[ \t]+[\"']?(?P<plain>[^\s\"'`;&|<>-][^\s\"'`;&|<>]*+)"
)
# A setting in text (Python, ini, YAML, JSON): the name, what assigns, a literal of some length.
_SETTING = re.compile(
    rf"{_NAME}[ \t]*[=:][ \t]*(?:[\"'](?P<quoted>[^\"'\n]{{4,}})[\"']|(?P<plain>[^\s\"'\#,;(){{}}\[\]]{{6,}}+)[ \t]*$)",
    re.MULTILINE,
)
_HARMLESS = re.compile(
    r"(?i)(true|false|none|null|[0-9.]{1,3}|\$[A-Za-z_({].*|\{\{.*|<.*>|\*+|x{3,}|os\.environ.*|/.*)\Z"
)
_LONGEST = 262_144


def has_login(text: str) -> bool:
    """Whether a URL with a password stands in a text, also one that is broken by blanks."""
    if "://" not in text or "@" not in text:
        return False
    return _has_password(text, _USER, _AFTER_PASSWORD) or _has_password(text, _BROKEN_USER, _AFTER_BROKEN_PASSWORD)


def _has_password(text: str, user: re.Pattern[str], after: re.Pattern[str]) -> bool:
    end = -1  # where the password ends; looked for once, though many users may stand before it
    for match in user.finditer(text):
        if match.end() > end:
            found = after.search(text, match.end())
            if found is None:
                return False
            end = found.start()
        if text[end] == "@" and end > match.end():
            return True
    return False


def is_header(text: str) -> bool:
    """Whether a text is what an HTTP request proves its sender with: ``Bearer`` and a token, or has a header of it."""
    found = _HEADER.match(text)
    if found is not None:
        return found[1].lower() == "bearer" or _RANDOM.match(found[2]) is not None
    return _AUTHORIZATION.search(text[:_LONGEST]) is not None


def is_option(word: str) -> bool:
    """Whether the next word of a command is a secret: after ``--token`` or ``-password``."""
    return word.startswith("-") and "=" not in word and not word[-1:].isspace() and ends_in_secret(word)


def is_harmless(value: str) -> bool:
    """Whether a value is none that anybody hides: a switch, a reference, a path, a placeholder."""
    return _HARMLESS.match(value) is not None


def holds_assignment(text: str) -> bool:
    """Whether a secret is given to a name in a text: ``DB_PASSWORD=x; run``, ``--token x``, ``token: xxxxxx``."""
    text = text[:_LONGEST]
    if "=" not in text and ":" not in text and "-" not in text:
        return False
    for form in (_SHELL, _SETTING, _OPTION):
        for match in form.finditer(text):
            value = next(
                (part for name, part in match.groupdict().items() if part and name not in ("name", "dashes")), ""
            )
            if ends_in_secret(match["name"]) and not is_harmless(value):
                return True
    return False
