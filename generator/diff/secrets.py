"""What looks like a secret: names of settings, and parts of texts. Too much is hidden rather than too little."""

from __future__ import annotations

import re
from functools import lru_cache

from generator.diff.model import HIDDEN
from generator.secrecy import KEY_IDS, TOKENS, speaks_of_secret, words_of

# Beside the words that all know, some that hide a value only when they are the last.
_SECRET_LAST = frozenset({"auth", "authorization", "bearer", "cookie", "pat", "pin"})
# What a name ends in that tells something about a secret, and is none: where it is, how long it holds.
_HARMLESS_ENDS = frozenset(
    {
        "name", "names", "namespace", "file", "files", "path", "paths", "dir", "mount", "ttl", "seconds", "minutes",
        "hours", "days", "timeout", "expiration", "expiry", "interval", "period", "length", "size", "enabled",
        "disabled", "type", "kind", "store", "policy", "strategy", "algorithm", "version", "mode", "count",
        "provider", "backend", "backends", "class", "classes", "manager", "cmd", "url", "uri", "endpoint", "issuer",
        "audience", "host", "port", "ref", "refs", "header", "domain", "realm", "template", "method", "scheme",
        "optional", "required", "group", "groups", "role", "scope", "scopes", "status", "limit", "prefix", "suffix",
        "schedule", "image", "replicas", "protocol", "rotation",
    }
)  # fmt: skip
# Settings that hold the name of a Secret, or of a key in one.
_NAMES_OF_SECRETS = frozenset(
    {
        "passwordSecret", "userSecret", "sshKeySecret", "credentialsSecret", "existingSecret", "imagePullSecrets",
        "automountServiceAccountToken", "pullSecret", "sshKeySecretKey",
    }
)  # fmt: skip


@lru_cache(maxsize=8192)
def secret_name(name: str) -> bool:
    """Whether a setting, a variable or a key of this name holds a secret."""
    if name in _NAMES_OF_SECRETS or len(name) > 512:
        return len(name) > 512
    words = words_of(name)
    if not words:
        return False
    if "webhook" in words or "".join(words).startswith("airflowconn"):
        return True
    return words[-1] not in _HARMLESS_ENDS and (words[-1] in _SECRET_LAST or speaks_of_secret(name))


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
_ASSIGNMENT = re.compile(
    r"(?<![\w.-])(--?)?([A-Za-z_][\w.-]{0,120})([\"']?[ \t]{0,8}[=:][ \t]{0,8}|(?<=\w)[ \t]{1,8}(?=[^\s=:|&<>-]))"
    r"(\$\([^)\n]*\)|\$\{[^}\n]*\}|\"(?:[^\"\\\n]|\\.)*\"?|'[^'\n]*'?|[^\s,;&\"'{}\[\]()<>]+)"
)
_NAME_AND_VALUE = re.compile(r"(name:[ \t]*[\"']?)([A-Za-z_][\w.-]{0,120})([\"']?[ \t]*\n[ \t]*value:[ \t]*)(\S[^\n]*)")
_REFERENCE = re.compile(
    r"\s*(?:(?:\$\([^()\n]*\)|\$\{[^{}\n]*\}|\$[A-Z_][A-Z0-9_]*|\{\{[^{}\n]*\}\}|%\([^()\n]*\)s|<[^<>\n]*>)\s*)+\Z"
)
_LONGEST = 4 * 1024 * 1024
_NOTHING = frozenset({"", "true", "false", "none", "null", "~", '""', "''", HIDDEN})


def is_reference(text: str) -> bool:
    """Whether a text stands for a value that is elsewhere: ``$(NAME)``, ``${NAME}``, ``{{ template }}``."""
    return _REFERENCE.match(text) is not None


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
    if "=" in text or ":" in text or " " in text:
        text = _QUERY.sub(lambda match: _hidden(match, 2, 3), text)
        text = _NAME_AND_VALUE.sub(lambda match: _hidden(match, 2, 4), text)
        text = _ASSIGNMENT.sub(_hidden_assignment, text)
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


def _hidden_assignment(match: re.Match[str]) -> str:
    dashes, _, between, value = match.groups()
    if not between.strip() and not dashes:
        return match[0]  # two words of prose
    if dashes is None and between.strip().strip("\"'") == ":" and value.startswith("//"):
        return match[0]  # a URL
    return _hidden(match, 2, 4)


def _hidden(match: re.Match[str], name: int, value: int) -> str:
    found = match[value]
    bare = found.strip("\"'")
    if not secret_name(match[name]) or is_reference(bare) or bare.lower() in _NOTHING:
        return match[0]
    start, end = match.span(value)
    start, end = start - match.start(), end - match.start()
    return match[0][:start] + HIDDEN + match[0][end:]
