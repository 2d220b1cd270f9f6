"""What differs in two texts, shown as briefly as people can still follow."""

from __future__ import annotations

from difflib import SequenceMatcher

_CONTEXT = 2
_MOST_LINES = 60
_LONGEST_LINE = 240
# Beyond so many lines that differ (after what both texts begin and end with alike) no alignment is looked for.
_ALIGNED_LINES = 1500
_SHOWN = 160
_AROUND = 40
_CUT = "…"


def shortened(old: str, new: str) -> tuple[str, str]:
    """Both texts, each cut to what surrounds their difference when they are long."""
    if max(len(old), len(new)) <= _SHOWN:
        return old, new
    first = _alike(old, new)
    last = min(_alike(old[::-1], new[::-1]), min(len(old), len(new)) - first)
    return _excerpt(old, first, last), _excerpt(new, first, last)


def short(text: str, limit: int = _SHOWN) -> str:
    """A text cut to a length."""
    return text if len(text) <= limit else text[: limit - 1] + _CUT


def unified(old: str, new: str) -> tuple[str, ...]:
    """The lines of a unified diff without file heads; no lines when the texts are the same."""
    if old == new:
        return ()
    if old.endswith("\n") and new.endswith("\n"):
        old, new = old[:-1], new[:-1]
    before, after = old.split("\n"), new.split("\n")
    first = 0
    while first < min(len(before), len(after)) and before[first] == after[first]:
        first += 1
    last = 0
    while last < min(len(before), len(after)) - first and before[-1 - last] == after[-1 - last]:
        last += 1
    start = max(0, first - _CONTEXT)
    ends = [len(side) - max(0, last - _CONTEXT) for side in (before, after)]
    middle = (before[start : ends[0]], after[start : ends[1]])
    if max(map(len, middle)) > _ALIGNED_LINES:
        gone, come = len(before) - first - last, len(after) - first - last
        return (f"@@ -{first + 1},{gone} +{first + 1},{come} @@", f"({gone:,} lines become {come:,})")
    return _capped(_hunks(middle[0], middle[1], start))


def _hunks(old: list[str], new: list[str], offset: int) -> list[str]:
    found = []
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(_CONTEXT):
        (_, i1, _, j1, _), (_, _, i2, _, j2) = group[0], group[-1]
        found.append(f"@@ -{i1 + 1 + offset},{i2 - i1} +{j1 + 1 + offset},{j2 - j1} @@")
        for tag, i_from, i_to, j_from, j_to in group:
            if tag == "equal":
                found += [f" {line}" for line in old[i_from:i_to]]
                continue
            found += [f"-{line}" for line in old[i_from:i_to]]
            found += [f"+{line}" for line in new[j_from:j_to]]
    return found


def _capped(lines: list[str]) -> tuple[str, ...]:
    rest = len(lines) - _MOST_LINES
    shown = [short(line, _LONGEST_LINE) for line in lines[:_MOST_LINES]]
    return (*shown, *([f"({rest:,} more lines)"] if rest > 0 else []))


def _alike(one: str, other: str) -> int:
    """How many characters both begin with alike; by halves, for texts are long."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _excerpt(text: str, first: int, last: int) -> str:
    start, end = max(0, first - _AROUND), len(text) - max(0, last - _AROUND)
    middle = text[start:end]
    if len(middle) > _SHOWN:
        half = _SHOWN // 2
        middle = middle[:half] + _CUT + middle[-half:]
    return (_CUT if start else "") + middle + (_CUT if end < len(text) else "")
