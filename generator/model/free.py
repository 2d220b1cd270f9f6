"""Free JSON: what Kubernetes defines, not we, and passes through the chart unread."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import TypeAliasType

from generator.model.number import SAFE
from generator.model.text import FREE_KEY, FREE_KEY_LENGTH, LONG_TEXT

_Integer = Annotated[int, Field(ge=-SAFE, le=SAFE)]
_Number = Annotated[float, Field(ge=-SAFE, le=SAFE)]
_Text = Annotated[str, Field(pattern=LONG_TEXT, max_length=262144, description="Text without control characters.")]
FreeKey = Annotated[
    str,
    Field(
        pattern=FREE_KEY,
        max_length=FREE_KEY_LENGTH,
        description="Any key of one line and at most 256 characters but `<<`.",
    ),
]

_ANY = "Any JSON."
_MAP = "Any map, as Kubernetes defines it."

# Written as text: the type contains itself.
Free = TypeAliasType(
    "Free",
    "Annotated[bool | _Integer | _Number | _Text | list[Free] | dict[FreeKey, Free] | None, Field(description=_ANY)]",
)
FreeMap = TypeAliasType("FreeMap", Annotated[dict[FreeKey, Free], Field(description=_MAP)])
