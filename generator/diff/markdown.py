"""A comparison as Markdown for the comment of a pull request.

Everything that comes from the repository stands in code: in a code span, or in a fenced block. Texts of people can't
end either, so they can make no link, no heading, no HTML and no mention of a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from generator.diff.model import Diff, Group, Unit, many
from generator.diff.report import Impact, impacts, of_values, reads, summary, warnings

#: First line of every report, by which the comment of an earlier run is found again.
MARKER = "<!-- stargit diff -->"
#: GitHub takes comments of 65,536 characters. What is cut says so.
GITHUB_LIMIT = 60_000

# The signs that the language "diff" has colours for.
_SIGNS = {"added": "+", "removed": "-", "changed": "!", "order": "!"}
_FATES = {"created": "+", "removed": "-", "changed": "!", "replaced": "!"}
_ROWS = 40
_NAMED = 10
_UNITS = 50
_CHANGES = 100
_BLOCK = 20_000  # characters of what is folded together, so that one deployment leaves room for others
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_MENTIONS = str.maketrans({"@": "＠", "#": "＃"})  # noqa: RUF001  # they look like what they stand for
_CUT_NOTE = "\n\n> The rest was left out: a comment holds {limit:,} characters. Run `stargit diff` to see all of it.\n"


def as_markdown(diff: Diff, *, title: str = "What this changes in the clusters", limit: int = GITHUB_LIMIT) -> str:
    """The report: a summary, what needs a person's eye, what restarts, and all changes to fold out.

    Not longer than ``limit`` characters, and well-formed where it is cut; ends with a line feed.
    """
    kept: list[str] = []
    room = limit - len(_CUT_NOTE) - 20
    for block in _blocks(diff, title):
        room -= len(block) + 2
        if room < 0:
            return "\n\n".join(kept) + _CUT_NOTE.format(limit=limit)
        kept.append(block)
    return "\n\n".join(kept) + "\n"


def _blocks(diff: Diff, title: str) -> Iterator[str]:
    """Blocks that each stand for themselves, so that the report may end after any of them."""
    yield MARKER
    yield f"### {_html(title)}"
    yield f"**{_html(summary(diff))}.**"
    if found := warnings(diff):
        rows = [f"- ⚠️ {_code(each.what)}: {_units(each.units)}" for each in found[:_ROWS]]
        yield "\n".join([*rows, *_more(found, _ROWS)])
    if pods := impacts(diff):
        yield _table(pods)
    shared = [each for each in diff.groups if len(each.units) > 1]
    if shared:
        yield _folded("The same in more than one place", len(shared), _changes(shared, with_units=True))
    own = [each for each in diff.groups if len(each.units) == 1]
    units = sorted({each.units[0] for each in own})
    for unit in units[:_UNITS]:
        mine = [each for each in own if each.units[0] == unit]
        yield _folded(str(unit), len(mine), _changes(mine, with_units=False))
    if len(units) > _UNITS:
        yield f"… and {many(len(units) - _UNITS, 'more deployment')} with changes of their own."
    if diff.values_only:
        yield _folded("Values that change no object", len(diff.values_only), list(_values(diff)))
    if diff.unreadable:
        lines = [f"! {each.file} ({each.side}): {each.message}" for each in diff.unreadable]
        yield _folded("Not compared", len(diff.unreadable), lines)
    if diff.formatting:
        yield f"{many(diff.formatting, 'file')} written differently, with the same meaning."


def _table(pods: Sequence[Impact]) -> str:
    rows = ["| Deployment | Restarts | Because of | Runs |", "| --- | --- | --- | --- |"]
    for each in pods[:_ROWS]:
        restarts = {"": _codes(each.restarts), "new": "*new*", "removed": "*removed*"}[each.fate]
        rows.append(f"| {_units(each.units)} | {restarts} | {_codes(each.why)} | {_codes(each.runs)} |")
    if len(pods) > _ROWS:
        rows.append(f"| … and {len(pods) - _ROWS:,} more | | | |")
    return "\n".join(rows)


def _changes(groups: Sequence[Group], *, with_units: bool) -> list[str]:
    lines = []
    for group in groups[:_CHANGES]:
        words = reads(group)
        places = ", ".join(group.roles[:_NAMED]) + (", ..." if len(group.roles) > _NAMED else "")
        if group.what == "deployment":
            places = many(group.objects, "object")
        if with_units:
            places = f"{many(len(group.units), 'place')}: {places}"
        lines.append(f"{_SIGNS[group.change]} {group.what}{f': {words}' if words else ''}  ({places})")
        lines += [_indented(line) for line in group.lines]
    return [*lines, *_more(groups, _CHANGES)]


def _values(diff: Diff) -> Iterator[str]:
    for change in diff.values_only[:_UNITS]:
        yield f"{_FATES[change.fate]} {change.unit}: {of_values(change)}"
        for each in change.fields[:_CHANGES]:
            words = reads(each)
            yield f"{_SIGNS[each.change]}     {each.path}{f': {words}' if words else ''}"
            yield from (_indented(line) for line in each.lines)
        yield from _more(change.fields, _CHANGES)
    yield from _more(diff.values_only, _UNITS)


def _indented(line: str) -> str:
    """A line of a diff inside a block of the language ``diff``: its sign stays in front."""
    return f"{line[:1]}     {line[1:]}" if line[:1] in {"+", "-"} else f"      {line}"


def _folded(title: str, number: int, lines: Iterable[str]) -> str:
    safe = [_UNSAFE.sub("\ufffd", line).replace("\n", "␊") for line in lines]
    kept = list(_within(safe, _BLOCK))
    if len(kept) < len(safe):
        kept.append(f"… and {many(len(safe) - len(kept), 'more line')}")
    body = "\n".join(kept)
    longest = max((len(run) for run in re.findall(r"`+", body)), default=0)
    fence = "`" * max(3, longest + 1)
    head = f"<details><summary>{_html(title)}: {many(number, 'change')}</summary>"
    return f"{head}\n\n{fence}diff\n{body}\n{fence}\n\n</details>"


def _within(lines: Sequence[str], size: int) -> Iterator[str]:
    """The first lines that have room in so many characters."""
    for line in lines:
        size -= len(line) + 1
        if size < 0:
            return
        yield line


def _units(units: Sequence[Unit]) -> str:
    if len(units) > _NAMED:
        return f"{_codes(map(str, units[:3]))} and {len(units) - 3:,} more"
    return _codes(map(str, units))


def _codes(texts: Iterable[str]) -> str:
    listed = list(texts)
    rest = len(listed) - _NAMED
    return ", ".join(map(_code, listed[:_NAMED])) + (f" and {rest:,} more" if rest > 0 else "")


def _code(text: str) -> str:
    """A code span that the text can't end, in a table or out of one: a bar would end the cell even in a span."""
    text = _UNSAFE.sub("\ufffd", text).replace("\n", "␊").replace("|", "¦").strip()
    if not text:
        return ""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * (longest + 1)
    space = " " if text[0] == "`" or text[-1] == "`" else ""
    return f"{fence}{space}{text}{space}{fence}"


def _html(text: str) -> str:
    """A text among others, or in an HTML element: no element, no Markdown, no link in it.

    Mentions of persons and issues are looked for after entities are decoded, so their marks become others.
    """
    text = _UNSAFE.sub("\ufffd", text).replace("\n", "␊").translate(_MENTIONS)
    return "".join(char if char.isalnum() or char in " /-,:;()" else f"&#{ord(char)};" for char in text)


def _more(listed: Sequence[object], limit: int) -> list[str]:
    return [f"… and {len(listed) - limit:,} more"] if len(listed) > limit else []
