"""Whether Argo CD may sync now, by the windows of its projects (``SyncWindows.CanSync`` of its types.go)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from fnmatch import fnmatchcase
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from commander.status.facts import Application, Window

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_MOST_MINUTES = 60 * 24 * 32
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


def closing(windows: Iterable[Window], application: Application, now: datetime) -> tuple[Window, ...]:
    """The windows for which no automatic sync begins now: those that deny, or all that allow and are not open."""
    matching = [each for each in windows if _matches(each, application)]
    denying = tuple(each for each in matching if each.kind == "deny" and is_open(each, now))
    if denying:
        return denying
    allowing = tuple(each for each in matching if each.kind == "allow")
    return () if any(is_open(each, now) for each in allowing) else allowing


def is_open(window: Window, now: datetime) -> bool:
    """Whether it began no longer ago than it is long. One whose schedule can't be read is not."""
    length = sum(float(number) * _UNITS[unit] for number, unit in _DURATION.findall(window.duration))
    begin = _last_begin(window, min(int(length // 60) + 1, _MOST_MINUTES), now.replace(second=0, microsecond=0))
    return begin is not None and (now - begin).total_seconds() < length


@lru_cache(1024)  # a week has ten thousand minutes, and all deployments of a workspace ask for the same
def _last_begin(window: Window, minutes: int, last: datetime) -> datetime | None:
    """When it began last, in so many minutes up to ``last``."""
    try:
        fields = _schedule(window.schedule)
    except ValueError:
        return None
    zone = _zone(window.time_zone)
    begins = (last - timedelta(minutes=back) for back in range(minutes))
    return next((begin for begin in begins if _hits(fields, begin.astimezone(zone))), None)


def _matches(window: Window, application: Application) -> bool:
    return (
        any(fnmatchcase(application.name, each) for each in window.applications)
        or any(fnmatchcase(application.to_namespace, each) for each in window.namespaces)
        or bool(window.clusters)
    )


def _hits(fields: tuple[frozenset[int] | None, ...], at: datetime) -> bool:
    minute, hour, day, month, weekday = fields
    if any(
        allowed is not None and value not in allowed
        for allowed, value in ((minute, at.minute), (hour, at.hour), (month, at.month))
    ):
        return False
    on_day = day is None or at.day in day
    on_weekday = weekday is None or (at.weekday() + 1) % 7 in weekday
    # As cron has always done: of two that are set, one is enough.
    return on_day or on_weekday if day is not None and weekday is not None else on_day and on_weekday


def _schedule(text: str) -> tuple[frozenset[int] | None, ...]:
    """The values of the five fields; None: all. Raises ``ValueError``."""
    minute, hour, day, month, weekday = text.lower().split()
    return (
        _field(minute, 0, 59),
        _field(hour, 0, 23),
        _field(day, 1, 31),
        _field(month, 1, 12, _MONTHS, 1),
        _field(weekday, 0, 6, _DAYS, 0),
    )


def _field(text: str, low: int, high: int, names: tuple[str, ...] = (), base: int = 0) -> frozenset[int] | None:
    if text in ("*", "?"):
        return None

    def number(part: str) -> int:
        value = names.index(part) + base if part in names else int(part)
        if not low <= value <= high:
            raise ValueError(f"{value} is not from {low} to {high}")
        return value

    found: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        begin, _, end = span.partition("-")
        first = low if begin in ("*", "?") else number(begin)
        last = number(end) if end else high if begin in ("*", "?") or step else first
        found.update(range(first, last + 1, int(step) if step else 1))
    return frozenset(found)


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC  # as Argo CD takes it
