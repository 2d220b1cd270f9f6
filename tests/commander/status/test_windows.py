"""Sync windows as Argo CD judges them."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from commander.status.facts import Application, Window
from commander.status.windows import closing, is_open

_APPLICATION = Application("dev-daily", "argocd", "dev", "etl", "daily", "dev-etl", "airflow-dev-daily", automated=True)


def window(
    schedule: str, duration: str = "1h", kind: str = "deny", zone: str = "UTC", name: str = "dev-daily"
) -> Window:
    return Window(kind, schedule, duration, zone, applications=(name,))


@pytest.mark.parametrize(
    ("schedule", "duration", "zone", "at", "is_it"),
    [
        ("0 18 28 * *", "168h", "Europe/Berlin", "2026-01-28T16:59", False),
        ("0 18 28 * *", "168h", "Europe/Berlin", "2026-01-28T17:00", True),
        ("0 18 28 * *", "168h", "Europe/Berlin", "2026-02-04T16:59", True),
        ("0 18 28 * *", "168h", "Europe/Berlin", "2026-02-04T17:00", False),
        ("*/15 8-9 * * mon-fri", "5m", "UTC", "2026-11-27T09:49", True),
        ("*/15 8-9 * * mon-fri", "5m", "UTC", "2026-11-27T09:50", False),
        ("*/15 8-9 * * mon-fri", "5m", "UTC", "2026-11-29T09:46", False),
        # Of day of month and day of week, one is enough when both are set.
        ("0 0 1 * 0", "24h", "UTC", "2026-11-29T12:00", True),
        ("0 0 1 jan,dec *", "24h", "UTC", "2026-12-01T12:00", True),
        ("0 0 1 jan,dec *", "24h", "UTC", "2026-11-01T12:00", False),
        ("nonsense", "24h", "UTC", "2026-11-01T12:00", False),
        ("* * * * *", "1h30m", "Nowhere/City", "2026-11-01T12:00", True),
        # A folder of zones, as people may write; and what no zone is called.
        ("0 12 * * *", "1h", "Europe", "2026-11-01T12:00", True),
        ("0 12 * * *", "1h", "A" * 300, "2026-11-01T12:00", True),
        ("0 12 * * *", "9" * 400 + "h", "UTC", "2026-11-01T11:00", True),
    ],
)
def test_a_window_is_open_from_its_begin_as_long_as_it_is(
    schedule: str, duration: str, zone: str, at: str, is_it: bool
) -> None:
    now = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert is_open(window(schedule, duration, zone=zone), now) is is_it


def test_who_denies_wins_and_who_allows_closes_all_other_times() -> None:
    now = datetime(2026, 11, 29, 12, 30, tzinfo=UTC)
    denies, allows = window("0 12 * * *"), window("0 12 * * *", kind="allow")
    later = window("0 13 * * *", kind="allow")
    assert closing([], _APPLICATION, now) == ()
    assert closing([denies, allows], _APPLICATION, now) == (denies,)
    assert closing([allows, later], _APPLICATION, now) == ()
    assert closing([later], _APPLICATION, now) == (later,)
    assert closing([window("* * * * *", name="dev-hourly")], _APPLICATION, now) == ()
    assert closing([window("* * * * *", name="dev-*")], _APPLICATION, now) != ()


def test_a_long_window_is_looked_at_once_a_minute_and_not_once_a_deployment() -> None:
    monthly = window("0 18 28 * *", "720h", zone="Europe/Berlin")
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    began = time.process_time()
    assert {is_open(monthly, now + timedelta(seconds=number % 60)) for number in range(500)} == {True}
    assert time.process_time() - began < 5  # else half a minute
