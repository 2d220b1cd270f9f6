"""A model's fields as the writers of schema, values.yaml and reference page see them."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from typing_extensions import TypeAliasType

from generator.model.base import Model


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field: its documentation, its type taken apart, and its default as plain JSON."""

    name: str
    description: str
    examples: tuple[Any, ...]
    annotation: Any
    """The type without null."""
    nullable: bool
    required: bool
    """It has no default, not even null."""
    default: Any
    """Plain JSON; null when there is none."""
    model: type[Model] | None
    """The class, when the value is a map with fixed keys."""
    value: Any
    """The default as it stands in the class: for a map with fixed keys, an instance."""


def fields(model: type[Model], instance: Model | None = None) -> Iterator[FieldView]:
    """The fields of a class: its own before those it inherits.

    With ``instance``, defaults are the instance's values.
    """
    for name in names(model):
        info = model.model_fields[name]
        annotation, nullable = _without_null(info.annotation)
        value = getattr(instance, name) if instance is not None else info.get_default(call_default_factory=True)
        required = value is PydanticUndefined
        yield FieldView(
            name=name,
            description=_description(model, name),
            examples=tuple(info.examples or _inherited(model, name).examples or ()),
            annotation=annotation,
            nullable=nullable,
            required=required,
            default=None if required else plain(value),
            model=annotation if inspect.isclass(annotation) and issubclass(annotation, Model) else None,
            value=None if required else value,
        )


def names(model: type[Model]) -> list[str]:
    """The names of a class's fields: those it adds itself, then those that its nearest base adds, and so on."""
    found: dict[str, list[str]] = {}
    for name in model.model_fields:
        # The class that declares it, not those that only change its default.
        owner = next(base for base in reversed(model.__mro__) if name in getattr(base, "__annotations__", {}))
        found.setdefault(owner.__name__, []).append(name)
    return [name for base in model.__mro__ for name in found.get(base.__name__, ())]


def plain(value: Any) -> Any:
    """A default as plain JSON: maps with fixed keys become dicts without the keys that are null."""
    if isinstance(value, Model):
        return {name: plain(getattr(value, name)) for name in names(type(value)) if getattr(value, name) is not None}
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    return value


def models(annotation: Any) -> Iterator[type[Model]]:
    """The classes that a type names, at any depth of lists, maps and unions, but not inside the classes."""
    if isinstance(annotation, TypeAliasType):
        # Aliases name text, numbers and free JSON; the last is recursive.
        return
    if inspect.isclass(annotation) and issubclass(annotation, Model):
        yield annotation
        return
    for part in typing.get_args(annotation):
        yield from models(part)


def closure(*roots: type[Model]) -> dict[str, type[Model]]:
    """All classes that the roots reach, by name.

    Raises ``TypeError`` when two classes have one name.
    """
    found: dict[str, type[Model]] = {}
    waiting = list(roots)
    while waiting:
        model = waiting.pop()
        if found.setdefault(model.__name__, model) is not model:
            raise TypeError(
                f"two classes are named {model.__name__}: {model.__module__} and {found[model.__name__].__module__}"
            )
        for info in model.model_fields.values():
            waiting.extend(
                part
                for part in models(info.annotation)
                if part.__name__ not in found or found[part.__name__] is not part
            )
    return found


def title(name: str) -> str:
    """A field's or class's name as words: ``podDisruptionBudget`` becomes ``Pod disruption budget``."""
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name.replace("_", " "))
    return words.strip().capitalize()


def _without_null(annotation: Any) -> tuple[Any, bool]:
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        parts = typing.get_args(annotation)
        rest = tuple(part for part in parts if part is not type(None))
        if len(rest) < len(parts):
            return (rest[0] if len(rest) == 1 else typing.Union[rest]), True  # noqa: UP007 - made from a tuple
    return annotation, False


def _inherited(model: type[Model], name: str) -> FieldInfo:
    """The nearest declaration of a field that is documented; a class that changes a default only does not repeat the
    text."""
    for base in model.__mro__:
        if issubclass(base, Model):
            info = base.model_fields.get(name)
            if info is not None and info.description:
                return info
    return model.model_fields[name]


def _description(model: type[Model], name: str) -> str:
    """The field's documentation, or that of its class when the field is all there is of it."""
    found = (_inherited(model, name).description or "").strip()
    if not found:
        annotation, _ = _without_null(model.model_fields[name].annotation)
        found = first_paragraph(annotation.__doc__) if inspect.isclass(annotation) else ""
    return found


def first_paragraph(text: str | None) -> str:
    """The first paragraph of a docstring, as one line."""
    return " ".join((text or "").strip().split("\n\n")[0].split())
