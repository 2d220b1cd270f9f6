"""The two kinds of classes a values model is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A map with fixed keys whose fields all have a default.

    The docstring below a field is its documentation everywhere: schema, values.yaml, reference page. A default of
    ``None`` means that there is none; the documentation says what then happens.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
        validate_default=True,
        defer_build=True,
        json_schema_serialization_defaults_required=True,
    )

    EXAMPLES: ClassVar[tuple[Mapping[str, Any], ...]] = ()
    """What people write below a key of this class, where that does not follow from its settings' own examples. As in
    a layer of values, what has a default is left out."""


class Item(Model):
    """A map with fixed keys that stands in a list or a map, or may be absent as a whole.

    Helm merges defaults into maps with fixed keys only, so an item's field is either required (it has no default at
    all) or may be null.
    """
