"""Most values of a release are the chart's defaults, the very objects: these need be checked once, not each time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jsonschema_rs

#: What a schema may say of all settings together that can be looked at setting by setting.
_SEPARATE = frozenset({
    "$schema", "$id", "title", "description", "type", "properties", "required", "additionalProperties", "$defs",
})  # fmt: skip
_NOTHING = object()


class ChangedValues:
    """Checks the settings at the top of values that are not those of ``defaults``, which nobody may change."""

    def __init__(self, schema: Mapping[str, Any], defaults: Mapping[str, Any]) -> None:
        self._defaults = defaults
        self._required = frozenset(schema.get("required", ()))
        self._validator = jsonschema_rs.Draft7Validator({key: schema[key] for key in schema if key != "required"})
        self._is_usable = schema.keys() <= _SEPARATE and self._validator.is_valid(dict(defaults))

    def are_valid(self, values: Mapping[str, Any]) -> bool:
        """Whether ``values`` are known to be valid; False where the whole schema has to say so."""
        if not self._is_usable or not self._required <= values.keys():
            return False
        default = self._defaults.get
        return self._validator.is_valid({
            key: value for key, value in values.items() if value is not default(key, _NOTHING)
        })  # fmt: skip
