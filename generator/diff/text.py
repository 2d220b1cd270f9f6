"""A comparison for terminals: short lines, a sign in front, the most important first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar

from generator.diff.model import Diff, FieldChange, Group, many, some
from generator.diff.report import FATES, SIGNS, impacts, named, of_values, reads, summary, warnings

Tone: TypeAlias = Literal["", "good", "bad", "faint", "strong"]
T = TypeVar("T")

_TONES: dict[str, Tone] = {"+": "good", "-": "bad", "@": "faint", "(": "faint"}
_ROLES = 6
_WHY = 4


@dataclass(frozen=True, slots=True)
class Line:
    """One line and how it is to be shown: ``good`` for what comes, ``bad`` for what goes."""

    text: str
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Caps:
    """How much is told: entries of each list, deployments told one by one, changes of each. None is all."""

    entries: int | None = 20
    units: int | None = 20
    changes: int | None = 40


def as_text(diff: Diff, caps: Caps | None = None) -> str:
    """The report as plain text; ends with a line feed."""
    return "".join(f"{line.text}\n" for line in text_lines(diff, caps))


def text_lines(diff: Diff, caps: Caps | None = None) -> tuple[Line, ...]:
    """The report line by line."""
    return tuple(_Report(diff, caps or Caps()).lines())


class _Report:
    def __init__(self, diff: Diff, caps: Caps) -> None:
        self._diff, self._caps = diff, caps

    def lines(self) -> Iterator[Line]:
        yield Line(summary(self._diff), "strong")
        yield from self._warnings()
        yield from self._impacts()
        yield from self._shared()
        yield from self._units()
        yield from self._values()
        yield from self._unreadable()
        if self._diff.formatting:
            yield Line("")
            yield Line(f"{many(self._diff.formatting, 'file')} written differently, with the same meaning", "faint")

    def _warnings(self) -> Iterator[Line]:
        found = warnings(self._diff)
        if found:
            yield Line("")
            yield Line("Look at these first", "strong")
            for each in _first(found, self._caps.entries):
                yield Line(f"  ! {each.what}: {named(each.units)}", "bad")
            yield from _rest(found, self._caps.entries)

    def _impacts(self) -> Iterator[Line]:
        found = impacts(self._diff)
        if found:
            yield Line("")
            yield Line("Pods", "strong")
            for each in _first(found, self._caps.entries):
                told = [{"new": "new deployment", "removed": "deployment is removed"}[each.fate]] if each.fate else []
                if each.restarts:
                    told.append(f"restarts {some(each.restarts, _ROLES)} ({some(each.why, _WHY)})")
                if each.runs:
                    told.append(f"runs {some(each.runs, _ROLES)}")
                yield Line(f"  {named(each.units)}: {'; '.join(told)}")
            yield from _rest(found, self._caps.entries)

    def _shared(self) -> Iterator[Line]:
        found = [each for each in self._diff.groups if len(each.units) > 1]
        if found:
            yield Line("")
            yield Line("The same in more than one place", "strong")
            for each in _first(found, self._caps.entries):
                yield from _group(each, f"in {named(each.units)}")
            yield from _rest(found, self._caps.entries)

    def _units(self) -> Iterator[Line]:
        own = [each for each in self._diff.groups if len(each.units) == 1]
        units = sorted({each.units[0] for each in own})
        for unit in _first(units, self._caps.units):
            yield Line("")
            yield Line(str(unit), "strong")
            found = [each for each in own if each.units[0] == unit]
            for each in _first(found, self._caps.changes):
                yield from _group(each)
            yield from _rest(found, self._caps.changes)
        if self._caps.units is not None and len(units) > self._caps.units:
            yield Line("")
            yield Line(
                f"... and {many(len(units) - self._caps.units, 'more deployment')} with changes of their own", "faint"
            )

    def _values(self) -> Iterator[Line]:
        found = self._diff.values_only
        if found:
            yield Line("")
            yield Line("Values that change no object", "strong")
            for change in _first(found, self._caps.entries):
                yield Line(
                    f"  {FATES[change.fate]} {change.unit}: {of_values(change)}", _TONES.get(FATES[change.fate], "")
                )
                for each in _first(change.fields, self._caps.changes):
                    yield from _field(each, "      ")
                yield from _rest(change.fields, self._caps.changes, "      ")
            yield from _rest(found, self._caps.entries)

    def _unreadable(self) -> Iterator[Line]:
        if found := self._diff.unreadable:
            yield Line("")
            yield Line("Not compared", "strong")
            for each in _first(found, self._caps.entries):
                yield Line(f"  ! {each.file} ({each.side}): {each.message}", "bad")
            yield from _rest(found, self._caps.entries)


def _group(group: Group, where: str = "") -> Iterator[Line]:
    sign = SIGNS[group.change]
    roles = "" if group.what == "deployment" else some(group.roles, _ROLES)
    if group.what == "deployment" and not where:
        roles = many(group.objects, "object")
    places = ": ".join(part for part in (where, roles) if part)
    words = reads(group)
    text = f"  {sign} {group.what}{f': {words}' if words else ''}{f'  ({places})' if places else ''}"
    yield Line(text, _TONES.get(sign, ""))
    yield from _diff_lines(group.lines, "      ")


def _field(change: FieldChange, pad: str) -> Iterator[Line]:
    sign, words = SIGNS[change.change], reads(change)
    yield Line(f"{pad}{sign} {change.path}{f': {words}' if words else ''}", _TONES.get(sign, ""))
    yield from _diff_lines(change.lines, pad + "    ")


def _diff_lines(lines: Iterable[str], pad: str) -> Iterator[Line]:
    for line in lines:
        yield Line(pad + line, _TONES.get(line[:1], ""))


def _first(listed: Sequence[T], limit: int | None) -> Sequence[T]:
    return listed if limit is None else listed[:limit]


def _rest(listed: Sequence[object], limit: int | None, pad: str = "  ") -> Iterator[Line]:
    if limit is not None and len(listed) > limit:
        yield Line(f"{pad}... and {len(listed) - limit:,} more", "faint")
