"""From which version a deployment may go to which: Airflow's own rules, in Airflow's versions and the runtime's.

`airflow db migrate` brings the database of any earlier version to its own in one go, so no version has to be passed
through, and back there is no way but a copy of the database (installation/upgrading.rst of Airflow's documentation,
whose example goes from 2.4.3 to 2.7.3). The way from 2 to 3 begins at 2.7 (installation/upgrading_to_airflow3.rst:
"Make sure that you are on Airflow 2.7 or later").
"""

from __future__ import annotations

import re
from typing import Any, TypeAlias

from generator.airflow.versions import RUNTIMES, SUPPORTED, AirflowVersion, airflow_of_runtime
from generator.errors import Problem

#: The oldest version from which there is a way to 3.
_TO_THREE = AirflowVersion(2, 7)
_NUMBERS = re.compile(r"[0-9]+")
_Order: TypeAlias = tuple[Any, ...]


def upgrades(old: str) -> tuple[str, ...]:
    """To what a deployment of this version may be upgraded, oldest first: minor versions of Airflow (``2.11``); of a
    version of the runtime, its lines (``13``, ``3.0``).

    Its own is the first, for there are later patches. Empty when nothing is known of the version.
    """
    now = _airflow(old)
    if now is None:
        return ()
    lines = RUNTIMES if airflow_of_runtime(old) is not None else {minor: minor for minor in SUPPORTED}
    there = ((line, AirflowVersion.parse(minor)) for line, minor in lines.items())
    return tuple(line for line, then in there if then is not None and then >= now and not _barred(now, then))


def upgrade_problem(old: str, new: str) -> Problem | None:
    """Why there is no way from a version to another: both are of Airflow (``2.10.4``) or of the runtime (``12.1.0``).

    The problem has no place: the caller knows where the version stands.
    """
    of_runtime = airflow_of_runtime(old) is not None
    kind = "the runtime" if of_runtime else "Airflow"
    now, then = _airflow(old), _airflow(new)
    if now is None:
        return Problem(f"nothing is known of version {old}, which it has now", hint="set the version in its file")
    allowed = _allowed(old, of_runtime)
    if then is None or not then.supported or of_runtime != (airflow_of_runtime(new) is not None):
        what = "is no version of the runtime" if of_runtime else "is no version of Airflow"
        known = then is not None and of_runtime == (airflow_of_runtime(new) is not None)
        return Problem(f"{new[:100]!r} {'is not supported' if known else what}", allowed=allowed)
    if old == new:
        return Problem(f"it has version {old} of {kind} already", allowed=allowed)
    if _barred(now, then):
        hint = f"upgrade to {_TO_THREE} or later first"
        return Problem(f"there is no way from {old} to {new}", allowed=allowed, hint=hint)
    if _order(new, then) < _order(old, now):
        hint = "Airflow's database has no way back: restore a copy of it, and set the version in the file"
        return Problem(f"{new} is older than {old}, which it has now", allowed=allowed, hint=hint)
    return None


def _allowed(old: str, of_runtime: bool) -> str:
    lines = upgrades(old)
    forms = [line if "." in line else f"{line}.x.y" for line in lines] if of_runtime else list(lines)
    return f"later versions of {', '.join(forms)}"


def _airflow(text: str) -> AirflowVersion | None:
    return AirflowVersion.parse(airflow_of_runtime(text) or text)


def _barred(old: AirflowVersion, new: AirflowVersion) -> bool:
    return old < _TO_THREE and new.major >= 3


def _order(text: str, airflow: AirflowVersion) -> _Order:
    """What versions of one kind are ordered by: the Airflow, the numbers, and what comes before a release."""
    numbers, _, rest = text.partition("-")
    if airflow_of_runtime(text) is None:
        return (airflow, _parts(numbers), not rest, _parts(rest))
    # `3.1-2`, `12.1.0`; what follows is a flavour of the image (`-base`), neither newer nor older.
    return (airflow, tuple(map(int, _NUMBERS.findall(text)[:3])))


def _parts(text: str) -> _Order:
    """Numbers by their size, and before words, as in semantic versions."""
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in text.split(".") if part)
