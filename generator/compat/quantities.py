"""Amounts as Kubernetes writes them (``500m``, ``2Gi``, ``1e3``, 0.5), counted in one unit.

The arithmetic is that of ``mulf`` in a Go template: numbers are taken as their shortest decimals, multiplied exactly,
and rounded to a float once. So both sides agree on every bit.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from functools import lru_cache

#: What an amount counts at most: 1,000 cores, or 976 GiB.
MOST = 1_000_000

#: Unit -> how many of it are one.
UNITS = {"m": 1000.0, "Mi": 2.0**-20}
#: Suffix of an amount -> what it stands for.
SUFFIXES = {
    **{suffix: float(f"1e{power}") for suffix, power in zip("num", (-9, -6, -3), strict=True)},
    "": 1.0,
    **{suffix: 1000.0**power for power, suffix in enumerate("kMGTPE", 1)},
    **{f"{suffix}i": 1024.0**power for power, suffix in enumerate("KMGTPE", 1)},
}
FORM = r"([0-9]{1,15}(?:\.[0-9]{1,9})?(?:e[0-9]{1,2})?)(n|u|m|k|Ki|M|Mi|G|Gi|T|Ti|P|Pi|E|Ei)?"
_FORM = re.compile(FORM)


def in_unit(amount: str | float | None, unit: str) -> int:
    """How many of the unit (``m``: thousandths, ``Mi``) an amount is, rounded up, from 0 to ``MOST``.

    0 for null, and for what is no amount.
    """
    if amount is None or isinstance(amount, bool):
        return 0
    return _counted(amount, unit) if isinstance(amount, str) else _rounded(float(amount), 1.0, unit)


@lru_cache(maxsize=4096)
def _counted(text: str, unit: str) -> int:
    match = _FORM.fullmatch(text)
    return _rounded(float(match[1]), SUFFIXES[match[2] or ""], unit) if match is not None else 0


def _rounded(number: float, factor: float, unit: str) -> int:
    exact = Fraction(repr(number)) * Fraction(repr(factor)) * Fraction(repr(UNITS[unit]))
    # Far beyond the greatest a float would be infinite.
    return min(max(math.ceil(float(min(exact, Fraction(10 * MOST)))), 0), MOST)
