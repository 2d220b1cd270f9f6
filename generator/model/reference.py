"""Models to a reference page in Markdown: every setting with its type, default and meaning.

Classes that stand in several places, and the bases that classes share, are told once, in a part of their own.
"""

from __future__ import annotations

import inspect
import json
import types
import typing
from collections import Counter
from collections.abc import Iterator
from typing import Any, Literal

from pydantic import TypeAdapter
from typing_extensions import TypeAliasType

from generator.model.base import Item, Model
from generator.model.fields import FieldView, closure, fields, first_paragraph, models, plain

_HEAD = ("| setting | type | default | meaning |", "|---|---|---|---|")
_SHORT = 80


def reference_markdown(model: type[Model], *, title: str = "") -> str:
    """The reference of a values model: a page of its own, or without ``title`` a part of one, from `##` on."""
    return _Page(model).write(title)


class _Page:
    def __init__(self, model: type[Model]) -> None:
        self._root = model
        classes = closure(model)
        views = [field for each in classes.values() for field in fields(each)]
        used = Counter(field.model for field in views if field.model is not None)
        inside = {part for field in views if field.model is None for part in models(field.annotation)}
        bases = {base for each in classes.values() for base in _bases(each)}
        self._shared = {each for each, count in used.items() if count > 1} | inside | bases
        self._kinds = {kind.__name__: kind for field in views for kind in _kinds(field.annotation)}

    def write(self, title: str) -> str:
        lines = [f"# {title}", ""] if title else []
        lines += [first_paragraph(self._root.__doc__), "", "## Settings of the whole", "", *_HEAD]
        views = list(fields(self._root))
        own = [field for field in views if field.model is None or field.model in self._shared]
        for field in own:
            lines += self._rows(field, "")
        for field in views:
            if field not in own:
                lines += ["", f"## {field.name}", "", field.description, *self._table(field)]
        lines += ["", "## Shapes", "", "What has the same form in several places."]
        for shape in sorted(self._shared, key=lambda each: each.__name__):
            lines += ["", f"### {shape.__name__}", "", first_paragraph(shape.__doc__), *self._shape(shape)]
        lines += ["", "## Texts and numbers", "", "| type | meaning | example |", "|---|---|---|"]
        lines += [_kind(name, self._kinds[name]) for name in sorted(self._kinds)]
        return "\n".join(lines) + "\n"

    def _table(self, field: FieldView) -> Iterator[str]:
        """The settings below a key; those of a base it shares are named only when their default differs."""
        assert field.model is not None
        base = next(iter(_bases(field.model)), None)
        inherited = {each.name: each for each in fields(base)} if base else {}
        rows: list[str] = []
        for each in fields(field.model, field.value):
            if each.name not in inherited or each.default != inherited[each.name].default:
                rows += self._rows(each, field.name + ".")
        if base is not None:
            yield ""
            yield f"It has every setting of {_link(base)}; where a default differs, the table says so."
        if rows:
            yield from ("", *_HEAD, *rows)

    def _shape(self, shape: type[Model]) -> Iterator[str]:
        base = next(iter(_bases(shape)), None)
        inherited = set(base.model_fields) if base else set()
        if base is not None:
            yield from ("", f"It has every setting of {_link(base)}, and:")
        yield from ("", *_HEAD)
        for field in fields(shape):
            if field.name not in inherited:
                yield from self._rows(field, "")

    def _rows(self, field: FieldView, prefix: str) -> Iterator[str]:
        path = prefix + field.name
        if field.model is None or field.model in self._shared or field.nullable:
            meaning = _cell(field.description) + _example(field)
            yield f"| `{path}` | {self._type(field)} | {self._default(field)} | {meaning} |"
            if field.model is not None and field.model not in self._shared:
                for each in fields(field.model):
                    yield from self._rows(each, path + ".")
            return
        for each in fields(field.model, field.value if isinstance(field.value, Model) else None):
            yield from self._rows(each, path + ".")

    def _type(self, field: FieldView) -> str:
        return self._named(field.annotation) + (", or nothing" if field.nullable else "")

    def _named(self, annotation: Any) -> str:
        if isinstance(annotation, TypeAliasType):
            return f"[{annotation.__name__}](#texts-and-numbers)"
        if inspect.isclass(annotation) and issubclass(annotation, Model):
            return _link(annotation) if annotation in self._shared else "map"
        origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
        if origin is list:
            return f"list of {self._named(arguments[0])}"
        if origin is dict:
            return f"map of {self._named(arguments[0])} to {self._named(arguments[1])}"
        if origin is Literal:
            return ", ".join(f"`{each}`" for each in arguments)
        if origin in (typing.Union, types.UnionType):
            return " or ".join(self._named(each) for each in arguments)
        return {"bool": "`true`, `false`", "int": "whole number", "float": "number", "str": "text"}.get(
            annotation.__name__, "map"
        )

    def _default(self, field: FieldView) -> str:
        if field.required:
            return "needed"
        if field.default is None:
            return ""
        default = field.default
        if field.model is not None:
            usual = plain(field.model())
            default = {key: value for key, value in default.items() if value != usual.get(key)}
            if not default:
                return ""
        return f"`{_cell(json.dumps(default, ensure_ascii=False))}`"


def _example(field: FieldView) -> str:
    """A short example of a list or map, of which the type says little; that of a text stands with its type."""
    text = json.dumps(field.examples[0], ensure_ascii=False) if field.examples and not field.model else ""
    shown = text[:1] in ("[", "{") and len(text) <= _SHORT and not field.default
    return f" Example: `{_cell(text)}`" if shown else ""


def _kinds(annotation: Any) -> Iterator[TypeAliasType]:
    """The named types of text and numbers in a field's type."""
    if isinstance(annotation, TypeAliasType):
        yield annotation
    else:
        for part in typing.get_args(annotation):
            yield from _kinds(part)


def _kind(name: str, kind: Any) -> str:
    schema = TypeAdapter(kind).json_schema()
    if "$ref" in schema:
        schema = schema["$defs"][name]
    examples = ", ".join(f"`{_cell(str(each))}`" for each in schema.get("examples", ()))
    return f"| {name} | {_cell(schema.get('description', ''))} | {examples} |"


def _bases(model: type[Model]) -> list[type[Model]]:
    """The bases that a class shares its settings with, the nearest first."""
    return [base for base in model.__mro__[1:] if issubclass(base, Model) and base not in (Model, Item)]


def _link(model: type[Model]) -> str:
    return f"[{model.__name__}](#{model.__name__.lower()})"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
