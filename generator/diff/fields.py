"""Two values of an object, field by field: what was added, removed, changed, or put in another order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any

from generator.diff.canonical import canonical, same
from generator.diff.lists import labels
from generator.diff.mask import Context, masked, masked_list
from generator.diff.model import Change, FieldChange, item, step
from generator.diff.quantities import amount
from generator.diff.texts import short, shortened, unified

# Lists longer than this are compared by place alone.
_ALIGNED_ITEMS = 500
_DEEPEST = 200
_SHOWN_JSON = 4000

_NOTHING: Any = None
_UNSAFE_LABEL = re.compile(r"[\x00-\x1f\x7f\[\]]")
# Where Kubernetes takes 1 and 1000m for one amount.
_AMOUNTS = re.compile(
    r"(?:\.|^)(?:requests|limits|capacity|hard|default|defaultRequest|max|min)\.[^.]+\Z|\.sizeLimit\Z"
)


def compare(old: Any, new: Any, path: str = "", context: Context | None = None) -> list[FieldChange]:
    """What differs, in the order of the fields; nothing secret is in it. None and no field at all are the same."""
    return list(_compare(old, new, path, context or Context(), "", 0))


def _compare(old: Any, new: Any, path: str, context: Context, name: str, depth: int) -> Iterator[FieldChange]:
    if old is new or depth > _DEEPEST:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _maps(old, new, path, context, depth)
    elif isinstance(old, list) and isinstance(new, list):
        if not same(old, new):
            yield from _lists(old, new, path, context, name, depth)
    elif not same(old, new) and not _same_amount(old, new, path):
        yield _change(old, new, path, context)


def _maps(old: dict[str, Any], new: dict[str, Any], path: str, context: Context, depth: int) -> Iterator[FieldChange]:
    inside = context.enter(old, new)
    # The order of the new state, with what is gone where it was.
    for key in _merged(list(old), list(new)):
        before, after = old.get(key), new.get(key)
        if before is after or (type(before) is type(after) is str and before == after):
            continue
        yield from _compare(before, after, step(path, _key(key)), inside.at(key), key, depth + 1)


def _lists(old: list[Any], new: list[Any], path: str, context: Context, name: str, depth: int) -> Iterator[FieldChange]:
    found = labels(name, old, new)
    if found is None:
        yield from _sequences(old, new, path, context, depth)
        return
    before, after = dict(zip(found[0], old, strict=True)), dict(zip(found[1], new, strict=True))
    for label in _merged(found[0], found[1]):
        place = item(path, _label(label))
        yield from _compare(before.get(label), after.get(label), place, context, "", depth + 1)
    kept = [label for label in found[0] if label in after], [label for label in found[1] if label in before]
    if kept[0] != kept[1]:
        yield _moved(kept[0], kept[1], list(map(_label, kept[1])), path)


def _moved(old: list[str], new: list[str], shown: list[str], path: str) -> FieldChange:
    """The same items in another order: the fewest that moved are told."""
    still = {
        at
        for _, start, size in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
        for at in range(start, start + size)
    }
    moved = [each for at, each in enumerate(shown) if at not in still]
    return FieldChange(path, "order", None, short(", ".join(moved)))


def _sequences(old: list[Any], new: list[Any], path: str, context: Context, depth: int) -> Iterator[FieldChange]:
    """Lists whose items have no names: the fewest additions and removals, and what changed inside of items."""
    keys = [[canonical(each) for each in side] for side in (old, new)]
    if sorted(keys[0]) == sorted(keys[1]):
        shown = [short(canonical(each), 60) for each in masked_list(new, context)]
        yield _moved(keys[0], keys[1], shown, path)
        return
    safe = masked_list(old, context), masked_list(new, context)
    for tag, i1, i2, j1, j2 in _edits(*keys):
        if tag == "equal":
            continue
        paired = min(i2 - i1, j2 - j1)
        for offset in range(paired):
            i, j = i1 + offset, j1 + offset
            place = item(path, str(j))
            if isinstance(old[i], (dict, list)) and isinstance(new[j], type(old[i])):
                yield from _compare(old[i], new[j], place, context, "", depth + 1)
            else:
                yield _shown(old[i], new[j], safe[0][i], safe[1][j], place)
        for i in range(i1 + paired, i2):
            yield _shown(old[i], _NOTHING, safe[0][i], _NOTHING, item(path, str(i)))
        for j in range(j1 + paired, j2):
            yield _shown(_NOTHING, new[j], _NOTHING, safe[1][j], item(path, str(j)))


def _edits(old: list[str], new: list[str]) -> Sequence[tuple[str, int, int, int, int]]:
    if max(len(old), len(new)) <= _ALIGNED_ITEMS:
        return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    shorter = min(len(old), len(new))
    found = [("replace", at, at + 1, at, at + 1) for at in range(shorter) if old[at] != new[at]]
    return [*found, ("replace", shorter, len(old), shorter, len(new))]


def _change(old: Any, new: Any, path: str, context: Context) -> FieldChange:
    return _shown(old, new, masked(old, context), masked(new, context), path)


def _shown(old: Any, new: Any, safe_old: Any, safe_new: Any, path: str) -> FieldChange:
    change: Change = "changed" if old is not None and new is not None else "added" if old is None else "removed"
    hidden = not (same(old, safe_old) and same(new, safe_new))
    lines: tuple[str, ...] = ()
    texts = [each for each in (safe_old, safe_new) if each is not None]
    if all(isinstance(each, str) for each in texts) and any("\n" in each.rstrip("\n") for each in texts):
        lines = unified(safe_old, safe_new) if change == "changed" else _whole(texts[0], "+" if old is None else "-")
    return FieldChange(path, change, *_brief(safe_old, safe_new), lines, hidden)


def _whole(text: str, sign: str) -> tuple[str, ...]:
    lines = unified("", text.rstrip("\n")) if sign == "+" else unified(text.rstrip("\n"), "")
    return tuple(line for line in lines if line not in {"+", "-"})


def _brief(old: Any, new: Any) -> tuple[Any, Any]:
    if isinstance(old, str) and isinstance(new, str):
        return shortened(old, new)
    return _cut(old), _cut(new)


def _cut(value: Any) -> Any:
    if isinstance(value, str):
        return short(value)
    if isinstance(value, (dict, list)) and len(text := canonical(value)) > _SHOWN_JSON:
        return short(text, _SHOWN_JSON)
    return value


def _same_amount(old: Any, new: Any, path: str) -> bool:
    if _AMOUNTS.search(path) is None:
        return False
    before, after = amount(old), amount(new)
    return before is not None and before == after


def _merged(old: list[str], new: list[str]) -> list[str]:
    """All keys: those of ``new`` in their order, those that are gone after the one that they followed."""
    if old == new:
        return old
    known = set(new)
    gone: dict[str | None, list[str]] = {}
    last: str | None = None
    for key in old:
        if key in known:
            last = key
        else:
            gone.setdefault(last, []).append(key)
    found = list(gone.get(None, ()))
    for key in new:
        found.append(key)
        found += gone.get(key, ())
    return found


def _key(key: str) -> str:
    """A key as a step of a path; one with a point in it stands in quotes."""
    return canonical(key) if "." in key or _UNSAFE_LABEL.search(key) or not key else key


def _label(label: str) -> str:
    return canonical(label) if _UNSAFE_LABEL.search(label) else label
