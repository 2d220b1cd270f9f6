"""Parts of JSON documents that may be of any form: what is not as expected is taken for missing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias

from commander.status.facts import Seconds

Document: TypeAlias = Mapping[str, Any]

#: Items of a list that are looked at, unless another number is asked for; characters of a text that are kept.
MOST, LONGEST = 50, 1000


def map_of(value: Document, key: str) -> Document:
    """A map; empty when it is none."""
    found = value.get(key)
    return found if isinstance(found, Mapping) else {}


def list_of(value: Document, key: str, most: int = MOST) -> list[Document]:
    """The maps of a list."""
    found = value.get(key)
    return [each for each in found[:most] if isinstance(each, Mapping)] if isinstance(found, list) else []


def texts_of(value: Document, key: str) -> tuple[str, ...]:
    """The texts of a list."""
    found = value.get(key)
    return tuple(each for each in found[:MOST] if isinstance(each, str)) if isinstance(found, list) else ()


def text_of(value: Document, key: str) -> str:
    """A text, shortened."""
    found = value.get(key)
    return found[:LONGEST] if isinstance(found, str) else ""


def number_of(value: Document, key: str, otherwise: int = 0) -> int:
    """A whole number."""
    found = value.get(key, otherwise)
    return found if isinstance(found, int) else otherwise


def time_of(value: Document, key: str) -> Seconds:
    """A time as Kubernetes writes it."""
    found = value.get(key)
    if not isinstance(found, str):
        return 0.0
    try:
        time = datetime.fromisoformat(found)
    except ValueError:
        return 0.0
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
