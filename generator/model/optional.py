"""Classes made from others: the same settings, each of which may be left out."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, TypeVar, cast

from pydantic import Field, create_model

from generator.model.base import Item, Model
from generator.model.examples import examples, of_model
from generator.model.fields import FieldView, fields, first_paragraph, names

_Item = TypeVar("_Item", bound=Item)


def optional_copy(
    model: type[Model], *, prefix: str, note: str, without: Collection[str] = ()
) -> Callable[[type[_Item]], type[_Item]]:
    """A decorator that gives an item all settings of ``model`` that it does not declare itself, in the same form, but
    each may be null.

    Maps with fixed keys are copied in the same way, as classes whose names have the ``prefix`` in front; ``note`` says
    behind their documentation what an absent setting means. Settings named in ``without`` are left out.

    Raises ``TypeError`` when ``without`` names what the model does not have or the item declares.
    """
    wrong = set(without) - set(names(model))
    if wrong:
        raise TypeError(f"{model.__name__} has no {', '.join(sorted(wrong))}")

    def decorate(item: type[_Item]) -> type[_Item]:
        declared: dict[str, Any] = {name: (info.annotation, info) for name, info in item.model_fields.items()}
        both = declared.keys() & set(without)
        if both:
            raise TypeError(f"{item.__name__} declares {', '.join(sorted(both))} and is without it")
        copies = _Copies(prefix, note, item.__module__)
        copied = copies.of(model, {*declared, *without})
        # Not derived from the item but in its place, since a class's settings are listed base by base, by name.
        made = create_model(
            item.__name__,
            __base__=Item,
            __module__=item.__module__,
            __doc__=item.__doc__,
            **declared,
            **copied,
        )
        made.EXAMPLES = item.EXAMPLES
        return cast(type[_Item], made)

    return decorate


class _Copies:
    """Copies of the classes below one item; each class is copied once."""

    def __init__(self, prefix: str, note: str, module: str) -> None:
        self._prefix = prefix
        self._note = note
        self._module = module
        self._made: dict[type[Model], type[Item]] = {}

    def of(self, model: type[Model], left_out: Collection[str]) -> dict[str, Any]:
        """The settings of a class as ``create_model`` takes them."""
        return {field.name: self._field(field) for field in fields(model) if field.name not in left_out}

    def _field(self, field: FieldView) -> tuple[Any, Any]:
        annotation = self._copy(field.model) if field.model is not None else field.annotation
        # Without its default a copy would lose the example that follows from it. That of a class is the class's.
        shown = list(field.examples) if field.model is not None else examples(field)
        return annotation | None, Field(default=None, description=field.description, examples=shown or None)

    def _copy(self, model: type[Model]) -> type[Item]:
        if issubclass(model, Item):
            return model
        if model not in self._made:
            made = create_model(
                f"{self._prefix}{model.__name__}",
                __base__=Item,
                __module__=self._module,
                __doc__=f"{first_paragraph(model.__doc__)} {self._note}",
                **self.of(model, ()),
            )
            made.EXAMPLES = tuple(of_model(model))
            self._made[model] = made
        return self._made[model]
