"""Building blocks of values models, and what is made from a model: JSON Schema, commented values.yaml, reference
page.

A values model is a tree of ``Model`` classes. It is the one source of the settings of a chart: their names, types,
defaults and documentation.
"""

from generator.model.base import Item, Model
from generator.model.fields import FieldView, closure, fields, plain
from generator.model.free import Free, FreeMap
from generator.model.optional import optional_copy
from generator.model.reference import reference_markdown
from generator.model.schema import file_schema, partial_schema, values_schema
from generator.model.values_yaml import values_yaml

__all__ = [
    "FieldView",
    "Free",
    "FreeMap",
    "Item",
    "Model",
    "closure",
    "defaults",
    "fields",
    "file_schema",
    "optional_copy",
    "partial_schema",
    "plain",
    "reference_markdown",
    "values_schema",
    "values_yaml",
]


def defaults(model: type[Model]) -> dict[str, object]:
    """The defaults of a values model as plain JSON, without the settings that have none."""
    result = plain(model())
    assert isinstance(result, dict)
    return result
