"""How a string is written in block YAML so that every reader gives the same string back.

The readers meant are YAML 1.1 (PyYAML), YAML 1.2 (ruamel.yaml) and the two generations of go-yaml under Helm, kubectl
and Argo CD. A string is written plain only when it is on a positive list, as a literal block only when nothing
invisible is in it, and else as a double-quoted scalar with the escapes that JSON and YAML share.
"""

from __future__ import annotations

import re
from json.encoder import encode_basestring

# Every word that a YAML 1.1 or 1.2 reader takes for null, a boolean or a number, without regard to case. The words that
# begin with '.', '~', '=' or '<' are missing because such strings are never plain.
_WORDS = frozenset(
    ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "none", "nan", "inf", "infinity"],
)

# After the first character a plain scalar of block style may hold any printable character except ': ' and ' #'. The
# list is shorter than that: quotation marks, brackets, '#', '!', '&', '|' and '>' look like syntax to people.
_INNER = r"[A-Za-z0-9_./@+=,;$()%*-]"
_PLAIN = re.compile(
    # words, paths, image references, options such as -c and --port=1
    rf"(?:[A-Za-z/_$]|--?[A-Za-z])(?:{_INNER}|[: ](?={_INNER}))*\Z"
    # versions and IPv4 addresses: no number has two points
    r"|[0-9]+(?:\.[0-9]+){2,}\Z"
    # Kubernetes quantities and durations: no number of any YAML ends in these
    r"|[0-9]+(?:\.[0-9]+)?(?:m|s|h|Ki|Mi|Gi|Ti|%)\Z"
)

# What a reader of YAML takes for a line break or refuses, and what a person who reviews a change cannot see: C0
# (without line feed and tab), DEL, C1, no-break space, soft hyphen, zero-width and direction marks, variation
# selectors, line and paragraph separator, byte order mark, interlinear annotations, non-characters, surrogates.
_HIDDEN_CLASS = (
    "\x00-\x08\x0b-\x1f\x7f-\xa0\xad\u061c\u180e\u200b-\u200f\u2028-\u202f\u205f-\u206f\u3000"
    "\ud800-\udfff\ufe00-\ufe0f\ufeff\ufff0-\ufffb\ufffe\uffff"
)
_HIDDEN = re.compile(f"[{_HIDDEN_CLASS}]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def quoted(text: str) -> str:
    """``text`` as a double-quoted scalar on one line. Raises ``ValueError`` for a lone surrogate."""
    written = encode_basestring(text)
    if written.isprintable() and written.isascii():
        return written
    if _SURROGATE.search(written) is not None:
        raise ValueError(f"a string with a lone surrogate cannot be written as UTF-8: {text!r:.80}")
    return _HIDDEN.sub(lambda match: f"\\u{ord(match[0]):04x}", written)


def inline(text: str) -> str:
    """``text`` as a scalar on one line: plain when that is safe, else double-quoted."""
    if _PLAIN.match(text) is not None and text.lower().lstrip("-") not in _WORDS:
        return text
    return quoted(text)


def fits_literal(text: str) -> bool:
    """Whether ``text`` can be a literal block that keeps every character under every reader.

    Not with white space at its start, at the end of a line or of the text, nor with more than one line feed at the end:
    such text depends on indentation indicators and chomping, which people misread and programs that trim documents
    destroy.
    """
    return (
        "\n" in text
        and not text[0].isspace()
        and " \n" not in text
        and "\t\n" not in text
        and not text.endswith((" ", "\t", "\n\n"))
        and not _has_hidden(text)
    )


def block(text: str, pad: str) -> str:
    """``text`` as a scalar whose lines, should it be a literal block, are indented by ``pad``."""
    if not fits_literal(text):
        return inline(text)
    head = "|" if text.endswith("\n") else "|-"
    body = text.removesuffix("\n")
    if "\n\n" in body:
        return "\n".join([head, *[pad + line if line else "" for line in body.split("\n")]])
    return head + "\n" + pad + body.replace("\n", "\n" + pad)


def _has_hidden(text: str) -> bool:
    if text.isascii():
        return not text.replace("\n", "").replace("\t", "").isprintable()
    return _HIDDEN.search(text) is not None
