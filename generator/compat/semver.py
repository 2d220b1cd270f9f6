"""Version constraints as Helm's ``semverCompare`` reads them (Masterminds/semver 3.5).

Operators: ``=``, ``!=``, ``>``, ``>=``, ``<``, ``<=`` (also ``=>``, ``=<``), ``~`` (also ``~>``), ``^``, none (equal);
``x``, ``X`` or ``*`` in the place of a part; parts left out; ``1.2 - 3.4``; ``,`` or white space for *and*, ``||`` for
*or*. A version with a pre-release satisfies an *and*-group only if some constraint of the group has a pre-release too,
which is why people write ``>=3.0.0-0``.

Out of scope, refused: white space other than blanks and tabs. Go's own limits (256 bytes a version, 512 a constraint,
32 groups) hold here too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest

_LARGEST_PART = 2**64 - 1
_LONGEST_VERSION = 256
_LONGEST_CONSTRAINT = 512
_MOST_GROUPS = 32

_EXTRA = r"(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
_VERSION = re.compile(rf"v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?{_EXTRA}\Z")

_OPERATOR = r"(?:!=|>=|=>|<=|=<|~>|[=><~^])?"
_PART = r"[0-9xX*|]+"
_PATTERN = (
    rf"v?{_PART}(?:\.{_PART})?(?:\.{_PART})?"
    r"(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
)
_RANGE = re.compile(rf"[ \t]*({_PATTERN})[ \t]+-[ \t]+({_PATTERN})[ \t]*")
_GROUP = re.compile(
    rf"[ \t]*{_OPERATOR}[ \t]*{_PATTERN}[ \t]*(?:(?:[ \t]+|,[ \t]*){_OPERATOR}[ \t]*{_PATTERN}[ \t]*)*\Z"
)
_MEMBER = re.compile(rf"({_OPERATOR})[ \t]*({_PATTERN})")
_MEMBER_PARTS = re.compile(rf"v?({_PART})(?:\.({_PART}))?(?:\.({_PART}))?(-[^+]*)?(?:\+.*)?\Z")


@dataclass(frozen=True, slots=True)
class _Version:
    release: tuple[int, int, int]
    pre: str

    def compare(self, other: _Version) -> int:
        """Negative, 0 or positive, as this version is before, equal to, or after the other."""
        if self.release != other.release:
            return -1 if self.release < other.release else 1
        if self.pre and other.pre:
            return _compare_pre(self.pre, other.pre)
        return bool(other.pre) - bool(self.pre)


@dataclass(frozen=True, slots=True)
class _Constraint:
    operator: str
    version: _Version
    free: str = ""  # the first part that is missing or x: major, minor, patch


@lru_cache(maxsize=4096)
def satisfies(version: str, constraint: str) -> bool:
    """Whether ``version`` fulfils ``constraint``. Raises ``ValueError`` when one of them cannot be read."""
    found = parse_version(version)
    return any(
        (not found.pre or with_pre) and all(_CHECKS[member.operator](found, member) for member in members)
        for members, with_pre in parse_constraint(constraint)
    )


@lru_cache(maxsize=1024)
def parse_version(text: str) -> _Version:
    """A version; parts that are missing are 0. Raises ``ValueError``."""
    match = _VERSION.match(text) if len(text) <= _LONGEST_VERSION else None
    if match is None:
        raise ValueError(f"{text!r:.80} is no version such as 3.0.1 or 3.0.0-rc1")
    release = (int(match[1]), int(match[2] or 0), int(match[3] or 0))
    if max(release) > _LARGEST_PART:
        raise ValueError(f"a part of the version {text!r:.80} is too large")
    pre = match[4] or ""
    for part in pre.split("."):
        if part.isdecimal() and len(part) > 1 and part[0] == "0":
            raise ValueError(f"the version {text!r:.80} has a pre-release number that begins with a zero: {part!r:.40}")
    return _Version(release, pre)


@lru_cache(maxsize=1024)
def parse_constraint(text: str) -> tuple[tuple[tuple[_Constraint, ...], bool], ...]:
    """The *or*-groups of a constraint: members, and whether one has a pre-release. Raises ``ValueError``."""
    if len(text.encode("utf-8", "surrogatepass")) > _LONGEST_CONSTRAINT:
        raise ValueError(f"the version constraint {text!r:.40} is longer than {_LONGEST_CONSTRAINT} bytes")
    groups = _RANGE.sub(lambda match: f">= {match[1]}, <= {match[2]} ", text).split("||")
    if len(groups) > _MOST_GROUPS:
        raise ValueError(f"the version constraint {text!r:.40} has more than {_MOST_GROUPS} alternatives")
    result = []
    for group in groups:
        if _GROUP.match(group) is None:
            raise ValueError(f"{group!r:.80} is no version constraint such as '>=3.0.0-0, <3.2'")
        members = tuple(_member(match[1], match[2]) for match in _MEMBER.finditer(group))
        result.append((members, any(member.version.pre for member in members)))
    return tuple(result)


def _member(operator: str, text: str) -> _Constraint:
    match = _MEMBER_PARTS.match(text)
    if match is None:
        raise ValueError(f"{text!r:.80} is no version")
    major, minor, patch = match[1], match[2] or "x", match[3] or "x"
    pre = match[4] or ""
    if major in {"x", "X", "*"}:
        return _Constraint(operator, parse_version(f"0.0.0{pre}"), "major")
    if minor in {"x", "X", "*"}:
        return _Constraint(operator, parse_version(f"{major}.0.0{pre}"), "minor")
    if patch in {"x", "X", "*"}:
        return _Constraint(operator, parse_version(f"{major}.{minor}.0{pre}"), "patch")
    return _Constraint(operator, parse_version(f"{major}.{minor}.{patch}{pre}"))


def _compare_pre(left: str, right: str) -> int:
    for one, other in zip_longest(left.split("."), right.split("."), fillvalue=""):
        if one != other:
            return _compare_identifiers(one, other)
    return 0


def _compare_identifiers(one: str, other: str) -> int:
    if not one or not other:
        return 1 if one else -1
    # Go takes what does not fit into 64 bits for text.
    left, right = (int(part) if part.isdecimal() and int(part) <= _LARGEST_PART else None for part in (one, other))
    if left is None and right is None:
        return 1 if one > other else -1
    if left is None or right is None:
        return 1 if left is None else -1
    return 1 if left > right else -1


def _equal(version: _Version, member: _Constraint) -> bool:
    return _tilde(version, member) if member.free else version.compare(member.version) == 0


def _not_equal(version: _Version, member: _Constraint) -> bool:
    if member.free not in {"minor", "patch"}:
        return version.compare(member.version) != 0
    known = 1 if member.free == "minor" else 2
    if version.release[:known] != member.version.release[:known]:
        return True
    return member.free == "patch" and _compare_pre(version.pre, member.version.pre) != 0


def _greater(version: _Version, member: _Constraint) -> bool:
    if member.free == "minor":
        return version.release[0] > member.version.release[0]
    if member.free == "patch":
        return version.release[:2] > member.version.release[:2]
    return version.compare(member.version) > 0


def _less_or_equal(version: _Version, member: _Constraint) -> bool:
    if not member.free:
        return version.compare(member.version) <= 0
    known = 1 if member.free == "minor" else 2
    return version.release[:known] <= member.version.release[:known]


def _tilde(version: _Version, member: _Constraint) -> bool:
    if version.compare(member.version) < 0:
        return False
    if member.version.release == (0, 0, 0) and member.free not in {"minor", "patch"}:
        return True
    known = 1 if member.free == "minor" else 2
    return version.release[:known] == member.version.release[:known]


def _caret(version: _Version, member: _Constraint) -> bool:
    if version.compare(member.version) < 0:
        return False
    major, minor, patch = member.version.release
    if major > 0 or member.free == "minor":
        return version.release[0] == major
    if minor > 0 or member.free == "patch":
        return version.release[:2] == (0, minor)
    return version.release == (0, 0, patch)


_CHECKS: dict[str, Callable[[_Version, _Constraint], bool]] = {
    "": _equal,
    "=": _equal,
    "!=": _not_equal,
    ">": _greater,
    "<": lambda version, member: version.compare(member.version) < 0,
    ">=": lambda version, member: version.compare(member.version) >= 0,
    "=>": lambda version, member: version.compare(member.version) >= 0,
    "<=": _less_or_equal,
    "=<": _less_or_equal,
    "~": _tilde,
    "~>": _tilde,
    "^": _caret,
}
