"""Constants of a template as YAML text that is also safe inside a Go template."""

from __future__ import annotations

import json
import re

from generator.dialect.syntax import Json

_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9_./-]*\Z")
_WORDS = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"])


def key_text(key: str) -> str:
    """A static key."""
    return scalar_text(key)


def scalar_text(value: Json) -> str:
    """A constant scalar, or an empty map or list."""
    match value:
        case str():
            if _PLAIN.match(value) and value.lower() not in _WORDS:
                return value
            # JSON's escapes are YAML's, but for characters above U+FFFF: those stay as they are.
            text = json.dumps(value, ensure_ascii=False)
            # '{{' in a constant would be an action: let Go write it.
            return f"{{{{ {text} | quote }}}}" if "{{" in value else text
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
    return json.dumps(value)
