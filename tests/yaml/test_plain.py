"""What scalars without quotes mean; Helm, PyYAML and ruamel.yaml are the judges."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ruamel.yaml import YAML

from generator.yaml.plain import Refusal, resolve
from tests.compat import helm

READ: dict[str, Any] = {
    "~": None, "null": None, "Null": None, "NULL": None, "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
    "0": 0, "-0": 0, "1": 1, "-1": -1, "20010101": 20010101, "9007199254740992": 2**53, "-9007199254740992": -(2**53),
    "0.0": 0, "1.0": 1, "-1.0": -1, "1.50": 1.5, "3.10": 3.1, "0.000001": 1e-06, "1.5e+3": 1500, "1.5E-3": 0.0015,
    "1.0e-07": 1e-07, "1.0e-400": 0, "1.0e+21": 1e21, "123456789012345680000.0": 1.2345678901234568e20,
    **{
        text: text
        for text in (
            "nULL", "tRUE", "fALSE", "yES", "oN", "nO", "None", "nil", "undefined", "inf", "nan", "-inf", "Infinity",
            "a", "a b", "on off", "1 2", "1 000", "1,000", "_1", "__", "1a", "1-2", "1d2", "1f", "0.1f", "1e", "1e+",
            "e3", "1.2e", "0x", "0o", "0b", "0xg", "0x1p4", "0x1p-2", "1p3", "v1", "+a", "-a", "--a", "--", "+-", ".",
            "..", ".e3", "1..2", "1.2.3", "3.0.0-rc1", "10.0.0.1", "10.0.0.0/8", "::1", "100m", "1Gi", "1.5Gi", "5s",
            "50%", "1h30m", "2001-01", "01-01-2001", "2001-01-01x", "1:60", "8080:80", "1:a", "a:1", "0x1:2",
            "==", "<", "<<<", "<<a", "repo/name:1.2", "$(VAR)", "a=b", "/", "\\n", "a'b", 'a"b', "é", "日本",
        )
    },
}  # fmt: skip

REFUSED = (
    "y", "Y", "n", "N", "yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF",
    "+0", "+1", "00", "01", "08", "010", "0644", "-01", "0o17", "0O17", "0o8", "0x1F", "0X1f", "0x_1F", "0b101", "0B1",
    "0b2", "1_000", "1__0", "1_", "-1_0", "0_", "1e3", "1E3", "1e+3", "1e-3", "1.5e3", "1.e+3", ".5e+3", "12e03",
    "+12e03", "1e_3", "1_e3", "1e5_0", "1.", ".5", "-.5", "+.5", "+1.5", "01.5", "00.5", "1_0.5", "1.5_0", ".5_0",
    "1e400", "1.0e+400", "-1.0e+400", "-0.0", "-0.0e+10", "-1.0e-400", "9007199254740993", "-9007199254740993",
    "18446744073709551615", "18446744073709551616", "99999999999999999999",
    ".inf", ".Inf", ".INF", "-.inf", "+.inf", "+.INF", ".nan", ".NaN", ".NAN",
    "12:30", "12:30:45", "1:2", "190:20:30", "190:20:30.15", "-1:30", "+1:30", "12:30.5", "0:0", "1_0:30",
    "2001-01-01", "2001-1-1", "2001-13-45", "2001-01-01T00:00:00Z", "2001-12-14t21:59:43.10-05:00",
    "2001-12-14 21:59:43", "2001-12-14 21:59:43.10 -5", "=", "<<",
)  # fmt: skip

# Refused although all three agree: forms that few people know, and mistakes that look like them.
ALIKE_TO_ALL = (
    "+0", "+1", "00", "01", "-01", "0o8", "0x1F", "0x_1F", "0b101", "0b2", "1_000", "1__0",
    "1_", "-1_0", "0_", "1.e+3", ".5e+3", "1.", ".5", "+1.5", "01.5", "00.5", "1_0.5", "1.5_0",
    ".5_0", "0:0", "2001-1-1", "-0.0", "-0.0e+10", "-1.0e-400",
)  # fmt: skip


def helm_reads(folder: Path, texts: list[str]) -> list[Any]:
    """What Helm makes of the scalars, each without quotes in a file of its own; a string where it fails."""
    read = helm.from_yaml(folder, [f"v:\n- {text}\n" for text in texts])
    return [found["v"][0] if "v" in found else f"error: {found['Error']}" for found in read]


def others_read(text: str) -> list[Any]:
    """What PyYAML and ruamel.yaml make of it; a string where they fail."""
    found: list[Any] = []
    for load in (yaml.safe_load, YAML(typ="safe", pure=True).load):
        try:
            found.append(load(f"- {text}\n")[0])
        except Exception as error:  # ruamel's errors have no base in common with PyYAML's
            found.append(f"error: {error}")
    return found


def same(left: Any, right: Any) -> bool:
    if isinstance(left, bool | str | None) or isinstance(right, bool | str | None):
        return type(left) is type(right) and bool(left == right)
    if isinstance(left, int) and isinstance(right, int):
        return left == right
    return isinstance(left, int | float) and isinstance(right, int | float) and str(float(left)) == str(float(right))


@pytest.mark.parametrize(("text", "value"), READ.items())
def test_what_everybody_reads_alike_is_read(text: str, value: Any) -> None:
    found = resolve(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("text", REFUSED)
def test_what_programs_disagree_on_is_refused(text: str) -> None:
    found = resolve(text)
    assert isinstance(found, Refusal)
    assert found.hint.startswith(f'write "{text}" if it is text')


def test_helm_and_the_others_agree_with_the_table(tmp_path: Path) -> None:
    texts = [*READ, *REFUSED]
    assert len(texts) >= 120
    for text, found in zip(texts, helm_reads(tmp_path, texts), strict=True):
        agreed = all(same(found, other) for other in others_read(text))
        if text in READ:
            assert same(found, READ[text]), text
            assert agreed, text
        else:
            assert agreed == (text in ALIKE_TO_ALL), text


def test_a_number_of_any_length_is_refused() -> None:
    assert isinstance(resolve("9" * 5000), Refusal)
    assert isinstance(resolve("-" + "9" * 5000 + ".5"), Refusal)
    assert isinstance(resolve("0x" + "F" * 5000), Refusal)


def test_a_hint_says_what_to_write() -> None:
    hints = {text: found.hint for text in REFUSED if isinstance(found := resolve(text), Refusal)}
    assert hints["on"] == 'write "on" if it is text, or true if not'
    assert hints["0644"] == 'write "0644" if it is text, or 420 if it is octal (a file mode), or 644 if it is a number'
    assert hints["08"] == 'write "08" if it is text, or 8 if it is a number'
    assert hints["1_000"] == 'write "1_000" if it is text, or 1000 if it is a number'
    assert hints["0x1F"] == 'write "0x1F" if it is text, or 31 if it is a number'
    assert hints[".5"] == 'write ".5" if it is text, or 0.5 if it is a number'
    assert hints["12:30"] == 'write "12:30" if it is text'
    assert hints["1e400"] == 'write "1e400" if it is text'


def test_a_number_that_is_proposed_is_read() -> None:
    for text in REFUSED:
        found = resolve(text)
        assert isinstance(found, Refusal)
        for choice in found.hint.split(", or ")[1:]:
            assert not isinstance(resolve(choice.split(" if ")[0]), Refusal | str)
