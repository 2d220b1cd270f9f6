"""Where in the files of a release a text was written that shows in its rendered objects."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from generator.airflow import CATALOG, JOBS
from generator.desired import Deployment, KeyPath, Layers
from generator.errors import Position
from generator.yaml import dotted


@dataclass(frozen=True, slots=True)
class Written:
    """What people wrote of one release: its name, the layers of its values, and the file that stands for it as a whole
    (empty where there is none)."""

    release: str
    file: str
    layers: Layers

    @classmethod
    def of(cls, deployment: Deployment, layers: Layers) -> Written:
        """A deployment of a repository stands in its own file."""
        return cls(deployment.name, deployment.file, layers)

    @property
    def head(self) -> tuple[str, Position | None, str]:
        """The place of what no line says."""
        return self.file, Position(1) if self.file else None, ""


def place(written: Written, texts: Collection[str]) -> tuple[str, Position | None, str]:
    """File, position and path of the value that is one of ``texts``; of several the one nearest to the root.

    When there is none: of a file in the values that has one of them in it. What no layer says stands at the head of the
    release's file.
    """
    layers = written.layers
    values = list(_walk(layers.merged(), ()))
    found = min((path for path, text in values if text in texts), key=len, default=None)
    if found is None:
        files = ((path, text) for path, text in values if "\n" in text)
        found = next((path for path, text in files if any(each in text for each in texts)), None)
    if found is None or not (origins := layers.origins(found)):
        return written.head
    return origins[0].file, origins[0].position, dotted(origins[0].path)


def object_place(written: Written, document: Any) -> tuple[str, Position | None, str]:
    """File, position and path of what a rendered object is made of.

    An object that somebody wrote stands in ``extraObjects``; one of the chart's belongs to the section of its
    component, where a layer has one. Else it is the head of the release's file.
    """
    layers = written.layers
    merged = layers.merged()
    extra = merged.get("extraObjects")
    path: KeyPath = next(
        # Of two that are the same the second is one too many.
        (("extraObjects", index) for index, each in reversed(list(enumerate(extra or ()))) if each == document),
        (),
    )
    if not path and isinstance(document, Mapping) and isinstance(metadata := document.get("metadata"), Mapping):
        path = _section(str(metadata.get("name")).removeprefix(f"{written.release}-"))
    if not path or not (origins := layers.origins(path)):
        return written.head
    return origins[0].file, origins[0].position, dotted(origins[0].path)


def _section(name: str) -> KeyPath:
    """The section of the values for an object of this name, which is without the release's."""
    named = {entry.name: key for entries in (CATALOG, JOBS) for key, entry in entries.items()}
    fitting = [each for each in named if name == each or name.startswith(f"{each}-")]
    return (named[max(fitting, key=len)],) if fitting else ()


def _walk(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, below in value.items():
            yield from _walk(below, (*path, key))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from _walk(below, (*path, index))
