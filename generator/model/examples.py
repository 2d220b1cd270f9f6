"""Examples of settings: what an editor offers to write.

An example stands where the truth about it is known, once: with the field when only its name says what belongs there,
else it follows from the default, from the type of text or number, or from the settings inside of a class.
"""

from __future__ import annotations

import inspect
import types
import typing
from typing import Any, Literal

from typing_extensions import TypeAliasType

from generator.model.base import Model
from generator.model.fields import FieldView, fields

#: More values than these are no examples any more; editors list all of them anyway.
_FEW = 4


def examples(field: FieldView) -> list[Any]:
    """Values of a setting as plain JSON, the best first; none when nothing is known."""
    if field.examples:
        return list(field.examples)
    if field.annotation is bool and field.default is not None:
        return [not field.default]
    if field.model is None and field.default and typing.get_origin(field.annotation) is not Literal:
        return [field.default]
    return _of_type(field.annotation)


def of_model(model: type[Model]) -> list[Any]:
    """Maps with some of a class's settings: those that the class gives, else one of all settings that are needed or
    have examples of their own."""
    if model.EXAMPLES:
        return list(model.EXAMPLES)
    parts = {field.name: examples(field)[:1] for field in fields(model) if field.required or field.examples}
    found = {name: part[0] for name, part in parts.items() if part}
    return [found] if found else []


def is_complete(field: FieldView, example: Any) -> bool:
    """Whether an example has all that complete values have: Helm's defaults are in them already."""
    if field.model is None or example is None:
        return True
    return all(
        is_complete(each, example[each.name]) if each.name in example else each.nullable for each in fields(field.model)
    )


def _of_type(annotation: Any) -> list[Any]:
    if isinstance(annotation, TypeAliasType):
        return _of_alias(annotation)
    if annotation is bool:
        return [True, False]
    if inspect.isclass(annotation) and issubclass(annotation, Model):
        return of_model(annotation)
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Literal:
        return list(arguments[:_FEW])
    parts = [_of_type(each) for each in arguments]
    if origin in (typing.Union, types.UnionType):
        return next((part for part in parts if part), [])
    if origin not in (list, dict) or not all(parts):
        return []
    return [[parts[0][0]]] if origin is list else [{parts[0][0]: parts[1][0]}]


def _of_alias(alias: TypeAliasType) -> list[Any]:
    """The examples that stand with a type of text or number."""
    notes = getattr(alias.__value__, "__metadata__", ())
    return [example for note in notes for example in getattr(note, "examples", None) or ()]
