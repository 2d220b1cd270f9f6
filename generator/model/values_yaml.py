"""Models to a values.yaml that people read: every setting, with its documentation as a comment above it.

A setting without a default is written as a comment, ``# key: null``: what Helm does with a null in a chart's own values
differs from version to version. A knob's documentation stands where the knob comes up first; the components after it
refer to that.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator

from generator.model.base import Model
from generator.model.fields import FieldView, fields
from generator.yaml import dump

_WIDTH = 110
_INDENT = "  "


def values_yaml(model: type[Model]) -> str:
    """The defaults of a model as a commented YAML file."""
    return _Writer().write(model)


class _Writer:
    def __init__(self) -> None:
        self._told: dict[tuple[str, str], str] = {}
        """Top-level key where a field (its name and documentation) was documented first."""

    def write(self, model: type[Model]) -> str:
        lines = list(_comment(" ".join((model.__doc__ or "").split()), ""))
        for field in fields(model):
            lines += ["", *self._field(field, "", field.name)]
        return "\n".join(lines) + "\n"

    def _field(self, field: FieldView, pad: str, path: str) -> Iterator[str]:
        yield from self._documentation(field, pad, path)
        if field.model is None or not isinstance(field.value, Model):
            yield from _entry(field, pad)
            return
        inner = list(fields(field.model, field.value))
        if all(each.default is None for each in inner):
            # Comments deeper than an empty map would be no YAML any more when a person makes settings of them.
            yield f"{pad}{field.name}: {{}}"
            yield f"{pad}# With settings, in its place:"
            yield f"{pad}# {field.name}:"
            for each in inner:
                yield from self._documentation(each, f"{pad}#   ", f"{path}.{each.name}")
                yield f"{pad}#   {each.name}: null"
            return
        yield f"{pad}{field.name}:"
        explained = Counter(place for each in inner if (place := self._place(each)) is not None)
        if path == field.name and explained:
            yield f"{pad}{_INDENT}# What has no comment here is explained at `{explained.most_common(1)[0][0]}`."
        for each in inner:
            yield from self._field(each, pad + _INDENT, f"{path}.{each.name}")

    def _place(self, field: FieldView) -> str | None:
        return self._told.get((field.name, field.description))

    def _documentation(self, field: FieldView, pad: str, path: str) -> Iterator[str]:
        if self._place(field) is not None:
            return
        self._told[field.name, field.description] = path.partition(".")[0]
        yield from _comment(field.description, pad)
        for example in field.examples:
            text = dump({field.name: example}).rstrip("\n").split("\n")
            if len(text) == 1:
                yield f"{pad}# Example: {text[0]}"
            else:
                yield f"{pad}# Example:"
                yield from (f"{pad}#   {line}" for line in text)


def _entry(field: FieldView, pad: str) -> Iterator[str]:
    if field.default is None:
        yield f"{pad}# {field.name}: null"
        return
    yield from (pad + line for line in dump({field.name: field.default}).rstrip("\n").split("\n"))


def _comment(text: str, pad: str) -> Iterator[str]:
    if text:
        head = f"{pad}# "
        yield from textwrap.wrap(
            " ".join(text.split()),
            _WIDTH,
            initial_indent=head,
            subsequent_indent=head,
            break_long_words=False,
            break_on_hyphens=False,
        )
