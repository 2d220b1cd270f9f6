"""JSON-like data that YAML readers get wrong, far more often than chance would have it."""

from __future__ import annotations

from hypothesis import strategies as st

# Empty and white space, words and numbers of YAML 1.1, 1.2 and Go, dates, sexagesimals, indicators, what looks like
# structure, boundaries of the printable characters.
STRINGS = (
    "", " ", "  ", "\n", "\n\n", "\t", "\r", "\r\n", " a", "a ", "\ta", "a\t", "a\n", "a\n\n", "\na", "\n a", " a\nb",
    "a\n b", "a \nb", "a\n\nb", "a\tb",
    "a\n\tb\n", "a\r\nb", "a\rb", "a\n \nb\n", "#a\nb\n", "- a\n- b\n", "---\na\n", "a\n---\nb\n", "a\n...\n",
    "a: b\nc: d\n", "|\n", "é\nü\n", "\u00a0\na", "a\n\u2028",
    "y", "Y", "n", "N", "yes", "Yes", "no", "NO", "on", "On", "off", "OFF", "true", "True", "TRUE", "tRUE", "false",
    "null", "Null", "NULL", "nULL", "~", "none",
    "nan", ".nan", ".NaN", "inf", ".inf", "-.inf", "+.INF", "Infinity", "-inf", "NaN", "=", "<<", "<", "!", "!!", "&",
    "*", "?", ":", "-", "--", "---", "...", "--- a",
    "0", "00", "-0", "+1", "1", "-1", "08", "0o17", "017", "0x1F", "0X1f", "0b11", "0B1", "0o8", "1_000", "_1", "1_",
    "1e3", "1E3", "1e+3", "1.5e3", "1e", "e1", "1.0",
    "1.", ".5", "+.5", "1.2.3", "1..2", "0.1e-7", "1,000", "12:30", "12:30:45", "1:2", "190:20:30.15", "-1:30",
    "12e03", "0x", "0xG", "1e400", "9007199254740993",
    "2001-01-01", "2001-1-1", "2001-12-14t21:59:43.10-05:00", "2001-12-14 21:59:43", "0001-01-01", "10.0.0.1",
    "1.2.3.4.5", "::1", "fe80::1", "100m", "1Gi", "1.5Gi",
    "5s", "5e", "50%", "1d", "1h30m", "- a", "-a", "--a", "-a: b", "-c", "-1a", "? a", "?a", ": a", ":a", "a:",
    "a: b", "a:b", "a : b", "a #b", "a# b", "a#b", "#a",
    "[", "[a]", "[a", "]", "{", "{a: b}", "}", "{}", "[]", ",", "a,b", "a, b", "|", "|-", ">", ">-", "'", "''", '"',
    '""', "a'b", 'a"b', "'a'", '"a"', "@a", "`a", "%a",
    "%YAML 1.1", "%", "!a", "!!str a", "&a", "&a b", "*a", "\\", "\\n", "a\\", "\\u0041", "/", "/a/b", "a/b:c",
    "repo/name:1.2.3", "repo@sha256:abc", "$(VAR)", "${VAR}",
    "$", "(a)", ";", "a;b", "a=b", "a b c", "a  b", "{{ .Values }}", "{{", "<a&b>", "\x00", "\x07", "\x1b", "\x1f",
    "\x7f", "\x80", "\x85", "\x9f", "\u00a0", "\u00ad",
    "é", "ß", "日本", "😀", "❤\ufe0f", "\u0301", "\u061c", "\u180e", "\u200b", "\u200e", "\u2028", "\u2029", "\u202e",
    "\u2066", "\u3000", "\ud7ff", "\ue000", "\ufeff",
    "a\ufeff", "\ufffd", "\ufffe", "\uffff", "\U00010000", "\U0001fffe", "\U0010ffff", "a\x85b", "a\u2028b",
    "A" * 130, "k" * 1024, "k\n" * 600, "a " * 700,
)  # fmt: skip

_ALPHABET = "abyYnN019_-./:=,;+@ \t\n\r#'\"\\{}[]<>&*!|%$~?`^()e\x00\x1f\x7f\x85\u00a0\u2028\ufeff\ufffeé日😀"

_sampled = st.sampled_from(STRINGS)
strings = st.one_of(
    _sampled,
    st.text(st.sampled_from(_ALPHABET), max_size=12),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.builds("{}{}{}".format, _sampled, st.sampled_from(["", " ", "\n", ": ", " #"]), _sampled),
)
numbers = st.one_of(
    st.sampled_from(
        [0, 1, -1, 1000000, 2**53, -(2**53), 0.5, 1e-7, 1e21, 1.5e300, 5e-324, 3.0, -0.0, 1e15, 1e16, 1e17]
    ),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
)
scalars = st.one_of(strings, strings, numbers, st.booleans(), st.none())
documents = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(strings, inner, max_size=4)),
    max_leaves=12,
)
