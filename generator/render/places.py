"""Where in the files of a release a text was written that shows in its rendered objects."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from generator.airflow import CATALOG, JOBS
from generator.desired import Deployment, KeyPath, Layers
from generator.errors import Position
from generator.yaml import dotted

# The section whose security contexts are those of all pods.
_GLOBAL: KeyPath = ("securityContexts",)


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
    path = path or _section_of(written, document)
    if not path or not (origins := layers.origins(path)):
        return written.head
    return origins[0].file, origins[0].position, dotted(origins[0].path)


def asked_place(
    written: Written, document: Any, parts: Collection[Mapping[str, Any]], key: str = ""
) -> tuple[str, Position | None, str] | None:
    """File, position and path of a part of a rendered object: a list item that somebody wrote just so (a volume, a
    container), or else the setting ``key`` of the part in the section of the object's component, or the chart's own.

    Of several ``parts`` it is the last that somebody wrote; None when nobody wrote any.
    """
    section = _section_of(written, document)
    paths = list(_maps(written.layers.merged(), ()))
    for part in reversed(list(parts)):
        same = [path for path, each in paths if each == part and path and isinstance(path[-1], int)]
        # Of two that are the same the second is one too many; what is of the object's own component comes first.
        path = next((path for path in reversed(same) if section and path[:1] == section), same[-1] if same else None)
        if path is None and key:
            settings = [(*path, key) for path, each in paths if each.get(key) == part.get(key) and key in each]
            own = [path for path in settings if path[:1] in (section, _GLOBAL)]
            path = min(own, key=lambda each: each[:1] == _GLOBAL, default=None)
        if path is not None and (origins := written.layers.origins(path)):
            return origins[0].file, origins[0].position, dotted(origins[0].path)
    return None


def _maps(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Mapping[str, Any]]]:
    if isinstance(value, Mapping):
        yield path, value
    steps = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for step, below in steps:
        yield from _maps(below, (*path, step))


def _section_of(written: Written, document: Any) -> KeyPath:
    """The section of the values for an object of the chart; empty where there is none."""
    metadata = document.get("metadata") if isinstance(document, Mapping) else None
    if not isinstance(metadata, Mapping):
        return ()
    name = str(metadata.get("name")).removeprefix(f"{written.release}-")
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
