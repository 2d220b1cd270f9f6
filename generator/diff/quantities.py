"""Amounts of Kubernetes (``500m``, ``1Gi``): two that mean the same, and which is larger."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

_AMOUNT = re.compile(
    r"([+-]?)([0-9]{1,20}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?[0-9]{1,2}))?\Z"
)
_UNITS = {
    "n": Fraction(1, 10**9), "u": Fraction(1, 10**6), "m": Fraction(1, 1000), "k": Fraction(1000),
    **{unit: Fraction(1000 ** (power + 2)) for power, unit in enumerate("MGTPE")},
    **{f"{unit}i": Fraction(1024 ** (power + 1)) for power, unit in enumerate("KMGTPE")},
}  # fmt: skip


def amount(value: Any) -> Fraction | None:
    """The number that a quantity stands for; None when it is no quantity."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    match = _AMOUNT.match(str(value))
    if match is None:
        return None
    sign, digits, unit, exponent = match.groups()
    found = Fraction(digits + "0" if digits.endswith(".") else digits)
    if unit:
        found *= _UNITS[unit]
    elif exponent:
        found *= Fraction(10) ** int(exponent)
    return -found if sign == "-" else found
